// The buttons of a run: Train, Pause, Resume, Step, Start over. Also how the run follows the draft, and the way back after a divergence.

import { datasetOf } from '../../datasets'
import type { Divergence, Session, SessionEvent } from '../../session/protocol'
import { MOST_EPOCHS, type Spec } from '../../model/spec'
import { formatCount } from '../../ui/format'
import { turns } from '../../ui/newest'
import { adjustableOf, changedFields, isAdjustable } from '../spec/config'
import type { Draft, Edit } from '../spec/draft.svelte'
import type { DeviceControl } from './device.svelte'
import type { LiveRun } from './live-run.svelte'
import type { Making } from './making.svelte'
import type { Notices } from './notices.svelte'
import type { Change } from './undo.svelte'

/** Action of the main button. */
type Action = 'Train' | 'Pause' | 'Resume'

interface Parts {
  readonly session: Pick<
    Session,
    'reset' | 'train' | 'pause' | 'step' | 'stop' | 'adjust' | 'recover' | 'endRace' | 'abortData'
  >
  readonly run: LiveRun
  readonly draft: Draft
  readonly device: Pick<DeviceControl, 'open'>
  readonly making: Making
  readonly notices: Notices
  /** Makes another run, and offers to bring the present one back. */
  readonly replace: (make: () => Promise<boolean>, change: Pick<Change, 'text' | 'trains'>) => Promise<boolean>
  /** Another task works on the network. */
  readonly occupied: () => boolean
}

/** Twice the epochs, as far as there may be so many. */
const longer = ({ epochs }: Spec): number => Math.min(2 * epochs, MOST_EPOCHS)

