// Autosave: saves the run in the browser while it trains, and offers what an earlier visit left. Loaded when there is something to save or offer.

import type { Phase, SessionEvent } from '../../session/protocol'
import type { RunView } from '../../session/run-view'
import type { CheckpointStore, Left, SavedRun } from './checkpoint-store'
import { refusalOf } from '../../ui/refusal'

/** Milliseconds between two writes: the least, and the most while it trains without an evaluation. */
const LEAST_MS = 3000
const MOST_MS = 15_000
/** Largest share of the time spent on writes. Large networks are saved less often, but at least every half minute. */
const SHARE = 1 / 20
const LONGEST_REST_MS = 30_000
/** Delay of a write without any wait: the tab may be closed next. */
const AT_ONCE = -1

/** What autosave uses of the page. */
export interface AutosavedPage {
  /** The run at its present step, with its curves; undefined without a run. */
  take(): Promise<SavedRun | undefined>
  /** Replaces the present run by another, with an undo; false if that failed. */
  resume(run: SavedRun): Promise<boolean>
  /** Offers to take a discard back; false if that fails. */
  discarded(run: SavedRun, takeBack: () => Promise<boolean>): void
}

export class Autosave {
  /** What an earlier visit left, until it is resumed, discarded, or replaced by this visit's saved run. */
  left = $state.raw<Left>()
  /** Why this visit's run is not saved, as the end of a sentence. */
  trouble = $state<string>()
  /** Whether the person has dismissed that message. */
  quiet = $state(false)
  /** Whether the offered run is being resumed. */
  resuming = $state(false)

  readonly #page: AutosavedPage
  readonly #store: CheckpointStore
  #phase: Phase = 'idle'
  /** When the last write ended, and how long to wait after it. */
  #last = -Infinity
  #rest = LEAST_MS
  #timer: ReturnType<typeof setTimeout> | undefined
  #due = Infinity
  #writing = false
  /** A request that came during a write. */
  #next = Infinity
  /** Whether this visit's run continues the one that was left. */
  #resumed = false
  /** When training started or resumed. */
  #began = 0

  constructor(page: AutosavedPage, store: CheckpointStore) {
    this.#page = page
    this.#store = store
    // The browser refused: nothing is offered, and the first run that is not saved says why.
    store.claim().then(
      (left) => (this.left = left),
      () => {},
    )
    document.addEventListener('visibilitychange', () => {
      if (document.hidden && this.#phase === 'running') this.#soon(AT_ONCE)
    })
  }

  /** Handles every event; `view`: the view after it. */
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
    // The old record stays until the run is saved as this visit's own, which happens at once.
    if (await this.#page.resume(this.left.run)) {
      this.left = undefined
      this.#resumed = true
    }
    this.resuming = false
  }

  async discard(): Promise<void> {
    const { left } = this
    await this.#store.discard().catch(() => {}) // what cannot be deleted is offered again
    this.left = undefined
    if (left && 'run' in left) this.#page.discarded(left.run, () => this.#offerAgain(left))
  }

  /** Offers a discarded run again. The browser may refuse to store it: then it is there for this visit. */
  async #offerAgain(left: Extract<Left, { run: SavedRun }>): Promise<boolean> {
    await this.#store.keep(left.run).catch(() => {})
    this.left = left
    return true
  }

  /** Writes AT_ONCE, or once the wait after the last write is over, or `after` milliseconds after it if that is later. */
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
    // A hidden tab's clock is slow, but events still arrive; a due write then starts.
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

  /** What was left stays until a run of this visit has been evaluated. */
  #maySave(run: SavedRun): boolean {
    const { step } = run.checkpoint.snapshot
    return step > 0 && isFinite(run) && (!this.left || run.curves.test.some((point) => point.step > 0))
  }
}

/** A diverged run must not replace a finite one. */
function isFinite({ checkpoint }: SavedRun): boolean {
  for (const value of checkpoint.snapshot.buffers[0]) if (!Number.isFinite(value)) return false
  return true
}
