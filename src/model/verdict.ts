// What a network's outputs come to: a class and how sure it is of it, or none at all.

import type { Spec } from './spec'

/**
 * Below this share for the largest output a picture counts as no digit, as far as the network can tell. Measured on the
 * presets `default` (seeds 1 and 2) and `best` with drawings by 30 people, as they are and perturbed as `npm run drawings
 * -- --perturb` does it, and with 2,000 synthetic drawings of each group of data/scribbles.ts. Taken for no digit below 0.5,
 * 0.6 and 0.7 are:
 *
 *                                              default               best
 *   drawings that would be read right          0.1   0.6   1.6%      0.4   0.7   2.1%
 *   the same, perturbed                        0.2   0.9   2.2%      0.5   1.1   2.8%
 *   drawings that would be misread             19    46    58%       29    50    64%
 *   no digit, of kinds met in training         78    86    92%       95    97    98%
 *   no digit, of other kinds                   50    59    67%       71    78    83%
 *
 * Of the other kinds, diamonds and hearts pass for a 0. A network that has met no drawings of the kind (`styleShare` 0) is as
 * undecided about some digits as about most scribbles: it is never said to see none. Of classes that cannot be drawn there are
 * no such drawings.
 */
export const NOT_A_DIGIT = 0.6
/** Below this share a network is unsure, and the runner-up is worth naming: of four such readings one is wrong. */
export const UNSURE = 0.8
/** From this share on it is sure. Training with label smoothing of 0.05 aims at 0.955 and no higher. */
export const SURE = 0.9

/** Outputs by class, probabilities or what the quadratic loss makes of them, and the class of the largest. */
export interface Outputs {
  readonly outputs: readonly number[]
  readonly label: number
}

export type Verdict =
  | { readonly kind: 'class'; readonly label: number; readonly probability: number | undefined; readonly sure: boolean }
  /** The runner-up has the second largest output; of two alike, the smaller label. */
  | {
      readonly kind: 'unsure'
      readonly label: number
      readonly probability: number | undefined
      readonly runnerUp: number
    }
  | { readonly kind: 'none' }

/**
 * Judges outputs by the largest. Those of the quadratic loss are judged alike, because their targets are 0 and 1 too, but
 * they are no probabilities: these are left undefined then.
 */
export function verdict({ outputs, label }: Outputs, { loss, styleShare }: Pick<Spec, 'loss' | 'styleShare'>): Verdict {
  const share = outputs[label]
  const least = styleShare > 0 ? NOT_A_DIGIT : -Infinity
  if (!(share >= least)) return { kind: 'none' }
  const probability = loss === 'cross-entropy' ? share : undefined
  if (share >= UNSURE) return { kind: 'class', label, probability, sure: share >= SURE }
  const others = outputs.map((output, i) => (i === label ? -Infinity : output))
  return { kind: 'unsure', label, probability, runnerUp: others.indexOf(Math.max(...others)) }
}
