// Dense layer: activation(inputs . weights + bias).

import { ACTIVATIONS } from '../../kernels/activation'
import { pad4 } from '../../kernels/kernel'
import { titleOf, whole } from '../fields'
import { countOf } from '../shape'
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
} from './layer'
import { valueAt } from './neurons'

export const dense = layerType({
  title: 'Dense',
  fields: {
    units: whole('Units', 1, 4096, 64),
    activation: activationField,
    initialiser: initialiserField,
    bias: biasField,
    frozen: frozenField,
  },

  words: (layer) => [
    titleOf(activationField, layer.activation),
    titleOf(initialiserField, layer.initialiser),
    ...(layer.bias === 'no' ? ['no bias'] : []),
    ...frozenWords(layer),
  ],

  refuse(_, inputShape) {
    if (inputShape.length < 3) return undefined
    return { field: 'type', message: 'needs a vector, and gets an image: put a Flatten layer before it' }
  },

  outputShape: ({ units }) => [units],

  parameters({ units, initialiser, bias }, inputShape) {
    const inputs = countOf(inputShape)
    return [
      { name: 'weights', shape: [inputs, units], role: 'weights', initial: initialWeights(initialiser, inputs, units) },
      biasOf(bias, units),
    ]
  },

  neurons: {
    how: 'sum',
    terms({ units, activation }, { unit, inputShape, sourceShape, parameter }) {
      const count = countOf(inputShape)
      const { values, offset } = parameter('weights')
      const stride = pad4(units)
      return {
        sources: Int32Array.from({ length: count }, (_, i) => i),
        weights: Float32Array.from({ length: count }, (_, i) => values[offset + i * stride + unit]),
        shape: sourceShape,
        bias: valueAt(parameter('bias'), unit),
        activation,
      }
    },
  },

  build(layer, builder, input) {
    const { kernels, rows: ROWS, parameters } = builder
    const size = { ROWS, INPUTS: countOf(input.shape), OUTPUTS: layer.units, WEIGHTS: builder.offset('weights') }
    const shape = [layer.units]

    const output = activated(builder, layer.activation, shape, (outputs, ACTIVATION) => {
      builder.call(kernels.denseForward, { ...size, ACTIVATION }, { parameters, inputs: input.buffer, outputs })
    })

    return {
      output,
      parameterGradients(gradient) {
        const constants = { ...size, BIAS: layer.bias === 'yes' ? 1 : 0 }
        const { gradients } = builder
        builder.call(kernels.denseWeightGradient, constants, { inputs: input.buffer, gradient, gradients })
      },
      inputGradient(gradient) {
        const inputGradient = builder.flow('input-gradient', input.shape)
        const constants = { ...size, ACTIVATION: ACTIVATIONS[input.activation] }
        builder.call(kernels.denseInputGradient, constants, { parameters, gradient, saved: input.saved, inputGradient })
        return inputGradient
      },
    }
  },
})
