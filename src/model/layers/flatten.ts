// Flatten: an image as a vector, position after position with its channels side by side.

import { ACTIVATIONS } from '../../kernels/activation'
import { asMatrix, countOf } from '../shape'
import { layerType } from './layer'

export const flatten = layerType({
  title: 'Flatten',
  fields: {},
  outputShape: (_, inputShape) => [countOf(inputShape)],
  neurons: { passOn: 'reads the maps as one long vector: the same values go on' },

  build(_, builder, input) {
    const shape = [countOf(input.shape)]
    const { positions: POSITIONS, channels: CHANNELS } = asMatrix(input.shape)
    // Without padding between the positions, the image lies in memory as the vector does.
    if (CHANNELS % 4 === 0 || POSITIONS === 1)
      return { output: { ...input, shape }, inputGradient: (gradient) => gradient }
    const outputs = builder.flow('output', shape)
    const constants = { ROWS: builder.rows, POSITIONS, CHANNELS }
    builder.call(builder.kernels.flattenForward, constants, { inputs: input.buffer, outputs })
    return {
      output: { buffer: outputs, shape, activation: 'linear', saved: outputs },
      inputGradient(gradient) {
        const inputGradient = builder.flow('input-gradient', input.shape)
        const ACTIVATION = ACTIVATIONS[input.activation]
        builder.call(
          builder.kernels.flattenGradient,
          { ...constants, ACTIVATION },
          { gradient, saved: input.saved, inputGradient },
        )
        return inputGradient
      },
    }
  },
})
