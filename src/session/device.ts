// The device of a session: one backend at a time, with data sets on it. Opens it, and reports its loss or failure.

import { openBackend, type Choice } from '../backends'
import type { Backend, BackendKind } from '../backends/types'
import type { SyntheticImages } from '../data/synthetic-digits'
import { datasetOf, findDataset, mnist } from '../datasets'
import type { Dataset } from '../datasets/dataset'
import { DataError, loadDataset, MissingDataError, type ExampleCounts, type LoadOptions } from '../datasets/load'
import type { Spec } from '../model/spec'
import type { Auto, Chosen } from './auto'
import type { Data } from './data'
import { DataHost } from './data-host'
import type { BackendChoice, SessionEvent } from './protocol'
import { isSuperseded, Requests, SUPERSEDED, type RequestTime } from './requests'
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

export class DeviceHost {
  #choice: BackendChoice = 'auto'
  #base = ''
  /** The data set that the next opening loads. */
  #first: Dataset = mnist
  /** The spec of the run that was asked for last. */
  #expected: Spec | undefined
  #backend: Backend | undefined
  /** Chooses between the graphics card and the processor, if it is asked to and there are both. */
  #auto: Auto | undefined
  /** Why this backend was chosen. */
  #reason = ''
  #data: DataHost | undefined
  #gone = false
  /** Of the files of data sets, by id. */
  readonly #bytes = new Map<string, number>()
  /** The data set reported last. */
  #told = { dataset: '', ready: false }
  readonly #requests = new Requests()
  /** Races that are not run: of requests up to this one. */
  #ended: { readonly upTo: number; readonly reason: typeof SUPERSEDED | undefined } = { upTo: 0, reason: undefined }
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

  /** The moment of a request that may load data. */
  request(): RequestTime {
    return this.#requests.next()
  }

  /** The same for a fresh run: no other data set is loaded any more for earlier requests. */
  chooseRun(spec: Spec): RequestTime {
    this.#expected = spec
    this.endRace(SUPERSEDED)
    const moment = this.#requests.choose(spec.dataset)
    this.#data?.loads.supersede(spec.dataset, moment)
    this.prefetch(spec)
    return moment
  }

  /** Takes over what to open next, in place of all that was asked for before; pass the moment to `open`. */
  choose(choice: BackendChoice, base: string, dataset: string): RequestTime {
    this.#choice = choice
    this.#base = base
    this.#first = findDataset(dataset) ?? mnist
    this.endRace(SUPERSEDED)
    this.#stopAll(SUPERSEDED)
    return this.request()
  }

  /** Stops reading the data set, also for those who wait to do so. */
  abortData(): void {
    this.#stopAll()
  }

