// What is wrong with a spec, by the names of the page, and what mends it.

import { datasetOf } from '../../datasets'
import { augmentationTypes } from '../../model/augmentation'
import type { Field, Fields, NumberField } from '../../model/fields'
import { typeOf, type LayerSpec } from '../../model/layers'
import { optimizerTypes } from '../../model/optimizers'
import { override } from '../../model/overrides'
import { scheduleTypes } from '../../model/schedules'
import { outputActivations, specIssues, summarise, type Spec, type SpecIssue } from '../../model/spec'
import { formatCount, sentence } from '../../ui/format'
import { presetLike } from './alike'
import { fieldNames, type SpecField } from './config'
import { withMoved } from './stack'

/** A change that makes an issue go away. */
interface Mend {
  /** What its button says: `Add it`, `Use 10`. */
  readonly label: string
  readonly change: Partial<Spec>
}

/** Most values of a number that are tried one by one. */
const TRIES = 64

/** A field as the page calls it: `Batch size`, `Filters of layer 2`. */
export function nameOfField(spec: Spec, path: string): string {
  const [top, at, name] = path.split('.')
  if (top === 'layers' && at !== undefined) {
    const layer = Number(at) === spec.layers.length - 1 ? 'output layer' : `layer ${Number(at) + 1}`
    const field = name === undefined ? undefined : typeOf(spec.layers[Number(at)]).fields[name]
    return field ? `${field.label} of ${layer}` : sentence(layer)
  }
  const field = at === undefined ? undefined : fieldsOf(spec, top)?.[at]
  return field?.label ?? (Object.hasOwn(fieldNames, top) ? sentence(fieldNames[top as SpecField]) : 'the settings')
}

/** The fields of a part of the spec. */
function fieldsOf({ optimizer, schedule, augmentation }: Spec, part: string): Fields | undefined {
  if (part === 'optimizer') return optimizerTypes[optimizer.type].fields
  if (part === 'schedule') return scheduleTypes[schedule.type].fields
  return part === 'augmentation' ? augmentationTypes[augmentation.type].fields : undefined
}

/** What mends an issue; undefined where that takes more than one change. */
export function mendOf(spec: Spec, issue: SpecIssue): Mend | undefined {
  return [...mends(spec, issue.field)].find(({ change }) => isMended({ ...spec, ...change }, spec, issue))
}

/** The issue is gone, there are no more than before, and its layer and all that made sense before still do. */
function isMended(changed: Spec, before: Spec, { field }: SpecIssue): boolean {
  const issues = specIssues(changed)
  if (issues.length > specIssues(before).length || issues.some((issue) => issue.field === field)) return false
  const now = summarise(changed).layers.map(({ spec }) => spec)
  const then = summarise(before).layers
  const misfit = field.endsWith('.type') ? before.layers[then.length] : undefined
  return now.length >= then.length && (!misfit || now.includes(misfit))
}

/** Changes to try, the best first. */
function* mends(spec: Spec, path: string): Generator<Mend> {
  const [top, at, name] = path.split('.')
  if (top === 'layers' && name === 'type') yield* stackMends(spec, Number(at))
  else if (top === 'layers' && name !== undefined) {
    const layer = spec.layers[Number(at)]
    const { length: classes } = datasetOf(spec).classes
    const last = Number(at) === spec.layers.length - 1
    const wanted = last ? (name === 'units' ? classes : outputActivations(spec.loss)[0]) : undefined
    yield* valueMends(spec, path, typeOf(layer).fields[name], wanted)
  } else if (at !== undefined) yield* valueMends(spec, path, fieldsOf(spec, top)?.[at])
  else if (top === 'augmentation') yield { label: 'Use none', change: { augmentation: { type: 'none' } } }
  else if (Object.hasOwn(fieldNames, top)) {
    const { train } = datasetOf(spec)
    const usual = presetLike(spec).spec[top as SpecField]
    const likely = { validationSize: [train - spec.trainingSize, usual], batchSize: [usual, spec.trainingSize] }[top]
    for (const value of likely ?? [usual]) if (typeof value !== 'object') yield use(spec, path, value)
  }
}

/** Other layers around the one that cannot take its input. */
function* stackMends({ layers }: Spec, at: number): Generator<Mend> {
  const add = (layer: LayerSpec): Mend => ({ label: 'Add it', change: { layers: layers.toSpliced(at, 0, layer) } })
  yield add({ type: 'flatten' })
  // A layer that needs an image goes to where there still is one.
  for (let to = at - 1; to >= 0; to--) {
    yield { label: `Move it before layer ${to + 1}`, change: { layers: withMoved(layers, at, to) } }
  }
}

/**
 * Other values of a field of a part: the one that it must have, if there is such; that of the preset most like the spec, where none is
 * given or the given one only does not fit; the nearest; the initial one.
 */
function* valueMends(spec: Spec, path: string, field: Field | undefined, wanted?: number | string): Generator<Mend> {
  if (!field) return
  if (field.kind === 'flag') return yield { ...use(spec, path, 'false'), label: 'Let it learn' }
  if (wanted !== undefined) yield use(spec, path, wanted)
  const value = Number(valueAt(spec, path))
  const outside = field.kind === 'number' && !Number.isNaN(value) && nearest(field, value)[0] !== value
  const usual = outside ? undefined : likeValue(spec, path)
  if (usual !== undefined) yield use(spec, path, usual)
  if (field.kind === 'number') for (const other of nearest(field, value)) yield use(spec, path, other)
  else yield use(spec, path, field.initial)
}

/** A value of a part in the preset most like the spec, if the part is of the same kind there. */
function likeValue(spec: Spec, path: string): number | string | undefined {
  const like = presetLike(spec).spec
  const kind = path.replace(/[^.]+$/, 'type')
  const value = valueAt(like, path)
  if (valueAt(like, kind) !== valueAt(spec, kind)) return undefined
  return typeof value === 'number' || typeof value === 'string' ? value : undefined
}

/** Values of a number from the nearest to what it is, downwards; where it is none, the initial one first. */
function nearest({ low, high, whole, initial }: NumberField, value: number): number[] {
  if (Number.isNaN(value)) return [initial]
  const inside = Math.min(Math.max(value, low), high)
  if (!whole) return [inside]
  const top = Math.round(inside)
  return Array.from({ length: Math.min(TRIES, top - low + 1) }, (_, i) => top - i)
}

const use = (spec: Spec, path: string, value: number | string): Mend => {
  const [top] = path.split('.')
  const changed = override(spec, path, String(value)) as Spec
  const label = `Use ${typeof value === 'number' && Number.isInteger(value) ? formatCount(value) : value}`
  return { label, change: { [top]: changed[top as SpecField] } }
}

function valueAt(spec: Spec, path: string): unknown {
  return path.split('.').reduce<unknown>((part, key) => {
    return typeof part === 'object' && part !== null ? new Map(Object.entries(part)).get(key) : undefined
  }, spec)
}
