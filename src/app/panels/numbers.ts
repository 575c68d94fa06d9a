// Numbers of any size, as panels show them.

const grouped = new Intl.NumberFormat('en', { maximumSignificantDigits: 5 })

/** A number with three digits that count, `0.0123`, `−1.23`, `26,904`, `1.2e-7`; with a true minus sign. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return 'not a number'
  if (!Number.isFinite(value)) return value > 0 ? 'infinite' : '−infinite'
  const size = Math.abs(value)
  const text =
    size !== 0 && (size < 1e-3 || size >= 1e5)
      ? value.toExponential(1).replace('+', '')
      : grouped.format(size < 1000 ? Number(value.toPrecision(3)) + 0 : value)
  return text.replaceAll('-', '−')
}

/** `+0.12` or `−0.12`. */
export const formatSigned = (value: number): string => (value > 0 ? `+${formatNumber(value)}` : formatNumber(value))

/** A share in whole per cent that says `100%` of all and `0%` of none alone: `over 99%`, `64%`, `under 1%`. */
export function formatPart(part: number, whole: number): string {
  const percent = (100 * part) / whole
  if (percent > 99 && part < whole) return 'over 99%'
  return percent < 1 && part > 0 ? 'under 1%' : `${Math.round(percent)}%`
}
