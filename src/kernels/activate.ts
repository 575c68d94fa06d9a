// An activation function as a kernel of its own, and its derivative: shaders/activation.wgsl, shaders/activation-gradient.wgsl.

import { activate, derivative } from './activation'
import { fewRounds, kernel, linearWorkgroups, pad4, shader } from './kernel'

const constants = { ROWS: 'u32', CHANNELS: 'u32', ACTIVATION: 'u32' } as const
const workgroups = ({ ROWS, CHANNELS }: { ROWS: number; CHANNELS: number }) =>
  linearWorkgroups((ROWS * pad4(CHANNELS)) / 4)

/** outputs = activation(inputs), both [ROWS, CHANNELS]. */
export const activation = kernel({
  name: 'activation',
  constants,
  bindings: { inputs: 'read f32', outputs: 'write f32' },
  variants: {
    default: { wgsl: shader('lib/activations', 'lib/activation', 'activation'), workgroups, rounds: fewRounds },
  },
  reference({ ROWS, CHANNELS, ACTIVATION }, { inputs, outputs }) {
    const stride = pad4(CHANNELS)
    for (let row = 0; row < ROWS; row++) {
      for (let c = 0; c < CHANNELS; c++) outputs[row * stride + c] = activate(ACTIVATION, inputs[row * stride + c])
    }
  },
})

/** inputGradient = gradient times the derivative of ACTIVATION at `saved` (see activation.ts); all [ROWS, CHANNELS]. */
export const activationGradient = kernel({
  name: 'activation-gradient',
  constants,
  bindings: { gradient: 'read f32', saved: 'read f32', inputGradient: 'write f32' },
  variants: {
    default: {
      wgsl: shader('lib/activations', 'lib/activation', 'activation-gradient'),
      workgroups,
      rounds: fewRounds,
    },
  },
  reference({ ROWS, CHANNELS, ACTIVATION }, { gradient, saved, inputGradient }) {
    const count = ROWS * pad4(CHANNELS)
    for (let i = 0; i < count; i++) inputGradient[i] = gradient[i] * derivative(ACTIVATION, saved[i])
  },
})
