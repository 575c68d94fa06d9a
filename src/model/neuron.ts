// One neuron's arithmetic with its own numbers: what it reads, what it multiplies that by, and what comes out.

import type { ActivationName } from '../kernels/activation'
import { pad4 } from '../kernels/kernel'
import type { LayerKind } from './layers'
import { paddingBefore } from './layers/conv2d'
import { parameterIn, type ModelParameter } from './parameters'
import { countOf, imageOf, type Shape } from './shape'
import { summarise, type LayerSummary, type Spec } from './spec'

/** A value of a layer's output by its number in row-major order: of an image the last axis is the map. */
export interface NeuronPlace {
  readonly layer: number
  readonly unit: number
}

/** Whether both are there and are the same neuron. */
export const samePlace = (a: NeuronPlace | undefined, b: NeuronPlace | undefined): boolean =>
  a !== undefined && a.layer === b?.layer && a.unit === b.unit

/** activation(sum of weights * inputs + bias) = value, for every kind of layer that computes. */
export interface Neuron extends NeuronPlace {
  /** Numbers of the values it reads in the output of the layer below, or in the picture; -1 where its window hangs over the border. */
  readonly sources: Int32Array
  /** Those values; zero beyond the border. */
  readonly inputs: Float32Array
  /** What each is multiplied by. Max pooling takes one of its inputs: 1 there and else 0. */
  readonly weights: Float32Array
  /** Shape of `weights`: [28, 28], [inputs], or [rows, columns, channels] of a window. */
  readonly shape: Shape
  readonly bias: number
  /** The sum before the activation. */
  readonly sum: number
  readonly activation: ActivationName
  /** As the network computed it. */
  readonly value: number
  /** Batch normalisation's own numbers: weight = scale / sqrt(variance + epsilon), bias = shift - mean * weight. */
  readonly norm?: Readonly<Record<'mean' | 'variance' | 'epsilon' | 'scale' | 'shift', number>>
}

/** What a network has learnt, with what says where things are. */
export interface NetworkState {
  readonly spec: Spec
  readonly list: readonly ModelParameter[]
  readonly parameters: Float32Array
  readonly running: Float32Array
}

/** The layers that compute nothing outside training: what they get is what they give. */
export const passesOn = (type: LayerKind): boolean => type === 'dropout' || type === 'flatten'

/** The layers whose neurons read a window of an image, and not values one by one. */
export const readsWindow = (type: LayerKind): boolean =>
  type === 'conv2d' || type === 'max-pooling' || type === 'average-pooling'

/** The shape in which a layer's input was made: that of the layer below, past those that pass on. */
export function sourceShape(layers: readonly LayerSummary[], layer: number): Shape {
  let at = layer
  while (at > 0 && passesOn(layers[at - 1].spec.type)) at--
  return layers[at].inputShape
}

/**
 * A neuron of a network; undefined where there is none at that place. `inputs` and `outputs`: of its layer, in row-major order
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
  if (layer < 0 || !summary || passesOn(summary.spec.type) || !(unit >= 0 && unit < countOf(summary.outputShape))) {
    return undefined
  }
  const terms = termsOf(network, layers, layer, unit, inputs, outputs)
  const read = Float32Array.from(terms.sources, (source) => (source < 0 ? 0 : inputs[source]))
  let sum = terms.bias
  for (let i = 0; i < read.length; i++) if (terms.weights[i] !== 0) sum += terms.weights[i] * read[i]
  return { layer, unit, ...terms, inputs: read, sum, value: outputs[unit] }
}

type Terms = Pick<Neuron, 'sources' | 'weights' | 'shape' | 'bias' | 'activation' | 'norm'>

function termsOf(
  network: NetworkState,
  layers: readonly LayerSummary[],
  layer: number,
  unit: number,
  inputs: Float32Array,
  outputs: Float32Array,
): Terms {
  const { spec, inputShape, outputShape } = layers[layer]
  const channels = outputShape[outputShape.length - 1]
  const channel = unit % channels
  const parameter = (name: string) => parameterOf(network, layer, name)
  switch (spec.type) {
    case 'dense': {
      const count = countOf(inputShape)
      const { values, offset } = parameter('weights')
      const stride = pad4(spec.units)
      return {
        sources: Int32Array.from({ length: count }, (_, i) => i),
        weights: Float32Array.from({ length: count }, (_, i) => values[offset + i * stride + unit]),
        shape: sourceShape(layers, layer),
        bias: at(parameter('bias'), unit),
        activation: spec.activation,
      }
    }
    case 'conv2d': {
      const { kernel, stride, filters } = spec
      const window = { size: kernel, stride, before: paddingBefore(spec, inputShape) }
      const sources = windowOf(inputShape, outputShape, unit, window)
      const { values, offset } = parameter('weights')
      const depth = imageOf(inputShape).channels
      // Pixels without a channel axis have one value a tap (see conv2d.ts), channels a padded block.
      const tap = (inputShape.length === 2 ? 1 : pad4(depth)) * pad4(filters)
      const weights = Float32Array.from(sources, (_, i) => {
        return values[offset + Math.floor(i / depth) * tap + (i % depth) * pad4(filters) + channel]
      })
      const shape = [kernel, kernel, depth]
      return { sources, weights, shape, bias: at(parameter('bias'), channel), activation: spec.activation }
    }
    case 'max-pooling':
    case 'average-pooling': {
      const { size, stride } = spec
      const all = windowOf(inputShape, outputShape, unit, { size, stride, before: [0, 0] })
      const depth = imageOf(inputShape).channels
      const sources = all.filter((_, i) => i % depth === channel)
      // The first of equals, as the kernel has it.
      const largest = sources.findIndex((source) => inputs[source] === outputs[unit])
      const weights = Float32Array.from(sources, (_, i) =>
        spec.type === 'average-pooling' ? 1 / sources.length : Number(i === largest),
      )
      return { sources, weights, shape: [size, size, 1], bias: 0, activation: 'linear' }
    }
    case 'batch-normalisation': {
      const [scale, shift, mean, variance] = ['scale', 'shift', 'mean', 'variance'].map((name) =>
        at(parameter(name), channel),
      )
      const { epsilon } = spec
      const weight = scale / Math.sqrt(variance + epsilon)
      return { ...one(unit, weight, shift - mean * weight), norm: { mean, variance, epsilon, scale, shift } }
    }
    case 'activation':
      return { ...one(unit, 1, 0), activation: spec.activation }
    default:
      throw new Error(`A ${spec.type} layer computes nothing.`)
  }
}

/** A value of a single value. */
const one = (source: number, weight: number, bias: number): Terms => ({
  sources: Int32Array.of(source),
  weights: Float32Array.of(weight),
  shape: [1],
  bias,
  activation: 'linear',
})

