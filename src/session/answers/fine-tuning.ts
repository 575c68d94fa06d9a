// Request and answer of fine-tuning.

import type { Stroke } from '../../data/drawing'

/** A drawing and its class. */
export interface LabelledDrawing {
  readonly strokes: readonly Stroke[]
  /** Number of its class. */
  readonly label: number
}

/** How well a network reads. */
interface Standing {
  /** Share of the test set, from 0 to 1. */
  readonly testAccuracy: number
  /** Drawings that are read as labelled, in the given order. */
  readonly drawings: readonly boolean[]
}

/** What a fine-tuning did. */
export interface FineTuning {
  readonly before: Standing
  readonly after: Standing
  /** Steps trained, and how long they took. */
  readonly steps: number
  readonly seconds: number
}
