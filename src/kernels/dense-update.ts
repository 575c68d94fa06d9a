// The gradients of a dense layer's weights and bias and the optimizer's change of them, in one dispatch: shaders/lib/dense-update.wgsl.
//
// Constants and buffers as for `denseWeightGradient` and the optimizers. `state` [step, seed, the step whose update is due]; DECAY is the
// weight decay of the layer's weights. With COUNTS 1, `gradient` is that of a head (see dense-head.ts): the update then also writes the sums
// of its losses and hits into `history` [2 SLOTS], as `metrics` does, and counts the step.

import { denseWeightGradient, productFlops, weightGradientSize } from './dense'
import { headFloats } from './dense-head'
import { type Binding, type Constants, type Floats, floatsLike, kernel, type Kernel, pad4 } from './kernel'
import { matmulVariants } from './matmul'
import { adam, rmsprop, sgd } from './optimizers'

const constants = {
  ROWS: 'u32',
  INPUTS: 'u32',
  OUTPUTS: 'u32',
  WEIGHTS: 'u32',
  BIAS: 'u32',
  COUNTS: 'u32',
  SLOTS: 'u32',
  DECAY: 'f32',
} as const
type UpdateConstants = Constants<keyof typeof constants>

const bindings = {
  ...denseWeightGradient.bindings,
  state: 'read-write u32',
  rates: 'uniform f32',
  history: 'read-write f32',
  parameters: 'read-write f32',
} as const satisfies Record<string, Binding>

/** The variants of a weight gradient that the optimizer `rule` takes up. There is no `slices`: the batch is all there is to sum over. */
function variants<C extends string>(rule: string): Kernel<C>['variants'] {
  return matmulVariants(
    ['dense-weight-gradient', `dense-update-${rule}`, `lib/${rule}`, 'lib/dense-update', 'lib/weight-gradient'],
    weightGradientSize,
  )
}

type UpdateBuffers = Readonly<Record<Exclude<keyof typeof bindings, 'state'>, Floats>> & { readonly state: Uint32Array }

/** The definition: the gradients, then what `rule` makes of the layer's part of the parameters and of its `moments`. */
function updateReference(
  rule: Kernel,
  moments: Readonly<Record<string, Floats>>,
  size: UpdateConstants,
  { inputs, gradient, gradients, state, rates, history, parameters }: UpdateBuffers,
): void {
  const { ROWS, INPUTS, OUTPUTS, WEIGHTS, COUNTS, SLOTS, DECAY } = size
  denseWeightGradient.reference(size, { inputs, gradient, gradients })
  const bias = pad4(INPUTS) * pad4(OUTPUTS)
  const COUNT = bias + pad4(OUTPUTS)
  const part = (values: Floats) => values.subarray(WEIGHTS, WEIGHTS + COUNT)
  const parts = { gradients, parameters, ...moments }
  const bound = Object.fromEntries(Object.entries(parts).map(([name, values]) => [name, part(values)]))
  const [, seed, step] = state
  const decay = floatsLike(parameters, COUNT).fill(DECAY, 0, bias)
  const clip = Float32Array.of(1)
  rule.reference({ ...size, COUNT, DECAYS: 1 }, { ...bound, state: Uint32Array.of(step, seed), rates, clip, decay })
  if (COUNTS === 0) return
  const slot = 2 * (step % SLOTS)
  history.fill(0, slot, slot + 2)
  for (let at = pad4(ROWS) * pad4(OUTPUTS); at < headFloats(ROWS, OUTPUTS); at += 4) {
    history[slot] += gradient[at]
    history[slot + 1] += gradient[at + 1]
  }
  state[0] = step + 1
}

/** See `sgd`. */
export const denseUpdateSgd = kernel({
  name: 'dense-update-sgd',
  constants: { ...constants, MOMENTUM: 'f32', NESTEROV: 'u32' },
  bindings: { ...bindings, velocity: 'read-write f32' },
  variants: variants('sgd'),
  flops: (size) => productFlops(size),
  reference: (size, { velocity, ...buffers }) => updateReference(sgd, { velocity }, size, buffers),
})

/** See `rmsprop`. */
export const denseUpdateRmsprop = kernel({
  name: 'dense-update-rmsprop',
  constants: { ...constants, RHO: 'f32', ONE_MINUS_RHO: 'f32', EPSILON: 'f32' },
  bindings: { ...bindings, second: 'read-write f32' },
  variants: variants('rmsprop'),
  flops: (size) => productFlops(size),
  reference: (size, { second, ...buffers }) => updateReference(rmsprop, { second }, size, buffers),
})

/** See `adam`. */
export const denseUpdateAdam = kernel({
  name: 'dense-update-adam',
  constants: {
    ...constants,
    BETA1: 'f32',
    ONE_MINUS_BETA1: 'f32',
    BETA2: 'f32',
    ONE_MINUS_BETA2: 'f32',
    LOG_BETA1: 'f32',
    LOG_BETA2: 'f32',
    EPSILON: 'f32',
  },
  bindings: { ...bindings, first: 'read-write f32', second: 'read-write f32' },
  variants: variants('adam'),
  flops: (size) => productFlops(size),
  reference: (size, { first, second, ...buffers }) => updateReference(adam, { first, second }, size, buffers),
})
