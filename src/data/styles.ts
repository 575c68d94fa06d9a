// Made-up digits in handwriting styles that MNIST has too few of: a skeleton out of skeletons.ts, written by a hand of
// its own. A digit is a function of (digit, seed, index) and the same in every engine.

import { rasterise, type Stroke } from './drawing'
import { SIDE } from './idx'
import { Pen, type Hand } from './pen'
import { Random } from './random'
import { skeletons, type Skeleton } from './skeletons'

/** A drawing as a hand makes it. */
export interface StyleDrawing {
  readonly strokes: readonly Stroke[]
  /** For `rasterise`: pixels of the 28 x 28 picture. */
  readonly penWidth: number
}

/** Pictures and what they show. */
export interface StyleImages {
  /** count x 784 bytes, row by row, 0 paper, 255 ink. */
  readonly images: Uint8Array
  /** count bytes, 0 to 9. */
  readonly labels: Uint8Array
}

const pen = new Pen()
const totals = skeletons.map((each) => each.reduce((sum, { weight }) => sum + weight, 0))

/**
 * A digit as some person might write it. `seed` and `index` are whole numbers, of which the lowest 32 bits count.
 * @throws RangeError where `digit` is none of 0 to 9
 */
export function styleDrawing(digit: number, seed: number, index: number): StyleDrawing {
  const random = new Random(seed, index, digit)
  return write(choose(digit, random), random)
}

/** Name of the skeleton that `styleDrawing` takes for the same arguments. */
export function styleName(digit: number, seed: number, index: number): string {
  return choose(digit, new Random(seed, index, digit)).name
}

/** `count` pictures of made-up digits; image i shows the digit i mod 10, so every digit has its tenth. */
export function styleImages(count: number, seed: number): StyleImages {
  const images = new Uint8Array(count * SIDE * SIDE)
  const labels = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    labels[i] = i % 10
    const { strokes, penWidth } = styleDrawing(labels[i], seed, i)
    images.set(rasterise(strokes, penWidth), i * SIDE * SIDE)
  }
  return { images, labels }
}

function choose(digit: number, random: Random): Skeleton {
  if (!Object.hasOwn(skeletons, digit)) throw new RangeError(`${digit} is no digit: 0 to 9 are`)
  const ways = skeletons[digit]
  let left = random.between(0, totals[digit])
  return ways.find(({ weight }) => (left -= weight) < 0) ?? ways[ways.length - 1]
}

/** Writes a skeleton with a hand, slant and proportions out of `random`. */
function write(skeleton: Skeleton, random: Random): StyleDrawing {
  pen.clear()
  skeleton.draw(pen, (low, high) => random.between(low, high))
  distort(random)
  const care = random.between(0.4, 1.4)
  const hand: Hand = {
    jitter: 0.016 * care,
    rounding: random.chance(0.3) ? random.between(0.2, 0.8) : 0.1,
    tremor: 0.009 * care,
    density: random.between(6, 14),
  }
  return { strokes: pen.strokes(hand, random), penWidth: random.between(1.6, 4) }
}

/** Slant, rotation, proportions and smooth bends of the whole drawing. */
function distort(random: Random): void {
  const width = random.between(0.75, 1.3)
  const slant = 0.1 + 0.22 * random.normal()
  const taper = 0.25 * random.normal() // the top wider than the foot
  const bow = 0.18 * random.normal()
  const balance = 0.22 * random.normal() // the upper half higher than the lower
  const sag = 0.2 * random.normal()
  const tilt = 0.1 * random.normal()
  pen.map((point) => {
    const x = point.x - 0.32
    const y = point.y - 0.5
    point.x = width * x * (1 - taper * y) + bow * (0.25 - y * y) - slant * y
    point.y = y + balance * (0.25 - y * y) + sag * x * x + tilt * x
  })
}
