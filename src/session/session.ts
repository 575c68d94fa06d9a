// The session behind the page: one backend, one data set on it, one run; keeps the run across backends and device losses.

import { DeviceLostError, openBackend } from '../backends'
import type { Backend } from '../backends/types'
import { DataError, loadMnist } from '../data/mnist'
import { stores } from '../model/compile'
import { CLASSES, parseSpec, PIXELS, type Spec } from '../model/spec'
import type { Adjustable, BackendChoice, Prediction, Problem, Sample, Session, SessionEvent } from './protocol'
import { Trainer, type Data, type Listener, type Snapshot } from './trainer'

/** What survives a backend: enough to go on elsewhere. */
interface Kept {
  readonly spec: Spec
  readonly snapshot: Snapshot
}

/** Why a download was aborted: another one takes its place, so nobody needs to be told. */
const SUPERSEDED = Symbol('superseded')

export class LocalSession implements Session {
  #emit: (event: SessionEvent) => void = () => {}
  #choice: BackendChoice = 'auto'
  #base = ''
  #backend: Backend | undefined
  #data: Data | undefined
  #trainer: Trainer | undefined
  /** The newest spec asked for; made into a run once there is a device and data. */
  #wanted: Spec | undefined
  #kept: Kept | undefined
  /** The device was lost; the next command that needs one opens another. */
  #gone = false
  #loading: AbortController | undefined
  /** Opening, resetting, training: one after the other. */
  #queue: Promise<unknown> = Promise.resolve()

  listen(listener: (event: SessionEvent) => void): Promise<void> {
    this.#emit = listener
    return Promise.resolve()
  }

  open(choice: BackendChoice, data: string): Promise<void> {
    this.#choice = choice
    this.#base = data
    this.#loading?.abort(SUPERSEDED)
    return this.#enqueue(() => this.#open())
  }

  abortData(): Promise<void> {
    this.#loading?.abort()
    return Promise.resolve()
  }

