// Dropout, forward and backward: shaders/dropout.wgsl.

import { derivative } from './activation'
import { fewRounds, kernel, linearWorkgroups, shader } from './kernel'
import { hash, Stream } from './random'

/** Random bits for each value. */
const BITS = 24

/** Constants of `dropout` for COUNT floats. Whole numbers decide what is dropped, so that all backends agree. */
export function dropoutConstants(COUNT: number, layer: number, rate: number) {
  return { COUNT, STREAM: Stream.dropout + layer, THRESHOLD: Math.round(rate * 2 ** BITS), SCALE: 1 / (1 - rate) }
}

/**
 * Inverted dropout of COUNT floats (a multiple of four): zero with probability THRESHOLD / 2^24, else times SCALE, and times
 * the derivative of ACTIVATION at `saved`, which makes it the backward pass. The mask is a function of `state` [step, seed],
 * STREAM and the element.
 */
export const dropout = kernel({
  name: 'dropout',
  constants: { COUNT: 'u32', STREAM: 'u32', THRESHOLD: 'u32', SCALE: 'f32', ACTIVATION: 'u32' },
  bindings: { state: 'read u32', inputs: 'read f32', saved: 'read f32', outputs: 'write f32' },
  variants: {
    default: {
      wgsl: shader('lib/random', 'lib/activations', 'lib/activation', 'dropout'),
      workgroups: ({ COUNT }) => linearWorkgroups(COUNT / 4),
      rounds: fewRounds,
    },
  },
  reference({ COUNT, STREAM, THRESHOLD, SCALE, ACTIVATION }, { state, inputs, saved, outputs }) {
    const key = hash(state[1], STREAM, state[0])
    for (let i = 0; i < COUNT; i++) {
      const kept = hash(key, STREAM, i) >>> (32 - BITS) >= THRESHOLD
      outputs[i] = kept ? inputs[i] * SCALE * derivative(ACTIVATION, saved[i]) : 0
    }
  },
})
