// Changes to a spec as the page makes them, and what differs between two specs.

import { initialPart, type Kind, type PartOf } from '../../model/fields'
import { datasetOf } from '../../datasets'
import { presetsFor, type Preset } from '../../model/presets'
import { outputActivations, type Loss, type Spec } from '../../model/spec'
import type { Adjustable } from '../../session/protocol'
import { shapeOf, withValue } from './stack'

export type SpecField = keyof Spec

/** Names of the fields on the page, for the middle of a sentence. */
export const fieldNames: Readonly<Record<SpecField, string>> = {
  dataset: 'data set',
  layers: 'layers',
  augmentation: 'augmentation',
  styleShare: 'synthetic share',
  loss: 'loss',
  input: 'input scaling',
  optimizer: 'optimizer',
  schedule: 'schedule',
  learningRate: 'learning rate',
  batchSize: 'batch size',
  epochs: 'epochs',
  seed: 'seed',
  labelSmoothing: 'label smoothing',
  clipNorm: 'gradient clipping',
  trainingSize: 'training images',
  validationSize: 'validation images',
  evaluateEvery: 'steps between tests',
}

const fields = Object.keys(fieldNames) as SpecField[]

/** True for a field that a run takes over at once. */
export const isAdjustable = (field: string): field is keyof Adjustable =>
  field === 'learningRate' || field === 'epochs' || field === 'evaluateEvery'

/** The part of a spec that a run takes over at once. */
export const adjustableOf = ({ learningRate, epochs, evaluateEvery }: Spec): Adjustable => ({
  learningRate,
  epochs,
  evaluateEvery,
})

/** Fields in which two specs differ, in the order of the page. */
export const changedFields = (a: Spec, b: Spec): SpecField[] => fields.filter((field) => !same(a[field], b[field]))

/** The preset that equals a spec. Seed and number of epochs may differ: they do not make another network. */
export const presetOf = (spec: Spec): Preset | undefined =>
  presetsFor(datasetOf(spec)).find((preset) =>
    changedFields(preset.spec, spec).every((field) => field === 'seed' || field === 'epochs'),
  )

/** Title of a network: `Starter network`, `Starter network (changed)` with settings of your own, or `Your own: 20-8-4`. */
export function networkTitle(spec: Spec, length: 'title' | 'short' = 'title'): string {
  const preset = presetOf(spec)
  if (preset) return preset[length]
  const changed = presetsFor(datasetOf(spec)).find(({ spec: { layers } }) => same(layers, spec.layers))
  return changed ? `${changed[length]} (changed)` : `Your own: ${shapeOf(spec)}`
}

/** A network with its data set: `Starter on MNIST`. */
export const networkWords = (spec: Spec): string => `${networkTitle(spec, 'short')} on ${datasetOf(spec).title}`

/** Deep equality of plain JSON; NaN (a blank field) equals itself. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b)
  const [left, right] = [Object.entries(a), new Map(Object.entries(b))]
  return left.length === right.size && left.every(([key, value]) => right.has(key) && same(value, right.get(key)))
}

/** Changes the loss, and with it the last activation and the label smoothing, which not every loss allows. */
export function withLoss(spec: Spec, loss: Loss): Partial<Spec> {
  const layers = withValue(spec.layers, spec.layers.length - 1, 'activation', outputActivations(loss)[0])
  return { loss, layers, labelSmoothing: loss === 'cross-entropy' ? spec.labelSmoothing : 0 }
}

/**
 * Turns a part into another kind. A changed value stays if both kinds have a field of the same name and meaning;
 * all other fields take the initial values of the new kind.
 */
export function withKind<K extends Readonly<Record<string, Kind>>>(
  kinds: K,
  part: PartOf<K>,
  type: keyof K & string,
): PartOf<K> {
  const before = kinds[part.type].fields
  const kept = Object.entries(part).filter(
    ([name, value]) =>
      Object.hasOwn(kinds[type].fields, name) &&
      before[name]?.label === kinds[type].fields[name].label &&
      !Object.is(value, before[name].initial) &&
      !Number.isNaN(value),
  )
  return { ...initialPart(kinds, type), ...Object.fromEntries(kept) }
}
