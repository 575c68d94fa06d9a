// Reduces per-step results to at most about a thousand points of a curve.

import type { CurvePoint } from './protocol'

/** Sums over steps. */
interface Sums {
  readonly loss: number
  readonly hits: number
  readonly steps: number
}

const NOTHING: Sums = { loss: 0, hits: 0, steps: 0 }

const plus = (a: Sums, b: Sums): Sums => ({ loss: a.loss + b.loss, hits: a.hits + b.hits, steps: a.steps + b.steps })

export class Curve {
  readonly #ready: CurvePoint[] = []
  #open = NOTHING
  /** The last full point. */
  #full = NOTHING
  #step = 0

  /** `width`: steps averaged in a point. */
  constructor(
    private readonly batchSize: number,
    private readonly width: number,
  ) {}

  /** Adds the sums of losses and of hits of one batch. */
  add(step: number, loss: number, hits: number): void {
    this.#step = step
    this.#open = plus(this.#open, { loss, hits, steps: 1 })
    if (this.#open.steps < this.width) return
    this.#close(this.#open)
    this.#full = this.#open
    this.#open = NOTHING
  }

  /**
   * Points since the last call; with `all`, also the last, partial one. A mean over few steps is noisy, so it includes the steps of
   * the last full point.
   */
  take(all: boolean): CurvePoint[] {
    if (all && this.#open.steps > 0) {
      this.#close(plus(this.#full, this.#open))
      this.#open = NOTHING
    }
    return this.#ready.splice(0)
  }

  #close({ loss, hits, steps }: Sums): void {
    const images = steps * this.batchSize
    this.#ready.push({ step: this.#step, loss: loss / images, accuracy: hits / images })
  }
}
