// Timings vary, and a few are far off, so the median is reported.

/** The middle of some numbers, the upper one of an even count. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}
