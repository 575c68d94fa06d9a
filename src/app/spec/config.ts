// Changes to a spec as the page makes them, and what differs between two specs.

import { initialPart, type Kind, type PartOf } from '../../model/fields'
import { datasetOf } from '../../datasets'
import { presetsFor, type Preset } from '../../model/presets'
import { outputActivations, type Loss, type Spec } from '../../model/spec'
import type { Adjustable } from '../../session/protocol'
import { withValue } from './stack'

export type SpecField = keyof Spec

/** What a field is called on the page, in the middle of a sentence. */
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
  evaluateEvery: 'evaluation interval',
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

/** The preset that a spec is. Seed and number of epochs do not make another network, so they may differ. */
export const presetOf = (spec: Spec): Preset | undefined =>
  presetsFor(datasetOf(spec)).find((preset) =>
    changedFields(preset.spec, spec).every((field) => field === 'seed' || field === 'epochs'),
  )

/** Deep equality of plain JSON; NaN (a blank field) equals itself. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b)
  const [left, right] = [Object.entries(a), new Map(Object.entries(b))]
  return left.length === right.size && left.every(([key, value]) => right.has(key) && same(value, right.get(key)))
}

/** Changes the loss, and with it what only some losses allow: the last activation and smoothed labels. */
export function withLoss(spec: Spec, loss: Loss): Partial<Spec> {
  const layers = withValue(spec.layers, spec.layers.length - 1, 'activation', outputActivations(loss)[0])
  return { loss, layers, labelSmoothing: loss === 'cross-entropy' ? spec.labelSmoothing : 0 }
}

/**
 * A part turned into another kind. Where both have a field of the same name and meaning, a value that someone has set
 * stays; everything else takes the initial value of the new kind.
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
