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

/**
 * The ten values of the last layer (logits, or outputs where the loss is quadratic) as ten outputs and the digit of the largest;
 * undefined where one of them is not finite.
 */
export function outputsOf(values: readonly number[], loss: Loss): Outputs | undefined {
  if (!values.every(Number.isFinite)) return undefined
  return {
    outputs: loss === 'cross-entropy' ? softmax(values) : values,
    digit: values.indexOf(Math.max(...values)),
  }
}
