// Two-dimensional convolution (cross-correlation, as everywhere in deep learning) over an image, NHWC.

import { MOST_SIDE } from '../../datasets/dataset'
import { ACTIVATIONS } from '../../kernels/activation'
import { pad4 } from '../../kernels/kernel'
import { choice, titleOf, whole } from '../fields'
import { asImage, imageOf, type Shape } from '../shape'
import {
  activated,
  activationField,
  biasField,
  biasOf,
  frozenField,
  frozenWords,
  initialiserField,
  initialWeights,
  layerType,
  needsImage,
} from './layer'
import { valueAt, windowSources } from './neurons'

/**
 * Output size, and padding before the first and after the last row or column, in one direction: TensorFlow's `valid` and `same`, which
 * splits padding evenly, the larger half behind.
 */
export function extent(input: number, kernel: number, stride: number, padding: 'valid' | 'same') {
  if (padding === 'valid') return { output: Math.floor((input - kernel) / stride) + 1, before: 0, after: 0 }
  const output = Math.ceil(input / stride)
  const whole = Math.max((output - 1) * stride + kernel - input, 0)
  return { output, before: Math.floor(whole / 2), after: Math.ceil(whole / 2) }
}

/** Rows and columns of zeros before an image. */
function paddingBefore(
  { kernel, stride, padding }: { kernel: number; stride: number; padding: 'valid' | 'same' },
  inputShape: Shape,
): [number, number] {
  const { height, width } = imageOf(inputShape)
  return [extent(height, kernel, stride, padding).before, extent(width, kernel, stride, padding).before]
}

export const conv2d = layerType({
  title: 'Convolution',
  fields: {
    filters: whole('Filters', 1, 512, 16),
    kernel: whole('Kernel', 1, MOST_SIDE, 3),
    stride: whole('Stride', 1, MOST_SIDE, 1),
    padding: choice('Padding', [
      ['valid', 'Valid'],
      ['same', 'Same'],
    ]),
    activation: activationField,
    initialiser: initialiserField,
    bias: biasField,
    frozen: frozenField,
  },

  words(layer) {
    const { kernel, stride, padding, activation, bias } = layer
    return [
      `${kernel} × ${kernel}`,
      ...(stride > 1 ? [`stride ${stride}`] : []),
      ...(padding === 'same' ? ['same'] : []),
      titleOf(activationField, activation),
      ...(bias === 'no' ? ['no bias'] : []),
      ...frozenWords(layer),
    ]
  },

  refuse({ kernel, padding }, inputShape) {
    const image = asImage(inputShape)
    if (!image) return needsImage(inputShape)
    const side = Math.min(image.height, image.width)
    if (padding === 'same' || kernel <= side) return undefined
    const message = `must be ${side} or less: its input is only ${image.height} × ${image.width}, and padding is “valid”`
    return { field: 'kernel', message }
  },

  outputShape({ filters, kernel, stride, padding }, inputShape) {
    const { height, width } = imageOf(inputShape)
    return [extent(height, kernel, stride, padding).output, extent(width, kernel, stride, padding).output, filters]
  },

  parameters({ filters, kernel, initialiser, bias }, inputShape) {
    const { channels } = imageOf(inputShape)
    const taps = kernel * kernel
    return [
      {
        name: 'weights',
        // Pixels without a channel axis are read four taps at a time, channels otherwise.
        shape: inputShape.length === 2 ? [taps, filters] : [kernel, kernel, channels, filters],
        role: 'weights',
        initial: initialWeights(initialiser, taps * channels, taps * filters),
      },
      biasOf(bias, filters),
    ]
  },

  neurons: {
    how: 'sum',
    window: ({ kernel }) => kernel,
    terms(layer, context) {
      const { kernel, stride, filters, activation } = layer
      const { unit, inputShape, parameter } = context
      const channel = unit % filters
      const sources = windowSources(context, { size: kernel, stride, before: paddingBefore(layer, inputShape) })
      const { values, offset } = parameter('weights')
      const depth = imageOf(inputShape).channels
      // Pixels without a channel axis have one value a tap, channels a padded block.
      const tap = (inputShape.length === 2 ? 1 : pad4(depth)) * pad4(filters)
      const weights = Float32Array.from(sources, (_, i) => {
        return values[offset + Math.floor(i / depth) * tap + (i % depth) * pad4(filters) + channel]
      })
      return { sources, weights, shape: [kernel, kernel, depth], bias: valueAt(parameter('bias'), channel), activation }
    },
  },

  build(layer, builder, input) {
    const { kernels, rows: ROWS, parameters } = builder
    const { height, width, channels } = imageOf(input.shape)
    const { filters, kernel, stride, padding } = layer
    const [rows, columns] = [height, width].map((side) => extent(side, kernel, stride, padding))
    const shape: Shape = [rows.output, columns.output, filters]
    const size = {
      ROWS,
      HEIGHT: height,
      WIDTH: width,
      CHANNELS: channels,
      GRAY: input.shape.length === 2 ? 1 : 0,
      OUTPUT_HEIGHT: rows.output,
      OUTPUT_WIDTH: columns.output,
      FILTERS: filters,
      KERNEL: kernel,
      STRIDE: stride,
      PAD_TOP: rows.before,
      PAD_LEFT: columns.before,
      WEIGHTS: builder.offset('weights'),
    }

    const output = activated(builder, layer.activation, shape, (outputs, ACTIVATION) => {
      builder.call(kernels.convolutionForward, { ...size, ACTIVATION }, { parameters, inputs: input.buffer, outputs })
    })

    return {
      output,
      parameterGradients(gradient) {
        const constants = { ...size, BIAS: layer.bias === 'yes' ? 1 : 0 }
        const { gradients } = builder
        builder.call(kernels.convolutionWeightGradient, constants, { inputs: input.buffer, gradient, gradients })
      },
      inputGradient(gradient) {
        const inputGradient = builder.flow('input-gradient', input.shape)
        const constants = { ...size, ACTIVATION: ACTIVATIONS[input.activation] }
        const buffers = { parameters, gradient, saved: input.saved, inputGradient }
        if (size.GRAY) builder.call(kernels.convolutionPixelGradient, constants, buffers)
        else builder.call(kernels.convolutionInputGradient, constants, buffers)
        return inputGradient
      },
    }
  },
})
