// Answer of the comparison of a training step on two backends.

import type { BackendKind } from '../../backends/types'

/** How well two backends agree on a training step. */
export interface Parity {
  /** The run's own. */
  readonly device: Compared
  /** The other one, whose results count as right. */
  readonly other: Compared
  /** The step of the run that was compared. */
  readonly step: number
  /** Largest relative difference that passes. */
  readonly tolerance: number
  readonly passed: boolean
  /** Results of the calls of the training list, in order. */
  readonly results: readonly CallParity[]
}

/** A backend in a comparison. */
export interface Compared {
  readonly kind: BackendKind
  readonly label: string
  readonly adapter: string
}

/** A buffer that a call has written on both backends. */
export interface CallParity {
  /** Number of the call in the list, from 0. */
  readonly call: number
  /** Name of the buffer. */
  readonly buffer: string
  /** Largest difference of two elements, relative to the largest magnitude in what the call writes of that layer; Infinity if only one of the two is a number. */
  readonly difference: number
}
