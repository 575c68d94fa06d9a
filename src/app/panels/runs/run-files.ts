// Past runs as files: CSV for a spreadsheet, JSON with everything, curves included.

import { shapeOf } from '../../spec/stack'
import type { RunRecord } from '../../saved/run-records'
import { fieldNames, type SpecField } from '../../spec/config'
import type { Spec } from '../../../model/spec'

/** Name and value of every column. */
const columns: readonly (readonly [string, (run: RunRecord) => string | number])[] = [
  ['run', ({ number }) => number],
  ['started', ({ started }) => new Date(started).toISOString()],
  ['network', ({ spec }) => shapeOf(spec)],
  ['seed', ({ spec }) => spec.seed],
  ['backend', ({ backend }) => backend.label],
  ['adapter', ({ backend }) => backend.adapter],
  ['finished', ({ finished }) => (finished ? 'yes' : 'no')],
  ['steps', ({ step }) => step],
  ['epochs', ({ step, stepsPerEpoch }) => step / stepsPerEpoch],
  ['final_accuracy', ({ finalAccuracy }) => finalAccuracy ?? ''],
  ['best_accuracy', ({ bestAccuracy }) => bestAccuracy ?? ''],
  ['images_per_second', ({ imagesPerSecond }) => imagesPerSecond],
  ['seconds', ({ seconds }) => seconds],
  ['notes', ({ notes }) => notes.join('; ')],
  ...(Object.keys(fieldNames) as SpecField[])
    .filter((field) => field !== 'seed')
    .map((field) => [field, ({ spec }: RunRecord) => plain(spec[field])] as const),
]

/** A table with a line for each run (RFC 4180): its results, then every field of its spec. */
export function runsCsv(runs: readonly RunRecord[]): string {
  const lines = [columns.map(([name]) => name), ...runs.map((run) => columns.map(([, value]) => value(run)))]
  return lines.map((cells) => cells.map((cell) => quoted(String(cell))).join(',') + '\r\n').join('')
}

/** All data of the runs. */
export function runsJson(runs: readonly RunRecord[]): string {
  return JSON.stringify({ format: 'inkling-runs', version: 1, runs }, undefined, 1)
}

/** A value of a spec in a line of text. */
const plain = (value: Spec[SpecField]): string => (typeof value === 'object' ? JSON.stringify(value) : String(value))

const quoted = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
