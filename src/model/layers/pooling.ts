// Max and average pooling over square windows of an image, without padding.

import { MOST_SIDE } from '../../datasets/dataset'
import { ACTIVATIONS } from '../../kernels/activation'
import { whole, type Values } from '../fields'
import { asImage, imageOf, type Shape } from '../shape'
import { layerType, needsImage, type Builder, type Flow } from './layer'
import { windowSources, type NeuronContext, type Terms } from './neurons'

const fields = { size: whole('Size', 1, MOST_SIDE, 2), stride: whole('Stride', 1, MOST_SIDE, 2) }
type Pooling = Values<typeof fields>

const common = {
  fields,

  words: ({ size, stride }: Pooling) => [`${size} × ${size}`, ...(stride === size ? [] : [`stride ${stride}`])],

  refuse({ size }: Pooling, inputShape: Shape) {
    const image = asImage(inputShape)
    if (!image) return needsImage(inputShape)
    const side = Math.min(image.height, image.width)
    if (size <= side) return undefined
    return { field: 'size', message: `must be ${side} or less: its input is only ${image.height} × ${image.width}` }
  },

  outputShape({ size, stride }: Pooling, inputShape: Shape): Shape {
    const { height, width, channels } = imageOf(inputShape)
    const along = (side: number) => Math.floor((side - size) / stride) + 1
    return [along(height), along(width), channels]
  },
}

/** Terms of a neuron; `weigh` gives the factor of each of its sources. */
function terms(
  { size, stride }: Pooling,
  context: NeuronContext,
  weigh: (sources: Int32Array) => (source: number, i: number) => number,
): Terms {
  const { inputShape, unit } = context
  const depth = imageOf(inputShape).channels
  const all = windowSources(context, { size, stride, before: [0, 0] })
  const sources = all.filter((_, i) => i % depth === unit % depth)
  const weights = Float32Array.from(sources, weigh(sources))
  return { sources, weights, shape: [size, size, 1], bias: 0, activation: 'linear' }
}

const window = ({ size }: Pooling) => size

/** Constants of the pooling kernels, and the shape of the output. */
function geometry(layer: Pooling, builder: Builder, input: Flow) {
  const { height, width, channels, stride } = imageOf(input.shape)
  const shape = common.outputShape(layer, input.shape)
  const constants = {
    ROWS: builder.rows,
    HEIGHT: height,
    WIDTH: width,
    CHANNELS: channels,
    INPUT_STRIDE: stride,
    OUTPUT_HEIGHT: shape[0],
    OUTPUT_WIDTH: shape[1],
    SIZE: layer.size,
    STRIDE: layer.stride,
  }
  return { shape, constants }
}

export const maxPooling = layerType({
  title: 'Max pooling',
  ...common,

  neurons: {
    how: 'largest',
    window,
    terms: (layer, context) =>
      terms(layer, context, (sources) => {
        // The first of equals, as in the kernel.
        const largest = sources.findIndex((source) => context.inputs[source] === context.outputs[context.unit])
        return (_, i) => Number(i === largest)
      }),
  },

  build(layer, builder, input) {
    const { kernels } = builder
    const { shape, constants } = geometry(layer, builder, input)
    const outputs = builder.flow('output', shape)
    const places = builder.integers('places', shape)
    builder.call(kernels.maxPoolingForward, constants, { inputs: input.buffer, outputs, places })
    return {
      output: { buffer: outputs, shape, activation: 'linear', saved: outputs },
      inputGradient(gradient) {
        const inputGradient = builder.flow('input-gradient', input.shape)
        const ACTIVATION = ACTIVATIONS[input.activation]
        const buffers = { gradient, places, saved: input.saved, inputGradient }
        builder.call(kernels.maxPoolingGradient, { ...constants, ACTIVATION }, buffers)
        return inputGradient
      },
    }
  },
})

export const averagePooling = layerType({
  title: 'Average pooling',
  ...common,

  neurons: {
    how: 'mean',
    window,
    terms: (layer, context) => terms(layer, context, (sources) => () => 1 / sources.length),
  },

  build(layer, builder, input) {
    const { kernels } = builder
    const { shape, constants } = geometry(layer, builder, input)
    const outputs = builder.flow('output', shape)
    builder.call(kernels.averagePoolingForward, constants, { inputs: input.buffer, outputs })
    return {
      output: { buffer: outputs, shape, activation: 'linear', saved: outputs },
      inputGradient(gradient) {
        const inputGradient = builder.flow('input-gradient', input.shape)
        const ACTIVATION = ACTIVATIONS[input.activation]
        builder.call(
          kernels.averagePoolingGradient,
          { ...constants, ACTIVATION },
          { gradient, saved: input.saved, inputGradient },
        )
        return inputGradient
      },
    }
  },
})
