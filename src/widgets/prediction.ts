// What the event `prediction` tells.

import { datasetOf } from '../datasets'
import type { Spec } from '../model/spec'
import { verdict } from '../model/verdict'
import type { Prediction } from '../session/protocol'

/** What the network says of the drawing, or of the example in the pad's place. */
export interface PredictionDetail {
  /** Number of the class with the largest output, from 0: of digits the digit itself; null for an empty pad. */
  readonly digit: number | null
  /** Name of that class. */
  readonly name: string | null
  /** Outputs by class: probabilities, or what a network with the quadratic loss makes of them; none for an empty pad. */
  readonly probabilities: readonly number[]
  /** `digit`: one of the classes. `none`: none of them, as far as the network can tell, or an empty pad. */
  readonly verdict: 'digit' | 'unsure' | 'none'
}

export const NO_PREDICTION: PredictionDetail = { digit: null, name: null, probabilities: [], verdict: 'none' }

/** A prediction of a network as the event tells it. */
export function detailOf(prediction: Prediction | undefined, spec: Spec): PredictionDetail {
  if (!prediction) return NO_PREDICTION
  const { label, outputs } = prediction
  const { kind } = verdict(prediction, spec)
  return {
    digit: label,
    name: datasetOf(spec).classes[label],
    probabilities: [...outputs],
    verdict: kind === 'class' ? 'digit' : kind,
  }
}
