// A trained network as an ONNX model, which onnxruntime and its like run without Inkling.
//
// ONNX wants images as [batch, channels, height, width], and Inkling has the channels last. So the weights of convolutions are
// rearranged here, and a Flatten layer moves the channels to the end first: dense weights stay as they are.

import type { PixelStatistics } from '../model/initialise'
import type { LayerSpec } from '../model/layers'
import { extent } from '../model/layers/conv2d'
import { parameterName, tensorsOf } from '../model/parameters'
import { imageOf, type Shape } from '../model/shape'
import { CLASSES, IMAGE, summarise, type Activation, type LayerSummary, type Spec } from '../model/spec'
import { SPEC, type Network } from './network'
import { OnnxGraph } from './onnx-graph'
import { encodeModel, type OnnxValue } from './onnx-model'

/** A network, and what its inputs are standardised with. */
export interface NetworkToExport extends Network {
  /** Of the training images; needed where the spec's input is `standardised`. They become part of the graph. */
  readonly statistics?: PixelStatistics
}

const IMAGE_INPUT: OnnxValue = {
  name: 'image',
  shape: ['batch', ...IMAGE],
  documentation: 'Handwritten digits as in MNIST, bright on dark, centred: pixels from 0 to 1, that is, bytes / 255.',
}

/**
 * The bytes of an `.onnx` file (opset 14). Input: `image` [batch, 28, 28], 32-bit floats from 0 to 1 (bytes / 255); scaling is
 * part of the graph. Outputs, [batch, 10]: `logits` and `probabilities` (their softmax), or where the loss is quadratic `outputs`.
 * Dropout is left out, batch normalisation takes the running statistics. The spec is in the metadata, as in safetensors.
 *
 * @throws Error where standardised inputs have no statistics
 */
export function writeOnnx({ spec, learnt, statistics }: NetworkToExport): Uint8Array<ArrayBuffer> {
  const graph = new OnnxGraph()
  const tensors = new Map(tensorsOf(spec, learnt).map(({ name, values }) => [name, values]))
  let value = addScaling(graph, spec, statistics)
  summarise(spec).layers.forEach((layer, i) => {
    value = addLayer(layer, value, {
      graph,
      name: `layers.${i}`,
      values(parameter) {
        const values = tensors.get(parameterName(i, parameter))
        if (!values) throw new Error(`The layer ${layer.spec.type} has no parameter ${parameter}.`)
        return values
      },
    })
  })

  return encodeModel({
    name: 'inkling',
    documentation: 'A network that reads handwritten digits, trained with Inkling.',
    metadata: { [SPEC]: JSON.stringify(spec) },
    inputs: [IMAGE_INPUT],
    outputs: addOutputs(graph, spec),
    nodes: graph.nodes,
    initializers: graph.initializers,
  })
}

/** The scaling of the pixels: (pixel - mean) * (1 / deviation), as where a batch is gathered. */
function addScaling(graph: OnnxGraph, { input }: Spec, statistics: PixelStatistics | undefined): string {
  if (input === 'unit') return IMAGE_INPUT.name
  if (!statistics) {
    throw new Error(
      'The network standardises its input: it can be exported only with the statistics of the training images.',
    )
  }
  const mean = graph.constant('input.mean', IMAGE, statistics.mean)
  const scale = graph.constant(
    'input.scale',
    IMAGE,
    statistics.deviation.map((deviation) => 1 / deviation),
  )
  const centred = graph.add('input.centred', 'Sub', [IMAGE_INPUT.name, mean])
  return graph.add('input.standardised', 'Mul', [centred, scale])
}

/** Names the outputs of the last layer, and adds their softmax where the loss works with it. */
function addOutputs(graph: OnnxGraph, { loss }: Spec): OnnxValue[] {
  const shape = ['batch', CLASSES]
  if (loss === 'quadratic') {
    return [{ name: graph.rename('outputs'), shape, documentation: 'One per digit; the largest tells which it is.' }]
  }
  const logits = graph.rename('logits')
  const probabilities = graph.add('probabilities', 'Softmax', [logits], { axis: { int: 1 } })
  return [
    { name: logits, shape, documentation: 'One per digit, before the softmax.' },
    { name: probabilities, shape, documentation: 'Probability of each digit: the softmax of the logits.' },
  ]
}

/** Where a layer goes. */
interface Place {
  readonly graph: OnnxGraph
  /** Of the layer; what its nodes and constants are called starts with it. */
  readonly name: string
  /** Values of a parameter of the layer. */
  values(parameter: string): Float32Array
}

/** Appends a layer, and returns its output. What flows is [batch, height, width] as long as the images have no channel axis. */
function addLayer({ spec: layer, inputShape, outputShape }: LayerSummary, input: string, place: Place): string {
  const { graph, name } = place
  switch (layer.type) {
    case 'dense':
      return addDense(layer, inputShape, input, place)
    case 'conv2d':
      return addConvolution(layer, inputShape, input, place)
    case 'max-pooling':
    case 'average-pooling':
      return graph.add(
        `${name}.pooling`,
        layer.type === 'max-pooling' ? 'MaxPool' : 'AveragePool',
        [withChannels(inputShape, input, place)],
        { kernel_shape: { ints: [layer.size, layer.size] }, strides: { ints: [layer.stride, layer.stride] } },
      )
    case 'flatten':
      return asVector(inputShape, input, place)
    case 'dropout':
      return input
    case 'batch-normalisation': {
      const parameters = ['scale', 'shift', 'mean', 'variance'].map((parameter) =>
        graph.constant(`${name}.${parameter}`, outputShape.slice(-1), place.values(parameter)),
      )
      return graph.add(`${name}.normalised`, 'BatchNormalization', [input, ...parameters], {
        epsilon: { float: layer.epsilon },
      })
    }
    case 'activation':
      return addActivation(layer.activation, input, place)
  }
}

type Layer<T extends LayerSpec['type']> = Extract<LayerSpec, { type: T }>

function addDense(layer: Layer<'dense'>, inputShape: Shape, input: string, place: Place): string {
  const { graph, name } = place
  const vector = asVector(inputShape, input, place)
  const values = place.values('weights')
  const weights = graph.constant(`${name}.weights`, [values.length / layer.units, layer.units], values)
  const sums = graph.add(`${name}.sums`, 'Gemm', [vector, weights, ...addBias(layer, place)])
  return addActivation(layer.activation, sums, place)
}

function addConvolution(layer: Layer<'conv2d'>, inputShape: Shape, input: string, place: Place): string {
  const { graph, name } = place
  const { filters, kernel, stride } = layer
  const { height, width, channels } = imageOf(inputShape)
  const images = withChannels(inputShape, input, place)
  const values = filtersFirst(place.values('weights'), channels, filters)
  const weights = graph.constant(`${name}.weights`, [filters, channels, kernel, kernel], values)
  const [rows, columns] = [height, width].map((side) => extent(side, kernel, stride, layer.padding))
  const sums = graph.add(`${name}.sums`, 'Conv', [images, weights, ...addBias(layer, place)], {
    kernel_shape: { ints: [kernel, kernel] },
    strides: { ints: [stride, stride] },
    pads: { ints: [rows.before, columns.before, rows.after, columns.after] },
  })
  return addActivation(layer.activation, sums, place)
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
function withChannels(shape: Shape, input: string, { graph, name }: Place): string {
  if (shape.length === 3) return input
  return graph.add(`${name}.channels`, 'Unsqueeze', [input, graph.integers('channel-axis', [1])])
}

/** One vector an example, the channels of a position side by side. */
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
