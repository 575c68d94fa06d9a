// The arithmetic of one neuron with its own numbers: inputs, weights, sum and output.

import { ACTIVATIONS, derivative } from '../kernels/activation'
import type { Fields } from './fields'
import { layerTypes, typeOf, type LayerKind, type LayerSpec } from './layers'
import type { ComputingNeurons, ParameterValues, Terms } from './layers/neurons'
import { parameterIn, type ModelParameter } from './parameters'
import { countOf, type Shape } from './shape'
import { summarise, type LayerSummary, type Spec } from './spec'

/** A value of a layer's output, by its number in row-major order; in images the last axis is the map. */
export interface NeuronPlace {
  readonly layer: number
  readonly unit: number
}

/** Whether both exist and are the same neuron. */
export const samePlace = (a: NeuronPlace | undefined, b: NeuronPlace | undefined): boolean =>
  a !== undefined && a.layer === b?.layer && a.unit === b.unit

/** activation(sum of weights * inputs + bias) = value, for every kind of layer that computes. */
export interface Neuron extends NeuronPlace, Terms {
  /** The values that it reads; zero beyond the border. */
  readonly inputs: Float32Array
  /** The sum before the activation. */
  readonly sum: number
  /** The value that the network computed. */
  readonly value: number
}

/** What a network has learnt, with the layout of its parameters. */
export interface NetworkState {
  readonly spec: Spec
  readonly list: readonly ModelParameter[]
  readonly parameters: Float32Array
  readonly running: Float32Array
}

/** The layers that compute nothing outside training: their output is their input. */
export const passesOn = (type: LayerKind): boolean => 'passOn' in layerTypes[type].neurons

/** The layers whose neurons read a window of an image. */
export const readsWindow = (type: LayerKind): boolean => 'window' in layerTypes[type].neurons

/** How neurons of a kind of layer compute; undefined if they pass values on. */
export function howOf(type: LayerKind): ComputingNeurons<Fields>['how'] | undefined {
  const { neurons } = layerTypes[type]
  return 'how' in neurons ? neurons.how : undefined
}

/** Side of the square window of an image that the layer's neurons read, if they read one. */
export function windowOf(layer: LayerSpec): number | undefined {
  const { neurons } = typeOf(layer)
  return 'window' in neurons ? neurons.window?.(layer) : undefined
}

/** The original shape of a layer's input: that of the layer below, past layers that pass values on. */
function sourceShape(layers: readonly LayerSummary[], layer: number): Shape {
  let at = layer
  while (at > 0 && passesOn(layers[at - 1].spec.type)) at--
  return layers[at].inputShape
}

/**
 * A neuron of a network; undefined if there is none at that place. `inputs` and `outputs`: of its layer, in row-major order
 * without padding.
 */
export function neuronOf(
  network: NetworkState,
  { layer, unit }: NeuronPlace,
  inputs: Float32Array,
  outputs: Float32Array,
): Neuron | undefined {
  const { layers } = summarise(network.spec)
  const summary = layers.at(layer)
  if (layer < 0 || !summary || !(unit >= 0 && unit < countOf(summary.outputShape))) return undefined
  const { spec, inputShape, outputShape } = summary
  const { neurons } = typeOf(spec)
  if (!('terms' in neurons)) return undefined
  const parameter = (name: string) => parameterOf(network, layer, name)
  const shapes = { inputShape, outputShape, sourceShape: sourceShape(layers, layer) }
  const terms = neurons.terms(spec, { unit, ...shapes, inputs, outputs, parameter })
  const read = Float32Array.from(terms.sources, (source) => (source < 0 ? 0 : inputs[source]))
  let sum = terms.bias
  for (let i = 0; i < read.length; i++) if (terms.weights[i] !== 0) sum += terms.weights[i] * read[i]
  return { layer, unit, ...terms, inputs: read, sum, value: outputs[unit] }
}

/** Derivative of a neuron's activation at its sum. */
export function slopeAt({ activation, sum, value }: Pick<Neuron, 'activation' | 'sum' | 'value'>): number {
  return derivative(ACTIVATIONS[activation], activation === 'gelu' ? sum : value)
}

function parameterOf(network: NetworkState, layer: number, name: string): ParameterValues {
  const found = parameterIn(network.list, layer, name)
  if (!found) throw new Error(`Layer ${layer} has no parameter ${name}.`)
  return { values: found.role === 'running' ? network.running : network.parameters, offset: found.offset }
}
