// Changes to a spec as the page makes them, and what differs between two specs.

import type { Adjustable } from '../session/protocol'
import { CLASSES, outputActivations, type LayerSpec, type Loss, type Optimizer, type Spec } from '../model/spec'
import { presets, type Preset } from '../model/presets'

export type Field = keyof Spec

/** What a field is called on the page, in the middle of a sentence. */
export const fieldNames: Readonly<Record<Field, string>> = {
  input: 'input scaling',
  layers: 'layers',
  loss: 'loss',
  optimizer: 'optimizer',
  learningRate: 'learning rate',
  batchSize: 'batch size',
  epochs: 'epochs',
  seed: 'seed',
  evaluateEvery: 'evaluation interval',
}

const fields = Object.keys(fieldNames) as Field[]

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
export const changedFields = (a: Spec, b: Spec): Field[] => fields.filter((field) => !same(a[field], b[field]))

/** The preset that a spec is. Seed and number of epochs do not make another network, so they may differ. */
export const presetOf = (spec: Spec): Preset | undefined =>
  presets.find((preset) => changedFields(preset.spec, spec).every((field) => field === 'seed' || field === 'epochs'))

/** Deep equality of plain JSON; NaN (a blank field) equals itself. */
function same(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return Object.is(a, b)
  const [left, right] = [Object.entries(a), new Map(Object.entries(b))]
  return left.length === right.size && left.every(([key, value]) => right.has(key) && same(value, right.get(key)))
}

/** Changes the loss, and with it the last activation: each loss allows only some. */
export function withLoss(spec: Spec, loss: Loss): Partial<Spec> {
  const last = spec.layers.length - 1
  return { loss, layers: withLayer(spec.layers, last, { activation: outputActivations(loss)[0] }) }
}

/** Changes one layer. */
export const withLayer = (layers: readonly LayerSpec[], at: number, change: Partial<LayerSpec>): LayerSpec[] =>
  layers.map((layer, index) => (index === at ? { ...layer, ...change } : layer))

/** Adds a hidden layer before the output, like the last hidden one. */
export function withNewLayer(layers: readonly LayerSpec[]): LayerSpec[] {
  const like = layers.at(-2) ?? ({ type: 'dense', units: 64, activation: 'relu', initialiser: 'he' } as const)
  return [...layers.slice(0, -1), { ...like }, ...layers.slice(-1)]
}

/** The optimizers with their usual settings. */
export const optimizers: Readonly<{ [Type in Optimizer['type']]: Extract<Optimizer, { type: Type }> }> = {
  sgd: { type: 'sgd', momentum: 0.9 },
  adam: { type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
}

/** A network in short, for example `784-128-10`. */
export const shapeOf = (spec: Spec): string =>
  [784, ...spec.layers.slice(0, -1).map(({ units }) => (Number.isFinite(units) ? units : '?')), CLASSES].join('-')
