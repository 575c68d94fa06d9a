// Turns per-step results into at most about a thousand points of a curve.

import type { CurvePoint } from './protocol'

export class Curve {
  readonly #ready: CurvePoint[] = []
  #loss = 0
  #hits = 0
  #steps = 0
  #step = 0

  /** `width`: steps that one point is the mean of. */
  constructor(
    private readonly batchSize: number,
    private readonly width: number,
  ) {}

  /** Sum of losses and of hits of one batch. */
  add(step: number, loss: number, hits: number): void {
    this.#loss += loss
    this.#hits += hits
    this.#steps++
    this.#step = step
    if (this.#steps >= this.width) this.#close()
  }

  /** Points since the last call; with `all`, also the one that is not full yet. */
  take(all: boolean): CurvePoint[] {
    if (all && this.#steps > 0) this.#close()
    return this.#ready.splice(0)
  }

  #close(): void {
    const images = this.#steps * this.batchSize
    this.#ready.push({ step: this.#step, loss: this.#loss / images, accuracy: this.#hits / images })
    this.#loss = this.#hits = this.#steps = 0
  }
}
