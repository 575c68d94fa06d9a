// What a look inside a network asks for and tells.

import type { Example } from '../../model/examples'
import type { Connections, Neuron, NeuronPlace } from '../../model/neuron'
import type { Spec } from '../../model/spec'

/** What to look at. */
export interface LookRequest {
  readonly example: Example
  /** The neuron to tell more of. */
  readonly neuron?: NeuronPlace
  /** Whether to tell which values speak for and against each class, which costs about 20 times as much. */
  readonly saliency: boolean
}

/** What goes on inside a network that sees an example. Values are in row-major order, of images with the channel last. */
export interface Look {
  /** Of the network. */
  readonly spec: Spec
  /** Step whose parameters were used. */
  readonly step: number
  /** The values as the network gets them: scaled as its spec has it. */
  readonly inputs: Float32Array
  /** What comes out of each layer. */
  readonly layers: readonly Float32Array[]
  /** Of each dense layer the few that carry most. */
  readonly connections: readonly Connections[]
  /** The neuron that was asked for, if it exists. */
  readonly neuron: Neuron | undefined
  /** What each value adds to each class's logit, to first order: [classes, values], in units of the logit. */
  readonly saliency: Float32Array | undefined
  /** Milliseconds that the worker's thread was busy with it. */
  readonly busy: number
}
