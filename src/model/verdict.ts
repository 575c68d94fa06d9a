// What a network's ten outputs come to: a digit and how sure it is of it, or no digit at all.

import type { Loss } from './spec'

/**
 * Below this share for the largest output a picture counts as no digit, as far as the network can tell. Half is where all
 * other digits together are as likely; it is not yet calibrated against drawings that are none.
 */
export const NOT_A_DIGIT = 0.5
/** Below this share a network is unsure, and the runner-up is worth naming. */
export const UNSURE = 0.7
/** From this share on it is sure. Training with label smoothing of 0.05 aims at 0.955 and no higher. */
export const SURE = 0.9

/** Ten outputs by digit, probabilities or what the quadratic loss makes of them, and the digit of the largest. */
export interface Outputs {
  readonly outputs: readonly number[]
  readonly digit: number
}

export type Verdict =
  | { readonly kind: 'digit'; readonly digit: number; readonly probability: number | undefined; readonly sure: boolean }
  /** The runner-up has the second largest output; of two alike, the smaller digit. */
  | {
      readonly kind: 'unsure'
      readonly digit: number
      readonly probability: number | undefined
      readonly runnerUp: number
    }
  | { readonly kind: 'none' }

/**
 * Judges outputs by the largest. Those of the quadratic loss are judged alike, because their targets are 0 and 1 too, but
 * they are no probabilities: these are left undefined then.
 */
export function verdict({ outputs, digit }: Outputs, loss: Loss): Verdict {
  const share = outputs[digit]
  if (!(share >= NOT_A_DIGIT)) return { kind: 'none' }
  const probability = loss === 'cross-entropy' ? share : undefined
  if (share >= UNSURE) return { kind: 'digit', digit, probability, sure: share >= SURE }
  const others = outputs.map((output, i) => (i === digit ? -Infinity : output))
  return { kind: 'unsure', digit, probability, runnerUp: others.indexOf(Math.max(...others)) }
}
