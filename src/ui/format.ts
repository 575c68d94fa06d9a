// Numbers as people read them.

/** Stands for a value that does not exist yet. */
export const NONE = '—'

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** `12,345`; a dash where there is no number. */
export const formatCount = (value: number): string => (Number.isFinite(value) ? grouped.format(value) : NONE)

/** A share from 0 to 1 as `97.31%`. */
export const formatShare = (share: number | undefined, digits = 2): string =>
  share === undefined ? NONE : `${(share * 100).toFixed(digits)}%`

/** How sure a network is, in whole per cent: `97%`; above 99.5% `>99%`, because it is never quite sure. */
export const formatCertainty = (share: number): string => (share >= 0.995 ? '>99%' : formatShare(share, 0))

/** `3.1e-6`, `1.4e30`: a number of any size in a small place. */
const formatPower = (value: number, digits = 1): string => value.toExponential(digits).replace('+', '')

/** A loss with four decimals where it is small, `0.0712`; tiny and huge ones as powers of ten. */
export function formatLoss(loss: number | undefined): string {
  if (loss === undefined) return NONE
  if (!Number.isFinite(loss)) return Number.isNaN(loss) ? 'not a number' : 'infinite'
  const size = Math.abs(loss)
  if ((size > 0 && size < 0.0005) || size >= 1e6) return formatPower(loss)
  return size < 100 ? loss.toFixed(4) : grouped.format(loss)
}

/** An output of the network, which has no bounds where it is linear: `0.123`, `-12.345`, `9.5e20`. */
export const formatOutput = (output: number): string =>
  Math.abs(output) < 100 ? output.toFixed(3) : formatPower(output)

/** A feature of an example: `5.1`, `0.012`, `3.2e6`; a dash where there is none. */
export function formatValue(value: number | undefined): string {
  if (value === undefined) return NONE
  const size = Math.abs(value)
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? formatPower(value) : String(Number(value.toPrecision(4)))
}

/**
 * A value at a logarithmic axis over that many decades; nothing where the axis has others enough: 1, 2 and 5 of each
 * power of ten where there are few, else powers of ten, else some of them.
 */
export function formatLogTick(value: number, decades: number): string | undefined {
  const [digits, power] = value.toExponential(3).split('e')
  const shown = decades <= 3 ? /^[125]\.000$/.test(digits) : digits === '1.000'
  if (!shown || Number(power) % Math.max(1, Math.ceil(decades / 6)) !== 0) return undefined
  return value < 1e-4 || value >= 1e5 ? formatPower(value, 0) : String(Number(value.toPrecision(1)))
}

/** Speeds below ten keep a decimal: on a slow device it tells moving from standing still. */
export const formatRate = (perSecond: number): string =>
  perSecond > 0 && perSecond < 10 ? perSecond.toFixed(1) : formatCount(perSecond)

/** The epoch being trained, counted from 1: `3 / 10`. */
export const formatEpoch = (epoch: number, epochs: number): string =>
  `${formatCount(Math.max(0, Math.min(Math.ceil(epoch - 1e-9), epochs)))} / ${formatCount(epochs)}`

/** `8 s`, `2:05`, `1:02:05`. */
export function formatDuration(seconds: number): string {
  const whole = Math.ceil(seconds)
  if (whole < 60) return `${whole} s`
  const pad = (value: number) => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`
}

/** Bytes of a download: `8.1 / 11.6 MB`. */
export const formatBytes = (loaded: number, total: number): string =>
  `${(loaded / 1e6).toFixed(1)} / ${(total / 1e6).toFixed(1)} MB`

/** Bytes with a unit: `512 bytes`, `12 kB`, `3.4 MB`, `2.1 GB`. */
export function formatSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`
  const [value, unit] = bytes < 1e6 ? [bytes / 1e3, 'kB'] : bytes < 1e9 ? [bytes / 1e6, 'MB'] : [bytes / 1e9, 'GB']
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${unit}`
}

/** `a`, `a and b`, `a, b and c`. */
export const formatList = (items: readonly string[]): string =>
  items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`

/** First letter in upper case. */
export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
