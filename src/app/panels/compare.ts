// What differs between runs, in words.

import { changedFields, fieldNames, type Field } from '../config'
import { sentence } from '../format'
import type { Spec } from '../../model/spec'
import { shapeOf } from '../stack'

/** A field in which some of the specs differ, and what each has there. */
export interface Difference {
  readonly field: Field
  /** What it is called. */
  readonly name: string
  readonly values: readonly string[]
}

/** The fields in which not all of the specs are alike, in the order of the page. */
export function differences(specs: readonly Spec[]): Difference[] {
  const [first, ...others] = specs
  if (!first) return []
  const changed = new Set(others.flatMap((spec) => changedFields(first, spec)))
  return (Object.keys(fieldNames) as Field[])
    .filter((field) => changed.has(field))
    .map((field) => ({ field, name: sentence(fieldNames[field]), values: specs.map((spec) => words(spec, field)) }))
}

/** A value of a spec as a person reads it: `adam, beta1 0.9`; layers that share a shape are told apart by all they are. */
function words(spec: Spec, field: Field): string {
  const value = spec[field]
  if (field === 'layers') return `${shapeOf(spec)} (${spec.layers.map((layer) => partWords(layer)).join('; ')})`
  return typeof value === 'object' ? partWords(value) : String(value)
}

const partWords = (part: object): string =>
  Object.entries(part)
    .map(([name, value]) => (name === 'type' ? String(value) : `${name} ${String(value)}`))
    .join(', ')
