// The optimizers, as src/kernels/optimizers.ts defines them.

import { flush, fma, share } from './lanes'

@unmanaged
class Sgd {
  COUNT: i32
  SLOTS: u32
  DECAYS: u32
  MOMENTUM: f32
  NESTEROV: u32
  state: usize
  rates: usize
  clip: usize
  decay: usize
  gradients: usize
  velocity: usize
  parameters: usize
}

/** Learning rate of the step. */
@inline
function rateOf(state: usize, rates: usize, slots: u32): v128 {
  return f32x4.splat(load<f32>(rates + ((load<u32>(state) % slots) << 2)))
}

/** Weight decay of four parameters. Not read without decay, because an optimizer takes as long as its memory traffic. */
@inline
function decayOf(decays: u32, decay: usize): v128 {
  return decays ? v128.load(decay) : f32x4.splat(0)
}

/** A part's share of the parameters, in bytes: whole vectors. */
@inline
function startOf(count: i32, part: i32, parts: i32): usize {
  return <usize>share(count >> 2, part, parts) << 4
}

export function sgd(call: Sgd, scratch: usize, part: i32, parts: i32): void {
  const rate = f32x4.neg(rateOf(call.state, call.rates, call.SLOTS))
  const factor = f32x4.splat(load<f32>(call.clip))
  const momentum = f32x4.splat(call.MOMENTUM)
  const keeps = call.MOMENTUM > 0
  const nesterov = call.NESTEROV
  const decays = call.DECAYS
  const decay = call.decay
  const gradients = call.gradients
  const velocities = call.velocity
  const parameters = call.parameters
  const end = startOf(call.COUNT, part + 1, parts)
  for (let i = startOf(call.COUNT, part, parts); i < end; i += 16) {
    const p = v128.load(parameters + i)
    const g = fma(decayOf(decays, decay + i), p, f32x4.mul(v128.load(gradients + i), factor))
    let v = g
    if (keeps) {
      v = flush(fma(momentum, v128.load(velocities + i), g))
      v128.store(velocities + i, v)
    }
    v128.store(parameters + i, fma(rate, nesterov ? fma(momentum, v, g) : v, p))
  }
}

@unmanaged
class Rmsprop {
  COUNT: i32
  SLOTS: u32
  DECAYS: u32
  RHO: f32
  ONE_MINUS_RHO: f32
  EPSILON: f32
  state: usize
  rates: usize
  clip: usize
  decay: usize
  gradients: usize
  second: usize
  parameters: usize
}

export function rmsprop(call: Rmsprop, scratch: usize, part: i32, parts: i32): void {
  const rate = rateOf(call.state, call.rates, call.SLOTS)
  const factor = f32x4.splat(load<f32>(call.clip))
  const rho = f32x4.splat(call.RHO)
  const rest = f32x4.splat(call.ONE_MINUS_RHO)
  const epsilon = f32x4.splat(call.EPSILON)
  const decays = call.DECAYS
  const decay = call.decay
  const gradients = call.gradients
  const seconds = call.second
  const parameters = call.parameters
  const end = startOf(call.COUNT, part + 1, parts)
  for (let i = startOf(call.COUNT, part, parts); i < end; i += 16) {
    const p = v128.load(parameters + i)
    const g = fma(decayOf(decays, decay + i), p, f32x4.mul(v128.load(gradients + i), factor))
    const second = flush(fma(rho, v128.load(seconds + i), f32x4.mul(rest, f32x4.mul(g, g))))
    v128.store(seconds + i, second)
    const step = f32x4.div(f32x4.mul(rate, g), f32x4.add(f32x4.sqrt(second), epsilon))
    v128.store(parameters + i, f32x4.sub(p, step))
  }
}

@unmanaged
class Adam {
  COUNT: i32
  SLOTS: u32
  DECAYS: u32
  BETA1: f32
  ONE_MINUS_BETA1: f32
  BETA2: f32
  ONE_MINUS_BETA2: f32
  LOG_BETA1: f32
  LOG_BETA2: f32
  EPSILON: f32
  state: usize
  rates: usize
  clip: usize
  decay: usize
  gradients: usize
  first: usize
  second: usize
  parameters: usize
}

export function adam(call: Adam, scratch: usize, part: i32, parts: i32): void {
  const rate = rateOf(call.state, call.rates, call.SLOTS)
  const factor = f32x4.splat(load<f32>(call.clip))
  const steps = <f64>load<u32>(call.state) + 1
  const correction1 = f32x4.splat(<f32>(-1 / Math.expm1(steps * call.LOG_BETA1)))
  const correction2 = f32x4.splat(<f32>(-1 / Math.expm1(steps * call.LOG_BETA2)))
  const beta1 = f32x4.splat(call.BETA1)
  const rest1 = f32x4.splat(call.ONE_MINUS_BETA1)
  const beta2 = f32x4.splat(call.BETA2)
  const rest2 = f32x4.splat(call.ONE_MINUS_BETA2)
  const epsilon = f32x4.splat(call.EPSILON)
  const decays = call.DECAYS
  const decay = call.decay
  const gradients = call.gradients
  const firsts = call.first
  const seconds = call.second
  const parameters = call.parameters
  const end = startOf(call.COUNT, part + 1, parts)
  for (let i = startOf(call.COUNT, part, parts); i < end; i += 16) {
    const g = f32x4.mul(v128.load(gradients + i), factor)
    const first = flush(fma(beta1, v128.load(firsts + i), f32x4.mul(rest1, g)))
    const second = flush(fma(beta2, v128.load(seconds + i), f32x4.mul(rest2, f32x4.mul(g, g))))
    v128.store(firsts + i, first)
    v128.store(seconds + i, second)
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(second, correction2)), epsilon)
    const p = v128.load(parameters + i)
    const step = fma(decayOf(decays, decay + i), p, f32x4.div(f32x4.mul(first, correction1), root))
    v128.store(parameters + i, f32x4.sub(p, f32x4.mul(rate, step)))
  }
}
