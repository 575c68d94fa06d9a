// Request and answer of a look inside a network.

import type { Example } from '../../model/examples'
import type { Neuron, NeuronPlace } from '../../model/neuron'
import type { PathStep } from '../../model/paths'
import type { Spec } from '../../model/spec'

/** What to look at. */
export interface LookRequest {
  readonly example: Example
  /** The neuron to report in detail. */
  readonly neuron?: NeuronPlace
  /** The class to explain; by default the network's answer. */
  readonly label?: number
  /** Whether to report which values speak for and against each class. Costs about 20 times as much. */
  readonly saliency: boolean
}

/** Why a class has the output that it has. Contributions are to its logit, to first order. */
export interface Reasons {
  readonly label: number
  /** Contribution of each value of the example: the derivative with respect to it times it. */
  readonly inputs: Float32Array
  /** Contribution of each output of each layer. */
  readonly layers: readonly Float32Array[]
  /** The strongest paths to the output. */
  readonly paths: readonly PathStep[]
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
  /** What speaks for a class and against it; undefined where an output is not finite. */
  readonly reasons: Reasons | undefined
  /** The requested neuron, if it exists. */
  readonly neuron: Neuron | undefined
  /** What each value adds to each class's logit, to first order: [classes, values], in units of the logit. */
  readonly saliency: Float32Array | undefined
  /** Milliseconds that the worker's thread was busy with the look, without making its program. */
  readonly busy: number
}
