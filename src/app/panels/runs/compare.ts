// Differences between runs, in words.

import { changedFields, fieldNames, isAdjustable, type SpecField } from '../../spec/config'
import { formatCount, formatList, sentence } from '../../../ui/format'
import type { RunRecord } from '../../saved/run-records'
import type { Spec } from '../../../model/spec'
import { datasetOf } from '../../../datasets'
import { datasetWords } from '../../../ui/class-words'
import { shapeOf } from '../../spec/stack'

/** A field that differs between specs, and its value in each. */
export interface Difference {
  readonly field: SpecField
  /** What it is called. */
  readonly name: string
  readonly values: readonly string[]
}

/** The fields that differ between some of the specs, in the order of the page. */
export function differences(specs: readonly Spec[]): Difference[] {
  const [first, ...others] = specs
  if (!first) return []
  const changed = new Set(others.flatMap((spec) => changedFields(first, spec)))
  return (Object.keys(fieldNames) as SpecField[])
    .filter((field) => changed.has(field))
    .map((field) => ({ field, name: sentence(fieldNames[field]), values: specs.map((spec) => words(spec, field)) }))
}

/** What a link with the settings of a run repeats, and what it leaves out. */
export function tellLink({ number, notes }: Pick<RunRecord, 'number' | 'notes'>): string {
  return notes.length === 0
    ? `The link of run ${number} makes the same run again, up to rounding: a GPU and a CPU differ by that.`
    : `The link of run ${number} makes the same network with the same seed, but not all that this run was: ${notes.join('; ')}.`
}

/** Reports that the settings of a run are now the page's. `fields`: those that differed from the present run's. */
export function tellUse(name: string, fields: readonly SpecField[], idle: boolean): string {
  if (idle || !fields.every(isAdjustable))
    return `The settings of ${name} stand on the page: Train starts a run of them.`
  if (fields.length === 0) return `The present run has the settings of ${name}.`
  const names = formatList(fields.map((field) => fieldNames[field]))
  return `The present run has taken over what differed from ${name}: ${names}.`
}

/** A value of a spec in words: `adam, beta1 0.9`; layers with the same short words get all their values. */
function words(spec: Spec, field: SpecField): string {
  const value = spec[field]
  if (field === 'dataset') return datasetWords(datasetOf(spec))
  if (field === 'layers') return `${shapeOf(spec)} (${spec.layers.map((layer) => partWords(layer)).join('; ')})`
  return typeof value === 'object' ? partWords(value) : field === 'seed' ? String(value) : valueWords(value)
}

/** Whole numbers are counts, except a seed, which is a name. */
const valueWords = (value: unknown): string =>
  typeof value === 'number' && Number.isInteger(value) ? formatCount(value) : String(value)

const partWords = (part: object): string =>
  Object.entries(part)
    .map(([name, value]) => (name === 'type' ? String(value) : value === true ? name : `${name} ${valueWords(value)}`))
    .join(', ')
