// Numbers of any size in a small place.

/** Three digits: `0.0123`, `12.3`; far from one as a power of ten: `1.2e-7`. */
export function formatSmall(value: number): string {
  const size = Math.abs(value)
  if (size === 0) return '0'
  if (!Number.isFinite(value)) return 'not finite'
  const text =
    size < 1e-3 || size >= 1e5 ? value.toExponential(1).replace('+', '') : String(Number(value.toPrecision(3)))
  return text.replace(/^-/, '−')
}
