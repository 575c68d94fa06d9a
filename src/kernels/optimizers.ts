// The optimizers, each one dispatch for the whole network: shaders/sgd.wgsl and shaders/adam.wgsl.

import adamSource from '../../shaders/adam.wgsl?raw'
import sgdSource from '../../shaders/sgd.wgsl?raw'
import { kernel, linearWorkgroups } from './kernel'

/** Place of the learning rate in the `settings` buffer. */
export const RATE = 0

/** Gradient descent with momentum. COUNT floats, a multiple of four; `settings` [learning rate]. */
export const sgd = kernel({
  name: 'sgd',
  constants: { COUNT: 'u32', MOMENTUM: 'f32' },
  bindings: { settings: 'read f32', gradients: 'read f32', velocity: 'read-write f32', parameters: 'read-write f32' },
  variants: { default: { wgsl: sgdSource, workgroups: ({ COUNT }) => linearWorkgroups(COUNT / 4) } },
  reference({ COUNT, MOMENTUM }, { settings, gradients, velocity, parameters }) {
    for (let i = 0; i < COUNT; i++) {
      velocity[i] = MOMENTUM * velocity[i] + gradients[i]
      parameters[i] -= settings[RATE] * velocity[i]
    }
  },
})

/** Constants of `adam` for COUNT floats: those that lose digits in float32 are worked out here, in float64. */
export function adamConstants(COUNT: number, beta1: number, beta2: number, epsilon: number) {
  return {
    COUNT,
    BETA1: beta1,
    ONE_MINUS_BETA1: 1 - beta1,
    BETA2: beta2,
    ONE_MINUS_BETA2: 1 - beta2,
    // A zero beta forgets at once: its power is zero, which any very negative logarithm gives.
    LOG_BETA1: Math.max(Math.log(beta1), -1000),
    LOG_BETA2: Math.max(Math.log(beta2), -1000),
    EPSILON: epsilon,
  }
}

/** Adam. COUNT floats, a multiple of four; `settings` [learning rate]; `state` [step counted from 1, seed]. */
export const adam = kernel({
  name: 'adam',
  constants: {
    COUNT: 'u32',
    BETA1: 'f32',
    ONE_MINUS_BETA1: 'f32',
    BETA2: 'f32',
    ONE_MINUS_BETA2: 'f32',
    LOG_BETA1: 'f32',
    LOG_BETA2: 'f32',
    EPSILON: 'f32',
  },
  bindings: {
    settings: 'read f32',
    state: 'read u32',
    gradients: 'read f32',
    first: 'read-write f32',
    second: 'read-write f32',
    parameters: 'read-write f32',
  },
  variants: { default: { wgsl: adamSource, workgroups: ({ COUNT }) => linearWorkgroups(COUNT / 4) } },
  reference(constants, { settings, state, gradients, first, second, parameters }) {
    const { COUNT, BETA1, ONE_MINUS_BETA1, BETA2, ONE_MINUS_BETA2, LOG_BETA1, LOG_BETA2, EPSILON } = constants
    const correction1 = -Math.expm1(state[0] * LOG_BETA1)
    const correction2 = -Math.expm1(state[0] * LOG_BETA2)
    for (let i = 0; i < COUNT; i++) {
      const g = gradients[i]
      first[i] = BETA1 * first[i] + ONE_MINUS_BETA1 * g
      second[i] = BETA2 * second[i] + ONE_MINUS_BETA2 * g * g
      parameters[i] -= (settings[RATE] * (first[i] / correction1)) / (Math.sqrt(second[i] / correction2) + EPSILON)
    }
  },
})
