// What people do to a drawing: each does what its name says, and nothing leaves the pad.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { perturbations } from '../src/cli/perturb'
import { PEN_WIDTH, type Stroke } from '../src/data/drawing'

const place = fc.double({ min: 0, max: 1, noNaN: true })
const point = fc.record({ x: place, y: place })
const drawings = fc.array(fc.array(point, { minLength: 2, maxLength: 8 }), { minLength: 1, maxLength: 3 })

/** An L in the middle of the pad, 0.2 wide and 0.4 high. */
const letter: Stroke[] = [
  [
    { x: 0.4, y: 0.3 },
    { x: 0.4, y: 0.7 },
    { x: 0.6, y: 0.7 },
  ],
]

const named = (name: string) => {
  const found = perturbations.find((perturbation) => perturbation.name === name)
  if (!found) throw new Error(`There is no perturbation ${name}.`)
  return found
}

function box(strokes: readonly Stroke[]) {
  const [xs, ys] = [strokes.flat().map(({ x }) => x), strokes.flat().map(({ y }) => y)]
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]
  return { left, right, top, bottom, width: right - left, height: bottom - top }
}

const applied = (name: string, strokes: readonly Stroke[] = letter) => box(named(name).apply(strokes))

it('no change leaves the pad or loses a point', () => {
  fc.assert(
    fc.property(drawings, (strokes) => {
      for (const { apply } of perturbations) {
        const changed = apply(strokes)
        expect(changed.map((stroke) => stroke.length)).toEqual(strokes.map((stroke) => stroke.length))
        for (const { x, y } of changed.flat()) expect(Math.min(x, y, 1 - x, 1 - y)).toBeGreaterThanOrEqual(0)
      }
    }),
  )
})

it('corners', () => {
  expect(applied('top left')).toMatchObject({ left: 0, top: 0 })
  expect(applied('top right')).toMatchObject({ right: 1, top: 0 })
  expect(applied('bottom left')).toMatchObject({ left: 0, bottom: 1 })
  const { right, bottom, width, height } = applied('bottom right')
  expect([right, bottom]).toEqual([1, 1])
  expect([width, height]).toEqual([expect.closeTo(0.2, 9), expect.closeTo(0.4, 9)])
})

it('sizes, around the middle, within the pad', () => {
  const small = applied('35% size')
  expect([small.width, small.height]).toEqual([expect.closeTo(0.07, 2), expect.closeTo(0.14, 2)])
  const large = applied('150% size')
  expect([large.width, large.height]).toEqual([expect.closeTo(0.3, 2), expect.closeTo(0.6, 2)])
  expect((large.left + large.right) / 2).toBeCloseTo(0.5, 2)
  const tall = applied('150% size', [
    [
      { x: 0.5, y: 0.1 },
      { x: 0.7, y: 0.9 },
    ],
  ])
  expect([tall.width, tall.height]).toEqual([expect.closeTo(0.25, 2), expect.closeTo(1, 2)])
})

describe.each([
  ['15° clockwise', 1],
  ['15° anticlockwise', -1],
])('%s', (name, way) => {
  it('turns', () => {
    const [[top, corner]] = named(name).apply(letter)
    const angle = (Math.atan2(corner.y - top.y, corner.x - top.x) * 180) / Math.PI
    expect(angle - 90).toBeCloseTo(15 * way, 0) // y points down, so clockwise is positive
    expect(Math.hypot(corner.x - top.x, corner.y - top.y)).toBeCloseTo(0.4, 2)
  })
})

it('pens', () => {
  const widths = perturbations.map(({ penWidth }) => penWidth / PEN_WIDTH)
  expect(widths).toEqual([...Array<number>(8).fill(1), 0.6, 1.5])
  for (const name of ['thin pen (60%)', 'thick pen (150%)']) expect(named(name).apply(letter)).toEqual(letter)
})
