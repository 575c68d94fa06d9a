// A trained network as an ONNX model, which onnxruntime and other programs run without Inkling.

import { datasetOf } from '../datasets'
import type { Dataset } from '../datasets/dataset'
import { isStandardised } from '../model/batch'
import type { InputStatistics } from '../model/initialise'
import { lookUp } from '../model/layers'
import { parameterName, tensorsOf } from '../model/parameters'
import { inputShapeOf, summarise, type Spec } from '../model/spec'
import { metadataOf, type Network } from './network'
import { OnnxGraph } from './onnx-graph'
import { channelsFirst, onnxLayers } from './onnx-layers'
import { encodeModel, type OnnxValue } from './onnx-model'

/**
 * The bytes of an `.onnx` file (opset 14). Input, 32-bit floats: `image` [batch, height, width] of gray images or [batch, height, width, 3]
 * of coloured ones, from 0 to 1 (bytes / 255), or `features` [batch, features]; scaling is part of the graph. Outputs, [batch, classes]:
 * `logits` and `probabilities` (their softmax), or where the loss is quadratic `outputs`. Dropout is left out, batch normalisation takes
 * the running statistics. The spec and the names of the classes are in the metadata, as in safetensors.
 *
 * @throws Error where standardised inputs have no statistics
 */
export function writeOnnx({ spec, learnt, statistics }: Network): Uint8Array<ArrayBuffer> {
  const graph = new OnnxGraph()
  const dataset = datasetOf(spec)
  const tensors = new Map(tensorsOf(spec, learnt).map(({ name, values }) => [name, values]))
  const input = inputOf(spec, dataset)
  let value = channelsFirst(inputShapeOf(spec), addScaling(graph, spec, input.name, statistics), graph)
  summarise(spec).layers.forEach(({ spec: layer, inputShape, outputShape }, i) => {
    value = lookUp(onnxLayers, layer, value, {
      graph,
      name: `layers.${i}`,
      inputShape,
      outputShape,
      values(parameter) {
        const values = tensors.get(parameterName(i, parameter))
        if (!values) throw new Error(`The layer ${layer.type} has no parameter ${parameter}.`)
        return values
      },
    })
  })

  return encodeModel({
    name: 'inkling',
    documentation: `A network that has learnt from ${dataset.title}, trained with Inkling.`,
    metadata: metadataOf(spec),
    inputs: [input],
    outputs: addOutputs(graph, spec, dataset),
    nodes: graph.nodes,
    initializers: graph.initializers,
  })
}

/** Contents of the model. */
function inputOf(spec: Spec, { title, note, input }: Dataset): OnnxValue {
  const what =
    input.kind === 'image' ? 'Pixels from 0 to 1, that is, bytes / 255' : `In order: ${input.names.join(', ')}`
  return {
    name: input.kind === 'image' ? 'image' : 'features',
    shape: ['batch', ...inputShapeOf(spec)],
    documentation: `${title}: ${note} ${what}.`,
  }
}

/** The scaling of inputs: (value - mean) * (1 / deviation), as in the gather kernels. */
function addScaling(graph: OnnxGraph, spec: Spec, input: string, statistics: InputStatistics | undefined): string {
  if (!isStandardised(spec)) return input
  if (!statistics) {
    throw new Error(
      'The network standardises its input: it can be exported only with the statistics of the training images.',
    )
  }
  const shape = inputShapeOf(spec)
  const mean = graph.constant('input.mean', shape, statistics.mean)
  const scale = graph.constant(
    'input.scale',
    shape,
    statistics.deviation.map((deviation) => 1 / deviation),
  )
  const centred = graph.add('input.centred', 'Sub', [input, mean])
  return graph.add('input.standardised', 'Mul', [centred, scale])
}

/** Names the outputs of the last layer, and adds their softmax unless the loss is quadratic. */
function addOutputs(graph: OnnxGraph, { loss }: Spec, { classes }: Dataset): OnnxValue[] {
  const shape = ['batch', classes.length]
  if (loss === 'quadratic') {
    return [{ name: graph.rename('outputs'), shape, documentation: 'One per class; the largest tells which it is.' }]
  }
  const logits = graph.rename('logits')
  const probabilities = graph.add('probabilities', 'Softmax', [logits], { axis: { int: 1 } })
  return [
    { name: logits, shape, documentation: 'One per class, before the softmax.' },
    { name: probabilities, shape, documentation: 'Probability of each class: the softmax of the logits.' },
  ]
}
