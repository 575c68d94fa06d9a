// Whether numbers are finite, quickly: every value of a network is looked at many times in a run.

/** Whether all values from `from` on, up to but not with `to`, are finite. Whole numbers are. */
export function allFinite(values: Float32Array | Uint32Array, from = 0, to = values.length): boolean {
  if (values instanceof Uint32Array) return true
  // x - x is zero for a finite x, and else no number, which no later value takes away: no branch in the loop.
  let sum = 0
  for (let i = from; i < to; i++) sum += values[i] - values[i]
  return sum === 0
}
