// The axis of a histogram of gradients: by sign and size, with zeros and values too small for it in the middle.

import { gradientBins, type Distribution } from '../../../session/protocol'
import { formatNumber, formatPart } from '../numbers'

const { lowest, highest, width } = gradientBins
const bins = (2 * (highest - lowest)) / width + 1

/** Where a gradient of this size, above zero, lies on the axis from 0 to 1. */
const place = (size: number) => ((bins + 1) / 2 + (Math.log2(size) - lowest) / width) / bins

const sizes = [
  [1e-3, '1e-3'],
  [1, '1'],
] as const

/** Places along the axis from 0 to 1, with labels. */
export const gradientTicks = [
  ...sizes.map(([size, text]) => ({ at: 1 - place(size), text: `−${text}` })),
  { at: 0.5, text: '0' },
  ...sizes.map(([size, text]) => ({ at: place(size), text })),
]

/** Contents of the middle bin, as shares of all gradients: `64% exactly zero, 36% below 9.3e−10`; leaves out shares of zero. */
export function tellMiddle({ counts, zeros, count }: Distribution): string {
  const tiny = counts[(counts.length - 1) / 2] - zeros
  return [
    ...(zeros > 0 ? [`${formatPart(zeros, count)} exactly zero`] : []),
    ...(tiny > 0 ? [`${formatPart(tiny, count)} below ${formatNumber(2 ** lowest)}`] : []),
  ].join(', ')
}

/** Values beyond the ends of the axis, which its last bins count; empty if there are none. */
export function tellBeyond({ lowest: least, highest: most }: Distribution): string {
  const end = 2 ** highest
  const [below, above] = [least < -end, most >= end]
  if (!below && !above) return ''
  const far = [...(below ? [`down to ${formatNumber(least)}`] : []), ...(above ? [`up to ${formatNumber(most)}`] : [])]
  const bars = below && above ? 'The outermost bars hold' : `The ${below ? 'first' : 'last'} bar holds`
  return `${bars} what lies beyond the axis, ${far.join(' and ')}.`
}
