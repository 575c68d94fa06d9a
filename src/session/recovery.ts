// The way back of a run that has diverged: the snapshot to go back to, and the search for the place where it began.

import { divergence } from './divergence'
import type { Present } from './present'
import type { Divergence, Snapshot } from './protocol'
import type { Breakdown } from './divergence-guard'

/** Why a search was ended: another run takes the place of the one it is about, so nobody needs to be told. */
const SUPERSEDED = Symbol('superseded')

export class Recovery {
  #snapshot: Snapshot | undefined
  #search: { readonly abort: AbortController; readonly done: Promise<void> } | undefined

  constructor(private readonly tell: (divergence: Divergence) => void) {}

  /** Where the present run goes back to, if it has diverged. */
  get snapshot(): Snapshot | undefined {
    return this.#snapshot
  }

  /** Tells at once that the run has diverged, and again when it is known where. */
  begin({ backend, trainer }: Present, breakdown: Breakdown): void {
    this.#snapshot = breakdown.back
    const spec = trainer.currentSpec
    this.tell(divergence(spec, breakdown, 'searching'))
    const abort = new AbortController()
    const done = import('./locate')
      .then(({ findPlace }) =>
        findPlace({ backend, model: trainer.model, data: trainer.data, breakdown }, abort.signal),
      )
      .catch(() => undefined) // for want of memory, or of the device: then it is not known
      .then((place) => {
        if (abort.signal.reason !== SUPERSEDED) this.tell(divergence(spec, breakdown, place))
      })
    this.#search = { abort, done }
  }

  /** Ends the search, which then tells that it found nothing. */
  endSearch(): Promise<void> {
    return this.#end()
  }

  /** Ends the search without a word: another run takes the place of the one it is about. */
  dropSearch(): Promise<void> {
    return this.#end(SUPERSEDED)
  }

  /** There is nothing to go back to any more. */
  forget(): void {
    this.#snapshot = undefined
  }

  async #end(reason?: typeof SUPERSEDED): Promise<void> {
    this.#search?.abort.abort(reason)
    await this.#search?.done
    this.#search = undefined
  }
}
