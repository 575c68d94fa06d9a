// The run slot of a session: the present run, and what is saved of it while no device is open.

import { transfer } from 'comlink'
import type { Learnt } from '../model/parameters'
import { parseSpec, type Spec } from '../model/spec'
import { datasetOf } from '../datasets'
import type { Data } from './data'
import { isSuperseded, type DeviceHost } from './device'
import { FineTuner } from './fine-tuner'
import type { Present } from './present'
import type { Adjustable, Checkpoint, Origin, ResultsListener, SessionEvent } from './protocol'
import { Recovery } from './recovery'
import { Trainer, type Listener, type Snapshot } from './trainer'

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
  async open(signal = this.host.signal): Promise<void> {
    await this.#keep()
    await this.#recovery.endSearch() // after the pause, in which a run may turn out to have diverged
    const kept = this.#kept
    const spec = kept?.spec ?? this.#wanted
    if (!(await this.host.open(signal, spec && datasetOf(spec)))) return
    if (spec) await this.#prepare(spec, kept?.snapshot, kept?.origin)
    if (this.#trainsOn) this.#trainer?.start()
  }

  /**
   * See Session.reset. True also if an opening asked for later makes the run. `signal`: of the moment of the request.
   * @throws SpecError, and what opening and Backend.prepare throw: the old run then stays
   */
  async reset(spec: Spec, signal = this.host.signal): Promise<boolean> {
    spec = parseSpec(spec)
    this.#wanted = spec
    this.#kept = undefined
    this.#trainsOn = false
    const old = this.#trainer
    if (this.host.gone) {
      this.#trainer = undefined
      await this.open(signal)
    } else {
      await old?.pause()
      await this.#prepare(spec, undefined, 'fresh', signal)
    }
    return (this.#trainer !== undefined && this.#trainer !== old) || isSuperseded(signal)
  }

  /** See Session.train; `signal` as for `reset`. @throws what opening and Backend.prepare throw */
  async train(signal = this.host.signal): Promise<void> {
    if (this.host.gone) await this.open(signal)
    this.fineTuner.forget()
    // An opening that failed to prepare the run may succeed now.
    if (!this.#trainer && this.#wanted) {
      await this.#prepare(this.#kept?.spec ?? this.#wanted, this.#kept?.snapshot, this.#kept?.origin, signal)
    }
    if (this.#trainer) this.#trainer.start()
    else if (isSuperseded(signal)) this.#trainsOn = true
  }

  async pause(): Promise<void> {
    this.#trainsOn = false
    await this.#trainer?.pause()
  }

  async step(): Promise<void> {
    this.fineTuner.forget()
    await this.#trainer?.step()
  }

  /** Applies the settings to a saved run too. @throws SpecError */
  adjust(settings: Adjustable): void {
    const adjusted = (spec: Spec) => parseSpec({ ...spec, ...settings })
    if (this.#wanted) this.#wanted = adjusted(this.#wanted)
    if (this.#kept) this.#kept = { ...this.#kept, spec: adjusted(this.#kept.spec) }
    this.#trainer?.adjust(settings)
  }

  /** See Session.recover. @throws SpecError, and what opening and Backend.prepare throw */
  async recover(learningRate: number): Promise<boolean> {
    const old = this.#trainer
    const [snapshot, before] = [this.#recovery.snapshot, old?.currentSpec ?? this.#kept?.spec]
    if (!snapshot || !before) return false
    const spec = parseSpec({ ...before, learningRate })
    if (this.host.gone) {
      this.#trainer = undefined
      this.#kept = { spec, snapshot, origin: 'recovery' }
      this.#trainsOn = false
      await this.open()
    } else {
      await old?.pause()
      await this.#prepare(spec, snapshot, 'recovery')
    }
    if (!this.#trainer || this.#trainer === old) return false // the device was lost, which has been reported
    this.#wanted = spec
    this.#recovery.forget()
    this.#trainer.start()
    return true
  }

  /**
   * Replaces the run by one from a checkpoint of a valid spec. The old run stays if `make` or the device fails.
   * @throws what these throw
   */
  async goOn(origin: 'file' | 'checkpoint', of: Spec, make: (data: Data) => Checkpoint): Promise<boolean> {
    if (this.host.gone) await this.open()
    const data = await this.host.dataFor(of)
    if (this.host.gone) return false // the loss reports itself
    if (!data) throw new Error('The data set that this needs is not there. Load it first, and try again.')
    const { spec, snapshot } = make(data)
    const old = this.#trainer
    this.#trainsOn = old?.phase === 'running'
    await old?.pause()
    try {
      await this.#prepare(spec, snapshot, origin)
    } catch (error) {
      if (this.#trainsOn) old?.start()
      throw error
    }
    if (this.host.gone) return false // the loss reports itself
    this.#wanted = spec
    return true
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

  /** Replaces the run; without an origin, by the same run on another device. The old run stays if the new one cannot be made. */
  async #prepare(
    spec: Spec,
    snapshot?: Snapshot,
    origin: Origin | undefined = snapshot ? undefined : 'fresh',
    signal = this.host.signal,
  ): Promise<void> {
    const { host } = this
    const data = await host.dataFor(spec, signal)
    const { backend } = host
    if (!data || !backend) return
    const trainer = await Trainer.create(backend, spec, data, this.#trainerListener(), snapshot)
    // The device may have been lost unnoticed in the meantime; the saved run then stays for the next device.
    if (host.gone) return
    await this.#recovery.dropSearch()
    // A listener that came in the meantime started a pass of the old run.
    await this.#trainer?.pause()
    if (host.gone) return
    this.listener.leaves()
    this.#trainer?.dispose()
    this.#trainer = trainer
    this.#kept = undefined
    this.fineTuner.forget()
    if (origin && origin !== 'recovery') this.#recovery.forget()
    host.keepOnly(datasetOf(spec))
    if (backend.info.kernels) host.tellDevice()
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
