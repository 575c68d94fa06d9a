// The run slot of a session: the present run, and what is saved of it while no device is open.

import { transfer } from 'comlink'
import type { Learnt } from '../model/parameters'
import { parseSpec, type Spec } from '../model/spec'
import { datasetOf } from '../datasets'
import type { Data } from './data'
import type { DeviceHost } from './device'
import { FineTuner } from './fine-tuner'
import { discardRun, makeRun } from './make-run'
import type { Present } from './present'
import type { Adjustable, Checkpoint, Origin, ResultsListener, SessionEvent } from './protocol'
import { Recovery } from './recovery'
import { isSuperseded } from './requests'
import type { Listener, Snapshot, Trainer } from './trainer'

/** What outlives a backend: enough to go on elsewhere. */
interface Kept {
  readonly spec: Spec
  readonly snapshot: Snapshot
  /** Of a run that goes back after it diverged. */
  readonly origin?: 'recovery'
}

/** Receives what happens to a run. */
export interface RunListener {
  tell(event: SessionEvent): void
  /** Something in the run failed. */
  failed(error: unknown): void
  /** The run leaves its device: inspections of it end. */
  leaves(): void
}

export class RunSlot {
  #trainer: Trainer | undefined
  /** The newest spec asked for. It becomes a run as soon as device and data are ready. */
  #wanted: Spec | undefined
  #kept: Kept | undefined
  /** The next opening starts the run: it was training or was asked to, and nobody has paused it since. */
  #trainsOn = false
  /** Calls of `stop` so far. */
  #stops = 0
  /** Ends the wait for the run that is being made. */
  #giveUp: () => void = () => {}
  /** Receives what the network answers for the test set. */
  #results: ResultsListener | undefined
  readonly fineTuner = new FineTuner()
  readonly #recovery: Recovery

  constructor(
    private readonly host: DeviceHost,
    private readonly listener: RunListener,
  ) {
    this.#recovery = new Recovery((problem) => listener.tell({ type: 'problem', problem }))
  }

  get trainer(): Trainer | undefined {
    return this.#trainer
  }

  /** The run, if there is one and its device still answers. */
  get present(): Present | undefined {
    const { backend } = this.host
    return backend && this.#trainer && { backend, trainer: this.#trainer }
  }

