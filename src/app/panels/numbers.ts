// Numbers of any size, as panels show them.

/** A number with three digits that count, `0.0123`, `−1.23`, `1.2e-7`; with a true minus sign. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return 'not a number'
  if (!Number.isFinite(value)) return value > 0 ? 'infinite' : '−infinite'
  const size = Math.abs(value)
  const text =
    size !== 0 && (size < 1e-3 || size >= 1e5)
      ? value.toExponential(1).replace('+', '')
      : String(Number(value.toPrecision(size >= 1000 ? 5 : 3)))
  return text.replaceAll('-', '−')
}

/** `+0.12` or `−0.12`. */
export const formatSigned = (value: number): string => (value > 0 ? `+${formatNumber(value)}` : formatNumber(value))
