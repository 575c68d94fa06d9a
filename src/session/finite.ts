// Checks fast that numbers are finite: a run checks every value of a network many times.

/** Whether all values from `from` up to, but not including, `to` are finite. Whole numbers are. */
export function allFinite(values: Float32Array | Uint32Array, from = 0, to = values.length): boolean {
  if (values instanceof Uint32Array) return true
  // x - x is 0 for a finite x and NaN for others. NaN survives every further sum, so the loop needs no branch.
  let sum = 0
  for (let i = from; i < to; i++) sum += values[i] - values[i]
  return sum === 0
}