  reset(spec: Spec): Promise<void> {
    this.#wanted = spec
    return this.#enqueue(async () => {
      if (this.#wanted !== spec) return // a newer one is behind this in the queue
      parseSpec(spec)
      this.#kept = undefined
      if (this.#gone) {
        this.#trainer = undefined
        return this.#open()
      }
      await this.#trainer?.pause()
      await this.#prepare(spec)
    })
  }

  train(): Promise<void> {
    return this.#enqueue(async () => {
      if (this.#gone) await this.#open()
      this.#trainer?.start()
    })
  }

  async pause(): Promise<void> {
    await this.#trainer?.pause()
  }

  step(): Promise<void> {
    return this.#enqueue(() => this.#trainer?.step())
  }

  adjust(settings: Adjustable): Promise<void> {
    return this.#enqueue(() => {
      if (!this.#trainer) return
      parseSpec({ ...this.#trainer.currentSpec, ...settings })
      this.#trainer.adjust(settings)
    })
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

  async samples(indices: readonly number[]): Promise<Sample[]> {
    const data = this.#data
    const backend = this.#backend
    if (!data || !backend) return []
    const { trainImages, trainLabels } = stores
    return Promise.all(
      indices.map(async (index): Promise<Sample> => {
        if (!Number.isInteger(index) || index < 0 || index >= data.trainCount) {
          throw new RangeError(`There is no training digit ${index}; there are ${data.trainCount}.`)
        }
        const [pixels, label] = await Promise.all([
          backend.readStore(trainImages, index * PIXELS, PIXELS),
          backend.readStore(trainLabels, index, 1),
        ])
        return { pixels, label: Math.min(label[0], CLASSES - 1) }
      }),
    )
  }

  memory(): Promise<{ buffers: number; bytes: number }> {
    return Promise.resolve(this.#backend?.memory() ?? { buffers: 0, bytes: 0 })
  }

  loseDevice(): Promise<void> {
    this.#backend?.lose()
    return Promise.resolve()
  }

  #enqueue(work: () => void | Promise<void>): Promise<void> {
    const done = this.#queue.then(work).catch((error: unknown) => this.#failed(error))
    this.#queue = done
    return done
  }

  /** Opens the chosen backend, loads the data onto it, and puts the run there, going on if it was running. */
  async #open(): Promise<void> {
    const running = this.#trainer?.phase === 'running'
    await this.#keep()
    this.#backend?.dispose()
    this.#backend = this.#data = undefined
    this.#gone = false

    const { backend, reason, refused } = await openBackend(this.#choice)
    this.#backend = backend
    this.#emit({ type: 'device', device: backend.info, reason })
    if (refused) this.#problem({ kind: 'backend', message: `${refused} ${backend.info.label} is used instead.` })
    void backend.lost.then(() => this.#lost(backend))

    if (!(await this.#load(backend))) return
    const spec = this.#kept?.spec ?? this.#wanted
    if (spec) await this.#prepare(spec, this.#kept?.snapshot)
    if (running) this.#trainer?.start()
  }

  /** Streams the data set; false where it failed, which has then been told. */
  async #load(backend: Backend): Promise<boolean> {
    const loading = new AbortController()
    this.#loading = loading
    let bytes = { loaded: 0, total: 0 }
    try {
      this.#data = await loadMnist({
        base: this.#base,
        stores: backend,
        signal: loading.signal,
        progress: (loaded, total) => {
          bytes = { loaded, total }
          this.#emit({ type: 'data', loaded, total, ready: false })
        },
      })
    } catch (error) {
      if (loading.signal.reason === SUPERSEDED) return false
      if (!(error instanceof DataError)) throw error
      this.#problem({ kind: 'data', message: error.message })
      return false
    } finally {
      if (this.#loading === loading) this.#loading = undefined
    }
    this.#emit({ type: 'data', loaded: bytes.total, total: bytes.total, ready: true })
    return true
  }

  /** Replaces the run. If the new one cannot be made, the old one stays. */
  async #prepare(spec: Spec, snapshot?: Snapshot): Promise<void> {
    if (!this.#backend || !this.#data) return
    const trainer = await Trainer.create(this.#backend, spec, this.#data, this.#listener(), snapshot)
    this.#trainer?.dispose()
    this.#trainer = trainer
    this.#kept = undefined
    if (snapshot) this.#emit({ type: 'rewind', step: snapshot.step })
    else this.#emit({ type: 'reset', spec })
    trainer.announce()
  }

  /** Ends the present run on its backend, keeping what is needed to go on: fresh where the device still answers. */
  async #keep(): Promise<void> {
    const trainer = this.#trainer
    if (!trainer) return
    let snapshot = trainer.snapshot
    if (trainer.phase !== 'lost') {
      await trainer.pause()
      snapshot = await trainer.takeSnapshot().catch(() => trainer.snapshot)
      trainer.dispose()
    }
    if (snapshot) this.#kept = { spec: trainer.currentSpec, snapshot }
    this.#trainer = undefined
  }

  #listener(): Listener {
    return {
      progress: (progress) => this.#emit({ type: 'progress', progress }),
      train: (points) => this.#emit({ type: 'train', points }),
      test: (point) => this.#emit({ type: 'test', point }),
      stopped: (message) => this.#problem({ kind: 'run', message }),
      failed: (error) => this.#failed(error),
    }
  }

  #lost(backend: Backend): void {
    const trainer = this.#trainer
    if (backend !== this.#backend || this.#gone) return
    this.#gone = true
    trainer?.abandon()
    const step = trainer?.snapshot?.step
    const kept =
      step === undefined
        ? ''
        : ` The network is kept as it was at step ${step.toLocaleString('en')}; Resume goes on from there.`
    this.#problem({ kind: 'device-lost', message: `The graphics device was lost.${kept}` })
  }

  #failed(error: unknown): void {
    if (error instanceof DeviceLostError && this.#backend) this.#lost(this.#backend)
    else this.#problem({ kind: 'run', message: error instanceof Error ? error.message : String(error) })
  }

  #problem(problem: Problem): void {
    this.#emit({ type: 'problem', problem })
  }
}
