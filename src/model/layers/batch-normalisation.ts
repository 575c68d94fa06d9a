// Batch normalisation (Ioffe & Szegedy 2015): every channel to mean 0 and variance 1 over the batch, then scaled and
// shifted by trained parameters. Outside training, and where the layer is frozen, running statistics replace the batch's.

import { ACTIVATIONS } from '../../kernels/activation'
import { real } from '../fields'
import { asMatrix } from '../shape'
import { frozenField, layerType } from './layer'
import { oneTerm, valueAt } from './neurons'

export const batchNormalisation = layerType({
  title: 'Batch norm',
  fields: {
    // As in PyTorch: the weight of the newest batch. Keras calls 1 minus this the momentum.
    momentum: real('Momentum', 0.001, 1, 0.1, 0.05),
    epsilon: real('Epsilon', 1e-8, 0.1, 1e-5, 1e-5),
    frozen: frozenField,
  },

  refuse(_, inputShape) {
    if (inputShape.length !== 2) return undefined
    return { field: 'type', message: 'needs channels or a vector: put a Convolution or a Flatten layer before it' }
  },

  outputShape: (_, inputShape) => inputShape,

  parameters(_, inputShape) {
    const shape = [asMatrix(inputShape).channels]
    const [zero, one] = [0, 1].map((value) => ({ kind: 'constant', value }) as const)
    return [
      { name: 'scale', shape, role: 'other', initial: one },
      { name: 'shift', shape, role: 'other', initial: zero },
      { name: 'mean', shape, role: 'running', initial: zero },
      { name: 'variance', shape, role: 'running', initial: one, notNegative: true },
    ]
  },

  // The variance of a single value is zero: PyTorch refuses it too.
  leastRows: (inputShape) => (asMatrix(inputShape).positions === 1 ? 2 : 1),

  neurons: {
    how: 'normalised',
    terms({ epsilon }, { unit, outputShape, parameter }) {
      const channel = unit % outputShape[outputShape.length - 1]
      const [scale, shift, mean, variance] = ['scale', 'shift', 'mean', 'variance'].map((name) =>
        valueAt(parameter(name), channel),
      )
      const weight = scale / Math.sqrt(variance + epsilon)
      return { ...oneTerm(unit, weight, shift - mean * weight), norm: { mean, variance, epsilon, scale, shift } }
    },
  },

  build({ momentum: MOMENTUM, epsilon: EPSILON, frozen = false }, builder, input) {
    const { kernels, parameters, running } = builder
    const { positions, channels: CHANNELS } = asMatrix(input.shape)
    const ROWS = builder.rows * positions
    const inputs = input.buffer
    const [SCALE, SHIFT] = [builder.offset('scale'), builder.offset('shift')]
    const [MEAN, VARIANCE] = [builder.offset('mean'), builder.offset('variance')]
    const CHUNKS = kernels.chunksOf(ROWS)
    const statistics = builder.buffer('statistics', [2, CHANNELS])
    const outputs = builder.flow('output', input.shape)

    if (builder.training && !frozen) {
      const moments = builder.buffer('moments', [2 * CHUNKS, CHANNELS])
      builder.call(kernels.batchNormMoments, { ROWS, CHANNELS, CHUNKS }, { inputs, moments })
      const constants = { ROWS, CHANNELS, CHUNKS, MOMENTUM, EPSILON, MEAN, VARIANCE }
      builder.call(kernels.batchNormStatistics, constants, { moments, statistics, running })
    } else {
      builder.call(kernels.batchNormRunning, { CHANNELS, EPSILON, MEAN, VARIANCE }, { running, statistics })
    }
    builder.call(kernels.batchNormOutput, { ROWS, CHANNELS, SCALE, SHIFT }, { parameters, statistics, inputs, outputs })

    return {
      output: { buffer: outputs, shape: input.shape, activation: 'linear', saved: outputs },
      parameterGradients(gradient) {
        const { gradients } = builder
        const sums = builder.buffer('gradient-sums', [2 * CHUNKS, CHANNELS])
        builder.call(kernels.batchNormGradientSums, { ROWS, CHANNELS, CHUNKS }, { gradient, inputs, statistics, sums })
        builder.call(kernels.batchNormGradients, { CHANNELS, CHUNKS, SCALE, SHIFT }, { sums, gradients })
      },
      inputGradient(gradient) {
        // Outside training, and of a frozen layer, no call writes `gradients`. They stay zero, and so does the gradient through the batch's
        // mean and variance: running statistics do not depend on the input.
        const { gradients } = builder
        const inputGradient = builder.flow('input-gradient', input.shape)
        const constants = { ROWS, CHANNELS, SCALE, SHIFT, ACTIVATION: ACTIVATIONS[input.activation] }
        const buffers = { parameters, gradients, statistics, gradient, inputs, saved: input.saved, inputGradient }
        builder.call(kernels.batchNormInputGradient, constants, buffers)
        return inputGradient
      },
    }
  },
})
