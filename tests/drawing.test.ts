// Drawings become pictures like MNIST's: the same wherever and however large they are drawn, centred, with one pen.

import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ALL_STEPS, centreOfMass, PEN_WIDTH, rasterise, type Point, type Steps, type Stroke } from '../src/data/drawing'

const ZEROS = new Uint8Array(784)

const points = fc.record({ x: fc.integer({ min: 0, max: 300 }), y: fc.integer({ min: 0, max: 300 }) })
const drawings = fc.array(fc.array(points, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 })

const line = (...coordinates: readonly [number, number][]): Stroke => coordinates.map(([x, y]) => ({ x, y }))
const moved = (strokes: readonly Stroke[], change: (point: Point) => Point) => strokes.map((s) => s.map(change))
const ink = (image: Uint8Array) => image.reduce((sum, byte) => sum + byte, 0) / 255

/** Grey levels may differ by one where a rounding falls otherwise; by two where the centre of mass does too. */
function expectAlike(a: Uint8Array, b: Uint8Array) {
  const difference = a.reduce((most, byte, i) => Math.max(most, Math.abs(byte - b[i])), 0)
  expect(difference).toBeLessThanOrEqual(2)
}

/** First and last row and column with at least half ink. */
function extent(image: Uint8Array) {
  const inked = [...image.keys()].filter((pixel) => image[pixel] >= 128)
  const [columns, rows] = [inked.map((pixel) => pixel % 28), inked.map((pixel) => Math.floor(pixel / 28))]
  const [left, right, top, bottom] = [Math.min(...columns), Math.max(...columns), Math.min(...rows), Math.max(...rows)]
  return { left, right, top, bottom, width: right - left + 1, height: bottom - top + 1 }
}

test('the place of a drawing makes no difference', () => {
  const shifts = fc.integer({ min: -5000, max: 5000 })
  fc.assert(
    fc.property(drawings, shifts, shifts, (strokes, dx, dy) => {
      const shifted = moved(strokes, ({ x, y }) => ({ x: x + dx + 0.3, y: y + dy - 0.7 }))
      expectAlike(rasterise(strokes), rasterise(shifted))
    }),
  )
})

test('the size of a drawing makes no difference', () => {
  fc.assert(
    fc.property(drawings, fc.double({ min: -9, max: 9, noNaN: true }), (strokes, power) => {
      const scale = Math.exp(power)
      const scaled = moved(strokes, ({ x, y }) => ({ x: x * scale, y: y * scale }))
      expectAlike(rasterise(strokes), rasterise(scaled))
    }),
  )
})

test('the order and the direction of strokes make no difference', () => {
  fc.assert(
    fc.property(drawings, (strokes) => {
      expectAlike(rasterise(strokes), rasterise(strokes.toReversed().map((stroke) => stroke.toReversed())))
    }),
  )
})

test('repeated points and points on a line make no difference', () => {
  fc.assert(
    fc.property(drawings, (strokes) => {
      const more = strokes.map((stroke) =>
        stroke.flatMap((point, i) => {
          const next = stroke[i + 1] ?? point
          return [point, point, { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 }]
        }),
      )
      expectAlike(rasterise(strokes), rasterise(more))
    }),
  )
})

test("the centre of mass is at MNIST's place, unless ink would leave the frame", () => {
  fc.assert(
    fc.property(drawings, (strokes) => {
      const image = rasterise(strokes)
      const { x, y } = centreOfMass(image)
      const edge = (pixel: number) => pixel % 28 === 0 || pixel % 28 === 27 || pixel < 28 || pixel >= 27 * 28
      if (image.some((byte, pixel) => byte > 0 && edge(pixel))) return
      // MNIST's own is up to half a pixel off. Dots weigh a little more or less by where they fall on the pixels.
      expect(Math.abs(x - 14)).toBeLessThan(0.2)
      expect(Math.abs(y - 14)).toBeLessThan(0.2)
    }),
  )
})

