// The kinds of layers, in the order of the editor. A new kind is a file beside this one and a line here.

import { partSchema, type PartOf } from '../fields'
import { activation } from './activation'
import { batchNormalisation } from './batch-normalisation'
import { conv2d } from './conv2d'
import { dense } from './dense'
import { dropout } from './dropout'
import { flatten } from './flatten'
import type { LayerType } from './layer'
import { averagePooling, maxPooling } from './pooling'

export const layerTypes = {
  dense,
  conv2d,
  'max-pooling': maxPooling,
  'average-pooling': averagePooling,
  flatten,
  dropout,
  'batch-normalisation': batchNormalisation,
  activation,
}

/** A layer as plain JSON. */
export type LayerSpec = PartOf<typeof layerTypes>
export type LayerKind = LayerSpec['type']

/** The layers of one kind. */
export type LayerOf<K extends LayerKind> = Extract<LayerSpec, { type: K }>

/**
 * A consumer's table: for every kind of layer, a function of the layer and of other arguments. A kind without a row is a
 * type error.
 */
export type LayerTable<A extends readonly unknown[], R> = {
  readonly [K in LayerKind]: (layer: LayerOf<K>, ...others: A) => R
}

/** The result of a table's row for a layer. */
export function lookUp<A extends readonly unknown[], R>(table: LayerTable<A, R>, layer: LayerSpec, ...others: A): R {
  // The row takes exactly this layer: the table is keyed by `type`.
  const row = table[layer.type] as (layer: LayerSpec, ...others: A) => R
  return row(layer, ...others)
}

export const layerSchema = partSchema(layerTypes)

/** Whether training leaves a layer's parameters as they are. */
export const isFrozen = (layer: LayerSpec): boolean => 'frozen' in layer && layer.frozen === true

/** Whether a layer has parameters that training changes. */
export const learns = (layer: LayerSpec): boolean => typeOf(layer).parameters !== undefined && !isFrozen(layer)

/** The type of a layer. Its methods take exactly this layer's values: the table is keyed by `type`. */
export function typeOf(layer: LayerSpec): LayerType {
  return layerTypes[layer.type] as unknown as LayerType
}
