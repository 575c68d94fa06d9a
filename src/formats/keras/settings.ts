// Settings that several kinds of Keras layers share.

import * as v from 'valibot'
import type { Activation } from '../../model/spec'
import { shown } from '../error'
import { named, type KerasLayer } from './chain'
import { checked } from './check'
import { refuse } from './stack'

/** The settings of a layer. */
export const settings = <S extends v.GenericSchema>(layer: KerasLayer, schema: S) =>
  checked(schema, layer.config, named(layer))

/** One size for both directions, as a number or a pair. */
export const square = v.pipe(
  v.custom<number | [number, number]>((value) => {
    const sizes: readonly unknown[] = Array.isArray(value) ? value : [value, value]
    return sizes.length === 2 && sizes[0] === sizes[1] && Number.isSafeInteger(sizes[0]) && Number(sizes[0]) > 0
  }, "; Inkling's are one whole number, the same in both directions"),
  v.transform((value) => (typeof value === 'number' ? value : value[0])),
)
export const padding = v.picklist(['valid', 'same'], '; Inkling knows valid and same')
/** A setting that must have Keras's default. */
export const only = <const T extends string | number>(value: T) =>
  v.nullish(v.literal(value, `; Inkling knows ${value} only`))
export const dataFormat = only('channels_last')

/** Names of Keras, and of TensorFlow.js where it has others. Keras's own gelu is the exact one, which is up to 0.0005 away. */
const activations = new Map<string, Activation | 'softmax'>([
  ['linear', 'linear'],
  ['relu', 'relu'],
  ['sigmoid', 'sigmoid'],
  ['tanh', 'tanh'],
  ['gelu_new', 'gelu'],
  ['softmax', 'softmax'],
])

export function activationOf(layer: KerasLayer, value: unknown): Activation | 'softmax' {
  if (value === null || value === undefined) return 'linear'
  const activation = typeof value === 'string' ? activations.get(value) : undefined
  if (activation) return activation
  const why =
    value === 'gelu'
      ? ' in its exact form; Inkling has the one by tanh, which TensorFlow.js calls gelu_new'
      : `; Inkling has ${[...activations.keys()].join(', ')}`
  refuse(layer, `has the activation ${shown(value)}${why}`)
}
