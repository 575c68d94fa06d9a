// The gradients of a dense layer's weights and bias and the optimizer's change of them, in one dispatch: shaders/lib/dense-update.wgsl.
//
// Constants and buffers as for `denseWeightGradient` and the optimizers. `state` [step, seed, the step whose update is due]; DECAY is the
// weight decay of the layer's weights. With COUNTS 1, `gradient` is that of a head (see dense-head.ts): the update then also writes the sums
// of its losses and hits into `history` [2 SLOTS], as `metrics` does, and counts the step.

import { denseWeightGradient, productFlops, weightGradientSize } from './dense'
import { headFloats } from './dense-head'
import { type Binding, type Constants, type Floats, floatsLike, kernel, type Kernel, pad4 } from './kernel'
import { matmulVariants } from './matmul'
import { adam, adamRule, rmsprop, rmspropRule, sgd, sgdRule } from './optimizers'

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

/** What `rule` makes of a layer's part of the parameters and of their `moments`, in step `step`. `size`: of the layer, and the rule's own. */
export function updateLayer(
  rule: Kernel,
  moments: Readonly<Record<string, Floats>>,
  size: Constants<'INPUTS' | 'OUTPUTS' | 'WEIGHTS' | 'DECAY'>,
  { gradients, parameters, rates }: Readonly<Record<'gradients' | 'parameters' | 'rates', Floats>>,
  step: number,
): void {
  const { INPUTS, OUTPUTS, WEIGHTS, DECAY } = size
  const bias = pad4(INPUTS) * pad4(OUTPUTS)
  const COUNT = bias + pad4(OUTPUTS)
  const whole = Object.entries({ gradients, parameters, ...moments })
  const parts = whole.map(([name, values]) => [name, values.subarray(WEIGHTS, WEIGHTS + COUNT)])
  const decay = floatsLike(parameters, COUNT).fill(DECAY, 0, bias)
  const [state, clip] = [Uint32Array.of(step), Float32Array.of(1)]
  rule.reference({ ...size, COUNT, DECAYS: 1 }, { ...Object.fromEntries(parts), state, rates, clip, decay })
}

/** The definition: the gradients, then the rule. */
function updateReference(
  rule: Kernel,
  moments: Readonly<Record<string, Floats>>,
  size: UpdateConstants,
  { inputs, gradient, gradients, state, rates, history, parameters }: UpdateBuffers,
): void {
  const { ROWS, OUTPUTS, COUNTS, SLOTS } = size
  const step = state[2]
  denseWeightGradient.reference(size, { inputs, gradient, gradients })
  updateLayer(rule, moments, size, { gradients, parameters, rates }, step)
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
  constants: { ...constants, ...sgdRule.constants },
  bindings: { ...bindings, ...sgdRule.moments },
  variants: variants('sgd'),
  flops: (size) => productFlops(size),
  reference: (size, { velocity, ...buffers }) => updateReference(sgd, { velocity }, size, buffers),
})

/** See `rmsprop`. */
export const denseUpdateRmsprop = kernel({
  name: 'dense-update-rmsprop',
  constants: { ...constants, ...rmspropRule.constants },
  bindings: { ...bindings, ...rmspropRule.moments },
  variants: variants('rmsprop'),
  flops: (size) => productFlops(size),
  reference: (size, { second, ...buffers }) => updateReference(rmsprop, { second }, size, buffers),
})

/** See `adam`. */
export const denseUpdateAdam = kernel({
  name: 'dense-update-adam',
  constants: { ...constants, ...adamRule.constants },
  bindings: { ...bindings, ...adamRule.moments },
  variants: variants('adam'),
  flops: (size) => productFlops(size),
  reference: (size, { first, second, ...buffers }) => updateReference(adam, { first, second }, size, buffers),
})
