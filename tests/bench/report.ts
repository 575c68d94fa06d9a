// Tables in Markdown out of measurements.

import { contestants, type Contestant } from './contestants'
import type { Ceilings } from './page/gpu-ceilings'
import type { CallCost } from './page/profile'
import type { Measurement, Section } from './sections'
import { median, summaryOf } from './statistics'

/** Rows of cells, the first one the head, as a Markdown table; all columns but the first are numbers. */
export function markdown(rows: readonly (readonly string[])[]): string {
  const [head, ...body] = rows.map((cells) => cells.map((cell) => cell.replaceAll('|', '\\|')))
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'))
  return [head, rule, ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** A number to three figures or to whole numbers: `0.142`, `8.31`, `45.9`, `12,345`. */
export function figure(value: number): string {
  if (value === 0) return '0'
  if (value >= 100) return new Intl.NumberFormat('en', { maximumFractionDigits: 0 }).format(value)
  return value >= 10 ? value.toFixed(1) : value >= 1 ? value.toFixed(2) : value.toFixed(3)
}

/** `median (least to most)` */
function cell(values: readonly number[]): string {
  const { median, min, max } = summaryOf(values)
  return values.length === 1 ? figure(median) : `${figure(median)} (${figure(min)} to ${figure(max)})`
}

const unique = (names: readonly string[]): string[] => [...new Set(names)]

/** A section: its table, the ratios of Inkling to the others, and why there are cells without a number. */
export function sectionReport(section: Section, measurements: readonly Measurement[]): string {
  const own = measurements.filter((measurement) => measurement.section === section.name)
  const [rows, columns] = [unique(own.map(({ row }) => row)), unique(own.map(({ column }) => column))]
  const find = (row: string, column: string) => own.find((each) => each.row === row && each.column === column)
  const notes = unique(own.flatMap(({ error }) => error ?? []))
  const cells = rows.map((row) => [
    row,
    ...columns.map((column) => {
      const found = find(row, column)
      if (!found) return ''
      return found.error === undefined ? cell(found.values) : `- [${notes.indexOf(found.error) + 1}]`
    }),
  ])
  const { better } = section
  const ratios = better ? ratioRows(better, rows, columns, (row, column) => find(row, column)?.values) : []
  return [
    `## ${section.title}${section.unit && ` (${section.unit})`}`,
    markdown([[section.better ? 'contestant' : '', ...columns], ...cells]),
    ...(ratios.length > 0 ? [markdown([['times as good as', ...columns], ...ratios])] : []),
    ...(notes.length > 0 ? [notes.map((note, i) => `[${i + 1}] ${note}`).join('\n')] : []),
  ].join('\n\n')
}

/** Every row of Inkling's against the best other row in the browser, and the best in Python: above 1 is better. */
function ratioRows(
  better: 'higher' | 'lower',
  rows: readonly string[],
  columns: readonly string[],
  valuesOf: (row: string, column: string) => readonly number[] | undefined,
): string[][] {
  const ofKind = (kind: Contestant['kind']) =>
    contestants.filter((contestant) => contestant.kind === kind && rows.includes(contestant.title))
  const medianOf = (row: string, column: string) => {
    const values = valuesOf(row, column)
    return values && values.length > 0 ? median(values) : undefined
  }
  const gain = (own: number, other: number) => (better === 'higher' ? own / other : other / own)
  return (['peer', 'python'] as const).flatMap((kind) =>
    ofKind('inkling').flatMap(({ title }) => {
      const cells = columns.map((column) => {
        const own = medianOf(title, column)
        const others = ofKind(kind).flatMap((other) => {
          const value = medianOf(other.title, column)
          return own === undefined || value === undefined ? [] : { title: other.title, gain: gain(own, value) }
        })
        const best = others.toSorted((a, b) => a.gain - b.gain).at(0)
        return best ? `${figure(best.gain)} (${best.title})` : ''
      })
      const against = kind === 'peer' ? 'best peer in the browser' : 'best in Python'
      return cells.some(Boolean) ? [[`${title} / ${against}`, ...cells]] : []
    }),
  )
}

/** Every call of a step, with what it reaches of the ceilings; the whole step in the last row. */
export function profileReport(title: string, calls: readonly CallCost[], ceilings: Ceilings | undefined): string {
  const total = calls.reduce((sum, { seconds }) => sum + seconds, 0)
  const part = (value: number, all: number | undefined) => (all ? `${((100 * value) / all).toFixed(0)}%` : '')
  const row = (name: string, { seconds, flops, bytes }: Pick<CallCost, 'seconds' | 'flops' | 'bytes'>) => {
    if (seconds === 0) return [name, 'under the clock', '', '', '', '', '']
    const gigaflops = flops === undefined ? undefined : flops / seconds / 1e9
    const gigabytes = bytes / seconds / 1e9
    return [
      name,
      figure(seconds * 1e6),
      part(seconds, total),
      ...(gigaflops === undefined ? ['', ''] : [figure(gigaflops), part(gigaflops, ceilings?.gigaflops)]),
      figure(gigabytes),
      part(gigabytes, ceilings?.gigabytes),
    ]
  }
  const whole = {
    seconds: total,
    flops: calls.reduce((sum, { flops = 0 }) => sum + flops, 0),
    bytes: calls.reduce((sum, { bytes }) => sum + bytes, 0),
  }
  return [
    `## ${title}`,
    markdown([
      ['kernel', 'us', 'of step', 'GFLOP/s', 'of peak', 'GB/s', 'of peak'],
      ...calls.map((call) => row(`${call.kernel} ${call.size}, ${call.variant}`, call)),
      row('whole step', whole),
    ]),
  ].join('\n\n')
}

export const ceilingsLine = (device: string, { gigaflops, gigabytes }: Ceilings): string =>
  `Ceilings of ${device}: ${figure(gigaflops)} GFLOP/s (multiply-adds in registers), ${figure(gigabytes)} GB/s (copy, read and written).`
