// Examples of a training batch to look at, as the settings on the page make them.

import type { Spec } from '../../model/spec'
import type { Sample, SamplesRequest } from '../../session/protocol'
import { newestWins } from '../../ui/newest'

/** Examples shown at a time. */
export const SHOWN = 25

/** What of a spec makes a batch what it is. */
const fields = ['dataset', 'augmentation', 'styleShare', 'trainingSize', 'seed'] as const

type Ask = (request: SamplesRequest) => Promise<readonly Sample[]>

export class Samples {
  /** None until the data is there. */
  shown = $state.raw<readonly Sample[]>([])

  /** Id of the data set that they are of. */
  dataset = $state.raw('')

  #spec: Spec | undefined
  #turn = 0
  /** What the shown examples were made by. */
  #made = ''

  readonly #ask: Ask
  readonly #refresh = newestWins(async () => {
    const [spec, turn] = [this.#spec, this.#turn]
    if (!spec) return
    const wanted = JSON.stringify([turn, ...fields.map((field) => spec[field])])
    if (wanted === this.#made) return
    const samples = await this.#ask({ spec, count: Math.min(SHOWN, spec.trainingSize), turn }).catch(() => [])
    if (samples.length === 0) return // the device has just gone: what is shown stays
    this.shown = samples
    this.dataset = spec.dataset
    this.#made = wanted
  })

  constructor(ask: Ask) {
    this.#ask = ask
  }

  /** Shows the same examples as this spec makes them. */
  show(spec: Spec): Promise<void> {
    this.#spec = spec
    return this.#refresh()
  }

  /** Shows other examples. */
  turn(spec: Spec): Promise<void> {
    this.#turn++
    return this.show(spec)
  }
}
