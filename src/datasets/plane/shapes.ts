// The shapes of points in the plane: where a point of a class lies. The first four are those of TensorFlow Playground
// (https://playground.tensorflow.org), in its units.

import type { Point } from '../../data/drawing'
import type { Random } from '../../data/random'

/** A way to lay points out. */
export interface PlaneShape {
  readonly title: string
  /** One sentence on what it is good for. */
  readonly note: string
  readonly classes: number
  /** Draws a place for a point of a class, before noise. */
  place(label: number, random: Random): Point
}

/** Radius of all shapes: the plane has room around them. */
const RADIUS = 5
const TURN = 2 * Math.PI

const around = (angle: number, radius: number): Point => ({ x: radius * Math.sin(angle), y: radius * Math.cos(angle) })

/** Evenly spread over a ring around the middle. */
function onRing(low: number, high: number, random: Random): Point {
  return around(random.between(0, TURN), random.between(low, high))
}

/** About normal around a place. */
function near({ x, y }: Point, deviation: number, random: Random): Point {
  return { x: x + deviation * random.normal(), y: y + deviation * random.normal() }
}

/** Along one of `arms` arms that leave the middle and make `turns` turns. They begin beside the middle, where they would be one. */
function onArm(arm: number, arms: number, turns: number, random: Random): Point {
  const along = random.between(0.04, 1)
  return around(TURN * (turns * along + arm / arms), RADIUS * along)
}

export const shapes = {
  circles: {
    title: 'Two circles',
    note: 'A ring around a disc. No straight line can tell them apart.',
    classes: 2,
    place: (label, random) => (label === 0 ? onRing(0, 0.5 * RADIUS, random) : onRing(0.7 * RADIUS, RADIUS, random)),
  },
  xor: {
    title: 'XOR (exclusive or)',
    note: 'Opposite corners are alike. A network with one layer cannot learn this (Minsky & Papert 1969).',
    classes: 2,
    place(label, random) {
      const [x, y] = [random.between(0.3, RADIUS), random.between(0.3, RADIUS)]
      const side = random.chance(0.5) ? 1 : -1
      return { x: side * x, y: (label === 0 ? side : -side) * y }
    },
  },
  gaussians: {
    title: 'Two clouds',
    note: 'A straight line is enough to tell them apart.',
    classes: 2,
    place: (label, random) => near(label === 0 ? { x: 2, y: 2 } : { x: -2, y: -2 }, 0.8, random),
  },
  spiral: {
    title: 'Spiral',
    note: 'Two arms around each other: the hardest of these.',
    classes: 2,
    place: (label, random) => onArm(label, 2, 1.75, random),
  },
  moons: {
    title: 'Two moons',
    note: 'Two half circles that reach into each other.',
    classes: 2,
    place(label, random) {
      const angle = random.between(-0.25, 0.25) * TURN
      const { x, y } = around(angle, 0.65 * RADIUS)
      return label === 0 ? { x: x - 0.3 * RADIUS, y: y - 0.1 * RADIUS } : { x: x + 0.3 * RADIUS, y: 0.1 * RADIUS - y }
    },
  },
  three: {
    title: 'Three clouds',
    note: 'Three classes: the network has one output for each.',
    classes: 3,
    place: (label, random) => near(around((TURN * label) / 3, 2.8), 0.8, random),
  },
  five: {
    title: 'Pinwheel',
    note: 'Five classes, each an arm that bends.',
    classes: 5,
    place: (label, random) => onArm(label, 5, 0.4, random),
  },
} as const satisfies Readonly<Record<string, PlaneShape>>

export type ShapeName = keyof typeof shapes
export const shapeNames = Object.keys(shapes) as ShapeName[]
