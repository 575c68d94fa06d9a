// Request and answer of a look inside a network.

import type { Example } from '../../model/examples'
import type { Connections, Neuron, NeuronPlace } from '../../model/neuron'
import type { Spec } from '../../model/spec'

/** What to look at. */
export interface LookRequest {
  readonly example: Example
  /** The neuron to report in detail. */
  readonly neuron?: NeuronPlace
  /** Whether to report which values speak for and against each class. Costs about 20 times as much. */
  readonly saliency: boolean
}

/** Values inside a network that sees an example, in row-major order; in images the channel is the last axis. */
export interface Look {
  /** Of the network. */
  readonly spec: Spec
  /** Step whose parameters were used. */
  readonly step: number
  /** The network's inputs: scaled as its spec says. */
  readonly inputs: Float32Array
  /** Outputs of each layer. */
  readonly layers: readonly Float32Array[]
  /** The strongest connections of each dense layer. */
  readonly connections: readonly Connections[]
  /** The requested neuron, if it exists. */
  readonly neuron: Neuron | undefined
  /** What each value adds to each class's logit, to first order: [classes, values], in units of the logit. */
  readonly saliency: Float32Array | undefined
  /** Milliseconds that the worker's thread was busy with the look. */
  readonly busy: number
}
