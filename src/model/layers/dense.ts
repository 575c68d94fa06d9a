// Dense layer: activation(inputs . weights + bias).

import { activation } from '../../kernels/activate'
import { ACTIVATIONS } from '../../kernels/activation'
import { denseForward, denseInputGradient, denseWeightGradient } from '../../kernels/dense'
import { titleOf, whole } from '../fields'
import { countOf } from '../shape'
import { activationField, biasField, biasOf, initialiserField, initialWeights, layerType } from './layer'

export const dense = layerType({
  title: 'Dense',
  fields: {
    units: whole('Units', 1, 4096, 64),
    activation: activationField,
    initialiser: initialiserField,
    bias: biasField,
  },

  words: ({ activation, initialiser, bias }) => [
    titleOf(activationField, activation),
    titleOf(initialiserField, initialiser),
    ...(bias === 'no' ? ['no bias'] : []),
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

  build(layer, builder, input) {
    const { rows: ROWS, parameters, gradients } = builder
    const size = { ROWS, INPUTS: countOf(input.shape), OUTPUTS: layer.units, WEIGHTS: builder.offset('weights') }
    const shape = [layer.units]

    // GELU's derivative needs the value before it, so that is kept and the activation is a call of its own.
    const apart = layer.activation === 'gelu'
    const ACTIVATION = ACTIVATIONS[apart ? 'linear' : layer.activation]
    const product = builder.flow(apart ? 'preactivation' : 'output', shape)
    builder.call(denseForward, { ...size, ACTIVATION }, { parameters, inputs: input.buffer, outputs: product })
    let output = product
    if (apart) {
      output = builder.flow('output', shape)
      const constants = { ROWS, CHANNELS: layer.units, ACTIVATION: ACTIVATIONS[layer.activation] }
      builder.call(activation, constants, { inputs: product, outputs: output })
    }

    return {
      output: { buffer: output, shape, activation: layer.activation, saved: product },
      backward(gradient, wantInputGradient) {
        builder.call(
          denseWeightGradient,
          { ...size, BIAS: layer.bias === 'yes' ? 1 : 0 },
          { inputs: input.buffer, gradient, gradients },
        )
        if (!wantInputGradient) return undefined
        const inputGradient = builder.flow('input-gradient', input.shape)
        const constants = { ...size, ACTIVATION: ACTIVATIONS[input.activation] }
        builder.call(denseInputGradient, constants, { parameters, gradient, saved: input.saved, inputGradient })
        return inputGradient
      },
    }
  },
})
