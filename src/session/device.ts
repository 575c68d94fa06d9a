// The device of a session: one backend at a time, with data sets on it. Opens it, and reports its loss or failure.

import { openBackend } from '../backends'
import type { Backend } from '../backends/types'
import type { SyntheticImages } from '../data/synthetic-digits'
import { datasetOf, findDataset, mnist } from '../datasets'
import type { Dataset } from '../datasets/dataset'
import { DataError, loadDataset, type ExampleCounts, type LoadOptions } from '../datasets/load'
import type { Spec } from '../model/spec'
import type { Data } from './data'
import { DataHost } from './data-host'
import type { BackendChoice, SessionEvent } from './protocol'
import { SyntheticData } from './synthetic-data'

/** The parts of a session that tests and the command line replace. */
export interface SessionParts {
  /** Makes the synthetic drawings, when a spec first wants them. */
  makeSynthetic(): SyntheticImages | Promise<SyntheticImages>
  readonly open?: typeof openBackend
  readonly load?: (dataset: Dataset, options: LoadOptions) => Promise<ExampleCounts>
}

/** Receives what happens to a device. */
export interface DeviceListener {
  tell(event: SessionEvent): void
  /** The device was lost: ends its run. Returns the step from which that run can go on, if there is one. */
  lost(): number | undefined
  /** A program on the device failed: its results cannot be trusted. */
  faulted(error: Error): void
}

/** Reason of an abort in favour of another opening, which needs no report. */
const SUPERSEDED = Symbol('superseded')

/** What a signal stopped was superseded by an opening asked for later. */
export const isSuperseded = ({ reason }: AbortSignal): boolean => reason === SUPERSEDED

export class DeviceHost {
  #choice: BackendChoice = 'auto'
  #base = ''
  /** The data set that the next opening loads. */
  #first: Dataset = mnist
  #backend: Backend | undefined
  /** Why this backend was chosen. */
  #reason = ''
  #data: DataHost | undefined
  #gone = false
  /** Stops loading onto the present backend when that is lost. */
  #loss = new AbortController()
  /** Of the files of data sets, by id. */
  readonly #bytes = new Map<string, number>()
  /** The data set reported last. */
  #told = { dataset: '', ready: false }
  /** Stops the openings and the loading that are asked for until it does. */
  #stop = new AbortController()
  readonly #synthetic: SyntheticData

  constructor(
    private readonly parts: SessionParts,
    private readonly listener: DeviceListener,
  ) {
    this.#synthetic = new SyntheticData(() => parts.makeSynthetic())
  }

  /** The device was lost, and no other is open. */
  get gone(): boolean {
    return this.#gone
  }

  /** Undefined before the first opening and after a loss. */
  get backend(): Backend | undefined {
    return this.#gone ? undefined : this.#backend
  }

  /** Aborts when the present requests are to stop. */
  get signal(): AbortSignal {
    return this.#stop.signal
  }

  /** Takes over what to open next, in place of all that was asked for before; pass the signal to `open`. */
  choose(choice: BackendChoice, base: string, dataset: string): AbortSignal {
    this.#choice = choice
    this.#base = base
    this.#first = findDataset(dataset) ?? mnist
    return this.#stopAll(SUPERSEDED)
  }

  /** Stops reading the data set, also for those who wait to do so. */
  abortData(): void {
    this.#stopAll()
  }

