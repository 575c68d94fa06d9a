// What a look inside a network asks for and tells.

import type { Connections, Neuron, NeuronPlace } from '../../model/neuron'
import type { Spec } from '../../model/spec'

/** What to look at. */
export interface LookRequest {
  /** 784 bytes, 0 paper, 255 ink. */
  readonly image: Uint8Array
  /** The neuron to tell more of. */
  readonly neuron?: NeuronPlace
  /** Whether to tell which pixels speak for and against each class, which costs about 20 times as much. */
  readonly saliency: boolean
}

/** What goes on inside a network that sees an image. Values are in row-major order, of images with the channel last. */
export interface Look {
  /** Of the network. */
  readonly spec: Spec
  /** Step whose parameters were used. */
  readonly step: number
  /** The pixels as the network gets them, [28, 28]: scaled as its spec has it. */
  readonly inputs: Float32Array
  /** What comes out of each layer. */
  readonly layers: readonly Float32Array[]
  /** Of each dense layer the few that carry most. */
  readonly connections: readonly Connections[]
  /** The neuron that was asked for, if it exists. */
  readonly neuron: Neuron | undefined
  /** What the ink of each pixel adds to each class's logit, to first order: [10, 784], in units of the logit. */
  readonly saliency: Float32Array | undefined
  /** Milliseconds that the worker's thread was busy with it. */
  readonly busy: number
}