test('the longer side of the ink is 20 pixels', () => {
  fc.assert(
    fc.property(drawings, (strokes) => {
      fc.pre(new Set(strokes.flat().map(({ x, y }) => `${x} ${y}`)).size > 1)
      const { width, height } = extent(rasterise(strokes))
      expect(Math.abs(Math.max(width, height) - 20)).toBeLessThanOrEqual(1)
    }),
  )
})

test('keeps proportions, left and right, top and bottom', () => {
  const corner = rasterise([line([0, 0], [0, 100], [50, 100])])
  const { width, height, left, bottom } = extent(corner)
  expect([width, height]).toEqual([11, 20])
  const row = (y: number) => ink(corner.subarray(y * 28, y * 28 + 28))
  expect(row(bottom - 1)).toBeGreaterThan(10)
  expect(row(bottom - 10)).toBeCloseTo(PEN_WIDTH, 1)
  expect(corner[(bottom - 10) * 28 + left + 1]).toBe(255)
})

test('loses no ink when nearly all of it is at one end', () => {
  const block = Array.from({ length: 60 }, (_, i) => ({ x: i % 2 ? 0 : 20, y: i * 3 }))
  const { width, right } = extent(rasterise([block, line([0, 30], [200, 30])]))
  expect(width).toBe(20)
  expect(right).toBe(27)
})

describe.each([1.5, PEN_WIDTH, 4])('a pen %f wide', (pen) => {
  test.each([0, 17, 45, 90, 133])('draws a line at %i degrees that wide', (degrees) => {
    const [x, y] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
    const length = (20 - pen) / Math.max(Math.abs(x), Math.abs(y))
    const expected = length * pen + (Math.PI * pen * pen) / 4 // the line and its round ends
    expect(ink(rasterise([line([0, 0], [x, y])], pen)) / expected).toBeCloseTo(1, 1)
    expect(ink(rasterise([line([0, 0], [x, y])], pen)) / expected).toBeGreaterThan(0.97)
  })

  test.each([0, 1, 2])('draws a column of a level line that wide at any offset to the rows', (turn) => {
    const strokes = [line([0, 0], [100, 0]), line([50, turn * 7], [51, turn * 7])]
    const image = rasterise(strokes, pen)
    const column = extent(image).left + 3
    const profile = Array.from({ length: 28 }, (_, row) => image[row * 28 + column] / 255)
    expect(profile.reduce((a, b) => a + b)).toBeCloseTo(pen, 1)
  })

  test('draws a dot of that width in the middle', () => {
    for (const strokes of [[line([7, 9])], [line([7, 9], [7, 9])], [line([7, 9]), line([7, 9])]]) {
      const image = rasterise(strokes, pen)
      expect(centreOfMass(image)).toEqual({ x: 14, y: 14 })
      expect(ink(image) / ((Math.PI * pen * pen) / 4)).toBeGreaterThan(0.9)
      expect(ink(image) / ((Math.PI * pen * pen) / 4)).toBeLessThan(1.2)
    }
  })
})

