// A prediction in words and numbers: a class or none, and how sure the network is.

import { datasetOf } from '../../datasets'
import type { Dataset } from '../../datasets/dataset'
import type { Spec } from '../../model/spec'
import { verdict, type Verdict } from '../../model/verdict'
import type { Prediction } from '../../session/protocol'
import { className, classNoun, oneOf } from '../../ui/class-words'
import { formatCertainty, formatOutput, NONE } from '../../ui/format'

export interface Reading {
  /** `guess`: the network is untrained, so its certainty means nothing. */
  readonly kind: Verdict['kind'] | 'guess'
  /** The name of the class, `?` for none, a dash for no prediction. */
  readonly sign: string
  /** `97% sure`; without the number if outputs are no probabilities; empty if there is nothing to say. */
  readonly certainty: string
  /** The parts that seldom change, for screen readers. */
  readonly words: string
  /** The largest output as a number: `97%`, `0.972`. */
  readonly output: string
}

/** The reading of a prediction. */
export function readingOf(
  prediction: Prediction | undefined,
  spec: Pick<Spec, 'dataset' | 'loss' | 'styleShare'>,
): Reading {
  if (!prediction) return { kind: 'none', sign: NONE, certainty: '', words: '', output: '' }
  const { label, outputs, step } = prediction
  const dataset = datasetOf(spec)
  const sign = className(dataset, label)
  const output = spec.loss === 'cross-entropy' ? formatCertainty(outputs[label]) : formatOutput(outputs[label])
  if (step === 0) return { kind: 'guess', sign, certainty: 'a guess', words: 'a guess', output }
  const judged = verdict(prediction, spec)
  const { kind } = judged
  const words = wordsOf(judged, dataset)
  const share = 'probability' in judged && judged.probability !== undefined ? formatCertainty(judged.probability) : ''
  const certainty = kind === 'none' ? '' : [share, words].filter(Boolean).join(words === 'sure' ? ' ' : ', ')
  // A share beside "none" would be read as the certainty of "none".
  if (kind === 'none') return { kind, sign: '?', certainty, words, output: '' }
  return { kind, sign, certainty, words, output }
}

function wordsOf(judged: Verdict, dataset: Dataset): string {
  if (judged.kind === 'none') return `not a ${classNoun(dataset)}`
  if (judged.kind === 'class') return judged.sure ? 'sure' : 'probably'
  return `unsure, or ${oneOf(dataset, judged.runnerUp)}`
}
