// The buttons of a run: Train, Pause, Resume, Step, Reset. Also how the run follows the draft, and the way back after a divergence.

import type { Divergence, Session, SessionEvent } from '../../session/protocol'
import type { Spec } from '../../model/spec'
import { newestWins, turns } from '../../ui/newest'
import { adjustableOf, changedFields, isAdjustable } from '../spec/config'
import type { Draft, Edit } from '../spec/draft.svelte'
import type { DeviceControl } from './device.svelte'
import type { LiveRun } from './live-run.svelte'
import type { Making } from './making.svelte'
import type { Notices } from './notices.svelte'

/** Action of the main button. */
export type Action = 'Train' | 'Pause' | 'Resume'

interface Parts {
  readonly session: Pick<Session, 'reset' | 'train' | 'pause' | 'step' | 'adjust' | 'recover'>
  readonly run: LiveRun
  readonly draft: Draft
  readonly device: Pick<DeviceControl, 'open'>
  readonly making: Making
  readonly notices: Notices
  /** Another task works on the network. */
  readonly occupied: () => boolean
}

export class Transport {
  /** Pause was pressed, and the steps under way are not done yet. */
  pausing = $state(false)
  /** Train or Step was pressed, and the worker has not started yet. */
  starting = $state(false)

  /** A run is being made. */
  readonly preparing = $derived.by(() => this.starting || (this.#parts.run.data.ready && this.#parts.making.underWay))
  /** A run may be made or trained: the draft is valid, and no other task works on the network. */
  readonly ready = $derived.by(() => this.#parts.draft.valid && !this.#parts.occupied())
  /** Fields whose change waits for a new run. At step 0 the new run comes by itself, unless it could not be made. */
  readonly changes = $derived.by(() => {
    const { run, draft, making } = this.#parts
    if (!run.spec || (run.phase === 'idle' && making.underWay)) return []
    const changed = changedFields(run.spec, draft.spec)
    // Fields that may change in mid-run wait only until typing ends.
    return changed.every(isAdjustable) ? [] : changed
  })
  readonly action = $derived.by((): Action => {
    const { phase } = this.#parts.run
    if (phase === 'running') return 'Pause'
    return (phase === 'paused' || phase === 'lost') && this.changes.length === 0 ? 'Resume' : 'Train'
  })
  readonly canStep = $derived.by(() => {
    const { phase } = this.#parts.run
    const over = phase === 'finished' || phase === 'diverged'
    return this.ready && (phase === 'idle' || phase === 'paused' || (over && this.changes.length > 0))
  })

  readonly #parts: Parts
  /** The draft replaces the run altogether: its changes are not for the present run. */
  #apart = false
  /** The newest draft that a run was asked for, until that run starts. */
  #wanted: Spec | undefined
  /** The run that is being made; resolves to whether it was. */
  #renewing: Promise<boolean> | undefined
  readonly #makeWanted = newestWins(async () => {
    const { session, draft, making } = this.#parts
    const spec = this.#wanted ?? draft.spec
    this.#wanted = undefined
    try {
      return await making.during(session.reset(spec))
    } finally {
      if (!this.#wanted) this.#renewing = undefined
    }
  })
  readonly #press = turns()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Train, Pause or Resume. */
  async act(): Promise<void> {
    const { session, notices } = this.#parts
    if (this.action === 'Pause') {
      this.pausing = true
      await session.pause()
      this.pausing = false
      return
    }
    await this.#begin(() => {
      notices.clear('device-lost', 'run', 'diverged', 'code') // they were read before Train was pressed
      return session.train()
    })
  }

  async step(): Promise<void> {
    await this.#begin(() => void this.#parts.session.step())
  }

  async reset(): Promise<void> {
    if (this.ready) await this.renew()
  }

  /** Makes a fresh run of the draft, one at a time; the newest draft supersedes. Resolves to whether it was made. */
  renew(): Promise<boolean> {
    this.#wanted = this.#parts.draft.spec
    return (this.#renewing = this.#makeWanted())
  }

  /** Opens the device again after its data did not arrive. At step 0 the draft's run is then made, whose data that may have been. */
  async retry(): Promise<void> {
    await this.#parts.device.open()
    if (this.#restsFresh && this.changes.length > 0) await this.reset()
  }

  /** Drops the changes that wait for a new run. */
  revert(): void {
    const { run, draft } = this.#parts
    this.#apart = false
    draft.take(run.spec ?? draft.spec)
  }

  /** Takes a diverged run back to where it was finite, with the lower learning rate of the problem. */
  async recover({ learningRate }: Divergence): Promise<void> {
    const { session, draft, making } = this.#parts
    if (this.changes.length === 0) draft.take({ ...draft.spec, learningRate })
    this.starting = true
    await making.during(session.recover(learningRate))
    this.starting = false
  }

  /**
   * Follows an edit of the draft. At step 0 a new run follows at once. Later, fields that may change in mid-run change at once, unless the
   * run is over and other changes wait; the rest waits for a new run. A draft that was replaced waits as a whole, with its later
   * changes.
   */
  follow({ change, whole }: Edit): void {
    const { run, draft } = this.#parts
    const changed = run.spec ? changedFields(run.spec, draft.spec) : []
    const live = changed.every(isAdjustable)
    this.#apart = !live && (this.#apart || whole)
    // A person who stopped the loading, or saw it fail, asks again by Train or Retry.
    const failed = run.dataFailed && run.data.dataset === draft.spec.dataset
    if (this.#renewing || (!failed && (!run.spec || (this.#restsFresh && !live)))) void this.renew()
    else if (!run.spec) return
    else if (live) this.#adjust(draft.spec)
    else if (!this.#apart && run.phase !== 'finished' && Object.keys(change).every(isAdjustable)) {
      this.#adjust({ ...run.spec, ...change })
    }
  }

  /** The run stands at step 0 with nothing brought along: another may take its place unasked. */
  get #restsFresh(): boolean {
    const { run } = this.#parts
    return run.phase === 'idle' && run.view.origin === 'fresh'
  }

  heard(event: SessionEvent): void {
    if (event.type === 'problem' && event.problem.kind === 'data') this.starting = false
    if (event.type !== 'reset' || event.origin === 'recovery') return
    this.#apart = false
    if (event.origin !== 'fresh') this.#parts.draft.take(event.spec)
  }

  /** Prepares the run, then trains it. Another press in the meantime supersedes this one. */
  async #begin(next: () => Promise<void> | void): Promise<void> {
    if (!this.ready) return
    const newest = this.#press()
    this.starting = true
    const ready = await this.#prepare()
    if (!newest()) return
    if (ready) await next()
    if (newest()) this.starting = false
  }

  /** Makes sure that the worker's run is the draft. False if that failed, which the worker reports. */
  async #prepare(): Promise<boolean> {
    const { run, draft, device } = this.#parts
    if (run.dataFailed) await device.open()
    const renew = !run.spec || run.phase === 'finished' || run.phase === 'diverged' || this.changes.length > 0
    const made = await (this.#renewing ?? (renew ? this.renew() : true))
    return made && draft.valid
  }

  #adjust(spec: Spec): void {
    const { session, run } = this.#parts
    const settings = adjustableOf(spec)
    run.adjust(settings)
    void session.adjust(settings)
  }
}
