// Request and answer of a walk through a training step.

import type { Example } from '../../model/examples'
import type { ModelParameter } from '../../model/parameters'
import type { Spec } from '../../model/spec'

export interface WalkRequest {
  readonly example: Example
  /** Its class. */
  readonly label: number
}

/** Parameters or what belongs to each of them, as `list` says where. */
export interface NamedParameters {
  /** The optimizer's name for it: `velocity`, `first-moment`, `second-moment`. */
  readonly name: string
  readonly values: Float32Array
}

/**
 * The run's next step as it would be with a batch of one example, without dropout and augmentation. Values are in row-major order; in images
 * the channel is the last axis.
 */
export interface StepWalk {
  readonly spec: Spec
  /** Steps trained before it. */
  readonly step: number
  readonly label: number
  /** The network's inputs: scaled as its spec says. */
  readonly inputs: Float32Array
  /** Outputs of each layer. */
  readonly layers: readonly Float32Array[]
  readonly loss: number
  /** Derivatives of the loss with respect to each layer's output before its activation. */
  readonly slopes: readonly Float32Array[]
  /** Learning rate of the step. */
  readonly rate: number
  /** Factor of all gradients, below 1 where the run's limit of their norm is reached. */
  readonly clip: number
  /** Where parameters lie in the arrays below, and those of the role `running` in `running`. */
  readonly list: readonly ModelParameter[]
  readonly running: Float32Array
  readonly before: Float32Array
  /** Of the loss, before they are clipped. */
  readonly gradients: Float32Array
  /** After the run's own optimizer. */
  readonly after: Float32Array
  /** What the optimizer kept of earlier steps. */
  readonly kept: readonly NamedParameters[]
}
