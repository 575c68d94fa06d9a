// The table of reproduced presets, in Markdown.

import { isDeepStrictEqual } from 'node:util'
import type { Preset } from '../model/presets'
import { count, percent } from './lines'
import type { PyTorchResult, Result } from './results'

type Row = readonly Result[]

/** A column: its head, and its cell for the results of one preset on one device. */
type Column = readonly [head: string, cell: (row: Row) => string]

/**
 * Of several results of one preset, seed and device the last counts. Results of an older recipe are left out: a
 * mean over both says nothing. Presets without a result come last, as not run.
 */
export function resultsTable(
  presets: readonly Preset[],
  results: readonly Result[],
  pytorch: readonly PyTorchResult[] = [],
): string {
  const presetOf = ([{ preset }]: Row) => presets.find(({ name }) => name === preset)
  const published = (row: Row) => presetOf(row)?.published?.accuracy
  const columns: Column[] = [
    ['preset', (row) => presetOf(row)?.title ?? row[0].preset],
    ['published', (row) => percentOr(published(row))],
    ['reached', (row) => meanAndSpread(accuracies(row))],
    ['lowest to highest', (row) => range(accuracies(row), percent)],
    ['best evaluation', (row) => percentOr(most(row.flatMap(({ bestAccuracy }) => bestAccuracy ?? [])))],
    ...(pytorch.length > 0 ? [['PyTorch', (row) => pytorchCell(row, pytorch)] satisfies Column] : []),
    ['epochs', epochsCell],
    ['seconds', (row) => count(mean(row.map(({ seconds }) => seconds)))],
    ['images/s', (row) => count(mean(row.map(({ imagesPerSecond }) => imagesPerSecond)))],
    [
      'backend',
      ([{ backend, adapter }]) => [backendNames[backend], adapter && `(${adapter})`].filter(Boolean).join(' '),
    ],
    ['seeds', (row) => row.map(({ spec }) => spec.seed).join(', ')],
  ]
  const rows = rowsOf(presets, results)
  const rest = presets.filter(({ name }) => !rows.some(([{ preset }]) => preset === name))
  const lines = [
    columns.map(([head]) => head),
    columns.map(() => '---'),
    ...rows.map((row) => columns.map(([, cell]) => cell(row))),
    ...rest.map(({ title, published }) => [
      title,
      percentOr(published?.accuracy),
      'not run',
      ...columns.slice(3).map(() => '-'),
    ]),
  ]
  return lines.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n')
}

/** Results of one preset on one device together, by seed; presets in their own order, unknown ones last. */
function rowsOf(presets: readonly Preset[], results: readonly Result[]): Row[] {
  const rows = new Map<string, Map<number, Result>>()
  const isCurrent = ({ preset, spec }: Result) => {
    const now = presets.find(({ name }) => name === preset)?.spec
    return now === undefined || isDeepStrictEqual({ ...spec, seed: 0 }, { ...now, seed: 0 })
  }
  for (const result of results.filter(isCurrent)) {
    const key = JSON.stringify([result.preset, result.backend, result.adapter])
    const row = rows.get(key) ?? new Map<number, Result>()
    rows.set(key, row.set(result.spec.seed, result))
  }
  const names = [...presets.map(({ name }) => name), ...results.map(({ preset }) => preset)]
  const place = ([{ preset }]: Row) => names.indexOf(preset)
  return [...rows.values()]
    .map((row) => [...row.values()].sort((a, b) => a.spec.seed - b.spec.seed))
    .sort((a, b) => place(a) - place(b))
}

const accuracies = (row: Row): number[] => row.flatMap(({ accuracy }) => accuracy ?? [])

/** `10 of 10`, or how far the runs got that were cut: `3.2 to 4.1 of 10, cut`. */
function epochsCell(row: Row): string {
  const epochs = (value: number) => String(Math.floor(value * 10) / 10)
  const done = range(
    row.map((result) => result.epochs),
    epochs,
  )
  const all = row.at(-1)?.spec.epochs
  return `${done} of ${all}${row.some(({ outcome }) => outcome !== 'finished') ? ', cut' : ''}`
}

/** Epochs that count as the same: runs that are cut end at some batch. */
const NEARLY = 0.05

/** The runs with as many epochs as the row's, else those nearest to it. Says how many if it leaves out some. */
function pytorchCell(row: Row, pytorch: readonly PyTorchResult[]): string {
  const reached = mean(row.map(({ epochs }) => epochs))
  const apart = ({ epochs }: PyTorchResult) => Math.abs(epochs - reached)
  const [nearest, ...others] = pytorch
    .filter(({ preset }) => preset === row[0].preset)
    .sort((a, b) => apart(a) - apart(b))
  if (!nearest) return '-'
  const alike = [
    nearest,
    ...others.filter(({ epochs }) => Math.abs(epochs - nearest.epochs) <= NEARLY * nearest.epochs),
  ]
  const figures = meanAndSpread(alike.map(({ accuracy }) => accuracy))
  return nearest.epochs === row[0].spec.epochs ? figures : `${figures} (${nearest.epochs} epochs)`
}

/** `97.81 ± 0.06%`: mean and sample standard deviation. */
function meanAndSpread(values: readonly number[]): string {
  if (values.length < 2) return percentOr(values[0])
  const middle = mean(values)
  const variance = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1)
  return `${middle.toFixed(2)} ± ${percent(Math.sqrt(variance))}`
}

/** `lowest to highest`, or one value if both look alike. */
function range(values: readonly number[], format: (value: number) => string): string {
  if (values.length === 0) return '-'
  const [low, high] = [Math.min(...values), Math.max(...values)].map(format)
  return low === high ? low : `${low} to ${high}`
}

/** Backends as the table names them. */
const backendNames = { webgpu: 'WebGPU', wasm: 'WebAssembly', reference: 'JavaScript' } as const

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
const most = (values: readonly number[]): number | undefined => (values.length > 0 ? Math.max(...values) : undefined)
const percentOr = (value: number | undefined): string => (value === undefined ? '-' : percent(value))
