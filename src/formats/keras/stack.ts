// Inkling's layers and their tensors as a Keras model's layers are translated into them, one on the other.

import * as v from 'valibot'
import type { Input } from '../../datasets/dataset'
import { shapeOf } from '../../model/examples'
import { isFrozen, layerSchema, learns, typeOf } from '../../model/layers'
import { parameterName, type NamedTensor } from '../../model/parameters'
import { isShape, type Shape } from '../../model/shape'
import { MAX_LAYERS, type LayerSpec } from '../../model/spec'
import { FormatError } from '../error'
import { named, type KerasLayer } from './chain'

/** Values of a parameter, by its name within Inkling's layer. */
export type ValuesOf = (parameter: string) => Float32Array

/** A stack that grows layer by layer. */
export class Stack {
  readonly layers: LayerSpec[] = []
  readonly tensors: NamedTensor[] = []
  readonly notes: string[] = []
  /** Shape of what the last layer puts out, as Inkling has it: that of an example is always the same. */
  shape: Shape
  /** The last layer was followed by a softmax, which is no layer here but part of the loss. */
  softmax = false
  /** Pixels are bytes / 255 by a layer of the model's own. */
  rescaled = false

  /** @param kerasShape Shape of what the last layer puts out, as Keras has it. */
  constructor(
    readonly input: Input,
    public kerasShape: Shape,
  ) {
    this.shape = shapeOf(input)
  }

  /** Flattens what Keras counts as a vector already, where Inkling has it as an image. */
  flatten(source: KerasLayer): void {
    if (this.kerasShape.length === 1 && this.shape.length > 1) this.add(source, { type: 'flatten' })
  }

  /** Puts a layer on top that stands for `source`. @throws FormatError where it cannot be */
  add(source: KerasLayer, layer: LayerSpec, values: ValuesOf = () => new Float32Array(0)): void {
    if (this.softmax) refuse(source, 'comes after a softmax; Inkling has a softmax only at the end')
    // One more than there may be, because an activation behind the last layer becomes part of it.
    if (this.layers.length > MAX_LAYERS) refuse(source, `is one too many: networks have ${MAX_LAYERS} layers at most`)
    const { issues } = v.safeParse(layerSchema, layer, { abortEarly: true })
    if (issues) refuse(source, `Inkling cannot have: ${v.getDotPath(issues[0]) ?? 'it'} ${issues[0].message}`)
    const type = typeOf(layer)
    const refusal = type.refuse?.(layer, this.shape)
    if (refusal) refuse(source, `Inkling cannot have: ${refusal.field} ${refusal.message}`)
    const shape = type.outputShape(layer, this.shape)
    if (!isShape(shape)) refuse(source, `leaves nothing of its input of ${this.shape.join(' × ')}`)
    for (const { name, shape: of } of type.parameters?.(layer, this.shape) ?? []) {
      this.tensors.push({ name: parameterName(this.layers.length, name), shape: of, values: values(name) })
    }
    this.layers.push(layer)
    this.shape = shape
  }

  /** Freezes the layers with parameters from a place on. */
  freeze(from: number): void {
    for (let at = from; at < this.layers.length; at++) {
      if (learns(this.layers[at])) this.layers[at] = { ...this.layers[at], frozen: true } as LayerSpec
    }
  }

  /** Lets all layers learn, where none does: Inkling trains no such network. */
  thaw(): void {
    if (!this.layers.some(isFrozen)) return
    this.layers.forEach((layer, at) => {
      if (!('frozen' in layer)) return
      const { frozen: _, ...rest } = layer
      this.layers[at] = rest
    })
    this.notes.push('All of its layers were frozen. Here they learn, because one of them must.')
  }
}

/** Refuses a Keras layer. @throws FormatError */
export function refuse(layer: KerasLayer, why: string): never {
  throw new FormatError(`${named(layer)} ${why}`)
}
