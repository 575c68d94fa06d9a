// The interface of a layer: fields, shapes, parameters, and calls for its forward and backward pass, side by side.

import { ACTIVATIONS, type ActivationName } from '../../kernels/activation'
import type * as kernels from '../../kernels'
import type { Binding, Constants, Kernel } from '../../kernels/kernel'
import type { Buffer } from '../../kernels/plan'
import { choice, flag, type Fields, type Kind, type Values } from '../fields'
import { asMatrix, type Shape } from '../shape'
import type { Neurons } from './neurons'

/** Initial values of a parameter: one value, or normal or uniform around zero. */
export type Initial =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'normal'; readonly deviation: number }
  | { readonly kind: 'uniform'; readonly limit: number }

/**
 * How a parameter changes: `weights` are trained and decay, `other`s (biases, and batch normalisation's scale and shift)
 * are trained and do not decay, the layer itself updates `running` statistics, `unused` ones never change.
 */
export type Role = 'weights' | 'other' | 'running' | 'unused'

/** Whether parameters of a role are trained. */
export const isTrained = (role: Role): boolean => role === 'weights' || role === 'other'

/** A parameter of a layer. */
export interface ParameterSpec {
  /** Its name within the layer, for example `weights`. */
  readonly name: string
  /** Under the padding rule of kernels/plan.ts: the last two axes are padded in storage. */
  readonly shape: readonly number[]
  readonly role: Role
  readonly initial: Initial
  /** None of its values is ever below zero. */
  readonly notNegative?: true
}

/**
 * A flow between layers: a buffer of the batch's rows (see shape.ts), and the activation that was applied last.
 * Gradients in a plan are with respect to the value before that activation, so a call that computes the gradient of a flow
 * multiplies by the activation's derivative at `saved` (see activation.ts for what is saved).
 */
export interface Flow {
  readonly buffer: Buffer<'f32'>
  readonly shape: Shape
  readonly activation: ActivationName
  readonly saved: Buffer
}

/** Receives a layer's calls: one builder per layer and list of the plan. */
export interface Builder {
  /** All kernels there are. */
  readonly kernels: typeof kernels
  /** Whether the list trains: some layers do something else in training. */
  readonly training: boolean
  /** Number of the layer, from 0: separates its random numbers from other layers'. */
  readonly layer: number
  /** Rows of the batch. */
  readonly rows: number
  /** [step, seed]. The step is the same for all calls of a step; `metrics`, the last one, counts it. */
  readonly state: Buffer
  readonly parameters: Buffer
  readonly gradients: Buffer
  /** The running statistics of all layers. */
  readonly running: Buffer
  /** Where a parameter of the layer starts in `parameters`, or in `running` if that is its role. */
  offset(parameter: string): number
  /** Makes a buffer of the run for a flow or its gradient. The name is made unique to the list and layer. */
  flow(name: string, shape: Shape): Buffer<'f32'>
  /** The same for whole numbers. */
  integers(name: string, shape: Shape): Buffer<'u32'>
  /** Makes any other buffer of the run, a matrix under the padding rule. */
  buffer(name: string, shape: readonly number[]): Buffer<'f32'>
  /** Appends a call. */
  call<C extends string, B extends Record<string, Binding>>(
    kernel: Kernel<C, B>,
    constants: Constants<C>,
    buffers: { readonly [K in keyof B]: Buffer },
  ): void
}

/** A layer's calls in one list. */
export interface Built {
  readonly output: Flow
  /** Appends the calls for the gradients of the parameters, if there are any, from that of the output before its activation. */
  parameterGradients?(gradient: Buffer): void
  /**
   * Appends the calls for the gradient of the input before its activation, from that of the output; returns it. In training it
   * comes after `parameterGradients`.
   */
  inputGradient(gradient: Buffer<'f32'>): Buffer<'f32'>
}

/** Why a layer cannot take its input. `field`: the one to change, within the layer. */
export interface Refusal {
  readonly field: string
  readonly message: string
}

