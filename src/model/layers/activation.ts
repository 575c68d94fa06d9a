// An activation function as a layer of its own, for example after batch normalisation.

import { ACTIVATIONS } from '../../kernels/activation'
import { asMatrix } from '../shape'
import { activationField, layerType } from './layer'
import { oneTerm } from './neurons'

export const activation = layerType({
  title: 'Activation',
  fields: { activation: activationField },
  outputShape: (_, inputShape) => inputShape,

  neurons: {
    how: 'function',
    terms: ({ activation }, { unit }) => ({ ...oneTerm(unit, 1, 0), activation }),
  },

  build(layer, builder, input) {
    const { positions, channels: CHANNELS } = asMatrix(input.shape)
    const ROWS = builder.rows * positions
    const outputs = builder.flow('output', input.shape)
    const constants = { ROWS, CHANNELS, ACTIVATION: ACTIVATIONS[layer.activation] }
    builder.call(builder.kernels.activation, constants, { inputs: input.buffer, outputs })
    const saved = layer.activation === 'gelu' ? input.buffer : outputs
    return {
      output: { buffer: outputs, shape: input.shape, activation: layer.activation, saved },
      inputGradient(gradient) {
        // The gradient before this activation is the gradient after the one below.
        if (input.activation === 'linear') return gradient
        const inputGradient = builder.flow('input-gradient', input.shape)
        const below = { ROWS, CHANNELS, ACTIVATION: ACTIVATIONS[input.activation] }
        builder.call(builder.kernels.activationGradient, below, { gradient, saved: input.saved, inputGradient })
        return inputGradient
      },
    }
  },
})
