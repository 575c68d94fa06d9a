// Softmax: logits as probabilities.

/** Exponentials that add up to 1; the largest logit is taken from all of them, so that none overflows. */
export function softmax(logits: readonly number[]): number[] {
  const top = Math.max(...logits)
  const exponentials = logits.map((z) => Math.exp(z - top))
  const sum = exponentials.reduce((a, b) => a + b, 0)
  return exponentials.map((e) => e / sum)
}