describe('the steps', () => {
  const NO_STEPS: Steps = { fit: false, pen: false, centre: false }
  const sheets = fc.record({ size: fc.integer({ min: 1, max: 1000 }), pen: fc.integer({ min: 1, max: 30 }) })
  const steps = fc.record({ fit: fc.boolean(), pen: fc.boolean(), centre: fc.boolean() })
  const sheet = { size: 300, pen: 15 }
  /** A line and a dot, off the middle: 15 wide on the sheet, 1.4 pixels there. */
  const small = [line([30, 48], [30, 108]), line([60, 102])]
  const draw = (done: Partial<Steps>, strokes: readonly Stroke[] = small) =>
    rasterise(strokes, PEN_WIDTH, { steps: { ...NO_STEPS, ...done }, sheet })
  /** Ink of a row through the line alone. */
  const width = (image: Uint8Array) => {
    const { top } = extent(image)
    return ink(image.subarray((top + 3) * 28, (top + 4) * 28))
  }
  /** The middle of the ink's box, by the halves of its outermost pixels. */
  const middle = (image: Uint8Array) => {
    const { left, right, top, bottom } = extent(image)
    return { x: (left + right) / 2, y: (top + bottom) / 2 }
  }

  test('all of them are on by default, on any sheet', () => {
    fc.assert(
      fc.property(drawings, sheets, (strokes, sheet) => {
        expect(rasterise(strokes, PEN_WIDTH, { steps: ALL_STEPS, sheet })).toEqual(rasterise(strokes))
      }),
    )
  })

  test('without any, the ink of a pixel depends on its distance from the lines', () => {
    const distance = (point: Point, from: Point, to: Point) => {
      const length = Math.hypot(to.x - from.x, to.y - from.y)
      const dot = (point.x - from.x) * (to.x - from.x) + (point.y - from.y) * (to.y - from.y)
      const along = length > 0 ? Math.max(0, Math.min(1, dot / length ** 2)) : 0
      return Math.hypot(point.x - from.x - along * (to.x - from.x), point.y - from.y - along * (to.y - from.y))
    }
    fc.assert(
      fc.property(drawings, fc.integer({ min: 1, max: 60 }), (strokes, pen) => {
        const image = rasterise(strokes, PEN_WIDTH, { steps: NO_STEPS, sheet: { size: 280, pen } })
        const expected = Uint8Array.from(image, (_, pixel) => {
          const centre = { x: (pixel % 28) + 0.5, y: Math.floor(pixel / 28) + 0.5 }
          const distances = strokes.flatMap((stroke) => {
            const places = stroke.map(({ x, y }) => ({ x: x / 10, y: y / 10 }))
            return places.map((place, i) => distance(centre, places[Math.max(0, i - 1)], place))
          })
          return Math.round(255 * Math.max(0, Math.min(1, pen / 20 + 0.5 - Math.min(...distances))))
        })
        expect(image.findIndex((byte, pixel) => Math.abs(byte - expected[pixel]) > 1)).toBe(-1)
      }),
    )
  })

  test('as drawn: place, size and pen stay as on the sheet', () => {
    const image = draw({})
    expect(extent(image)).toEqual({ left: 2, right: 5, top: 4, bottom: 10, width: 4, height: 7 })
    expect(width(image)).toBeCloseTo(1.4, 1)
    const twice = moved(small, ({ x, y }) => ({ x: 2 * x, y: 2 * y }))
    expect(rasterise(twice, PEN_WIDTH, { steps: NO_STEPS, sheet: { size: 600, pen: 30 } })).toEqual(image)
  })

  test('fit to box: the ink fills 20 pixels in the middle, and the pen grows with it', () => {
    const image = draw({ fit: true })
    expect(extent(image)).toMatchObject({ top: 4, bottom: 23, height: 20 })
    expect(middle(image)).toEqual({ x: 13.5, y: 13.5 })
    expect(width(image)).toBeCloseTo((15 * 20) / 75, 1)
    const shifted = moved(small, ({ x, y }) => ({ x: x + 77, y: y + 33 }))
    expectAlike(draw({ fit: true }, shifted), image)
    // A dot has nothing but its pen to fill the box with.
    expect(extent(draw({ fit: true }, [line([9, 9])]))).toMatchObject({ width: 20, height: 20 })
  })

  test('pen width: the same on every sheet, and nothing else changes', () => {
    for (const fit of [false, true]) {
      const image = draw({ fit, pen: true })
      expect(width(image)).toBeCloseTo(PEN_WIDTH, 1)
      expect(Math.abs(middle(image).x - middle(draw({ fit })).x)).toBeLessThanOrEqual(0.5)
      expect(Math.abs(middle(image).y - middle(draw({ fit })).y)).toBeLessThanOrEqual(0.5)
    }
    expect(extent(draw({ fit: true, pen: true })).height).toBe(20)
    fc.assert(
      fc.property(drawings, fc.integer({ min: 0, max: 300 }), (strokes, other) => {
        const all = [...strokes, line([0, 0], [other, 300])] // 300 high
        const pen = (300 * PEN_WIDTH) / (20 - PEN_WIDTH) // as wide as all of them are made
        const steps = { fit: true, pen: false, centre: true }
        expectAlike(rasterise(all, PEN_WIDTH, { steps, sheet: { size: 300, pen } }), rasterise(all))
      }),
    )
  })

  test('centre of mass: the picture moves, and nothing else changes', () => {
    for (const others of [{}, { fit: true }, { pen: true }, { fit: true, pen: true }]) {
      const [before, after] = [draw(others), draw({ ...others, centre: true })]
      expect(Math.abs(centreOfMass(after).x - 14)).toBeLessThan(0.2) // a small dot weighs by where it falls
      expect(Math.abs(centreOfMass(after).y - 14)).toBeLessThan(0.2)
      expect(Math.abs(centreOfMass(before).x - 14)).toBeGreaterThan(0.3)
      expect(ink(after) / ink(before)).toBeCloseTo(1, 1)
      expect(Math.abs(width(after) - width(before))).toBeLessThan(0.1)
    }
  })

  test('a drawing larger than the frame loses the same on both sides', () => {
    const steps = { fit: false, pen: false, centre: true }
    const strokes = [line([0, 0], [300, 0], [300, 300], [0, 300], [0, 0]), line([0, 150], [100, 150])]
    const image = rasterise(strokes, PEN_WIDTH, { steps, sheet: { size: 300, pen: 30 } })
    expect(extent(image)).toMatchObject({ left: 0, right: 27, top: 0, bottom: 27 })
    expect(image[14 * 28]).toBe(image[14 * 28 + 27])
  })

  test('any of them, on any sheet, give a picture, and an empty one without ink', () => {
    fc.assert(
      fc.property(drawings, steps, sheets, (strokes, steps, sheet) => {
        expect(rasterise([], PEN_WIDTH, { steps, sheet })).toEqual(ZEROS)
        const drawn = ink(rasterise(strokes, PEN_WIDTH, { steps, sheet }))
        if (steps.fit) expect(drawn).toBeGreaterThan(0) // else all of it may lie beside the sheet
      }),
    )
  })

  test('an invalid pen or sheet is refused with a reason', () => {
    for (const pen of [0, -1, NaN, 20.5, Infinity]) expect(() => rasterise(small, pen)).toThrow(/at most 20 pixels/)
    for (const bad of [{ size: 0 }, { size: NaN }, { pen: 0 }, { pen: -1 }, { size: Infinity }]) {
      expect(() => rasterise(small, PEN_WIDTH, { steps: NO_STEPS, sheet: { ...sheet, ...bad } })).toThrow(/above 0/)
    }
  })
})

