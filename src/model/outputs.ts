// Reads the outputs of a network's last layer.

import type { Outputs } from './verdict'
import type { Loss } from './spec'

/** Probabilities of logits: exp(z) / sum of exp(z), shifted by the largest so that nothing overflows. */
export function softmax(logits: readonly number[]): number[] {
  const top = Math.max(...logits)
  const exponentials = logits.map((z) => Math.exp(z - top))
  const sum = exponentials.reduce((a, b) => a + b, 0)
  return exponentials.map((e) => e / sum)
}

/** The class that a network reads, and its confidence. */
export interface Answer {
  /** Class of the largest value, the first of equals. */
  readonly label: number
  /** Its softmax probability; under the quadratic loss, the value itself. */
  readonly confidence: number
}

/** Class and confidence from the last layer's values (logits; outputs under the quadratic loss). Undefined if a value is not finite. */
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

/** The same values as probabilities; under the quadratic loss, unchanged. */
export function readable(values: ArrayLike<number>, loss: Loss): number[] {
  return loss === 'cross-entropy' ? softmax(Array.from(values)) : Array.from(values)
}

/** Probabilities or outputs, and the class of the largest. Undefined if a value is not finite. */
export function outputsOf(values: ArrayLike<number>, loss: Loss): Outputs | undefined {
  const answer = answerOf(values, loss)
  return answer && { outputs: readable(values, loss), label: answer.label }
}
