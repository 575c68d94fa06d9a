// What the page says of a prediction: a digit or none, and how sure the network is, in words and numbers.

import type { Loss } from '../model/spec'
import { verdict, type Verdict } from '../model/verdict'
import type { Prediction } from '../session/protocol'
import { formatCertainty, formatOutput, NONE } from './format'

export interface Reading {
  /** `guess`: the network is untrained, and how sure it is means nothing. */
  readonly kind: Verdict['kind'] | 'guess'
  /** The digit, `?` for none, a dash for no prediction. */
  readonly sign: string
  /** `97% sure`; without the number where outputs are no probabilities; empty where there is nothing to say. */
  readonly certainty: string
  /** The largest output as a number: `97%`, `0.972`. */
  readonly output: string
}

/** How a prediction of a network with that loss reads. */
export function readingOf(prediction: Prediction | undefined, loss: Loss): Reading {
  if (!prediction) return { kind: 'none', sign: NONE, certainty: '', output: '' }
  const { digit, outputs, step } = prediction
  const output = loss === 'cross-entropy' ? formatCertainty(outputs[digit]) : formatOutput(outputs[digit])
  if (step === 0) return { kind: 'guess', sign: String(digit), certainty: 'a guess', output }
  const judged = verdict(prediction, loss)
  const { kind } = judged
  return { kind, sign: kind === 'none' ? '?' : String(digit), certainty: certaintyOf(judged), output }
}

function certaintyOf(judged: Verdict): string {
  if (judged.kind === 'none') return ''
  const share = judged.probability === undefined ? '' : formatCertainty(judged.probability)
  if (judged.kind === 'digit' && judged.sure) return share ? `${share} sure` : 'sure'
  const words =
    judged.kind === 'digit' ? 'probably' : `unsure, or ${judged.runnerUp === 8 ? 'an' : 'a'} ${judged.runnerUp}`
  return share ? `${share}, ${words}` : words
}
