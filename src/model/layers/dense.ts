// Dense layer: activation(inputs . weights + bias).

import * as v from 'valibot'
import { activation } from '../../kernels/activate'
import { ACTIVATIONS, type ActivationName } from '../../kernels/activation'
import { denseForward, denseInputGradient, denseWeightGradient } from '../../kernels/dense'
import { storageSize } from '../../kernels/plan'
import type { Initial, LayerType } from './layer'

export const activations = ['linear', 'sigmoid', 'tanh', 'relu', 'gelu'] as const satisfies readonly ActivationName[]
export type Activation = (typeof activations)[number]

export const initialisers = ['glorot', 'he', 'lecun-normal', 'zero'] as const
export type Initialiser = (typeof initialisers)[number]

const wholeUnits = 'must be a whole number from 1 to 4,096'

export const denseSchema = v.strictObject({
  type: v.literal('dense'),
  units: v.pipe(v.number(wholeUnits), v.integer(wholeUnits), v.minValue(1, wholeUnits), v.maxValue(4096, wholeUnits)),
  activation: v.picklist(activations, `must be one of ${activations.join(', ')}`),
  initialiser: v.picklist(initialisers, `must be one of ${initialisers.join(', ')}`),
})

/**
 * Scale of the first weights. Glorot: uniform within sqrt(6 / (fan-in + fan-out)) (Glorot & Bengio 2010, eq. 16); He: normal
 * with deviation sqrt(2 / fan-in) (He et al. 2015, eq. 10); LeCun: normal with 1 / sqrt(fan-in) (LeCun et al. 1998, eq. 16).
 */
export function initialWeights(initialiser: Initialiser, fanIn: number, fanOut: number): Initial {
  switch (initialiser) {
    case 'glorot':
      return { kind: 'uniform', limit: Math.sqrt(6 / (fanIn + fanOut)) }
    case 'he':
      return { kind: 'normal', deviation: Math.sqrt(2 / fanIn) }
    case 'lecun-normal':
      return { kind: 'normal', deviation: 1 / Math.sqrt(fanIn) }
    case 'zero':
      return { kind: 'zero' }
  }
}

export const dense: LayerType<v.InferOutput<typeof denseSchema>> = {
  outputShape: (layer) => [layer.units],

  parameters(layer, [inputs]) {
    return [
      {
        name: 'weights',
        shape: [inputs, layer.units],
        initial: initialWeights(layer.initialiser, inputs, layer.units),
      },
      { name: 'bias', shape: [layer.units], initial: { kind: 'zero' } },
    ]
  },

  build(layer, builder, input, offset) {
    const { rows: ROWS, parameters, gradients } = builder
    const shape = [ROWS, layer.units]
    const size = { ROWS, INPUTS: input.width, OUTPUTS: layer.units, WEIGHTS: offset }

    // GELU's derivative needs the value before it, so that is kept and the activation is a call of its own.
    const apart = layer.activation === 'gelu'
    const ACTIVATION = ACTIVATIONS[apart ? 'linear' : layer.activation]
    const product = builder.buffer(apart ? 'preactivation' : 'output', shape)
    builder.call(denseForward, { ...size, ACTIVATION }, { parameters, inputs: input.buffer, outputs: product })
    let output = product
    if (apart) {
      output = builder.buffer('output', shape)
      const constants = { COUNT: storageSize(shape), ACTIVATION: ACTIVATIONS[layer.activation] }
      builder.call(activation, constants, { inputs: product, outputs: output })
    }

    return {
      output: { buffer: output, width: layer.units, activation: layer.activation, saved: product },
      backward(gradient, wantInputGradient) {
        builder.call(denseWeightGradient, size, { inputs: input.buffer, gradient, gradients })
        if (!wantInputGradient) return undefined
        const inputGradient = builder.buffer('input-gradient', [ROWS, input.width])
        const constants = { ...size, ACTIVATION: ACTIVATIONS[input.activation] }
        builder.call(denseInputGradient, constants, { parameters, gradient, saved: input.saved, inputGradient })
        return inputGradient
      },
    }
  },
}
