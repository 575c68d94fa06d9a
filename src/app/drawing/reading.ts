// A prediction in words and numbers: a class or none, how sure the network is, and what its test accuracy allows to be said.

import { datasetOf } from '../../datasets'
import { chanceLevel, readsDigits, type Dataset } from '../../datasets/dataset'
import type { Spec } from '../../model/spec'
import { claim, TRUSTED, type Claim } from '../../model/verdict'
import type { Prediction } from '../../session/protocol'
import { className, named, oneOf } from '../../ui/class-words'
import { formatCertainty, formatOutput, formatShare, NONE } from '../../ui/format'
import { hasLearnt } from '../run/trained'

export interface Reading {
  readonly kind: Claim['kind']
  /** The name of the class, `?` for none, a dash for no prediction. */
  readonly sign: string
  /** The network is sure, and its test accuracy bears that out. */
  readonly sure: boolean
  /** `97% sure`; without the number if outputs are no probabilities; empty if there is nothing to say. */
  readonly certainty: string
  /** The parts that seldom change, for screen readers. */
  readonly words: string
  /** The largest output as a number: `97%`, `0.972`. */
  readonly output: string
  /** A sentence on how far to trust it; empty for a sure answer and without a prediction. */
  readonly remark: string
}

/** The reading of a prediction. `accuracy`: the network's share of right answers on the test set; undefined before the first test. `guessing`: see hasLearnt. */
export function readingOf(
  prediction: Prediction | undefined,
  spec: Pick<Spec, 'dataset' | 'loss' | 'styleShare'>,
  accuracy: number | undefined,
  guessing = chanceLevel(datasetOf(spec)),
): Reading {
  const nothing = { sure: false, certainty: '', words: '', output: '', remark: '' }
  if (!prediction) return { ...nothing, kind: 'none', sign: NONE }
  const { label, outputs, step } = prediction
  const dataset = datasetOf(spec)
  const sign = className(dataset, label)
  const output = spec.loss === 'cross-entropy' ? formatCertainty(outputs[label]) : formatOutput(outputs[label])
  const claimed = claim(prediction, spec, accuracy)
  if (!hasLearnt(step, accuracy, guessing)) {
    const remark = 'It has learnt nothing yet, so this is a guess. Press Train and watch the bars.'
    return { ...nothing, kind: 'guess', sign, certainty: 'a guess', words: 'a guess', output, remark }
  }
  const remark = remarkOn(claimed, dataset, accuracy)
  const words = wordsOf(claimed, dataset)
  // A share beside "none" would be read as the certainty of "none".
  if (claimed.kind === 'none') return { ...nothing, kind: 'none', sign: '?', words, remark }
  if (claimed.kind !== 'class') return { ...nothing, kind: claimed.kind, sign, certainty: words, words, output, remark }
  const { sure, probability } = claimed
  const trusted = accuracy !== undefined && accuracy >= TRUSTED
  const share = trusted && probability !== undefined ? formatCertainty(probability) : ''
  const certainty = [share, words].filter(Boolean).join(sure ? ' ' : ', ')
  return { kind: 'class', sign, sure, certainty, words, output, remark }
}

function wordsOf(claimed: Claim, dataset: Dataset): string {
  switch (claimed.kind) {
    case 'none':
      return `${readsDigits(dataset) ? 'not a digit' : 'none of its classes'}`
    case 'guess':
      return 'a guess'
    case 'class':
      return claimed.sure ? 'sure' : 'probably'
    case 'unsure':
      return `maybe ${oneOf(dataset, claimed.label)}, maybe ${oneOf(dataset, claimed.runnerUp)}`
  }
}

function remarkOn(claimed: Claim, dataset: Dataset, accuracy: number | undefined): string {
  if (claimed.kind === 'none')
    return `${readsDigits(dataset) ? 'Not a digit' : 'None of its classes'}, as far as this network can tell.`
  const says = `It says ${named(dataset, claimed.label)}`
  if (accuracy === undefined) return `${says}, but it has not been tested yet, so this is a guess.`
  const share = `${formatShare(accuracy, 0)} of the test set right`
  if (claimed.kind === 'guess') return `${says}, but it gets only ${share}.`
  // The names stand beside it.
  const score = accuracy < TRUSTED ? `It gets ${share}.` : ''
  if (claimed.kind === 'unsure') return `It cannot tell the two apart here. ${score}`.trim()
  return score || claimed.sure ? score : 'It fits best, but something else is possible.'
}
