// The ONNX form of each kind of layer.
//
// ONNX has images as [batch, channels, height, width]; Inkling has the channels last. So the weights of convolutions are
// rearranged here, and a Flatten layer moves the channels to the end first, so that dense weights stay unchanged. Values flow as
// [batch, height, width] as long as images have no channel axis.

import { extent } from '../model/layers/conv2d'
import type { LayerOf, LayerTable } from '../model/layers'
import { imageOf, type Shape } from '../model/shape'
import type { Activation } from '../model/spec'
import type { OnnxGraph } from './onnx-graph'

/** What a layer is added to. */
interface Place {
  readonly graph: OnnxGraph
  /** Number of the layer: names of its nodes and constants start with it. */
  readonly name: string
  readonly inputShape: Shape
  readonly outputShape: Shape
  /** Values of a parameter of the layer. */
  values(parameter: string): Float32Array
}

/** Append a layer to the graph, and return its output. */
export const onnxLayers: LayerTable<[input: string, place: Place], string> = {
  dense(layer, input, place) {
    const { graph, name, inputShape } = place
    const vector = asVector(inputShape, input, place)
    const values = place.values('weights')
    const weights = graph.constant(`${name}.weights`, [values.length / layer.units, layer.units], values)
    const sums = graph.add(`${name}.sums`, 'Gemm', [vector, weights, ...addBias(layer, place)])
    return addActivation(layer.activation, sums, place)
  },

  conv2d(layer, input, place) {
    const { graph, name, inputShape } = place
    const { filters, kernel, stride } = layer
    const { height, width, channels } = imageOf(inputShape)
    const images = withChannels(input, place)
    const values = filtersFirst(place.values('weights'), channels, filters)
    const weights = graph.constant(`${name}.weights`, [filters, channels, kernel, kernel], values)
    const [rows, columns] = [height, width].map((side) => extent(side, kernel, stride, layer.padding))
    const sums = graph.add(`${name}.sums`, 'Conv', [images, weights, ...addBias(layer, place)], {
      kernel_shape: { ints: [kernel, kernel] },
      strides: { ints: [stride, stride] },
      pads: { ints: [rows.before, columns.before, rows.after, columns.after] },
    })
    return addActivation(layer.activation, sums, place)
  },

  'max-pooling': (layer, input, place) => addPooling('MaxPool', layer, input, place),
  'average-pooling': (layer, input, place) => addPooling('AveragePool', layer, input, place),
  flatten: (_, input, place) => asVector(place.inputShape, input, place),
  dropout: (_, input) => input,

  'batch-normalisation'({ epsilon }, input, { graph, name, outputShape, values }) {
    const parameters = ['scale', 'shift', 'mean', 'variance'].map((parameter) =>
      graph.constant(`${name}.${parameter}`, outputShape.slice(-1), values(parameter)),
    )
    return graph.add(`${name}.normalised`, 'BatchNormalization', [input, ...parameters], {
      epsilon: { float: epsilon },
    })
  },

  activation: ({ activation }, input, place) => addActivation(activation, input, place),
}

/** Coloured images in ONNX's order: channels in front of height and width. */
export function channelsFirst(shape: Shape, input: string, graph: OnnxGraph): string {
  return shape.length === 3
    ? graph.add('input.channels-first', 'Transpose', [input], { perm: { ints: [0, 3, 1, 2] } })
    : input
}

function addPooling(
  operator: 'MaxPool' | 'AveragePool',
  { size, stride }: LayerOf<'max-pooling' | 'average-pooling'>,
  input: string,
  place: Place,
): string {
  return place.graph.add(`${place.name}.pooling`, operator, [withChannels(input, place)], {
    kernel_shape: { ints: [size, size] },
    strides: { ints: [stride, stride] },
  })
}

/** Weights [taps, channels, filters] as [filters, channels, taps]. */
function filtersFirst(weights: Float32Array, channels: number, filters: number): Float32Array {
  const taps = weights.length / channels / filters
  return weights.map((_, i) => {
    const tap = i % taps
    const channel = Math.floor(i / taps) % channels
    const filter = Math.floor(i / taps / channels)
    return weights[(tap * channels + channel) * filters + filter]
  })
}

/** The bias, if there is one. */
function addBias({ bias }: { readonly bias: 'yes' | 'no' }, { graph, name, values }: Place): string[] {
  const biases = values('bias')
  // Layers without a bias add one that stays zero, unless a file brought another.
  if (bias === 'no' && biases.every((value) => value === 0)) return []
  return [graph.constant(`${name}.bias`, [biases.length], biases)]
}

/** Images with a channel axis. */
function withChannels(input: string, { graph, name, inputShape }: Place): string {
  if (inputShape.length === 3) return input
  return graph.add(`${name}.channels`, 'Unsqueeze', [input, graph.integers('channel-axis', [1])])
}

/** One vector an example, with the channels of a position side by side. */
function asVector(shape: Shape, input: string, { graph, name }: Place): string {
  if (shape.length === 1) return input
  const [height, width, channels] = shape
  const ordered =
    shape.length === 2 || channels === 1 || height * width === 1
      ? input
      : graph.add(`${name}.channels-last`, 'Transpose', [input], { perm: { ints: [0, 2, 3, 1] } })
  return graph.add(`${name}.vector`, 'Flatten', [ordered], { axis: { int: 1 } })
}

const operators = { relu: 'Relu', sigmoid: 'Sigmoid', tanh: 'Tanh' } as const

function addActivation(activation: Activation, x: string, { graph, name }: Place): string {
  if (activation === 'linear') return x
  if (activation !== 'gelu') return graph.add(`${name}.${activation}`, operators[activation], [x])
  // x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) / 2, as in kernels/activation.ts; Gelu is an operator from opset 20 on.
  const step = (part: string, operator: string, ...inputs: string[]) =>
    graph.add(`${name}.gelu.${part}`, operator, inputs)
  const cube = step('cube', 'Mul', step('square', 'Mul', x, x), x)
  const cubic = step('cubic', 'Mul', cube, graph.scalar('gelu.cubic', 0.044715))
  const scaled = step('scaled', 'Mul', step('sum', 'Add', x, cubic), graph.scalar('gelu.scale', Math.sqrt(2 / Math.PI)))
  const gate = step('gate', 'Add', step('tanh', 'Tanh', scaled), graph.scalar('gelu.one', 1))
  const halved = step('halved', 'Mul', gate, graph.scalar('gelu.half', 0.5))
  return step('output', 'Mul', x, halved)
}
