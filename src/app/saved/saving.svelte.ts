// Starts autosave. Loads its code with the first run that is worth saving, or if an earlier visit left a run.

import type { SessionEvent } from '../../session/protocol'
import type { LiveRun } from '../run/live-run.svelte'
import type { Autosave, AutosavedPage } from './autosave.svelte'
import type { CheckpointStore } from './checkpoint-store'

interface Parts {
  readonly run: LiveRun
  readonly open: () => Promise<CheckpointStore>
  readonly page: AutosavedPage
}

export class Saving {
  /** Set once there is a run to save or to offer. */
  autosave = $state.raw<Autosave>()

  readonly #parts: Parts
  #coming: Promise<Autosave | undefined> | undefined

  constructor(parts: Parts) {
    this.#parts = parts
  }

  heard(event: SessionEvent): void {
    const { view } = this.#parts.run
    if (this.autosave) return this.autosave.heard(event, view)
    const { phase, seconds } = view.progress
    const worth = event.type === 'test' || phase === 'finished' || (phase === 'paused' && seconds > 0) || seconds > 10
    if (worth) void this.here().then((autosave) => autosave?.heard(event, view))
  }

  /** The autosave; undefined if its code could not be loaded: then nothing is saved. */
  here(): Promise<Autosave | undefined> {
    const { open, page } = this.#parts
    return (this.#coming ??= Promise.all([import('./autosave.svelte'), open()]).then(
      ([{ Autosave }, store]) => (this.autosave = new Autosave(page, store)),
      () => undefined,
    ))
  }
}
