// Has the run saved for a later visit. The code for that comes with the first that is worth saving, or with what was left.

import type { SessionEvent } from '../../session/protocol'
import type { LiveRun } from '../run/live-run.svelte'
import type { Autosave } from './autosave.svelte'
import type { CheckpointStore, SavedRun } from './checkpoint-store'

interface Parts {
  readonly run: LiveRun
  readonly open: () => Promise<CheckpointStore>
  /** The run as it stands; undefined where there is none. */
  readonly take: () => Promise<SavedRun | undefined>
  /** Puts a run in the place of the present one, with a way back; false where it could not be done. */
  readonly resume: (saved: SavedRun) => Promise<boolean>
}

export class Saving {
  /** There once there is something to save, or something was left. */
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

  /** What saves; undefined where its code could not be loaded: then nothing is saved. */
  here(): Promise<Autosave | undefined> {
    const { open, take, resume } = this.#parts
    return (this.#coming ??= Promise.all([import('./autosave.svelte'), open()]).then(
      ([{ Autosave }, store]) => (this.autosave = new Autosave({ take, resume }, store)),
      () => undefined,
    ))
  }
}
