// What fine-tuning gets and tells.

import type { Stroke } from '../../data/drawing'

/** A drawing and what it is. */
export interface LabelledDrawing {
  readonly strokes: readonly Stroke[]
  /** Number of its class. */
  readonly label: number
}

/** How well a network does. */
export interface Standing {
  /** Share of the test set, from 0 to 1. */
  readonly testAccuracy: number
  /** Drawings that are read as their labels say, in the order in which they were given. */
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
