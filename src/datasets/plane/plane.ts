// Data sets of points in the plane. They are computed, and the id of one says all of it, so that links, checkpoints and files carry it:
// `plane.spiral`, `plane.spiral.n200.noise25.test30.seed7.x.y.sinx`. What an id leaves out has its usual value.

import type { Point } from '../../data/drawing'
import { decoded, encoded, splitOf, STARTER, type LabelledPoint } from './drawn'
import { shapeNames, shapes, type ShapeName } from './shapes'

/** The plane reaches from -REACH to REACH on both axes: x to the right, y up. */
export const REACH = 6

/** The inputs that a network may be given of a place, by their name in an id. */
export const planeInputs = {
  x: { title: 'x', of: ({ x }: Point) => x },
  y: { title: 'y', of: ({ y }: Point) => y },
  xx: { title: 'x²', of: ({ x }: Point) => x * x },
  yy: { title: 'y²', of: ({ y }: Point) => y * y },
  xy: { title: 'xy', of: ({ x, y }: Point) => x * y },
  sinx: { title: 'sin x', of: ({ x }: Point) => Math.sin(x) },
  siny: { title: 'sin y', of: ({ y }: Point) => Math.sin(y) },
} as const satisfies Readonly<Record<string, { readonly title: string; of(place: Point): number }>>

export type PlaneInput = keyof typeof planeInputs
export const planeInputNames = Object.keys(planeInputs) as PlaneInput[]

/** What a data set of points is made of. */
export interface Plane {
  readonly shape: ShapeName | 'drawn'
  /** The points that a person drew, if that is the shape; noise and seed then say nothing. */
  readonly drawn?: readonly LabelledPoint[]
  /** Points in all. */
  readonly points: number
  /** Deviation by which every point is moved on each axis, in percent of 2 units. */
  readonly noise: number
  /** Percent of the points that are for testing. */
  readonly test: number
  readonly seed: number
  /** At least one, in the order of `planeInputNames`. */
  readonly inputs: readonly PlaneInput[]
}

/** The numbers of a plane, by their name in an id: their limits and usual values. */
export const planeNumbers = {
  points: { code: 'n', title: 'Points', least: 20, most: 5000, usual: 600 },
  noise: { code: 'noise', title: 'Noise', least: 0, most: 50, usual: 0 },
  test: { code: 'test', title: 'For testing', least: 10, most: 90, usual: 33 },
  seed: { code: 'seed', title: 'Seed of the points', least: 0, most: 9999, usual: 1 },
} as const

export type PlaneNumber = keyof typeof planeNumbers
const numberNames = Object.keys(planeNumbers) as PlaneNumber[]

/** Begins the ids of all data sets in the plane, and stands for them. */
export const PLANE = 'plane'
/** Before the points in an id. No input and no number begins with a capital letter. */
const DRAWN_MARK = 'P'
const USUAL_INPUTS: readonly PlaneInput[] = ['x', 'y']

/** The usual data set of a shape; of drawn points, two clouds to begin with. */
export const usualPlane = (shape: Plane['shape']): Plane => ({
  shape,
  ...(shape === 'drawn' && { drawn: STARTER }),
  points: shape === 'drawn' ? STARTER.length : planeNumbers.points.usual,
  noise: planeNumbers.noise.usual,
  test: planeNumbers.test.usual,
  seed: planeNumbers.seed.usual,
  inputs: USUAL_INPUTS,
})

/** The same plane with other points, drawn by a person. */
export const withDrawn = (plane: Plane, drawn: readonly LabelledPoint[]): Plane => ({
  ...usualPlane('drawn'),
  test: plane.test,
  inputs: plane.inputs,
  drawn,
  points: drawn.length,
})

/** The numbers that an id has: of drawn points only how many are for testing. */
const numbersOf = ({ shape }: Pick<Plane, 'shape'>): readonly PlaneNumber[] =>
  shape === 'drawn' ? ['test'] : numberNames

/** The id of a data set. */
export function planeId(plane: Plane): string {
  const numbers = numbersOf(plane)
    .filter((name) => plane[name] !== planeNumbers[name].usual)
    .map((name) => `${planeNumbers[name].code}${plane[name]}`)
  const inputs = plane.inputs.join() === USUAL_INPUTS.join() ? [] : plane.inputs
  const drawn = plane.drawn && plane.drawn !== STARTER ? [DRAWN_MARK + encoded(plane.drawn, REACH)] : []
  return [PLANE, plane.shape, ...drawn, ...numbers, ...inputs].join('.')
}

/** The reverse; what an id says more than once counts as said last. Undefined if it is the id of none. */
export function planeOf(id: string): Plane | undefined {
  const [family, name, ...parts] = id.split('.')
  const shape = ([...shapeNames, 'drawn'] as const).find((known) => known === name)
  if (family !== PLANE || !shape) return undefined
  let plane = { ...usualPlane(shape) }
  if (shape === 'drawn' && parts[0]?.startsWith(DRAWN_MARK)) {
    const drawn = decoded(parts.shift()?.slice(DRAWN_MARK.length) ?? '', REACH)
    if (!drawn) return undefined
    plane = { ...withDrawn(plane, drawn) }
  }
  const inputs: string[] = []
  for (const part of parts) {
    const [, code, digits] = /^([a-z]+)(\d{1,5})$/.exec(part) ?? []
    const number = numbersOf(plane).find((each) => planeNumbers[each].code === code)
    const value = Number(digits)
    if (number && value >= planeNumbers[number].least && value <= planeNumbers[number].most) plane[number] = value
    else if (Object.hasOwn(planeInputs, part)) inputs.push(part)
    else return undefined
  }
  return inputs.length === 0 ? plane : { ...plane, inputs: planeInputNames.filter((each) => inputs.includes(each)) }
}

/** Number of classes. */
export const planeClasses = ({ shape, drawn = [] }: Plane): number =>
  shape === 'drawn' ? Math.max(...drawn.map(({ label }) => label)) + 1 : shapes[shape].classes

/** How many points are for testing. At least one of each class is, and one is not; of drawn points see `splitOf`. */
export function testPoints(plane: Plane): number {
  const { points, test, drawn } = plane
  if (drawn) return splitOf(drawn, test).test.length
  const classes = planeClasses(plane)
  return Math.min(Math.max(classes, Math.round((points * test) / 100)), points - classes)
}
