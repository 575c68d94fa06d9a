// The detail of the event `prediction`.

import { datasetOf } from '../datasets'
import type { Spec } from '../model/spec'
import { verdict } from '../model/verdict'
import type { Prediction } from '../session/protocol'

/** The network's answer for the drawing, or for the example in its place. */
export interface PredictionDetail {
  /** Number of the class with the largest output, from 0 (for digits: the digit itself); null for an empty pad. */
  readonly digit: number | null
  /** Name of that class. */
  readonly name: string | null
  /** Outputs by class: probabilities, or the raw outputs of a network with the quadratic loss; none for an empty pad. */
  readonly probabilities: readonly number[]
  /** `digit`: one of the classes. `none`: probably none of them, or an empty pad. */
  readonly verdict: 'digit' | 'unsure' | 'none'
}

export const NO_PREDICTION: PredictionDetail = { digit: null, name: null, probabilities: [], verdict: 'none' }

/** Converts a prediction to the event's detail. */
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
