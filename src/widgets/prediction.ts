// What the event `prediction` tells.

import type { Spec } from '../model/spec'
import { verdict, type Verdict } from '../model/verdict'
import type { Prediction } from '../session/protocol'

/** What the network says of the drawing. */
export interface PredictionDetail {
  /** Class of the largest output, 0 to 9; null for an empty pad. */
  readonly digit: number | null
  /** Ten outputs by digit: probabilities, or what a network with the quadratic loss makes of them; none for an empty pad. */
  readonly probabilities: readonly number[]
  /** `none`: no digit, as far as the network can tell, or an empty pad. */
  readonly verdict: Verdict['kind']
}

export const NO_PREDICTION: PredictionDetail = { digit: null, probabilities: [], verdict: 'none' }

/** A prediction of a network as the event tells it. */
export function detailOf(prediction: Prediction | undefined, spec: Spec): PredictionDetail {
  if (!prediction) return NO_PREDICTION
  const { digit, outputs } = prediction
  return { digit, probabilities: [...outputs], verdict: verdict(prediction, spec).kind }
}
