// Digits of a training batch to look at, as the settings on the page make them.

import type { Spec } from '../model/spec'
import type { Sample } from '../session/protocol'

/** Digits shown at a time. */
const SHOWN = 25

/** What of a spec makes a batch what it is. */
const fields = ['augmentation', 'styleShare', 'trainingSize', 'seed'] as const

export class Samples {
  /** None until the data is there. */
  shown = $state.raw<readonly Sample[]>([])

  #turn = 0
  /** The spec whose digits are asked for, until they have come. */
  #wanted: Spec | undefined
  #asking: Promise<void> | undefined
  /** What the shown digits were made by. */
  #made = ''

  readonly #ask: (spec: Spec, count: number, turn: number) => Promise<Sample[]>

  constructor(ask: (spec: Spec, count: number, turn: number) => Promise<Sample[]>) {
    this.#ask = ask
  }

  /** Shows the same digits as this spec makes them; nothing where it makes them as they are shown. */
  show(spec: Spec): Promise<void> {
    if (keyOf(spec) === this.#made && !this.#wanted) return Promise.resolve()
    this.#wanted = spec
    return (this.#asking ??= this.#drain())
  }

  /** Shows other digits. */
  turn(spec: Spec): Promise<void> {
    this.#turn++
    this.#wanted = spec
    return (this.#asking ??= this.#drain())
  }

  /** One question at a time; of what is wanted meanwhile the newest counts. */
  async #drain(): Promise<void> {
    while (this.#wanted) {
      const spec = this.#wanted
      this.#wanted = undefined
      const samples = await this.#ask(spec, Math.min(SHOWN, spec.trainingSize), this.#turn).catch(() => [])
      if (samples.length === 0) continue // the device has just gone: what is shown stays
      this.shown = samples
      this.#made = keyOf(spec)
    }
    this.#asking = undefined
  }
}

const keyOf = (spec: Spec): string => JSON.stringify(fields.map((field) => spec[field]))
