// What a network's last layer gives, as people and tests read it.

import type { Outputs } from './verdict'
import type { Loss } from './spec'

/** Probabilities of logits: exp(z) / sum of exp(z), shifted by the largest so that nothing overflows. */
export function softmax(logits: readonly number[]): number[] {
  const top = Math.max(...logits)
  const exponentials = logits.map((z) => Math.exp(z - top))
  const sum = exponentials.reduce((a, b) => a + b, 0)
  return exponentials.map((e) => e / sum)
}

/** The class that a network reads, and how sure it is of it. */
export interface Answer {
  /** Class of the largest value, the first of equals. */
  readonly label: number
  /** Its softmax probability, or the value as it is where the loss is quadratic. */
  readonly confidence: number
}

/** What the values of the last layer (logits, or outputs where the loss is quadratic) say; undefined where one of them is not finite. */
export function answerOf(values: ArrayLike<number>, loss: Loss): Answer | undefined {
  let label = 0
  for (let j = 0; j < values.length; j++) {
    if (!Number.isFinite(values[j])) return undefined
    if (values[j] > values[label]) label = j
  }
  const top = values[label]
  if (loss === 'quadratic') return { label, confidence: top }
  let sum = 0
  for (let j = 0; j < values.length; j++) sum += Math.exp(values[j] - top)
  return { label, confidence: 1 / sum }
}

/** The same values as outputs that people read: probabilities, or as they are where the loss is quadratic. */
export function readable(values: ArrayLike<number>, loss: Loss): number[] {
  return loss === 'cross-entropy' ? softmax(Array.from(values)) : Array.from(values)
}

/** Outputs that people read and the class of the largest; undefined where one of the values is not finite. */
export function outputsOf(values: ArrayLike<number>, loss: Loss): Outputs | undefined {
  const answer = answerOf(values, loss)
  return answer && { outputs: readable(values, loss), label: answer.label }
}
