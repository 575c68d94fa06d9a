// Autosave: saves the run in the browser while it trains, and offers what an earlier visit left. Loaded when there is something to save or offer.

import type { Phase, SessionEvent } from '../../session/protocol'
import type { RunView } from '../../session/run-view'
import type { CheckpointStore, Left, SavedRun } from './checkpoint-store'
import { refusalOf } from '../../ui/refusal'

/** Milliseconds between two writes, at least; at most while it trains without an evaluation. */
const LEAST_MS = 3000
const MOST_MS = 15_000
/** A write may take one such part of the time: large networks are saved less often, but no less than each half minute. */
const SHARE = 1 / 20
const LONGEST_REST_MS = 30_000
/** Without any rest: the tab may be closed next. */
const AT_ONCE = -1

/** What autosave needs of the page. */
interface Page {
  /** The run as it stands, with its curves; undefined where there is none. */
  take(): Promise<SavedRun | undefined>
  /** Puts a run in the place of the present one, with a way back; false where it could not be done. */
  resume(run: SavedRun): Promise<boolean>
}

export class Autosave {
  /** What an earlier visit left, until it is taken, discarded, or this visit's run has been saved in its place. */
  left = $state.raw<Left>()
  /** Why this visit's run is not saved, as the end of a sentence. */
  trouble = $state<string>()
  /** That has been read. */
  quiet = $state(false)
  /** The offered run is being put in place. */
  resuming = $state(false)

  readonly #page: Page
  readonly #store: CheckpointStore
  #phase: Phase = 'idle'
  /** When the last write ended, and how long it should rest. */
  #last = -Infinity
  #rest = LEAST_MS
  #timer: ReturnType<typeof setTimeout> | undefined
  #due = Infinity
  #writing = false
  /** What was asked for during a write. */
  #next = Infinity
  /** This visit's run goes on from what was left. */
  #resumed = false
  /** When training began or went on. */
  #began = 0

  constructor(page: Page, store: CheckpointStore) {
    this.#page = page
    this.#store = store
    // Refused: then there is nothing to offer, and the first run that is not saved tells why.
    store.claim().then(
      (left) => (this.left = left),
      () => {},
    )
    document.addEventListener('visibilitychange', () => {
      if (document.hidden && this.#phase === 'running') this.#soon(AT_ONCE)
    })
  }

  /** Hears every event, with the view after it. */
  heard(event: SessionEvent, { progress: { phase } }: RunView): void {
    if (event.type === 'test') this.#soon(0)
    if (event.type !== 'progress' && event.type !== 'reset') return
    const turned = phase !== this.#phase
    this.#phase = phase
    const stopped = turned && (phase === 'paused' || phase === 'finished')
    if (turned && phase === 'running') this.#began = performance.now()
    if (stopped) this.#soon(AT_ONCE)
    else if (phase === 'running') this.#soon(MOST_MS)
  }

  async resume(): Promise<void> {
    if (!this.left || !('run' in this.left) || this.resuming) return
    this.resuming = true
    // It stays where it was saved until it is saved as this visit's own, which is at once.
    if (await this.#page.resume(this.left.run)) {
      this.left = undefined
      this.#resumed = true
    }
    this.resuming = false
  }

  async discard(): Promise<void> {
    await this.#store.discard().catch(() => {}) // what cannot be deleted is offered again
    this.left = undefined
  }

  /** Writes AT_ONCE, or as soon as the last write is long enough ago, or `after` milliseconds after it where that is later. */
  #soon(after: number): void {
    const now = performance.now()
    if (this.#writing) {
      this.#next = Math.min(this.#next, after)
      return
    }
    const rested = Math.max(this.#last + this.#rest, after > 0 ? Math.max(this.#last, this.#began) + after : 0)
    const due = after === AT_ONCE ? now : Math.max(now, rested)
    if (due >= this.#due) return
    clearTimeout(this.#timer)
    if (due <= now) return void this.#write()
    this.#due = due
    // A hidden tab's clock is slow; what the session tells comes all the same, and then it is due.
    this.#timer = setTimeout(() => void this.#write(), due - now)
  }

  async #write(): Promise<void> {
    clearTimeout(this.#timer)
    this.#due = Infinity
    this.#writing = true
    const start = performance.now()
    try {
      const run = await this.#page.take().catch(() => undefined)
      if (run && this.#maySave(run)) {
        await this.#store.write(run, this.#resumed)
        this.left = this.trouble = undefined
      }
    } catch (error) {
      this.trouble = refusalOf(error)
    } finally {
      this.#writing = false
      this.#last = performance.now()
      this.#rest = Math.min(Math.max(LEAST_MS, (this.#last - start) / SHARE), LONGEST_REST_MS)
      const next = this.#next
      this.#next = Infinity
      if (next < Infinity) this.#soon(next)
    }
  }

  /** What was left stays until a run of this visit has come to a test. */
  #maySave(run: SavedRun): boolean {
    const { step } = run.checkpoint.snapshot
    return step > 0 && isFinite(run) && (!this.left || run.curves.test.some((point) => point.step > 0))
  }
}

/** A run that has gone to pieces must not take the place of what was good. */
function isFinite({ checkpoint }: SavedRun): boolean {
  for (const value of checkpoint.snapshot.buffers[0]) if (!Number.isFinite(value)) return false
  return true
}
