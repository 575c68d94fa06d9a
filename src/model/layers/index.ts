// The kinds of layer there are, in the order of the editor. A new kind is a file beside this one and a line here.

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

export const layerSchema = partSchema(layerTypes)

/** What a layer is. Its methods take exactly this layer's values: the table is keyed by `type`. */
export function typeOf(layer: LayerSpec): LayerType {
  return layerTypes[layer.type] as unknown as LayerType
}
