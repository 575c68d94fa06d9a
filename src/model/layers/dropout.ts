// Dropout: training zeroes each value with a probability, and scales the others up to keep the mean.

import { ACTIVATIONS } from '../../kernels/activation'
import { real } from '../fields'
import { rowSize } from '../shape'
import { layerType } from './layer'

export const dropout = layerType({
  title: 'Dropout',
  fields: { rate: real('Rate', 0, 0.95, 0.5, 0.05) },
  outputShape: (_, inputShape) => inputShape,
  neurons: { passOn: 'drops nothing outside training: what comes in goes out' },

  build({ rate }, builder, input) {
    if (!builder.training || rate === 0) return { output: input, inputGradient: (gradient) => gradient }
    const { kernels, state, rows, layer } = builder
    const outputs = builder.flow('output', input.shape)
    const constants = kernels.dropoutConstants(rows * rowSize(input.shape), layer, rate)
    const forward = { ...constants, ACTIVATION: ACTIVATIONS.linear }
    builder.call(kernels.dropout, forward, { state, inputs: input.buffer, saved: input.buffer, outputs })
    return {
      output: { buffer: outputs, shape: input.shape, activation: 'linear', saved: outputs },
      inputGradient(gradient) {
        const inputGradient = builder.flow('input-gradient', input.shape)
        // Repeats the mask, which depends only on seed, step, layer and element.
        const backward = { ...constants, ACTIVATION: ACTIVATIONS[input.activation] }
        builder.call(kernels.dropout, backward, { state, inputs: gradient, saved: input.saved, outputs: inputGradient })
        return inputGradient
      },
    }
  },
})
