// The way back of a diverged run: the snapshot to go back to, and the search for the place where it broke.

import { compile } from '../model/compile'
import { divergence } from './divergence'
import type { Present } from './present'
import type { Divergence, Snapshot } from './protocol'
import type { Breakdown } from './divergence-guard'

/** Reason of an abort in favour of another run, which needs no report. */
const SUPERSEDED = Symbol('superseded')

export class Recovery {
  #snapshot: Snapshot | undefined
  #search: { readonly abort: AbortController; readonly done: Promise<void> } | undefined

  constructor(private readonly tell: (divergence: Divergence) => void) {}

  /** The breakdown of the present run, if it has diverged. */
  get snapshot(): Snapshot | undefined {
    return this.#snapshot
  }

  /** Reports at once that the run has diverged, and again when the place is known. */
  begin({ backend, trainer }: Present, breakdown: Breakdown): void {
    this.#snapshot = breakdown.back
    const spec = trainer.currentSpec
    this.tell(divergence(spec, breakdown, 'searching'))
    const abort = new AbortController()
    const done = import('./locate')
      .then(({ findPlace }) =>
        // With calls that are not fused, each of which has one thing to go wrong.
        findPlace({ backend, model: compile(spec, trainer.data), data: trainer.data, breakdown }, abort.signal),
      )
      .catch(() => undefined) // out of memory, or device lost: the place stays unknown
      .then((place) => {
        if (abort.signal.reason !== SUPERSEDED) this.tell(divergence(spec, breakdown, place))
      })
    this.#search = { abort, done }
  }

  /** Ends the search, which then reports that it found nothing. */
  endSearch(): Promise<void> {
    return this.#end()
  }

  /** Ends the search without a report: another run supersedes this one. */
  dropSearch(): Promise<void> {
    return this.#end(SUPERSEDED)
  }

  /** Forgets where to go back to. */
  forget(): void {
    this.#snapshot = undefined
  }

  async #end(reason?: typeof SUPERSEDED): Promise<void> {
    this.#search?.abort.abort(reason)
    await this.#search?.done
    this.#search = undefined
  }
}
