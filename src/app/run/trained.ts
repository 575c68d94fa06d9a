// Whether a network has learnt something, and its scores since then, apart from the one of the network as it was made.

import type { CurvePoint } from '../../session/protocol'

/** Share of the way from chance to all right that a network without training does not get by luck. */
const LUCK = 0.2

/**
 * Whether a network has learnt something. One from a file has before its first step, which its test accuracy shows. `accuracy`:
 * from 0 to 1, undefined before the first test; `chance`: that of guessing, 1 for a network that was just made.
 */
export const hasLearnt = (step: number, accuracy: number | undefined, chance: number): boolean =>
  step > 0 || (accuracy !== undefined && accuracy > chance + LUCK * (1 - chance))

const isTrained = ({ step, accuracy }: CurvePoint, chance: number): boolean => hasLearnt(step, accuracy, chance)

/** The newest point of a curve of a network that has learnt something. `chance`: the accuracy of guessing, from 0 to 1. */
export const trained = (points: readonly CurvePoint[], chance: number): CurvePoint | undefined =>
  points.findLast((point) => isTrained(point, chance))

/** The point of a curve before anything was learnt: what guessing reaches. `chance`: the accuracy of guessing, from 0 to 1. */
export const untrained = (points: readonly CurvePoint[], chance: number): CurvePoint | undefined =>
  points.find((point) => !isTrained(point, chance))
