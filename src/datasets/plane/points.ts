// The points of a data set in the plane, and what a network gets of a place.

import type { Point } from '../../data/drawing'
import { Random } from '../../data/random'
import type { Dataset } from '../dataset'
import type { Content } from '../own/content'
import { splitOf, type LabelledPoint } from './drawn'
import { planeInputs, REACH, testPoints, type Plane } from './plane'
import { shapes, type PlaneShape } from './shapes'

/** Units by which noise of 100% would move a point. */
const NOISE = 2

/** All points of a plane: those to train on, and those to test with. Every class has as many as the others, or one less. */
export function pointsOf(plane: Plane): {
  readonly train: readonly LabelledPoint[]
  readonly test: readonly LabelledPoint[]
} {
  if (plane.shape === 'drawn') return splitOf(plane.drawn ?? [], plane.test)
  const shape: PlaneShape = shapes[plane.shape]
  const deviation = (NOISE * plane.noise) / 100
  const all = Array.from({ length: plane.points }, (_, i): LabelledPoint => {
    const random = new Random(plane.seed, i)
    const label = i % shape.classes
    const { x, y } = shape.place(label, random)
    return { x: x + deviation * random.normal(), y: y + deviation * random.normal(), label }
  })
  const test = testPoints(plane)
  return { train: all.slice(test), test: all.slice(0, test) }
}

/** The inputs of a network for places, [places, inputs] in row-major order. */
export function inputsAt({ inputs }: Pick<Plane, 'inputs'>, places: readonly Point[]): Float32Array<ArrayBuffer> {
  const values = new Float32Array(places.length * inputs.length)
  places.forEach((place, i) => {
    inputs.forEach((input, k) => (values[i * inputs.length + k] = planeInputs[input].of(place)))
  })
  return values
}

/** The middles of side x side squares that fill the plane, row by row from the top left. */
export function gridOf(side: number): Point[] {
  const middle = (i: number) => REACH * ((2 * i + 1) / side - 1)
  return Array.from({ length: side * side }, (_, i) => ({ x: middle(i % side), y: -middle(Math.floor(i / side)) }))
}

/** The examples of a data set in the plane. */
export function planeContent({ input, classes }: Pick<Dataset, 'input' | 'classes'>, plane: Plane): Content {
  const labelled = (points: readonly LabelledPoint[]) => ({
    examples: inputsAt(plane, points),
    labels: Uint8Array.from(points, ({ label }) => label),
  })
  const { train, test } = pointsOf(plane)
  return { input, classes, train: labelled(train), test: labelled(test) }
}
