// The optimizers: their fields, and their one call for the whole network. A new one is an entry here and a
// kernel in kernels/optimizers.ts.

import type * as kernels from '../kernels'
import type { Buffer, Call } from '../kernels/plan'
import { call } from '../kernels/plan'
import { real, type Fields, type Kind, type PartOf, type Values } from './fields'

/** The buffers of an update. All are as long as the parameters, except `state`, `rates` and `clip`. */
interface UpdateBuffers {
  /** [step, seed]. */
  readonly state: Buffer
  /** Learning rates of the steps, a ring of `slots`. */
  readonly rates: Buffer
  /** [factor for all gradients]. */
  readonly clip: Buffer
  /** Weight decay of every parameter. */
  readonly decay: Buffer
  readonly gradients: Buffer
  readonly parameters: Buffer
}

/** Receives an optimizer's state buffers. */
interface UpdateBuilder {
  /** All kernels there are. */
  readonly kernels: typeof kernels
  readonly buffers: UpdateBuffers
  /** Floats in the parameter buffer. */
  readonly size: number
  /** Steps in the ring of rates. */
  readonly slots: number
  /** Makes a buffer as long as the parameters, initially zero, that snapshots hold. */
  moment(name: string): Buffer
}

/** A kind of optimizer. */
interface OptimizerType<F extends Fields = Fields> extends Kind<F> {
  build(optimizer: Values<F>, builder: UpdateBuilder): Call
}

function optimizerType<const F extends Fields>(type: OptimizerType<F>): OptimizerType<F> {
  return type
}

const weightDecay = real('Weight decay', 0, 1, 0, 0.0001)
const momentum = real('Momentum', 0, 0.9999, 0.9, 0.05)
const epsilon = real('Epsilon', 1e-12, 1, 1e-8, 1e-8)
const betas = { beta1: real('Beta 1', 0, 0.9999, 0.9, 0.01), beta2: real('Beta 2', 0, 0.999999, 0.999, 0.001) }

/** Whether any parameter decays, for the kernels. */
const decays = (weightDecay: number) => (weightDecay > 0 ? 1 : 0)

function descend(
  { kernels, buffers, size: COUNT, slots: SLOTS, moment }: UpdateBuilder,
  DECAYS: 0 | 1,
  MOMENTUM: number,
  NESTEROV: 0 | 1,
) {
  return call(kernels.sgd, { COUNT, SLOTS, DECAYS, MOMENTUM, NESTEROV }, { ...buffers, velocity: moment('velocity') })
}

function adapt(
  { kernels, buffers, size, slots, moment }: UpdateBuilder,
  DECAYS: 0 | 1,
  { beta1, beta2, epsilon }: { beta1: number; beta2: number; epsilon: number },
) {
  const moments = { first: moment('first-moment'), second: moment('second-moment') }
  return call(kernels.adam, kernels.adamConstants(size, slots, DECAYS, beta1, beta2, epsilon), {
    ...buffers,
    ...moments,
  })
}

export const optimizerTypes = {
  sgd: optimizerType({
    title: 'SGD',
    fields: { weightDecay },
    build: ({ weightDecay }, builder) => descend(builder, decays(weightDecay), 0, 0),
  }),
  momentum: optimizerType({
    title: 'Momentum',
    fields: { momentum, weightDecay },
    build: ({ momentum, weightDecay }, builder) => descend(builder, decays(weightDecay), momentum, 0),
  }),
  nesterov: optimizerType({
    title: 'Nesterov',
    fields: { momentum, weightDecay },
    build: ({ momentum, weightDecay }, builder) => descend(builder, decays(weightDecay), momentum, 1),
  }),
  rmsprop: optimizerType({
    title: 'RMSProp',
    fields: { rho: real('Rho', 0, 0.9999, 0.99, 0.01), epsilon, weightDecay },
    build({ rho, epsilon, weightDecay }, { kernels, buffers, size: COUNT, slots: SLOTS, moment }) {
      const constants = {
        COUNT,
        SLOTS,
        DECAYS: decays(weightDecay),
        RHO: rho,
        ONE_MINUS_RHO: 1 - rho,
        EPSILON: epsilon,
      }
      return call(kernels.rmsprop, constants, { ...buffers, second: moment('second-moment') })
    },
  }),
  adam: optimizerType({
    title: 'Adam',
    fields: { ...betas, epsilon },
    build: (optimizer, builder) => adapt(builder, 0, optimizer),
  }),
  adamw: optimizerType({
    title: 'AdamW',
    fields: { ...betas, epsilon, weightDecay: { ...weightDecay, initial: 0.01 } },
    build: (optimizer, builder) => adapt(builder, decays(optimizer.weightDecay), optimizer),
  }),
}

/** An optimizer as plain JSON. Weight decay is L2 in SGD, momentum, Nesterov and RMSProp, and decoupled in AdamW. */
export type Optimizer = PartOf<typeof optimizerTypes>

export type OptimizerKind = Optimizer['type']

/** A consumer's table: a row for every kind of optimizer. A kind without a row is a type error. */
export type OptimizerTable<R> = {
  readonly [K in OptimizerKind]: (optimizer: Extract<Optimizer, { type: K }>) => R
}

/** The result of a table's row for an optimizer. */
export function lookUp<R>(table: OptimizerTable<R>, optimizer: Optimizer): R {
  // The row takes exactly this optimizer: the table is keyed by `type`.
  return (table[optimizer.type] as (optimizer: Optimizer) => R)(optimizer)
}

/** The type of an optimizer: see typeOf in layers/index.ts. */
export function optimizerTypeOf(optimizer: Optimizer): OptimizerType {
  return optimizerTypes[optimizer.type] as unknown as OptimizerType
}