/** A kind of layer. */
export interface LayerType<F extends Fields = Fields> extends Kind<F> {
  /** The layer in a few words, beside the shape of its output; by default its values in order. */
  words?(layer: Values<F>): readonly string[]
  /** What is wrong with the layer for an input of that shape. By default it takes every input. */
  refuse?(layer: Values<F>, inputShape: Shape): Refusal | undefined
  /** Shape of the output without the batch axis, for an input that `refuse` accepts. */
  outputShape(layer: Values<F>, inputShape: Shape): Shape
  /** Parameters in the order of storage; by default none. */
  parameters?(layer: Values<F>, inputShape: Shape): readonly ParameterSpec[]
  /** Fewest rows of a batch that it can learn from; by default one. */
  leastRows?(inputShape: Shape): number
  /** What one of its neurons computes. */
  readonly neurons: Neurons<F>
  /** Appends the forward pass. */
  build(layer: Values<F>, builder: Builder, input: Flow): Built
}

/** Makes a kind of layer. Exists to infer and check the values of its fields. */
export function layerType<const F extends Fields>(type: LayerType<F>): LayerType<F> {
  return type
}

/** The bias of a layer's outputs. */
export function biasOf(bias: Values<{ bias: typeof biasField }>['bias'], outputs: number): ParameterSpec {
  const role = bias === 'yes' ? 'other' : 'unused'
  return { name: 'bias', shape: [outputs], role, initial: { kind: 'constant', value: 0 } }
}

/**
 * The output of a layer that ends with an activation. `compute` appends the call that makes `outputs` and applies an ACTIVATION
 * itself. GELU's derivative needs the value before it, which must be stored, so GELU is a call of its own.
 */
export function activated(
  builder: Builder,
  name: ActivationName,
  shape: Shape,
  compute: (outputs: Buffer, ACTIVATION: number) => void,
): Flow {
  const apart = name === 'gelu'
  const saved = builder.flow(apart ? 'preactivation' : 'output', shape)
  compute(saved, ACTIVATIONS[apart ? 'linear' : name])
  if (!apart) return { buffer: saved, shape, activation: name, saved }
  const buffer = builder.flow('output', shape)
  const { positions, channels } = asMatrix(shape)
  const constants = { ROWS: builder.rows * positions, CHANNELS: channels, ACTIVATION: ACTIVATIONS[name] }
  builder.call(builder.kernels.activation, constants, { inputs: saved, outputs: buffer })
  return { buffer, shape, activation: name, saved }
}

/** Refuses a vector where an image is needed. */
export function needsImage(inputShape: Shape): Refusal | undefined {
  if (inputShape.length > 1) return undefined
  return { field: 'type', message: 'needs an image, and gets a vector from the layer before it' }
}

export const activationField = choice('Activation', [
  ['relu', 'ReLU'],
  ['sigmoid', 'Sigmoid'],
  ['tanh', 'Tanh'],
  ['gelu', 'GELU'],
  ['linear', 'Linear'],
])
export const initialiserField = choice('Initialiser', [
  ['he', 'He'],
  ['glorot', 'Glorot'],
  ['lecun-normal', 'LeCun'],
  ['zero', 'Zero'],
])
/** A bias below batch normalisation has no gradient: the normalisation subtracts it again. */
export const biasField = choice('Bias', [
  ['yes', 'Bias'],
  ['no', 'No bias'],
])
/** A frozen layer keeps what it has learnt: training changes none of its parameters and statistics. */
export const frozenField = flag('Frozen', 'keep what it has learnt')
/** The word for it in a list of a layer's values. */
export const frozenWords = ({ frozen = false }: Values<{ frozen: typeof frozenField }>): readonly string[] =>
  frozen ? ['frozen'] : []
export type Initialiser = Values<{ initialiser: typeof initialiserField }>['initialiser']

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
      return { kind: 'constant', value: 0 }
  }
}
