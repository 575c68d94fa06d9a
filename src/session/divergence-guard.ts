// Checks that a run stays finite. Keeps what is needed to find the step where it broke, and to go back.

import { allFinite } from './finite'
import type { Place, Snapshot } from './protocol'

/** Milliseconds between two checks of the gradients: a device may compute a finite loss from weights that are not finite. */
const LOOK_MS = 1000
/** Share of the way from guessing to no mistake: a network that has gone so far has learnt something worth going back to. */
const LEARNT = 1 / 9

/** The first sign that a run is not finite, and what is needed to find the place and to go back. */
export interface Breakdown {
  /** The first step with such a loss, or the step after which the network was checked or evaluated. */
  readonly step: number
  readonly sign: Extract<Place['what'], 'loss' | 'network' | 'test loss' | 'validation loss'>
  /** The newest finite snapshot, and the learning rates of the steps since then. */
  readonly from: Snapshot
  readonly rates: Float32Array
  /** The network of the evaluation, if that showed it. */
  readonly evaluated: Snapshot | undefined
  /** The snapshot to go back to: the newest one that had learnt something, else the first. */
  readonly back: Snapshot
}

export class DivergenceGuard {
  #newest: Snapshot | undefined
  #back: Snapshot | undefined
  /** Learning rates of the steps since the newest snapshot, perhaps of some before. */
  #rates: { readonly from: number; readonly rates: Float32Array }[] = []
  #looked = 0
  readonly #chance: number
  /** Stays set if the device is lost later, unlike the phase of the run. */
  #broken = false

  /** `chance`: accuracy of guessing, from 0 to 1. */
  constructor(chance: number) {
    this.#chance = chance
  }

  /** A value was not finite: the run can only go back. */
  get broken(): boolean {
    return this.#broken
  }

  /** The newest finite snapshot; of a broken run, the one to go back to. */
  get snapshot(): Snapshot | undefined {
    return this.#broken ? this.#back : this.#newest
  }

  /** Takes the first snapshot, which the run can go back to whatever it has learnt. */
  begin(snapshot: Snapshot): void {
    this.#newest = this.#back = snapshot
  }

  /** Takes a finite snapshot. The run can go back to it if its accuracy shows that it has learnt something. */
  keep(snapshot: Snapshot, accuracy = 0): void {
    if (this.#broken) return
    this.#newest = snapshot
    if (accuracy >= this.#chance + LEARNT * (1 - this.#chance)) this.#back = snapshot
    this.#rates = this.#rates.filter(({ from, rates }) => from + rates.length > snapshot.step)
  }

  /** Records the learning rates of submitted steps, which follow `from` earlier ones. */
  submitted(from: number, rates: Float32Array): void {
    this.#rates.push({ from, rates })
  }

  /** Whether a check of the gradients is due. The caller then makes it. */
  lookDue(): boolean {
    if (performance.now() - this.#looked < LOOK_MS) return false
    this.#looked = performance.now()
    return true
  }

  /** Records that a value is not finite, after `submitted` steps in all. Undefined if the run has broken before. */
  breakDown(
    sign: Breakdown['sign'],
    step: number,
    submitted: number,
    evaluated: Snapshot | undefined,
  ): Breakdown | undefined {
    const [from, back] = [this.#newest, this.#back]
    if (this.#broken || !from || !back) return undefined
    this.#broken = true
    const rates = new Float32Array(Math.max(0, submitted - from.step))
    for (const { from: first, rates: used } of this.#rates) {
      const at = first - from.step
      if (at >= 0) rates.set(used, at)
      else if (at + used.length > 0) rates.set(used.subarray(-at))
    }
    return { step, sign, from, rates, evaluated, back }
  }
}

/** Whether all values of a snapshot are finite. */
export function isFiniteSnapshot({ buffers }: Snapshot): boolean {
  return buffers.every((values) => allFinite(values))
}
