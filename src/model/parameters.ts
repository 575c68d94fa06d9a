// The layout of a network's parameters in its buffers, and their values without padding.

import { eachPlace, storageSize } from '../kernels/plan'
import { isFrozen } from './layers'
import type { Initial, Role } from './layers/layer'
import { summarise, type LayerSummary, type Spec } from './spec'

/** A named parameter inside the parameter buffer, or among the running statistics. */
export interface ModelParameter {
  /** For example `layers.0.weights`: see parameterName. */
  readonly name: string
  /** Number of the layer, from 0. */
  readonly layer: number
  /** Its name within the layer, for example `weights`. */
  readonly parameter: string
  /** Logical shape, for example [inputs, units]; stored under the padding rule. */
  readonly shape: readonly number[]
  /** Where it starts, in floats; a multiple of four. */
  readonly offset: number
  readonly role: Role
  readonly initial: Initial
  /** None of its values is ever below zero. */
  readonly notNegative: boolean
  /** Its layer is frozen: nothing changes it. */
  readonly frozen: boolean
}

/** What a network has learnt: the contents of a model's buffers `parameters` and `running`. */
export interface Learnt {
  readonly parameters: Float32Array
  readonly running: Float32Array
}

/** Values of a parameter in row-major order, without padding. */
export interface NamedTensor {
  /** As in ModelParameter. */
  readonly name: string
  readonly shape: readonly number[]
  readonly values: Float32Array
}

/** The name of a layer's parameter in the whole network. */
export const parameterName = (layer: number, parameter: string): string => `layers.${layer}.${parameter}`

/** A layer's parameter by its name there. */
export function parameterIn(
  list: readonly ModelParameter[],
  layer: number,
  parameter: string,
): ModelParameter | undefined {
  return list.find((each) => each.layer === layer && each.parameter === parameter)
}

/**
 * Places every parameter in the parameter buffer and every running statistic in theirs, one after the other. The parameters of frozen layers
 * lie behind all others: an optimizer sees the first `learning` floats of `size`.
 */
export function layOut(layers: readonly LayerSummary[]) {
  const list: ModelParameter[] = []
  const sizes = { learning: 0, frozen: 0, running: 0 }
  layers.forEach(({ spec, parameterSpecs }, layer) => {
    const frozen = isFrozen(spec)
    for (const { name: parameter, shape, role, initial, notNegative = false } of parameterSpecs) {
      const place = role === 'running' ? 'running' : frozen ? 'frozen' : 'learning'
      const name = parameterName(layer, parameter)
      list.push({ name, layer, parameter, shape, role, offset: sizes[place], initial, notNegative, frozen })
      sizes[place] += storageSize(shape)
    }
  })
  const { learning, frozen, running } = sizes
  const placed = list.map((each) =>
    each.frozen && each.role !== 'running' ? { ...each, offset: learning + each.offset } : each,
  )
  return { list: placed, size: learning + frozen, learning, runningSize: running }
}

/** Every parameter and running statistic of a network as a tensor. */
export function tensorsOf(spec: Spec, learnt: Learnt): NamedTensor[] {
  return layOut(summarise(spec).layers).list.map(({ name, shape, offset, role }) => {
    const from = role === 'running' ? learnt.running : learnt.parameters
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1))
    eachPlace(shape, (place, i) => (values[i] = from[offset + place]))
    return { name, shape, values }
  })
}

/**
 * The reverse. Allocates nothing before every tensor has been checked.
 * @throws Error that names a tensor that is missing, duplicate, unknown, of another shape or not finite
 */
export function learntFrom(spec: Spec, tensors: readonly NamedTensor[]): Learnt {
  const { list, size, runningSize } = layOut(summarise(spec).layers)
  const named = new Map(tensors.map((tensor) => [tensor.name, tensor]))
  if (named.size < tensors.length) throw new Error('has two tensors of one name')
  const known = new Set(list.map(({ name }) => name))
  const unknown = tensors.find(({ name }) => !known.has(name))
  if (unknown) throw new Error(`has a tensor ${unknown.name.slice(0, 60)}, which its network does not have`)
  const checked = list.map((parameter) => ({ ...parameter, values: valuesFor(parameter, named.get(parameter.name)) }))

  const learnt = { parameters: new Float32Array(size), running: new Float32Array(Math.max(runningSize, 4)) }
  for (const { shape, offset, role, values } of checked) {
    const to = role === 'running' ? learnt.running : learnt.parameters
    eachPlace(shape, (place, i) => (to[offset + place] = values[i]))
  }
  return learnt
}

/**
 * Checks and returns the values of a tensor that must have this name and shape.
 * @throws Error if it is missing, of another shape or not finite
 */
export function valuesFor(
  { name, shape }: Pick<NamedTensor, 'name' | 'shape'>,
  tensor: NamedTensor | undefined,
): Float32Array {
  if (!tensor) throw new Error(`has no tensor ${name}, which its network needs`)
  if (tensor.shape.join() !== shape.join()) {
    throw new Error(`has ${name} in the shape [${tensor.shape.join(', ')}]; its network has [${shape.join(', ')}]`)
  }
  const { values } = tensor
  const odd = values.findIndex((value) => !Number.isFinite(value))
  if (odd >= 0) throw new Error(`has ${values[odd]} as value ${odd} of ${name}; values must be finite`)
  return values
}
