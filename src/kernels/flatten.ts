// Flattens images whose channels are padded: shaders/flatten.wgsl and shaders/flatten-gradient.wgsl.

import { derivative } from './activation'
import { fewRounds, kernel, linearWorkgroups, pad4, shader } from './kernel'

/** `inputs` [ROWS POSITIONS, CHANNELS] to `outputs` [ROWS, POSITIONS CHANNELS]. */
export const flattenForward = kernel({
  name: 'flatten',
  constants: { ROWS: 'u32', POSITIONS: 'u32', CHANNELS: 'u32' },
  bindings: { inputs: 'read f32', outputs: 'write f32' },
  variants: {
    default: {
      wgsl: shader('flatten'),
      workgroups: ({ ROWS, POSITIONS, CHANNELS }) => linearWorkgroups(ROWS * POSITIONS * CHANNELS),
      rounds: fewRounds,
    },
  },
  reference({ ROWS, POSITIONS, CHANNELS }, { inputs, outputs }) {
    const [from, to] = [pad4(CHANNELS), pad4(POSITIONS * CHANNELS)]
    for (let row = 0; row < ROWS; row++) {
      for (let i = 0; i < POSITIONS * CHANNELS; i++) {
        outputs[row * to + i] = inputs[(row * POSITIONS + Math.floor(i / CHANNELS)) * from + (i % CHANNELS)]
      }
    }
  },
})

/** The reverse, times the derivative of ACTIVATION at `saved`, which has the layout of `inputGradient`. */
export const flattenGradient = kernel({
  name: 'flatten-gradient',
  constants: { ROWS: 'u32', POSITIONS: 'u32', CHANNELS: 'u32', ACTIVATION: 'u32' },
  bindings: { gradient: 'read f32', saved: 'read f32', inputGradient: 'write f32' },
  variants: {
    default: {
      wgsl: shader('lib/activations', 'lib/activation', 'flatten-gradient'),
      workgroups: ({ ROWS, POSITIONS, CHANNELS }) => linearWorkgroups((ROWS * POSITIONS * pad4(CHANNELS)) / 4),
      rounds: fewRounds,
    },
  },
  reference({ ROWS, POSITIONS, CHANNELS, ACTIVATION }, { gradient, saved, inputGradient }) {
    const [to, from] = [pad4(CHANNELS), pad4(POSITIONS * CHANNELS)]
    for (let row = 0; row < ROWS; row++) {
      for (let i = 0; i < POSITIONS * CHANNELS; i++) {
        const at = (row * POSITIONS + Math.floor(i / CHANNELS)) * to + (i % CHANNELS)
        inputGradient[at] = gradient[row * from + i] * derivative(ACTIVATION, saved[at])
      }
    }
  },
})