  /** Opens what was chosen and puts the run there, going on if it was running. @throws what opening and Backend.prepare throw */
  async open(moment = this.host.request()): Promise<void> {
    await this.#keep()
    await this.#recovery.endSearch() // after the pause, in which a run may turn out to have diverged
    const kept = this.#kept
    const spec = kept?.spec ?? this.#wanted
    // A run that moves comes first, whatever data set is chosen meanwhile: otherwise it would be lost.
    const request = kept ? { ...moment, number: Infinity } : moment
    if (!(await this.host.open(request, spec))) return
    if (spec) await this.#prepare(spec, kept?.snapshot, kept?.origin, moment)
    if (this.#trainsOn) this.#trainer?.start()
  }

  /**
   * See Session.reset. True also if an opening asked for later makes the run. `moment`: of the request. `stopped`: it was given up, as
   * `watchStops` tells.
   * @throws SpecError, and what opening and Backend.prepare throw: the old run then stays
   */
  async reset(spec: Spec, moment = this.host.request(), stopped = this.watchStops()): Promise<boolean> {
    spec = parseSpec(spec)
    if (stopped()) return false
    this.#wanted = spec
    this.#kept = undefined
    this.#trainsOn = false
    const old = this.#trainer
    if (this.host.gone) {
      this.#trainer = undefined
      await this.open(moment)
    } else {
      await old?.pause()
      await this.#prepare(spec, undefined, 'fresh', moment, stopped)
    }
    return (this.#trainer !== undefined && this.#trainer !== old) || isSuperseded(moment.signal)
  }

  /** See Session.train; `moment` as for `reset`. @throws what opening and Backend.prepare throw */
  async train(moment = this.host.request()): Promise<void> {
    if (this.host.gone) await this.open(moment)
    this.fineTuner.forget()
    // An opening that failed to prepare the run may succeed now.
    if (!this.#trainer && this.#wanted) {
      await this.#prepare(this.#kept?.spec ?? this.#wanted, this.#kept?.snapshot, this.#kept?.origin, moment)
    }
    if (this.#trainer) this.#trainer.start()
    else if (isSuperseded(moment.signal)) this.#trainsOn = true
  }

  async pause(): Promise<void> {
    this.#trainsOn = false
    await this.#trainer?.pause()
  }

  /** `stopped` is asked between the parts of the step. */
  async step(stopped: () => boolean = () => false): Promise<void> {
    if (stopped()) return
    this.fineTuner.forget()
    await this.#trainer?.step(stopped)
  }

  /** Tells from now on whether `stop` has been called. */
  watchStops(): () => boolean {
    const before = this.#stops
    return () => this.#stops !== before
  }

  /** Gives up the run that is being made: the old one stays. */
  stop(): void {
    this.#stops++
    this.#giveUp()
  }

  /** Applies the settings to a saved run too. @throws SpecError */
  adjust(settings: Adjustable): void {
    const adjusted = (spec: Spec) => parseSpec({ ...spec, ...settings })
    if (this.#wanted) this.#wanted = adjusted(this.#wanted)
    if (this.#kept) this.#kept = { ...this.#kept, spec: adjusted(this.#kept.spec) }
    this.#trainer?.adjust(settings)
  }

  /** See Session.recover; `stopped` as for `reset`. @throws SpecError, and what opening and Backend.prepare throw */
  async recover(learningRate: number, stopped = this.watchStops()): Promise<boolean> {
    const old = this.#trainer
    const [snapshot, before] = [this.#recovery.snapshot, old?.currentSpec ?? this.#kept?.spec]
    if (!snapshot || !before || stopped()) return false
    const spec = parseSpec({ ...before, learningRate })
    if (this.host.gone) {
      this.#trainer = undefined
      this.#kept = { spec, snapshot, origin: 'recovery' }
      this.#trainsOn = false
      await this.open()
    } else {
      await old?.pause()
      await this.#prepare(spec, snapshot, 'recovery', undefined, stopped)
    }
    if (!this.#trainer || this.#trainer === old) return false // given up, or the device was lost, which has been reported
    this.#wanted = spec
    this.#recovery.forget()
    this.#trainer.start()
    return true
  }

  /**
   * Replaces the run by one from a checkpoint of a valid spec. The old run stays if its data, `make` or the device fails.
   * `moment` and `stopped` as for `reset`. @throws what `make` and the device throw
   */
  async goOn(
    origin: 'file' | 'transfer' | 'checkpoint',
    of: Spec,
    make: (data: Data) => Checkpoint,
    moment = this.host.request(),
    stopped = this.watchStops(),
  ): Promise<boolean> {
    if (stopped()) return false
    if (this.host.gone) await this.open()
    const data = await this.host.dataFor(of, moment)
    if (!data || stopped()) return false // the loss of the device and the failure of loading report themselves
    const { spec, snapshot } = make(data)
    const old = this.#trainer
    this.#trainsOn = old?.phase === 'running'
    await old?.pause()
    try {
      await this.#prepare(spec, snapshot, origin, undefined, stopped)
    } catch (error) {
      if (this.#trainsOn) old?.start()
      throw error
    }
    if (this.host.gone) return false // the loss reports itself
    if (this.#trainer === old) {
      if (this.#trainsOn) old?.start()
      return false // given up
    }
    this.#wanted = spec
    return true
  }

  /** See Session.raceAgain. @throws what Backend.prepare throws, and DeviceLostError */
  async raceAgain(): Promise<void> {
    const trainer = this.#trainer
    if (!trainer || !this.host.races || this.host.gone) return
    this.#trainsOn = trainer.phase === 'running'
    await trainer.pause()
    if (trainer.phase === 'diverged') return
    try {
      const snapshot = await trainer.takeSnapshot()
      this.host.raceAgain()
      await this.#prepare(trainer.currentSpec, snapshot)
    } finally {
      if (this.#trainsOn) this.#trainer?.start()
    }
  }

  /** Reads what the network has learnt, paused where it stands. @throws DeviceLostError */
  async learnt(): Promise<Learnt | undefined> {
    await this.#trainer?.pause()
    return this.#trainer?.learnt()
  }

  /** Replaces what the network has learnt by values of the same layout, and evaluates it. */
  async replace(learnt: Learnt): Promise<void> {
    await this.#trainer?.pause()
    await this.#trainer?.replace(learnt)
  }

  /** Sends the listener what the networks of this run and later ones answer for the test set. */
  watchResults(listener: ResultsListener | undefined): void {
    this.#results = listener
    if (this.#trainer) this.#tellResults(this.#trainer)
  }

  /** Ends the run after its device was lost. Returns the step from which it can go on, if there is one. */
  abandon(): number | undefined {
    const step = (this.#trainer?.snapshot ?? this.#kept?.snapshot)?.step
    this.#trainer?.abandon()
    return step
  }

  /** Replaces the run; without an origin, by the same run on another device. The old run stays if the new one cannot be made or is given up. */
  async #prepare(
    spec: Spec,
    snapshot?: Snapshot,
    origin: Origin | undefined = snapshot ? undefined : 'fresh',
    moment = this.host.request(),
    stopped = this.watchStops(),
  ): Promise<void> {
    const { host } = this
    if (stopped()) return
    const data = await host.dataFor(spec, moment)
    const { chosen } = host
    if (!data || !chosen || stopped()) return
    const making = makeRun(host, chosen, spec, data, this.#trainerListener(), moment, snapshot)
    const given = new Promise<undefined>((resolve) => (this.#giveUp = () => resolve(undefined)))
    const made = await Promise.race([making, given])
    if (!made) {
      void making.then(discardRun).catch(() => {}) // nobody waits for its failure
      return
    }
    const { trainer, on } = made
    // The device may have been lost unnoticed in the meantime; the saved run then stays for the next device.
    const gone = () => host.gone && !on.data
    if (gone()) return
    await this.#recovery.dropSearch()
    // A listener that came in the meantime started a pass of the old run.
    await this.#trainer?.pause()
    if (gone()) return
    this.listener.leaves()
    this.#trainer?.dispose()
    this.#trainer = trainer
    this.#kept = undefined
    this.fineTuner.forget()
    if (origin && origin !== 'recovery') this.#recovery.forget()
    host.settle(on)
    host.keepOnly(datasetOf(spec))
    const step = snapshot?.step ?? 0
    const stepsPerEpoch = trainer.model.trainCount / spec.batchSize
    this.listener.tell(origin ? { type: 'reset', spec, origin, step, stepsPerEpoch } : { type: 'rewind', step })
    trainer.announce()
    this.#results?.(undefined)
    this.#tellResults(trainer)
  }

  /** Makes the run send the listener its answers for the test set. */
  #tellResults(trainer: Trainer): void {
    const listener = this.#results
    trainer.listenToResults(
      listener &&
        ((results) => {
          const { labels, predicted, confidence } = results
          listener(transfer(results, [labels.buffer, predicted.buffer, confidence.buffer]))
        }),
    )
  }

  /** Ends the present run on its backend and saves what is needed to go on: a fresh snapshot if the device still answers. */
  async #keep(): Promise<void> {
    this.listener.leaves()
    const trainer = this.#trainer
    if (!trainer) return
    this.#trainsOn = trainer.phase === 'running'
    if (trainer.phase !== 'lost') {
      await trainer.pause()
      await trainer.takeSnapshot().catch(() => {}) // a lost device has no newer one
      await trainer.pause() // ends the pass of a listener that came in the meantime
      trainer.dispose()
    }
    const { snapshot, phase } = trainer
    if (snapshot) this.#kept = { spec: trainer.currentSpec, snapshot }
    if (phase === 'diverged') this.#trainsOn = false
    this.#trainer = undefined
  }

  #trainerListener(): Listener {
    const { tell, failed } = this.listener
    return {
      progress: (progress) => tell({ type: 'progress', progress }),
      train: (points) => tell({ type: 'train', points }),
      test: (point) => tell({ type: 'test', point }),
      validation: (point) => tell({ type: 'validation', point }),
      diverged: (breakdown) => {
        if (this.present) this.#recovery.begin(this.present, breakdown)
      },
      failed,
    }
  }
}
