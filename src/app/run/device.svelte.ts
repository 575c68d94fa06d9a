// The device that a session trains on: opens, chooses and measures it.

import type { BackendChoice, Session } from '../../session/protocol'
import type { Draft } from '../spec/draft.svelte'
import type { LiveRun } from './live-run.svelte'
import type { Making } from './making.svelte'
import type { Notices } from './notices.svelte'

interface Parts {
  readonly session: Pick<Session, 'open' | 'abortData' | 'raceAgain' | 'memory' | 'loseDevice'>
  readonly run: LiveRun
  readonly draft: Draft
  readonly making: Making
  readonly notices: Notices
  /** Absolute URL of the folder with the data files. */
  readonly data: string
}

export class DeviceControl {
  /** What the run takes on the device, once measured. */
  memory = $state.raw<{ readonly buffers: number; readonly bytes: number }>()
  /** The backends race again. */
  racing = $state(false)

  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  choose(choice: BackendChoice): void {
    this.#parts.draft.choose(choice)
    void this.open()
  }

  /** Opens the chosen backend and fetches the data; retries after an error. */
  async open(): Promise<void> {
    const { session, run, draft, making, notices, data } = this.#parts
    run.opening()
    notices.follow(run.problems)
    await making.during(session.open(draft.choice, data, draft.spec.dataset))
  }

  /** Lets the backends race again for the present run, which goes on where it stands. */
  async raceAgain(): Promise<void> {
    if (this.racing) return
    const { session, making } = this.#parts
    this.racing = true
    await making.during(session.raceAgain())
    this.racing = false
  }

  cancelData(): void {
    void this.#parts.session.abortData()
  }

  async measureMemory(): Promise<void> {
    this.memory = undefined
    this.memory = await this.#parts.session.memory()
  }

  lose(): void {
    void this.#parts.session.loseDevice()
  }
}