  /**
   * Replaces the backend by the chosen one, and loads a data set onto it, by default the chosen one. False if another opening supersedes this one,
   * or if loading failed, which is reported. @throws what opening throws
   */
  async open(signal: AbortSignal, dataset = this.#first): Promise<boolean> {
    this.#first = dataset
    this.#backend?.dispose()
    this.#backend = this.#data = undefined
    this.#gone = false
    if (isSuperseded(signal)) return false

    const { backend, reason, refused } = await this.openAnother(this.#choice)
    if (isSuperseded(signal)) {
      backend.dispose()
      return false
    }
    this.#backend = backend
    this.#loss = new AbortController()
    this.#data = new DataHost(backend, this.#synthetic)
    this.#reason = reason
    this.tellDevice()
    if (refused) this.#problem('backend', `${refused} ${backend.info.label} is used instead.`)
    void backend.lost.then(() => {
      if (backend === this.#backend) this.lost()
    })
    void backend.fault.then((error) => {
      if (backend === this.#backend) this.listener.faulted(error)
    })
    return this.#load(backend, this.#data, dataset, signal)
  }

  /** Opens a backend beside the present one. The caller disposes of it. */
  openAnother(choice: BackendChoice): ReturnType<typeof openBackend> {
    return (this.parts.open ?? openBackend)(choice)
  }

  /**
   * What a run of the spec needs of its data set, which this loads if need be. Undefined without a device, and if
   * loading failed, which is reported. @throws DeviceLostError, and what making synthetic drawings throws
   */
  async dataFor(spec: Spec, signal = this.signal): Promise<Data | undefined> {
    const [backend, data, dataset] = [this.backend, this.#data, datasetOf(spec)]
    if (!backend || !data) return undefined
    if (!data.has(dataset) && !(await this.#load(backend, data, dataset, signal))) return undefined
    return data.dataFor(spec)
  }

  /** Drops all other data sets from the device: a run of this one has replaced theirs. */
  keepOnly(dataset: Dataset): void {
    this.#first = dataset
    this.#data?.dropOthers(dataset)
    // The last report may be of a set that was only looked at, or that failed to load.
    const { dataset: id, ready } = this.#told
    if (!ready || id !== dataset.id) this.#tellData(dataset, this.#bytes.get(dataset.id) ?? 0)
  }

  /** Makes the synthetic drawings, if the spec wants them, while the data set downloads. */
  prefetch({ styleShare }: Spec): void {
    if (styleShare > 0) this.#synthetic.made().catch(() => {}) // the caller that awaits them reports this
  }

  /** Handles the loss of the present backend, once. False if there is no backend. */
  lost(): boolean {
    if (!this.#backend) return false
    if (this.#gone) return true
    this.#gone = true
    this.#loss.abort()
    const step = this.listener.lost()
    this.#tellData(this.#first, 0, 0, false)
    const next =
      step === undefined
        ? 'Train opens it again, or the CPU.'
        : `The network is kept as it was at step ${step.toLocaleString('en')}; Resume goes on from there.`
    this.#problem('device-lost', `The graphics device was lost. ${next}`)
    return true
  }

  /** Reports the backend, and which kernels its last program runs. */
  tellDevice(): void {
    if (this.#backend) this.listener.tell({ type: 'device', device: this.#backend.info, reason: this.#reason })
  }

  memory(): { buffers: number; bytes: number } {
    return this.#backend?.memory() ?? { buffers: 0, bytes: 0 }
  }

  /** Destroys the backend, as a loss would. */
  lose(): void {
    this.#backend?.lose()
  }

  /** Streams a data set. False if that failed, which is reported. */
  async #load(backend: Backend, data: DataHost, dataset: Dataset, signal: AbortSignal): Promise<boolean> {
    this.#tellData(dataset, 0, 0, false)
    try {
      const counts = await (this.parts.load ?? loadDataset)(dataset, {
        base: this.#base,
        stores: backend,
        signal: AbortSignal.any([signal, this.#loss.signal]),
        progress: (loaded, total) => {
          this.#bytes.set(dataset.id, total)
          this.#tellData(dataset, loaded, total, false)
        },
      })
      data.take(dataset, counts)
    } catch (error) {
      if (isSuperseded(signal) || this.#gone) return false
      const message = error instanceof Error ? error.message : String(error)
      this.#problem('data', error instanceof DataError ? message : `The data set was not kept: ${message}`)
      return false
    }
    this.#tellData(dataset, this.#bytes.get(dataset.id) ?? 0)
    return true
  }

  #tellData({ id }: Dataset, loaded: number, total = loaded, ready = true): void {
    this.#told = { dataset: id, ready }
    this.listener.tell({ type: 'data', dataset: id, loaded, total, ready })
  }

  #stopAll(reason?: typeof SUPERSEDED): AbortSignal {
    this.#stop.abort(reason)
    this.#stop = new AbortController()
    return this.signal
  }

  #problem(kind: 'data' | 'backend' | 'device-lost', message: string): void {
    this.listener.tell({ type: 'problem', problem: { kind, message } })
  }
}
