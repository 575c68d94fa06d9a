// The page's one Undo: the last change that can be taken back. It expires when it would replace something newer.

import type { SessionEvent } from '../../session/protocol'
import type { RunView } from '../../session/run-view'

/** Milliseconds in which a new run that trains at once is not yet newer than the one before. */
const GRACE = 10_000

/** A change that a person made. */
export interface Change {
  /** In a sentence: `You started over.` */
  readonly text: string
  /** Details, in whole sentences. */
  readonly notes?: readonly string[]
  /** What it changed, and what `takeBack` replaces. */
  readonly of: 'run' | 'drawings' | 'records'
  /** The new run trains by the same click, so the first seconds of training are no reason to expire. */
  readonly trains?: boolean
  /** It is shown at its place, and not among the toasts. */
  readonly here?: boolean
  /** `Redo`: the change was itself an undo. */
  readonly name?: 'Undo' | 'Redo'
  /** Takes the change back, and may offer the way back from there. False if that failed. Undefined: the change only needs telling. */
  readonly takeBack?: () => Promise<boolean>
}

export class Undo {
  /** The last change, until it is taken back, dismissed, or expires. */
  change = $state.raw<Change>()
  /** The change is being taken back. */
  busy = $state(false)

  /** The step of the run when the change was offered, and until when it may train on. */
  #step = 0
  #until = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  /** The newest step of the run, and whether that was its last. */
  #reached = 0
  #over = false
  /** The event of the change's own run is still to come: events and answers of the worker come on different ways. */
  #awaited = false

  /** Offers to take a change back, in place of the change before. `step`: where its run begins. `awaited`: its event is still to come. */
  offer(change: Change, step = 0, awaited = false): void {
    this.change = change
    this.#step = step
    this.#awaited = awaited
    this.#until = change.trains ? performance.now() + GRACE : 0
    clearTimeout(this.#timer)
    // A run may be over before its time is, and then tells no more.
    if (change.trains)
      this.#timer = setTimeout(() => this.#over && this.#reached > this.#step && this.expire('run'), GRACE)
  }

  dismiss(): void {
    this.change = undefined
  }

  /** Drops a change of this kind: what it replaced is older than what is there now. */
  expire(of: Change['of']): void {
    if (this.change?.of === of) this.change = undefined
  }

  /** Takes the last change back. */
  async takeBack(): Promise<void> {
    const { change } = this
    if (!change?.takeBack || this.busy) return
    this.busy = true
    try {
      const done = await change.takeBack()
      if (done && this.change === change) this.change = undefined
    } finally {
      this.busy = false
    }
  }

  /** Handles every event; `view`: the view after it. A run that trains on, or that another replaces, is newer. */
  heard(event: SessionEvent, { progress: { step, phase } }: RunView): void {
    const own = this.#awaited
    this.#reached = step
    this.#over = phase === 'finished'
    if (event.type === 'reset') this.#awaited = false
    if (own) return
    const replaced = event.type === 'reset' && event.origin !== 'fresh'
    const trained = step > this.#step && performance.now() >= this.#until
    if (replaced || trained) this.expire('run')
    else if (event.type === 'reset') this.#step = 0
  }
}
