// Times and differences as the panels write them.

/** `1.2 ms`, `45 µs`, `0.8 µs`. */
export function formatTime(seconds: number): string {
  if (seconds >= 1) return `${seconds.toFixed(2)} s`
  const [value, unit] = seconds >= 1e-3 ? [seconds * 1e3, 'ms'] : [seconds * 1e6, 'µs']
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`
}

/** A relative difference: `0`, `3.1e-7`. */
export function formatDifference(difference: number): string {
  if (difference === 0) return '0'
  return Number.isFinite(difference) ? difference.toExponential(1).replace('e+', 'e') : 'infinite'
}