export class Transport {
  /** Pause was pressed, and the steps under way are not done yet. */
  pausing = $state(false)
  /** Train or Step was pressed, and the worker has not started yet. */
  starting = $state(false)
  /** Runs that had begun to be made when Stop was pressed; undefined if something else has begun since. */
  #stoppedAt = $state<number>()
  /** Steps that were asked for and are not done. */
  #steps = $state(0)
  /** A step is under way. */
  readonly stepping = $derived(this.#steps > 0)

  /** A run is being made. */
  readonly preparing = $derived.by(() => this.starting || (this.#parts.run.data.ready && this.#parts.making.underWay))
  /** Stop was pressed, and what it stops is not over yet. */
  readonly stopping = $derived.by(
    () => this.#stoppedAt === this.#parts.making.begun && (this.stepping || this.preparing),
  )
  /** A run may be made or trained: the draft is valid, and no other task works on the network. */
  readonly ready = $derived.by(() => this.#parts.draft.valid && !this.#parts.occupied())
  /** Fields whose change waits for a new run. At step 0, and with another data set, the new run comes by itself, unless it could not be made. */
  readonly changes = $derived.by(() => {
    const { run, draft, making } = this.#parts
    if (!run.spec) return []
    const comes = run.phase === 'idle' || run.spec.dataset !== draft.spec.dataset
    if (comes && making.underWay) return []
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

  /** A run that is over can go on for more epochs. */
  readonly canTrainLonger = $derived.by(() => {
    const { draft, run } = this.#parts
    return this.ready && run.phase === 'finished' && this.changes.length === 0 && longer(draft.spec) > draft.spec.epochs
  })

  /** What Train does with a run that is over, in a few words. */
  readonly hint = $derived.by(() => {
    const { draft, run } = this.#parts
    if (this.changes.length > 0 || (run.phase !== 'finished' && run.phase !== 'diverged')) return undefined
    if (!this.canTrainLonger) return 'Start over and train'
    const more = longer(draft.spec) - draft.spec.epochs
    return `Train for ${formatCount(more)} more ${more === 1 ? 'epoch' : 'epochs'}`
  })

  readonly #parts: Parts
  /** The draft replaces the run altogether: its changes are not for the present run. */
  #apart = false
  /** The newest run that is being made; resolves to whether it was. */
  #renewing: Promise<boolean> | undefined
  readonly #renewal = turns()
  readonly #press = turns()

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Train, Pause or Resume. Train goes on with a run that is over, where it can. */
  async act(): Promise<void> {
    if (this.action === 'Pause') {
      this.pausing = true
      await this.#parts.session.pause()
      this.pausing = false
      return
    }
    if (this.canTrainLonger) await this.trainLonger()
    else await this.start()
  }

  /** Trains the draft's network, once its run is made. */
  async start(): Promise<void> {
    await this.#begin(() => this.#train())
  }

  async step(): Promise<void> {
    await this.#begin(() => void this.#step())
  }

  /** Gives up a step or a run that is being made; the network stays as it was. What was pressed meanwhile is dropped. */
  async stop(): Promise<void> {
    const { session, run, making } = this.#parts
    this.#press()
    this.starting = false
    this.#stoppedAt = making.begun
    await (run.data.ready ? session.stop() : session.abortData())
  }

  /** Goes on with the network of a run that is over, for as many epochs again. */
  async trainLonger(): Promise<void> {
    if (!this.canTrainLonger || this.starting) return // the epochs of the first press are on their way
    const { draft } = this.#parts
    this.#starts()
    draft.edit({ epochs: longer(draft.spec) }) // the run follows at once, and may then be started
    await this.#train()
    this.starting = false
  }

  async reset(): Promise<void> {
    if (this.ready) await this.renew()
  }

  /** Starts over with another learning rate, and trains. If no fresh run is made, the present one stays as it is, and the draft too. */
  async restart(learningRate: number): Promise<void> {
    if (!this.ready) return
    const { draft } = this.#parts
    const before = draft.spec
    const mended = { ...before, learningRate }
    draft.take(mended) // an edit would change the present run, which Undo brings back
    if (await this.renew(true)) await this.start()
    else if (draft.spec === mended) draft.take(before)
  }

  /** Makes a fresh run of the draft; the newest supersedes. Resolves to whether that was made. `trains`: it is to train at once. */
  renew(trains = false): Promise<boolean> {
    return (this.#renewing = this.#make(this.#parts.draft.spec, trains))
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
    this.#starts()
    await making.during(session.recover(learningRate))
    this.starting = false
  }

  /**
   * Follows an edit of the draft. At step 0 a new run follows at once. Later, fields that may change in mid-run change at once, unless the
   * run is over and other changes wait; the rest waits for a new run. A draft that was replaced waits as a whole, with its later
   * changes; one of another data set does not wait, because the page shows one data set at a time.
   */
  follow({ change, whole }: Edit): void {
    const { run, draft } = this.#parts
    const changed = run.spec ? changedFields(run.spec, draft.spec) : []
    const live = changed.every(isAdjustable)
    this.#apart = !live && (this.#apart || whole)
    // A person who stopped the loading, or saw it fail, asks again by Train or Retry.
    const failed = run.dataFailed && run.data.dataset === draft.spec.dataset
    const other = whole && changed.includes('dataset')
    if (this.#renewing || (!failed && (!run.spec || other || (this.#restsFresh && !live)))) void this.renew()
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

  /** A button was pressed that asks the worker for more: an earlier Stop is not for this. */
  #starts(): void {
    this.starting = true
    this.#stoppedAt = undefined
  }

  #train(): Promise<void> {
    const { session, notices } = this.#parts
    notices.clear('device-lost', 'run', 'diverged', 'code') // they were read before Train was pressed
    return session.train()
  }

  async #step(): Promise<void> {
    this.#steps++
    await this.#parts.session.step()
    this.#steps--
  }

  /** Prepares the run, then trains it. Another press in the meantime supersedes this one. */
  async #begin(next: () => Promise<void> | void): Promise<void> {
    if (!this.ready) return
    const newest = this.#press()
    this.#starts()
    void this.#parts.session.endRace() // of the run that is being made: who presses Train does not wait for it
    const ready = await this.#prepare()
    if (!newest()) return
    if (ready) await next()
    if (newest()) this.starting = false
  }

  /** Asks for a fresh run. One that has gone on is kept for Undo. */
  async #make(spec: Spec, trains: boolean): Promise<boolean> {
    const { session, run, making, replace } = this.#parts
    const newest = this.#renewal()
    // Stop may be pressed while the run before is read for Undo.
    const reset = () => (this.stopping ? Promise.resolve(false) : session.reset(spec))
    const worthKeeping = run.spec && run.stands && !this.#restsFresh
    try {
      return await making.during(worthKeeping ? replace(reset, { text: tellRenewal(run.spec, spec), trains }) : reset())
    } finally {
      if (newest()) this.#renewing = undefined
    }
  }

  /** Makes sure that the worker's run is the draft. False if that failed, which the worker reports. */
  async #prepare(): Promise<boolean> {
    const { run, draft, device } = this.#parts
    if (run.dataFailed) await device.open()
    const renew = !run.spec || run.phase === 'finished' || run.phase === 'diverged' || this.changes.length > 0
    const made = await (this.#renewing ?? (renew ? this.renew(true) : true))
    return made && draft.valid
  }

  #adjust(spec: Spec): void {
    const { session, run } = this.#parts
    const settings = adjustableOf(spec)
    run.adjust(settings)
    void session.adjust(settings)
  }
}

/** What a fresh run changes, in a sentence. */
function tellRenewal(before: Spec, after: Spec): string {
  const [old, chosen] = [datasetOf(before), datasetOf(after)]
  if (old.plane && old.plane.shape === chosen.plane?.shape) return 'The network starts over on other points.'
  if (old !== chosen) return `${chosen.title} took the place of ${old.title}.`
  return changedFields(before, after).every(isAdjustable)
    ? 'You started over.'
    : 'A network with other settings took the place of this one.'
}
