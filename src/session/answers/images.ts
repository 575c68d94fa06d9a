// Answers about examples of the data set, and about how a network classifies them.

import type { Example } from '../../model/examples'
import type { Spec } from '../../model/spec'

/** Which training examples to show. */
export interface SamplesRequest {
  readonly spec: Spec
  readonly count: number
  /** A whole number; another one gives other examples. */
  readonly turn: number
}

/** An example of a training batch or of the test set, and its label. An example of no class is labelled with the number of classes. */
export interface Sample {
  readonly example: Example
  readonly label: number
}

/** A network's answers for every example of the test set, in order. */
export interface TestResults {
  /** Step whose parameters were used. */
  readonly step: number
  /** True classes. */
  readonly labels: Uint8Array
  /** Class of the largest output, the first of equals; NO_ANSWER if an output is not finite. */
  readonly predicted: Uint8Array
  /** The largest softmax probability; under the quadratic loss, the largest output; 0 without an answer. */
  readonly confidence: Float32Array
  /** False under the quadratic loss: its outputs may be of any size and need not add up to 1. */
  readonly probabilities: boolean
}

export type ResultsListener = (results: TestResults | undefined) => void
