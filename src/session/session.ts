// The session behind the page: one backend, one data set on it, one run; keeps the run across backends and device losses.

import { transfer } from 'comlink'
import { DeviceLostError, openBackend } from '../backends'
import type { Backend } from '../backends/types'
import { DataError, loadMnist, type MnistOptions } from '../data/mnist'
import type { StyleImages } from '../data/styles'
import type { PixelStatistics } from '../model/initialise'
import type { Learnt } from '../model/parameters'
import { parseSpec, PIXELS, type Spec } from '../model/spec'
import { FineTuner } from './fine-tuner'
import { testImages, trainingSamples } from './images'
import type { Looker } from './look'
import type { Present } from './present'
import type {
  Adjustable,
  BackendChoice,
  Checkpoint,
  CallFacts,
  FineTuning,
  Health,
  LabelledDrawing,
  ListName,
  Parity,
  Look,
  LookRequest,
  Origin,
  Prediction,
  Problem,
  ResultsListener,
  Sample,
  Session,
  SessionEvent,
} from './protocol'
import { Recovery } from './recovery'
import { SyntheticData } from './synthetic-data'
import { Trainer, type Data, type Listener, type Snapshot } from './trainer'

/** What survives a backend: enough to go on elsewhere. */
interface Kept {
  readonly spec: Spec
  readonly snapshot: Snapshot
  /** It was training and is to train on. */
  readonly running: boolean
  /** Of a run that goes back after it diverged. */
  readonly origin?: 'recovery'
}

/** Why an opening was aborted: another one takes its place, so nobody needs to be told. */
const SUPERSEDED = Symbol('superseded')

/** What a session is made of; tests and the command line bring some of their own. */
export interface SessionParts {
  /** The synthetic drawings, when a spec wants them for the first time. */
  makeSynthetic(): StyleImages | Promise<StyleImages>
  readonly open?: typeof openBackend
  readonly load?: (options: MnistOptions) => Promise<Data>
}

export class LocalSession implements Session {
  #emit: (event: SessionEvent) => void = () => {}
  #choice: BackendChoice = 'auto'
  #base = ''
  #backend: Backend | undefined
  /** Why this backend was chosen. */
  #reason = ''
  #data: Data | undefined
  #trainer: Trainer | undefined
  /** The newest spec asked for; made into a run once there is a device and data. */
  #wanted: Spec | undefined
  #resets = 0
  #kept: Kept | undefined
  readonly #synthetic: SyntheticData
  readonly #fineTuner = new FineTuner()
  readonly #recovery = new Recovery((divergence) => this.#problem(divergence))
  /** Hears what the network says of the test set. */
  #results: ResultsListener | undefined
  /** The device was lost; the next command that needs one opens another. */
  #gone = false
  #opening: AbortController | undefined
  /** What looks inside the run, from the first look on. */
  #looker: Looker | undefined
  /** Opening, resetting, training: one after the other. */
  #queue: Promise<unknown> = Promise.resolve()

  constructor(private readonly parts: SessionParts) {
    this.#synthetic = new SyntheticData(() => parts.makeSynthetic())
  }

  listen(listener: (event: SessionEvent) => void): Promise<void> {
    this.#emit = listener
    return Promise.resolve()
  }

  async open(choice: BackendChoice, data: string): Promise<void> {
    this.#choice = choice
    this.#base = data
    this.#opening?.abort(SUPERSEDED)
    const opening = (this.#opening = new AbortController())
    await this.#enqueue(() => this.#open(opening.signal))
  }

  abortData(): Promise<void> {
    this.#opening?.abort()
    return Promise.resolve()
  }

  async reset(spec: Spec): Promise<boolean> {
    const number = ++this.#resets
    // They are made while the data set is on its way.
    if (spec.styleShare > 0) this.#synthetic.made().catch(() => {}) // told by the one who waits for them
    const stands = await this.#enqueue(async () => {
      if (number !== this.#resets) return true // a newer one is behind this in the queue
      parseSpec(spec)
      this.#wanted = spec
      this.#kept = undefined
      if (this.#gone) {
        this.#trainer = undefined
        await this.#reopen()
      } else {
        await this.#trainer?.pause()
        await this.#prepare(spec)
      }
      return true
    })
    return stands ?? false
  }

