// Draws one drawing by one hand: chooses a skeleton by its weight, distorts it as a whole, and adds the hand's faults.

import type { Stroke } from './drawing'
import { Pen, type Hand } from './pen'
import type { Random } from './random'

/** A uniform random number between two. */
export type Vary = (low: number, high: number) => number

/** Draws control points, 1 high (y down), as freely as it asks `vary` to. */
export type Draw = (pen: Pen, vary: Vary) => void

/** One way to draw something. */
export interface Skeleton {
  readonly name: string
  /** Weight of this way against the others. */
  readonly weight: number
  readonly draw: Draw
}

/** A skeleton in one line. */
export function way(name: string, weight: number, draw: Draw): Skeleton {
  return { name, weight, draw }
}

/** A drawing by a hand. */
export interface Handwriting {
  readonly strokes: readonly Stroke[]
  /** For `rasterise`: pixels of the 28 x 28 picture. */
  readonly penWidth: number
}

const pen = new Pen()

/** Chooses one of several skeletons, by their weights. */
export function choose(skeletons: readonly Skeleton[], random: Random): Skeleton {
  const total = skeletons.reduce((sum, { weight }) => sum + weight, 0)
  let left = random.between(0, total)
  // The last, if rounding leaves nothing.
  return skeletons.find(({ weight }) => (left -= weight) < 0) ?? skeletons[skeletons.length - 1]
}

/** Draws a skeleton with a hand, a slant and proportions out of `random`. */
export function write(skeleton: Skeleton, random: Random): Handwriting {
  pen.clear()
  skeleton.draw(pen, (low, high) => random.between(low, high))
  distort(random)
  const care = random.between(0.4, 1.4)
  const hand: Hand = {
    jitter: 0.016 * care,
    rounding: random.chance(0.3) ? random.between(0.2, 0.8) : 0.1,
    tremor: 0.009 * care,
    lift: random.chance(0.25) ? random.between(0.01, 0.06) : 0,
    density: random.between(6, 14),
  }
  return { strokes: pen.strokes(hand, random), penWidth: random.between(1.6, 4) }
}

/** Slant, rotation, proportions and smooth bends of the whole drawing, around the middle of a digit. */
function distort(random: Random): void {
  const width = random.between(0.75, 1.3)
  const slant = 0.1 + 0.16 * random.normal()
  const taper = 0.2 * random.normal() // the top wider than the foot
  const bow = 0.14 * random.normal()
  const balance = 0.18 * random.normal() // the upper half higher than the lower
  const sag = 0.15 * random.normal()
  const tilt = 0.08 * random.normal()
  pen.map((point) => {
    const x = point.x - 0.32
    const y = point.y - 0.5
    point.x = width * x * (1 - taper * y) + bow * (0.25 - y * y) - slant * y
    point.y = y + balance * (0.25 - y * y) + sag * x * x + tilt * x
  })
}
