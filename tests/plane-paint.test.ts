// How the plane is painted: the answer's colour, paler where the network is less sure, and places on the canvas.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  inPlane,
  onCanvas,
  writeAnswers,
  writeNeuron,
  type Colour,
  type PlaneStyle,
} from '../src/app/drawing/plane/paint'

const [orange, blue, green]: Colour[] = [
  [224, 123, 0],
  [31, 111, 214],
  [27, 138, 75],
]
const style: PlaneStyle = {
  classes: [orange, blue, green],
  sheet: [255, 255, 255],
  ink: [0, 0, 0],
  below: [200, 30, 79],
  above: [36, 64, 216],
}

/** The colour of one place. */
function painted(answers: number[]): number[] {
  const pixels = new Uint8ClampedArray(4)
  writeAnswers(pixels, { step: 0, side: 1, answers: Float32Array.from(answers), busy: 0 }, style)
  return [...pixels]
}
const apart = (a: readonly number[], b: readonly number[]) => Math.hypot(...[0, 1, 2].map((i) => a[i] - b[i]))

test.each([
  ['probabilities', [0.9, 0.05, 0.05], orange],
  ['probabilities', [0.02, 0.03, 0.95], green],
  ['outputs below 0', [1, -1.4, 0.2], orange],
  ['outputs above 1', [0.1, 2.5, -3], blue],
])('%s %j have the colour of the answer', (_, answers, colour) => {
  const found = painted(answers)
  for (const other of style.classes.filter((each) => each !== colour)) {
    expect(apart(found, colour)).toBeLessThan(apart(found, other))
  }
  expect(found[3]).toBe(255)
})

test('the surer, the stronger; even odds are nearly the sheet', () => {
  const distances = [1 / 3, 0.5, 0.7, 0.99].map((top) => {
    return apart(painted([top, (1 - top) / 2, (1 - top) / 2]), style.sheet)
  })
  distances.slice(1).forEach((distance, i) => expect(distance).toBeGreaterThan(distances[i]))
  expect(distances[0]).toBeLessThan(30)
})

test('a neuron is white at 0 and has its full colours at the largest magnitude', () => {
  const pixels = new Uint8ClampedArray(12)
  writeNeuron(pixels, Float32Array.of(-2, 0, 1), style)
  expect([...pixels.subarray(4, 8)]).toEqual([255, 255, 255, 255])
  expect(apart([...pixels.subarray(0, 3)], style.below)).toBeLessThan(60)
  expect(apart([...pixels.subarray(8, 11)], style.above)).toBeLessThan(apart([...pixels.subarray(8, 11)], style.below))
})

test('a place on the canvas is that place in the plane, and what lies beside it is at its edge', () => {
  const place = fc.record({
    x: fc.double({ min: -6, max: 6, noNaN: true }),
    y: fc.double({ min: -6, max: 6, noNaN: true }),
  })
  fc.assert(
    fc.property(place, fc.integer({ min: 100, max: 2000 }), (at, pixels) => {
      const back = inPlane(onCanvas(at, pixels), pixels)
      expect(back.x).toBeCloseTo(at.x, 9)
      expect(back.y).toBeCloseTo(at.y, 9)
    }),
  )
  expect(onCanvas({ x: -6, y: 6 }, 300)).toEqual({ x: 0, y: 0 })
  expect(inPlane({ x: -50, y: 400 }, 300)).toEqual({ x: -6, y: -6 })
})
