// What the page says of a prediction: a digit or none, and how sure the network is, in words and numbers.

import type { Spec } from '../../model/spec'
import { verdict, type Verdict } from '../../model/verdict'
import type { Prediction } from '../../session/protocol'
import { formatCertainty, formatOutput, NONE } from '../../ui/format'

export interface Reading {
  /** `guess`: the network is untrained, and how sure it is means nothing. */
  readonly kind: Verdict['kind'] | 'guess'
  /** The digit, `?` for none, a dash for no prediction. */
  readonly sign: string
  /** `97% sure`; without the number where outputs are no probabilities; empty where there is nothing to say. */
  readonly certainty: string
  /** What changes seldom of this, for those who hear the page. */
  readonly words: string
  /** The largest output as a number: `97%`, `0.972`. */
  readonly output: string
}

/** How a prediction of a network reads. */
export function readingOf(prediction: Prediction | undefined, spec: Pick<Spec, 'loss' | 'styleShare'>): Reading {
  if (!prediction) return { kind: 'none', sign: NONE, certainty: '', words: '', output: '' }
  const { digit, outputs, step } = prediction
  const output = spec.loss === 'cross-entropy' ? formatCertainty(outputs[digit]) : formatOutput(outputs[digit])
  if (step === 0) return { kind: 'guess', sign: String(digit), certainty: 'a guess', words: 'a guess', output }
  const judged = verdict(prediction, spec)
  const { kind } = judged
  const words = wordsOf(judged)
  const share = 'probability' in judged && judged.probability !== undefined ? formatCertainty(judged.probability) : ''
  const certainty = kind === 'none' ? '' : [share, words].filter(Boolean).join(words === 'sure' ? ' ' : ', ')
  // A share of what it does not see would be read as the share of not seeing it.
  if (kind === 'none') return { kind, sign: '?', certainty, words, output: '' }
  return { kind, sign: String(digit), certainty, words, output }
}

function wordsOf(judged: Verdict): string {
  if (judged.kind === 'none') return 'not a digit'
  if (judged.kind === 'digit') return judged.sure ? 'sure' : 'probably'
  return `unsure, or ${judged.runnerUp === 8 ? 'an' : 'a'} ${judged.runnerUp}`
}