  async train(): Promise<void> {
    await this.#enqueue(async () => {
      if (this.#gone) await this.#reopen()
      this.#fineTuner.forget()
      // What the last opening could not prepare may be there now.
      if (!this.#trainer && this.#wanted) {
        await this.#prepare(this.#kept?.spec ?? this.#wanted, this.#kept?.snapshot, this.#kept?.origin)
      }
      this.#trainer?.start()
    })
  }

  async pause(): Promise<void> {
    if (this.#kept) this.#kept = { ...this.#kept, running: false }
    await this.#trainer?.pause()
  }

  async step(): Promise<void> {
    await this.#enqueue(() => {
      this.#fineTuner.forget()
      return this.#trainer?.step()
    })
  }

  async adjust(settings: Adjustable): Promise<void> {
    await this.#enqueue(() => {
      const adjusted = (spec: Spec) => parseSpec({ ...spec, ...settings })
      if (this.#wanted) this.#wanted = adjusted(this.#wanted)
      if (this.#kept) this.#kept = { ...this.#kept, spec: adjusted(this.#kept.spec) }
      this.#trainer?.adjust(settings)
    })
  }

  async recover(learningRate: number): Promise<boolean> {
    const recovered = await this.#enqueue(async () => {
      const old = this.#trainer
      const [snapshot, before] = [this.#recovery.snapshot, old?.currentSpec ?? this.#kept?.spec]
      if (!snapshot || !before) return false
      const spec = parseSpec({ ...before, learningRate })
      if (this.#gone) {
        this.#trainer = undefined
        this.#kept = { spec, snapshot, running: false, origin: 'recovery' }
        await this.#reopen()
      } else {
        await old?.pause()
        await this.#prepare(spec, snapshot, 'recovery')
      }
      if (!this.#trainer || this.#trainer === old) return false // the device went, which is told
      this.#wanted = spec
      this.#recovery.forget()
      this.#trainer.start()
      return true
    })
    return recovered ?? false
  }

  async predict(image: Uint8Array): Promise<Prediction | undefined> {
    if (image.length !== PIXELS) throw new RangeError(`A drawing has ${PIXELS} bytes, this one ${image.length}.`)
    if (!this.#trainer || this.#gone) return undefined
    try {
      return await this.#trainer.predict(image)
    } catch (error) {
      if (error instanceof DeviceLostError) return undefined // told by the loss itself
      throw error
    }
  }

  async samples(spec: Spec, count: number, turn: number): Promise<Sample[]> {
    const samples = await this.#enqueue(async () => {
      const data = await this.#dataFor(spec)
      if (!data || !this.#backend || this.#gone) return []
      return trainingSamples(this.#backend, data, spec, count, turn)
    })
    return samples ?? []
  }

  watchResults(listener?: ResultsListener): Promise<void> {
    this.#results = listener
    if (this.#trainer) this.#tellResults(this.#trainer)
    return Promise.resolve()
  }

  async testImages(numbers: readonly number[]): Promise<Sample[]> {
    const images = await this.#withPresent(async ({ backend, data: { testCount } }) => {
      const wrong = numbers.find((number) => !Number.isInteger(number) || number < 0 || number >= testCount)
      if (wrong !== undefined) {
        return new RangeError(`There is no test image ${wrong}: they are numbered from 0 to ${testCount - 1}.`)
      }
      return testImages(backend, numbers)
    })
    if (images instanceof RangeError) throw images // the caller's mistake, no trouble of the run
    return images ?? []
  }

  async fineTune(drawings: readonly LabelledDrawing[]): Promise<FineTuning | undefined> {
    return this.#withPresent((present) => this.#fineTuner.tune(present, drawings))
  }

  async undoFineTuning(): Promise<boolean> {
    return (await this.#withPresent((present) => this.#fineTuner.undo(present))) ?? false
  }

  /** What the network has learnt, paused where it stands; undefined where there is none. */
  async learnt(): Promise<Learnt | undefined> {
    return this.#enqueue(async () => {
      await this.#trainer?.pause()
      return this.#trainer?.learnt()
    })
  }

  /** Replaces what the network of the present run has learnt by something of the same layout. */
  async replace(learnt: Learnt): Promise<void> {
    await this.#enqueue(async () => {
      await this.#trainer?.pause()
      await this.#trainer?.replace(learnt)
    })
  }

  async checkpoint(): Promise<Checkpoint | undefined> {
    return this.#withPresent(async ({ trainer }) => {
      const { model, currentSpec } = trainer
      const snapshot = await trainer.readSnapshot()
      const buffers = snapshot.buffers.map(({ buffer }) => buffer as ArrayBuffer)
      const names = model.snapshot.map(({ name }) => name)
      return transfer({ spec: currentSpec, snapshot, buffers: names }, buffers)
    })
  }

  restore(checkpoint: Checkpoint): Promise<boolean> {
    return this.#goOn('checkpoint', async (data) => (await import('./checkpoint')).checked(checkpoint, data))
  }

  async load(spec: Spec, learnt: Learnt): Promise<boolean> {
    const stands = await this.#goOn('file', async (data) =>
      (await import('./checkpoint')).startingFrom(spec, learnt, data),
    )
    if (stands) await this.#withPresent(({ trainer }) => trainer.testAccuracy())
    return stands
  }

  async pixelStatistics(): Promise<PixelStatistics | undefined> {
    return this.#withPresent(({ data: { mean, deviation } }) => Promise.resolve({ mean, deviation }))
  }

  /** Puts a checkpoint in the place of the run. The old run stays where `make` or the device refuses. */
  async #goOn(origin: Origin, make: (data: Data) => Promise<Checkpoint>): Promise<boolean> {
    const stands = await this.#enqueue(async () => {
      if (this.#gone) await this.#reopen()
      if (!this.#data) throw new Error('The data set that this needs is not there. Load it first, and try again.')
      const { spec, snapshot } = await make(this.#data)
      const old = this.#trainer
      const running = old?.phase === 'running'
      await old?.pause()
      try {
        await this.#prepare(spec, snapshot, origin)
      } catch (error) {
        if (running) old.start()
        throw error
      }
      if (this.#gone) return false // told by the loss itself
      this.#wanted = spec
      return true
    })
    return stands ?? false
  }

  async calls(list: ListName): Promise<readonly CallFacts[] | undefined> {
    return this.#withPresent(async ({ trainer }) => (await import('./calls')).callsOf(trainer, list))
  }

  async timeCalls(list: ListName): Promise<readonly (number | undefined)[] | undefined> {
    return this.#withPresent(async (present) => (await import('./calls')).timeCalls(present, list))
  }

  async parity(): Promise<Parity | undefined> {
    return this.#withPresent(async (present) =>
      (await import('./parity')).parity(present, this.parts.open ?? openBackend),
    )
  }

  health(ranges: readonly number[], firstUnit: number): Promise<Health | undefined> {
    return this.#withPresent(async ({ trainer }) => {
      const { readHealth } = await import('./health') // for those who open its panel
      return readHealth(trainer, ranges, firstUnit)
    })
  }

  async look(request: LookRequest): Promise<Look | undefined> {
    if (request.image.length !== PIXELS)
      throw new RangeError(`An image has ${PIXELS} bytes, this one ${request.image.length}.`)
    return this.#withPresent(async ({ backend, trainer }) => {
      // Loaded by the first one who looks.
      this.#looker ??= new (await import('./look')).Looker()
      return this.#looker.look(backend, trainer, request)
    })
  }

  async endLook(): Promise<void> {
    await this.#enqueue(() => this.#looker?.close())
  }

  memory(): Promise<{ buffers: number; bytes: number }> {
    return Promise.resolve(this.#backend?.memory() ?? { buffers: 0, bytes: 0 })
  }

  loseDevice(): Promise<void> {
    this.#backend?.lose()
    return Promise.resolve()
  }

  /** Does the work in its turn. Trouble is told as an event; the result is then undefined. */
  #enqueue<T>(work: () => T | Promise<T>): Promise<T | undefined> {
    const done = this.#queue.then(work).catch((error: unknown) => {
      this.#failed(error)
      return undefined
    })
    this.#queue = done
    return done
  }

  /** The present run, where there is one and its device still answers. */
  get #present(): Present | undefined {
    const [backend, data, trainer] = [this.#backend, this.#data, this.#trainer]
    return backend && data && trainer && !this.#gone ? { backend, data, trainer } : undefined
  }

  /** Does something with the present run in its turn; undefined where there is none, and after trouble, which is told. */
  #withPresent<T>(work: (present: Present) => Promise<T>): Promise<T | undefined> {
    return this.#enqueue(() => {
      const present = this.#present
      return present && work(present)
    })
  }

  #reopen(): Promise<void> {
    const opening = (this.#opening = new AbortController())
    return this.#open(opening.signal)
  }

  /** Opens the chosen backend, loads the data onto it, and puts the run there, going on if it was running. */
  async #open(signal: AbortSignal): Promise<void> {
    await this.#keep()
    await this.#recovery.endSearch() // after the pause, in which a run may turn out to have diverged
    this.#backend?.dispose()
    this.#backend = this.#data = undefined
    this.#gone = false
    if (signal.reason === SUPERSEDED) return

    const { backend, reason, refused } = await (this.parts.open ?? openBackend)(this.#choice)
    if (signal.reason === SUPERSEDED) return backend.dispose()
    this.#backend = backend
    this.#reason = reason
    this.#tellDevice(backend)
    if (refused) this.#problem({ kind: 'backend', message: `${refused} ${backend.info.label} is used instead.` })
    void backend.lost.then(() => this.#lost(backend))
    void backend.fault.then((error) => backend === this.#backend && this.#faulted(error))

    if (!(await this.#load(backend, signal))) return
    const kept = this.#kept
    const spec = kept?.spec ?? this.#wanted
    if (spec) await this.#prepare(spec, kept?.snapshot, kept?.origin)
    if (kept?.running) this.#trainer?.start()
  }

  #tellDevice({ info }: Backend): void {
    this.#emit({ type: 'device', device: info, reason: this.#reason })
  }

  /** Streams the data set; false where it failed, which has then been told. */
  async #load(backend: Backend, signal: AbortSignal): Promise<boolean> {
    let bytes = { loaded: 0, total: 0 }
    try {
      this.#data = await (this.parts.load ?? loadMnist)({
        base: this.#base,
        stores: backend,
        signal,
        progress: (loaded, total) => {
          bytes = { loaded, total }
          this.#emit({ type: 'data', loaded, total, ready: false })
        },
      })
    } catch (error) {
      if (signal.reason === SUPERSEDED || this.#gone) return false
      const message = error instanceof Error ? error.message : String(error)
      this.#problem({
        kind: 'data',
        message: error instanceof DataError ? message : `The data set was not kept: ${message}`,
      })
      return false
    }
    this.#emit({ type: 'data', loaded: bytes.total, total: bytes.total, ready: true })
    return true
  }

  /** Replaces the run; without an origin by the same run on another device. If the new one cannot be made, the old one stays. */
  async #prepare(
    spec: Spec,
    snapshot?: Snapshot,
    origin: Origin | undefined = snapshot ? undefined : 'fresh',
  ): Promise<void> {
    if (!this.#backend || !this.#data) return
    const data = await this.#dataFor(spec)
    if (!data) return
    const trainer = await Trainer.create(this.#backend, spec, data, this.#listener(), snapshot)
    // The device may have gone meanwhile without anything waiting for it; what was kept is kept for the next one.
    if (this.#gone) return
    await this.#recovery.dropSearch()
    // Whoever began to watch meanwhile had the old run go through the test set.
    await this.#trainer?.pause()
    if (this.#gone) return
    this.#looker?.close()
    this.#trainer?.dispose()
    this.#trainer = trainer
    this.#kept = undefined
    this.#fineTuner.forget()
    if (origin && origin !== 'recovery') this.#recovery.forget()
    if (this.#backend.info.kernels) this.#tellDevice(this.#backend)
    const step = snapshot?.step ?? 0
    const stepsPerEpoch = trainer.model.trainCount / spec.batchSize
    this.#emit(origin ? { type: 'reset', spec, origin, step, stepsPerEpoch } : { type: 'rewind', step })
    trainer.announce()
    this.#results?.(undefined)
    this.#tellResults(trainer)
  }

  /** Has the run tell the listener what its network says of the test set. */
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

  /** The data set with the synthetic drawings, if the spec wants them. */
  async #dataFor(spec: Spec): Promise<Data | undefined> {
    if (!this.#data || !this.#backend) return this.#data
    return (this.#data = await this.#synthetic.besides(this.#data, this.#backend, spec))
  }

  /** Ends the present run on its backend, keeping what is needed to go on: fresh where the device still answers. */
  async #keep(): Promise<void> {
    this.#looker?.close()
    const trainer = this.#trainer
    if (!trainer) return
    const running = trainer.phase === 'running'
    if (trainer.phase !== 'lost') {
      await trainer.pause()
      await trainer.takeSnapshot().catch(() => {}) // of a device that has gone there is no newer one
      await trainer.pause() // ends what a listener that came meanwhile began
      trainer.dispose()
    }
    const { snapshot, phase } = trainer
    if (snapshot) this.#kept = { spec: trainer.currentSpec, snapshot, running: running && phase !== 'diverged' }
    this.#trainer = undefined
  }

  #listener(): Listener {
    return {
      progress: (progress) => this.#emit({ type: 'progress', progress }),
      train: (points) => this.#emit({ type: 'train', points }),
      test: (point) => this.#emit({ type: 'test', point }),
      validation: (point) => this.#emit({ type: 'validation', point }),
      diverged: (breakdown) => {
        if (this.#present) this.#recovery.begin(this.#present, breakdown)
      },
      failed: (error) => this.#failed(error),
    }
  }

  #lost(backend: Backend): void {
    if (backend !== this.#backend || this.#gone) return
    this.#gone = true
    const step = (this.#trainer?.snapshot ?? this.#kept?.snapshot)?.step
    this.#trainer?.abandon()
    this.#emit({ type: 'data', loaded: 0, total: 0, ready: false })
    const next =
      step === undefined
        ? 'Train opens it again, or the CPU.'
        : `The network is kept as it was at step ${step.toLocaleString('en')}; Resume goes on from there.`
    this.#problem({ kind: 'device-lost', message: `The graphics device was lost. ${next}` })
  }

  /** A fault of the program on the device: what it computes is not to be trusted, so the run stops. */
  #faulted(error: Error): void {
    void this.#trainer?.pause()
    this.#problem({ kind: 'run', message: `${error.message} The run was stopped; the CPU backend can run it.` })
  }

  #failed(error: unknown): void {
    if (error instanceof DeviceLostError && this.#backend) this.#lost(this.#backend)
    else this.#problem({ kind: 'run', message: error instanceof Error ? error.message : String(error) })
  }

  #problem(problem: Problem): void {
    this.#emit({ type: 'problem', problem })
  }
}
