// Watches that a run stays finite: keeps where it was last, and what it takes to find the place where it broke and to go back.

import { allFinite } from './finite'
import type { Place, Snapshot } from './protocol'

/** Milliseconds between two looks at the gradients: a device may compute a finite loss from weights that are not. */
const LOOK_MS = 1000
/** Share of the way from guessing to no mistake: a network that has gone so far has learnt something worth going back to. */
const LEARNT = 1 / 9

/** A run that shows a value that is not finite: when and by what, and what it takes to look for the place and to go back. */
export interface Breakdown {
  /** The first step with such a loss, or the step after which the network was looked at or evaluated. */
  readonly step: number
  readonly sign: Extract<Place['what'], 'loss' | 'network' | 'test loss' | 'validation loss'>
  /** The newest snapshot in which all is finite, and the learning rates of the steps since then. */
  readonly from: Snapshot
  readonly rates: Float32Array
  /** The network of the evaluation, where that is what is not finite. */
  readonly evaluated: Snapshot | undefined
  /** The newest snapshot that had learnt something, or the first: worth going back to. */
  readonly back: Snapshot
}

export class DivergenceGuard {
  #newest: Snapshot | undefined
  #back: Snapshot | undefined
  /** Learning rates of the steps since the newest snapshot, and maybe of some before. */
  #rates: { readonly from: number; readonly rates: Float32Array }[] = []
  #looked = 0
  readonly #chance: number
  /** Also a device that is lost later does not take this away, as it does the phase of the run. */
  #broken = false

  /** `chance`: accuracy of guessing, from 0 to 1. */
  constructor(chance: number) {
    this.#chance = chance
  }

  /** Something was not finite: the run can only go back. */
  get broken(): boolean {
    return this.#broken
  }

  /** The newest snapshot in which all is finite; once something was not, the one to go back to. */
  get snapshot(): Snapshot | undefined {
    return this.#broken ? this.#back : this.#newest
  }

  /** Takes where the run begins, which is worth going back to whatever it has learnt. */
  begin(snapshot: Snapshot): void {
    this.#newest = this.#back = snapshot
  }

  /** Takes a snapshot in which all is finite; also to go back to, where its network is known to have learnt something. */
  keep(snapshot: Snapshot, accuracy = 0): void {
    if (this.#broken) return
    this.#newest = snapshot
    if (accuracy >= this.#chance + LEARNT * (1 - this.#chance)) this.#back = snapshot
    this.#rates = this.#rates.filter(({ from, rates }) => from + rates.length > snapshot.step)
  }

  /** Takes the learning rates of steps that are being submitted, the first of them after `from` steps. */
  submitted(from: number, rates: Float32Array): void {
    this.#rates.push({ from, rates })
  }

  /** Whether it is time to look at the gradients; whoever asks then does so. */
  lookDue(): boolean {
    if (performance.now() - this.#looked < LOOK_MS) return false
    this.#looked = performance.now()
    return true
  }

  /** Something is not finite, after `submitted` steps in all. Undefined where something was not before: a run breaks once. */
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

/** Whether all that a snapshot holds is finite. */
export function isFiniteSnapshot({ buffers }: Snapshot): boolean {
  return buffers.every((values) => allFinite(values))
}
