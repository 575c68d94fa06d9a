// The optimizers, each one dispatch for the whole network: shaders/lib/sgd.wgsl, shaders/lib/rmsprop.wgsl, shaders/lib/adam.wgsl.
//
// COUNT floats, a multiple of four. `state` [step from 0, seed]; `rates` [SLOTS] learning rate of step s at s % SLOTS; `clip`
// [factor of all gradients]; `decay` [COUNT] weight decay of every parameter, read where DECAYS is 1.

import { fewRounds, kernel, linearWorkgroups, shader } from './kernel'

/** What the rule of an optimizer adds to the constants of a kernel, and what it remembers of each parameter. */
export const sgdRule = {
  constants: { MOMENTUM: 'f32', NESTEROV: 'u32' },
  moments: { velocity: 'read-write f32' },
} as const
export const rmspropRule = {
  constants: { RHO: 'f32', ONE_MINUS_RHO: 'f32', EPSILON: 'f32' },
  moments: { second: 'read-write f32' },
} as const
export const adamRule = {
  constants: {
    BETA1: 'f32',
    ONE_MINUS_BETA1: 'f32',
    BETA2: 'f32',
    ONE_MINUS_BETA2: 'f32',
    LOG_BETA1: 'f32',
    LOG_BETA2: 'f32',
    EPSILON: 'f32',
  },
  moments: { first: 'read-write f32', second: 'read-write f32' },
} as const

const shared = { COUNT: 'u32', SLOTS: 'u32', DECAYS: 'u32' } as const
const inputs = {
  state: 'read u32',
  rates: 'read f32',
  clip: 'read f32',
  decay: 'read f32',
  gradients: 'read f32',
} as const

const workgroups = ({ COUNT }: { COUNT: number }) => linearWorkgroups(COUNT / 4)

/** Gradient descent with L2 weight decay and MOMENTUM, with NESTEROV 1 in Nesterov's form; as PyTorch's SGD. Without momentum `velocity` is unused. */
export const sgd = kernel({
  name: 'sgd',
  constants: { ...shared, ...sgdRule.constants },
  bindings: { ...inputs, ...sgdRule.moments, parameters: 'read-write f32' },
  variants: { default: { wgsl: shader('lib/optimizer', 'sgd', 'lib/sgd'), workgroups, rounds: fewRounds } },
  reference(
    { COUNT, SLOTS, DECAYS, MOMENTUM, NESTEROV },
    { state, rates, clip, decay, gradients, velocity, parameters },
  ) {
    const rate = rates[state[0] % SLOTS]
    const factor = clip[0]
    for (let i = 0; i < COUNT; i++) {
      const g = gradients[i] * factor + DECAYS * decay[i] * parameters[i]
      const v = MOMENTUM * velocity[i] + g
      if (MOMENTUM > 0) velocity[i] = v
      parameters[i] -= rate * (NESTEROV === 1 ? g + MOMENTUM * v : v)
    }
  },
})

/** RMSProp with L2 weight decay, as PyTorch's (its `alpha` is RHO). */
export const rmsprop = kernel({
  name: 'rmsprop',
  constants: { ...shared, ...rmspropRule.constants },
  bindings: { ...inputs, ...rmspropRule.moments, parameters: 'read-write f32' },
  variants: { default: { wgsl: shader('lib/optimizer', 'rmsprop', 'lib/rmsprop'), workgroups, rounds: fewRounds } },
  reference(constants, { state, rates, clip, decay, gradients, second, parameters }) {
    const { COUNT, SLOTS, DECAYS, RHO, ONE_MINUS_RHO, EPSILON } = constants
    const rate = rates[state[0] % SLOTS]
    const factor = clip[0]
    for (let i = 0; i < COUNT; i++) {
      const g = gradients[i] * factor + DECAYS * decay[i] * parameters[i]
      second[i] = RHO * second[i] + ONE_MINUS_RHO * g * g
      parameters[i] -= (rate * g) / (Math.sqrt(second[i]) + EPSILON)
    }
  },
})

/** Constants of `adam` for COUNT floats: values that would lose digits in float32 are computed here, in float64. */
export function adamConstants(
  COUNT: number,
  SLOTS: number,
  DECAYS: 0 | 1,
  beta1: number,
  beta2: number,
  epsilon: number,
) {
  return {
    COUNT,
    SLOTS,
    DECAYS,
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

/** Adam, and with a weight decay that is not zero AdamW: parameters decay apart from the gradient, as in PyTorch's AdamW. */
export const adam = kernel({
  name: 'adam',
  constants: { ...shared, ...adamRule.constants },
  bindings: { ...inputs, ...adamRule.moments, parameters: 'read-write f32' },
  variants: { default: { wgsl: shader('lib/optimizer', 'adam', 'lib/adam'), workgroups, rounds: fewRounds } },
  reference(constants, { state, rates, clip, decay, gradients, first, second, parameters }) {
    const { COUNT, SLOTS, DECAYS, BETA1, ONE_MINUS_BETA1, BETA2, ONE_MINUS_BETA2, LOG_BETA1, LOG_BETA2, EPSILON } =
      constants
    const rate = rates[state[0] % SLOTS]
    const factor = clip[0]
    const correction1 = -Math.expm1((state[0] + 1) * LOG_BETA1)
    const correction2 = -Math.expm1((state[0] + 1) * LOG_BETA2)
    for (let i = 0; i < COUNT; i++) {
      const g = gradients[i] * factor
      first[i] = BETA1 * first[i] + ONE_MINUS_BETA1 * g
      second[i] = BETA2 * second[i] + ONE_MINUS_BETA2 * g * g
      const step = first[i] / correction1 / (Math.sqrt(second[i] / correction2) + EPSILON)
      parameters[i] -= rate * (step + DECAYS * decay[i] * parameters[i])
    }
  },
})
