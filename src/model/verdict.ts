// Judges a network's outputs: a class and how sure the network is of it, or no class at all.

import { datasetOf } from '../datasets'
import type { Spec } from './spec'

/**
 * An example whose largest output is below this share is of no class, as far as the network can tell. Measured on MNIST's
 * presets `default` (seeds 1 and 2) and `best` with drawings by 30 people, as they are and perturbed by `npm run drawings --
 * --perturb`, and with 2,000 synthetic drawings of each group of data/scribbles.ts. Thresholds of 0.5, 0.6 and 0.7 reject:
 *
 *                                              default               best
 *   drawings that would be read right          0.1   0.6   1.6%      0.4   0.7   2.1%
 *   the same, perturbed                        0.2   0.9   2.2%      0.5   1.1   2.8%
 *   drawings that would be misread             19    46    58%       29    50    64%
 *   of no class, of kinds met in training      78    86    92%       95    97    98%
 *   of no class, of other kinds                50    59    67%       71    78    83%
 *
 * Of the other kinds, diamonds and hearts pass for a 0. A network that trained without such drawings (`styleShare` 0) is as
 * undecided about some examples of a class as about most scribbles, so the threshold does not apply to it.
 */
export const NO_CLASS = 0.6
/** Below this share a network is unsure, and the runner-up is worth naming: one in four such readings is wrong. */
export const UNSURE = 0.8
/**
 * The same for a set that nobody can draw: its examples are like those that were learnt, so the shares can be taken at their word. Of
 * the test images of Fashion-MNIST with a largest share of 0.6 to 0.8, 68% were read right (preset `default`, three epochs at one rate).
 */
export const UNSURE_UNDRAWN = 0.6
/** From this share on it is sure. Training with label smoothing of 0.05 aims at 0.955 and no higher. */
export const SURE = 0.9

/** Outputs by class (probabilities, except under the quadratic loss) and the class of the largest. */
export interface Outputs {
  readonly outputs: readonly number[]
  readonly label: number
}

/** What of a spec bears on a verdict. */
type Judged = Pick<Spec, 'dataset' | 'loss' | 'styleShare'>

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
 * Judges outputs by the largest. The quadratic loss has targets of 0 and 1 too, so its outputs are judged alike; they are no
 * probabilities, so `probability` is undefined.
 */
export function verdict({ outputs, label }: Outputs, { dataset, loss, styleShare }: Judged): Verdict {
  const share = outputs[label]
  const unsure = datasetOf({ dataset }).abilities.draw ? UNSURE : UNSURE_UNDRAWN
  const least = styleShare > 0 ? NO_CLASS : -Infinity
  if (!(share >= least)) return { kind: 'none' }
  const probability = loss === 'cross-entropy' ? share : undefined
  if (share >= unsure) return { kind: 'class', label, probability, sure: share >= SURE }
  const others = outputs.map((output, i) => (i === label ? -Infinity : output))
  return { kind: 'unsure', label, probability, runnerUp: others.indexOf(Math.max(...others)) }
}

/** From this share of right answers on the test set a network's outputs are taken at their word. */
export const TRUSTED = 0.9
/** Below this share its answers are guesses, whatever its outputs. */
export const GUESSING = 0.5

/** What may be claimed of an answer. `guess`: the network is wrong too often, or nobody knows how often. */
export type Claim = Verdict | { readonly kind: 'guess'; readonly label: number }

/**
 * The verdict, as far as the network's accuracy on the test set bears it: outputs of a network that is often wrong say little, however
 * high they are. `accuracy`: a share from 0 to 1; undefined if the network has not been tested. Below TRUSTED it is never sure, and no
 * example is of no class.
 */
export function claim(outputs: Outputs, spec: Judged, accuracy: number | undefined): Claim {
  const trusted = accuracy !== undefined && accuracy >= TRUSTED
  const judged = verdict(outputs, trusted ? spec : { ...spec, styleShare: 0 })
  if (trusted || judged.kind === 'none') return judged
  if (accuracy === undefined || accuracy < GUESSING) return { kind: 'guess', label: outputs.label }
  return judged.kind === 'class' ? { ...judged, sure: false } : judged
}