test('no strokes give an empty picture', () => {
  for (const strokes of [[], [[]], [[], []], [line([NaN, 3]), line([Infinity, Infinity])]]) {
    expect(rasterise(strokes)).toEqual(ZEROS)
  }
})

test('points that are not finite are left out', () => {
  const bad = fc.constantFrom(NaN, Infinity, -Infinity)
  const badPoints = fc.oneof(fc.record({ x: bad, y: fc.double() }), fc.record({ x: fc.double(), y: bad }))
  fc.assert(
    fc.property(drawings, fc.array(fc.tuple(fc.nat(), fc.nat(), badPoints), { minLength: 1 }), (strokes, inserts) => {
      const spoilt = strokes.map((stroke) => [...stroke])
      for (const [s, at, point] of inserts) {
        const stroke = spoilt[s % spoilt.length]
        stroke.splice(at % (stroke.length + 1), 0, point)
      }
      expect(rasterise(spoilt)).toEqual(rasterise(strokes))
    }),
  )
})

test('any finite numbers give a picture with ink', () => {
  const wild = fc.record({ x: fc.double({ noNaN: true }), y: fc.double({ noNaN: true }) })
  const finite = wild.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))
  fc.assert(
    fc.property(fc.array(fc.array(finite, { minLength: 1 }), { minLength: 1 }), (strokes) => {
      expect(ink(rasterise(strokes))).toBeGreaterThan(3)
    }),
  )
  for (const size of [1e-300, 1e308]) {
    expect(extent(rasterise([line([-size, -size], [size, size])])).width).toBe(19)
    expect(extent(rasterise([line([size, size], [1.5 * size, 1.5 * size])])).width).toBe(19)
  }
})
