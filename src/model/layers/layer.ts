// What a layer is: parameters, and calls for its forward and backward pass, side by side.

import type { Binding, Constants, Kernel } from '../../kernels/kernel'
import type { Buffer, ListName } from '../../kernels/plan'
import type { ActivationName } from '../../kernels/activation'

/** How a parameter starts: scale of a normal or uniform distribution, or zero. */
export type Initial =
  | { readonly kind: 'zero' }
  | { readonly kind: 'normal'; readonly deviation: number }
  | { readonly kind: 'uniform'; readonly limit: number }

/** A parameter that a layer wants. */
export interface ParameterSpec {
  /** Within the layer, for example `weights`. */
  readonly name: string
  readonly shape: readonly number[]
  readonly initial: Initial
}

/**
 * What flows between layers: a buffer [rows, width], and the activation it went through last. Gradients in a plan are
 * with respect to the value before that activation, so whoever makes the gradient of a flow multiplies by the
 * activation's derivative at `saved` (see activation.ts for what is saved).
 */
export interface Flow {
  readonly buffer: Buffer
  readonly width: number
  readonly activation: ActivationName
  readonly saved: Buffer
}

/** Where a layer puts its calls: one builder per list of the plan. */
export interface Builder {
  /** The list that is being built: layers may do other things in training than later. */
  readonly list: ListName
  /** Rows of the batch. */
  readonly rows: number
  readonly parameters: Buffer
  readonly gradients: Buffer
  /** Makes a buffer of the run; the name is made unique to the list and layer. */
  buffer(name: string, shape: readonly number[]): Buffer
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
  /**
   * Appends the backward pass. `gradient` is the gradient of the output before its activation; returns the same for the
   * input, or nothing where `inputGradient` is false (the first layer has nobody to tell).
   */
  backward(gradient: Buffer, inputGradient: boolean): Buffer | undefined
}

/** A kind of layer. */
export interface LayerType<L> {
  /** Shape of the output without the batch axis. */
  outputShape(layer: L, inputShape: readonly number[]): readonly number[]
  /** Parameters in the order in which they are stored. */
  parameters(layer: L, inputShape: readonly number[]): readonly ParameterSpec[]
  /** Appends the forward pass; `offset` is where the layer's first parameter starts. */
  build(layer: L, builder: Builder, input: Flow, offset: number): Built
}