  /**
   * Replaces the backend by the chosen one, and loads a data set onto it: that of the run that moves there, or the chosen one. False if another
   * opening supersedes this one, or if loading failed, which is reported. @throws what opening throws
   */
  async open(moment: RequestTime, run?: Spec): Promise<boolean> {
    const { signal } = moment
    if (run) this.#first = datasetOf(run)
    const dataset = this.#first
    this.#data?.loads.stop(SUPERSEDED)
    this.#backend?.dispose()
    this.#backend = this.#data = this.#auto = undefined
    this.#gone = false
    if (isSuperseded(signal)) return false

    const { backend, reason, refused } = await this.#openFor(run)
    if (isSuperseded(signal)) {
      backend.dispose()
      return false
    }
    const data = new DataHost(backend, this.#synthetic)
    this.#use(data)
    this.#reason = reason
    this.#tellDevice()
    if (refused) this.#problem('backend', `${refused} ${backend.info.label} is used instead.`)
    return this.#provide(data, dataset, moment)
  }

  /** Opens what was chosen. Auto may know which backend is the faster one for a run that moves there, or that was asked for. */
  async #openFor(run: Spec | undefined): Promise<Choice> {
    const chosen = await this.openAnother(this.#choice)
    const { kind, software, adapter } = chosen.backend.info
    if (this.#choice !== 'auto' || kind !== 'webgpu' || software) return chosen
    try {
      const { Auto } = await import('./auto') // the others never need it
      this.#auto = new Auto(adapter, (choice) => this.openAnother(choice))
    } catch {
      return chosen // without the script of races the graphics card trains
    }
    const expected = run ?? this.#expected
    return expected ? this.#auto.first(chosen, expected).catch(() => chosen) : chosen // it may be no valid spec
  }

  /** Makes a backend, with the data on it, the present one. */
  #use(data: DataHost): void {
    const { backend } = data
    this.#backend = backend
    this.#data = data
    this.#gone = false
    void backend.lost.then(() => {
      if (backend === this.#backend) this.lost()
    })
    void backend.fault.then((error) => {
      if (backend === this.#backend) this.listener.faulted(error)
    })
  }

  /** The present backend, and why. Undefined as `backend` is. */
  get chosen(): Chosen | undefined {
    const { backend } = this
    return backend && { backend, reason: this.#reason }
  }

  /** What Auto takes for a run whose data is on the present backend: that one or another. Undefined if it has no choice. */
  async backendFor(spec: Spec, data: Data, { number }: RequestTime): Promise<Chosen | undefined> {
    const present = this.#present
    const { upTo, reason } = this.#ended
    return present && this.#auto?.choose(present, spec, data, number <= upTo ? { reason } : undefined)
  }

  /** Makes the backend of a run that was made the present one, and reports it if there is anything new. The run has left the old one. */
  settle({ backend, reason, data }: Chosen): void {
    const news = data !== undefined || reason !== this.#reason || backend.info.kernels
    this.#reason = reason
    if (data) {
      this.#data?.loads.stop(SUPERSEDED)
      this.#backend?.dispose()
      this.#use(data)
    }
    if (news) this.#tellDevice()
  }

  /** Ends the race of two backends under way, or that a request so far has yet to begin: see Auto.end. */
  endRace(reason?: typeof SUPERSEDED): void {
    this.#ended = { upTo: this.#requests.count, reason }
    this.#auto?.end(reason)
  }

  /** Auto chooses between two backends by a race. */
  get races(): boolean {
    return this.#auto?.races ?? false
  }

  /** Leaves out a backend on which a run could not be made. Returns why the run is on the present one. */
  avoid(kind: BackendKind, spec: Spec): string {
    return this.#auto?.avoid(kind, spec) ?? this.#reason
  }

  /** The next run is raced for, though its plan has been before. */
  raceAgain(): void {
    this.#auto?.again()
  }

  /** Opens a backend beside the present one. The caller disposes of it. */
  openAnother(choice: BackendChoice): ReturnType<typeof openBackend> {
    return (this.parts.open ?? openBackend)(choice)
  }

  /**
   * What a run of the spec needs of its data set, which this loads if need be. Undefined without a device, and if
   * loading failed, which is reported. @throws DeviceLostError, and what making synthetic drawings throws
   */
  async dataFor(spec: Spec, moment = this.request()): Promise<Data | undefined> {
    const [dataset, data] = [datasetOf(spec), this.#present]
    return data && (await this.#provide(data, dataset, moment)) ? data.dataFor(spec) : undefined
  }

  /** The same, only if the data set is on the device. @throws as `dataFor` */
  async dataThere(spec: Spec): Promise<Data | undefined> {
    return this.#present?.dataFor(spec)
  }

  /** Loads what examples of the spec need, beside the commands, until a look at another data set supersedes this. Reports errors. */
  async look(spec: Spec): Promise<void> {
    const [dataset, data, moment] = [findDataset(spec.dataset), this.#present, this.request()]
    if (!dataset || !data) return
    data.loads.supersedeGlances(dataset.id)
    this.prefetch(spec)
    await this.#provide(data, dataset, moment, true)
  }

  /** Drops all other data sets from the device: a run of this one has replaced theirs. */
  keepOnly(dataset: Dataset): void {
    this.#first = dataset
    this.#data?.dropOthers(dataset)
    this.#tellThere(dataset)
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
    this.#data?.loads.stop(SUPERSEDED)
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
  #tellDevice(): void {
    const [device, reason, races] = [this.#backend?.info, this.#reason, this.races]
    if (device) this.listener.tell({ type: 'device', device, reason, races })
  }

  memory(): { buffers: number; bytes: number } {
    return this.#backend?.memory() ?? { buffers: 0, bytes: 0 }
  }

  /** Destroys the backend, as a loss would. */
  lose(): void {
    this.#backend?.lose()
  }

  /** The data sets of the device, if there is one that answers. */
  get #present(): DataHost | undefined {
    return this.backend && this.#data
  }

  /**
   * Loads a data set unless it is there. False if that is superseded or failed, which is reported once, however many asked for it.
   * `glance`: to look at its examples only.
   */
  async #provide(data: DataHost, dataset: Dataset, moment: RequestTime, glance = false): Promise<boolean> {
    if (!data.has(dataset)) {
      return data.loads.join(dataset.id, moment, glance, (signal) => this.#load(data, dataset, moment, signal))
    }
    this.#tellThere(dataset)
    return true
  }

  /** Streams a data set. False if that was superseded or failed, which is reported. */
  async #load(data: DataHost, dataset: Dataset, moment: RequestTime, signal: AbortSignal): Promise<boolean> {
    if (data !== this.#present || this.#requests.isOver(moment, dataset.id)) return false
    this.#tellData(dataset, 0, 0, false)
    try {
      const counts = await (this.parts.load ?? loadDataset)(dataset, {
        base: this.#base,
        stores: data.backend,
        signal,
        progress: (loaded, total) => {
          this.#bytes.set(dataset.id, total)
          if (!signal.aborted) this.#tellData(dataset, loaded, total, false)
        },
      })
      data.take(dataset, counts)
    } catch (error) {
      if (isSuperseded(signal)) return false
      this.#requests.fail(dataset.id)
      const message = error instanceof Error ? error.message : String(error)
      const words = error instanceof DataError ? message : `The data set was not kept: ${message}`
      this.#problem('data', words, error instanceof MissingDataError)
      return false
    }
    if (isSuperseded(signal)) return data === this.#present // it had all arrived before
    this.#tellData(dataset, this.#bytes.get(dataset.id) ?? 0)
    return true
  }

  /** Reports that a data set is there, if the last report is of another: one that was looked at, or that failed to load. */
  #tellThere(dataset: Dataset): void {
    const { dataset: id, ready } = this.#told
    if (!ready || id !== dataset.id) this.#tellData(dataset, this.#bytes.get(dataset.id) ?? 0)
  }

  #tellData({ id }: Dataset, loaded: number, total = loaded, ready = true): void {
    this.#told = { dataset: id, ready }
    this.listener.tell({ type: 'data', dataset: id, loaded, total, ready })
  }

  #stopAll(reason?: typeof SUPERSEDED): void {
    this.#requests.stopAll(reason)
    this.#data?.loads.stop(reason)
  }

  #problem(kind: 'data' | 'backend' | 'device-lost', message: string, lasting = false): void {
    this.listener.tell({ type: 'problem', problem: { kind, message, ...(lasting && { lasting }) } })
  }
}
