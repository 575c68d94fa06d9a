// Request and answer of a surface: what a network of points answers everywhere in the plane.

import type { NeuronPlace } from '../../model/neuron'

/** What to compute, and how finely. */
export interface SurfaceRequest {
  /** Places along each axis, 1 to 256. */
  readonly side: number
  /** A neuron of a dense layer to tell the outputs of, too. */
  readonly neuron?: NeuronPlace
}

/** Values at side x side places, row by row from the top left. */
export interface Surface {
  /** Step whose parameters were used. */
  readonly step: number
  readonly side: number
  /** The neuron's outputs; undefined where none was asked for, or where the network has no such neuron. */
  readonly neuron?: { readonly place: NeuronPlace; readonly values: Float32Array }
  /** Probabilities, [places, classes]; outputs under the quadratic loss. */
  readonly answers: Float32Array
  /** Milliseconds that the worker's thread was busy, without making the program. */
  readonly busy: number
}
