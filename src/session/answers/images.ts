// What is told of examples of the data set, and of what a network takes them for.

import type { Example } from '../../model/examples'
import type { Spec } from '../../model/spec'

/** Which training examples to show. */
export interface SamplesRequest {
  readonly spec: Spec
  readonly count: number
  /** A whole number; another one gives other examples. */
  readonly turn: number
}

/** An example of a training batch or of the test set, and its label; one that is of no class has the number of classes. */
export interface Sample {
  readonly example: Example
  readonly label: number
}

/** What a network says of every example of the test set, in order. */
export interface TestResults {
  /** Step whose parameters were used. */
  readonly step: number
  /** True classes. */
  readonly labels: Uint8Array
  /** Class of the largest output, the first of equals; NO_ANSWER where one is not finite. */
  readonly predicted: Uint8Array
  /** The largest softmax probability, or the largest output as it is where the loss is quadratic; 0 where there is no answer. */
  readonly confidence: Float32Array
  /** False where the loss is quadratic: its outputs stand each by itself and may be of any size. */
  readonly probabilities: boolean
}

export type ResultsListener = (results: TestResults | undefined) => void