function parameterOf(network: NetworkState, layer: number, name: string) {
  const found = parameterIn(network.list, layer, name)
  if (!found) throw new Error(`Layer ${layer} has no parameter ${name}.`)
  return { values: found.role === 'running' ? network.running : network.parameters, offset: found.offset }
}

/** A value of a parameter that is a vector. */
const at = ({ values, offset }: { values: Float32Array; offset: number }, i: number) => values[offset + i]

/** Numbers of the inputs in an output's window, tap by tap with all channels side by side; -1 beyond the border. */
function windowOf(
  inputShape: Shape,
  outputShape: Shape,
  unit: number,
  { size, stride, before: [above, left] }: { size: number; stride: number; before: readonly [number, number] },
): Int32Array {
  const { height, width, channels } = imageOf(inputShape)
  const position = Math.floor(unit / outputShape[2])
  const top = Math.floor(position / outputShape[1]) * stride - above
  const start = (position % outputShape[1]) * stride - left
  const sources = new Int32Array(size * size * channels).fill(-1)
  for (let ky = 0; ky < size; ky++) {
    for (let kx = 0; kx < size; kx++) {
      const [y, x] = [top + ky, start + kx]
      if (y < 0 || x < 0 || y >= height || x >= width) continue
      for (let c = 0; c < channels; c++) sources[(ky * size + kx) * channels + c] = (y * width + x) * channels + c
    }
  }
  return sources
}

/** Connections of a dense layer that carry most, strongest first. */
export interface Connections {
  readonly layer: number
  /** Numbers of the value below and of the neuron. */
  readonly from: Uint32Array
  readonly to: Uint16Array
  /** weight * input: what the value adds to the neuron's sum. */
  readonly carried: Float32Array
}

/** The `most` connections of a dense layer with the largest |weight * input|, fewer where fewer carry anything. */
export function strongestConnections(
  network: NetworkState,
  layer: number,
  inputs: Float32Array,
  units: number,
  most: number,
): Connections {
  const { values, offset } = parameterOf(network, layer, 'weights')
  const stride = pad4(units)
  // Sorted by size; the smallest is the bar that the next one has to pass.
  const best: { from: number; to: number; carried: number }[] = []
  let bar = 0
  for (let from = 0; from < inputs.length; from++) {
    const input = inputs[from]
    if (input === 0) continue
    const row = offset + from * stride
    // A comparison of weights costs less than one of products.
    let least = bar / Math.abs(input)
    for (let to = 0; to < units; to++) {
      const weight = values[row + to]
      if (!(Math.abs(weight) > least)) continue
      const carried = weight * input
      let place = best.length
      while (place > 0 && Math.abs(best[place - 1].carried) < Math.abs(carried)) place--
      best.splice(place, 0, { from, to, carried })
      if (best.length > most) best.pop()
      if (best.length === most) {
        bar = Math.abs(best[most - 1].carried)
        least = bar / Math.abs(input)
      }
    }
  }
  return {
    layer,
    from: Uint32Array.from(best, ({ from }) => from),
    to: Uint16Array.from(best, ({ to }) => to),
    carried: Float32Array.from(best, ({ carried }) => carried),
  }
}
