// The device of a session: one backend at a time with data sets on it. Opens it, and notices when it goes or fails.

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

/** What a session is made of; tests and the command line bring some of their own. */
export interface SessionParts {
  /** The synthetic drawings, when a spec wants them for the first time. */
  makeSynthetic(): SyntheticImages | Promise<SyntheticImages>
  readonly open?: typeof openBackend
  readonly load?: (dataset: Dataset, options: LoadOptions) => Promise<ExampleCounts>
}

/** Hears of a device. */
export interface DeviceListener {
  tell(event: SessionEvent): void
  /** It was lost: ends the run on it. Returns the step from which that run can go on, if there is one. */
  lost(): number | undefined
  /** A program on it failed: what it computes is not to be trusted. */
  faulted(error: Error): void
}

/** Why an opening was aborted: another one takes its place, so nobody needs to be told. */
const SUPERSEDED = Symbol('superseded')

/** What a signal stopped was superseded by an opening asked for later. */
export const isSuperseded = ({ reason }: AbortSignal): boolean => reason === SUPERSEDED

export class DeviceHost {
  #choice: BackendChoice = 'auto'
  #base = ''
  /** What the next opening loads at once. */
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
  /** The data set that was told of last. */
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

  /** It was lost, and none was opened since. */
  get gone(): boolean {
    return this.#gone
  }

  /** Undefined until one was opened, and once it was lost. */
  get backend(): Backend | undefined {
    return this.#gone ? undefined : this.#backend
  }

  /** Aborts when what is asked for now is to stop. */
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
   * Opens what was chosen in place of the present backend, and loads a data set onto it: the chosen one unless given. False where
   * another opening takes its place, and where the data set did not arrive, which is told. @throws what opening throws
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

  /** Opens a backend beside the present one, which the caller disposes of. */
  openAnother(choice: BackendChoice): ReturnType<typeof openBackend> {
    return (this.parts.open ?? openBackend)(choice)
  }

  /**
   * What a run of the spec needs of its data set, which is loaded where it is not there. Undefined where there is no device, and where
   * loading failed, which is told. @throws DeviceLostError, and what making synthetic drawings throws
   */
  async dataFor(spec: Spec, signal = this.signal): Promise<Data | undefined> {
    const [backend, data, dataset] = [this.backend, this.#data, datasetOf(spec)]
    if (!backend || !data) return undefined
    if (!data.has(dataset) && !(await this.#load(backend, data, dataset, signal))) return undefined
    return data.dataFor(spec)
  }

  /** A run of this data set has taken the place of all others on the device. */
  keepOnly(dataset: Dataset): void {
    this.#first = dataset
    this.#data?.dropOthers(dataset)
    // The last to be told of may be one that was looked at, or that failed to load.
    const { dataset: id, ready } = this.#told
    if (!ready || id !== dataset.id) this.#tellData(dataset, this.#bytes.get(dataset.id) ?? 0)
  }

  /** Makes the synthetic drawings, if the spec wants them, while the data set is on its way. */
  prefetch({ styleShare }: Spec): void {
    if (styleShare > 0) this.#synthetic.made().catch(() => {}) // told by the one who waits for them
  }

  /** Takes note that the present backend was lost, once. False where there is none. */
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

  /** Tells of the backend, and which kernels its last program runs. */
  tellDevice(): void {
    if (this.#backend) this.listener.tell({ type: 'device', device: this.#backend.info, reason: this.#reason })
  }

  memory(): { buffers: number; bytes: number } {
    return this.#backend?.memory() ?? { buffers: 0, bytes: 0 }
  }

  /** Destroys the backend as if it had been lost. */
  lose(): void {
    this.#backend?.lose()
  }

  /** Streams a data set; false where it failed, which has then been told. */
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
