// What is told of images of the data set, and of what a network takes them for.

import type { Spec } from '../../model/spec'

/** Which training images to show. */
export interface SamplesRequest {
  readonly spec: Spec
  readonly count: number
  /** A whole number; another one gives other images. */
  readonly turn: number
}

/** An image of a training batch or of the test set: 784 bytes, and its label, 0 to 9, or 10 for a drawing that is no digit. */
export interface Sample {
  readonly pixels: Uint8Array
  readonly label: number
}

/** What a network says of every image of the test set, in order. */
export interface TestResults {
  /** Step whose parameters were used. */
  readonly step: number
  /** True classes, 0 to 9. */
  readonly labels: Uint8Array
  /** Class of the largest output, the first of equals; NO_ANSWER where one is not finite. */
  readonly predicted: Uint8Array
  /** The largest softmax probability, or the largest output as it is where the loss is quadratic; 0 where there is no answer. */
  readonly confidence: Float32Array
  /** False where the loss is quadratic: its outputs stand each by itself and may be of any size. */
  readonly probabilities: boolean
}

export type ResultsListener = (results: TestResults | undefined) => void
