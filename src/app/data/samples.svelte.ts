// Examples of a training batch to look at, as the present settings make them.

import type { Spec } from '../../model/spec'
import type { Sample, SamplesRequest } from '../../session/protocol'
import { newestWins } from '../../ui/newest'

/** Examples shown at a time. */
export const SHOWN = 25

/** The fields of a spec that a batch depends on. */
const fields = ['dataset', 'augmentation', 'styleShare', 'trainingSize', 'seed'] as const

type Ask = (request: SamplesRequest) => Promise<readonly Sample[]>

export class Samples {
  /** Empty until the data is loaded. */
  shown = $state.raw<readonly Sample[]>([])

  /** Id of their data set. */
  dataset = $state.raw('')

  #spec: Spec | undefined
  #turn = 0
  /** The request that the shown examples answer. */
  #made = ''

  readonly #ask: Ask
  #refresh: () => Promise<void>

  constructor(ask: Ask) {
    this.#ask = ask
    this.#refresh = this.#asking()
  }

  /** Shows the same examples as this spec warps them. */
  show(spec: Spec): Promise<void> {
    if (spec.dataset !== this.#spec?.dataset) {
      // Those of another data set may still load, and need not be waited for.
      this.#refresh = this.#asking()
      this.#made = ''
    }
    this.#spec = spec
    return this.#refresh()
  }

  /** Shows other examples. */
  turn(spec: Spec): Promise<void> {
    this.#turn++
    return this.show(spec)
  }

  /** Asks for examples of the newest spec of one data set. */
  #asking = () =>
    newestWins(async () => {
      const [spec, turn] = [this.#spec, this.#turn]
      if (!spec) return
      const wanted = JSON.stringify([turn, ...fields.map((field) => spec[field])])
      if (wanted === this.#made) return
      const samples = await this.#ask({ spec, count: Math.min(SHOWN, spec.trainingSize), turn }).catch(() => [])
      // The device was lost, or another data set was chosen: the shown examples stay.
      if (samples.length === 0 || spec.dataset !== this.#spec?.dataset) return
      this.shown = samples
      this.dataset = spec.dataset
      this.#made = wanted
    })
}
