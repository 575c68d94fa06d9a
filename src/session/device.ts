// The device of a session: one backend at a time with the data set on it. Opens it, and notices when it goes or fails.

import { openBackend } from '../backends'
import type { Backend } from '../backends/types'
import { DataError, loadMnist, type MnistOptions } from '../data/mnist'
import type { StyleImages } from '../data/styles'
import type { Spec } from '../model/spec'
import type { BackendChoice, SessionEvent } from './protocol'
import { SyntheticData } from './synthetic-data'
import type { Data } from './trainer'

/** What a session is made of; tests and the command line bring some of their own. */
export interface SessionParts {
  /** The synthetic drawings, when a spec wants them for the first time. */
  makeSynthetic(): StyleImages | Promise<StyleImages>
  readonly open?: typeof openBackend
  readonly load?: (options: MnistOptions) => Promise<Data>
}

/** A backend that answers, and the data set on it. */
export interface Device {
  readonly backend: Backend
  readonly data: Data
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

export class DeviceHost {
  #choice: BackendChoice = 'auto'
  #base = ''
  #backend: Backend | undefined
  /** Why this backend was chosen. */
  #reason = ''
  #data: Data | undefined
  #gone = false
  #opening: AbortController | undefined
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

  /** Undefined until the data set is on it, and once it was lost. */
  get device(): Device | undefined {
    const [backend, data] = [this.#backend, this.#data]
    return backend && data && !this.#gone ? { backend, data } : undefined
  }

  /** Takes over what to open next, in place of an opening under way; pass the signal to `open`. */
  choose(choice: BackendChoice, base: string): AbortSignal {
    this.#choice = choice
    this.#base = base
    this.#opening?.abort(SUPERSEDED)
    return this.again()
  }

  /** For another opening of what was chosen last. */
  again(): AbortSignal {
    this.#opening = new AbortController()
    return this.#opening.signal
  }

  /** Stops reading the data set. */
  abortData(): void {
    this.#opening?.abort()
  }

  /**
   * Opens what was chosen in place of the present backend, and loads the data set onto it. False where another opening takes its place,
   * and where the data set did not arrive, which is told. @throws what opening throws
   */
  async open(signal: AbortSignal): Promise<boolean> {
    this.#backend?.dispose()
    this.#backend = this.#data = undefined
    this.#gone = false
    if (signal.reason === SUPERSEDED) return false

    const { backend, reason, refused } = await this.openAnother(this.#choice)
    if (signal.reason === SUPERSEDED) {
      backend.dispose()
      return false
    }
    this.#backend = backend
    this.#reason = reason
    this.tellDevice()
    if (refused) this.#problem('backend', `${refused} ${backend.info.label} is used instead.`)
    void backend.lost.then(() => {
      if (backend === this.#backend) this.lost()
    })
    void backend.fault.then((error) => {
      if (backend === this.#backend) this.listener.faulted(error)
    })
    return this.#load(backend, signal)
  }

  /** Opens a backend beside the present one, which the caller disposes of. */
  openAnother(choice: BackendChoice): ReturnType<typeof openBackend> {
    return (this.parts.open ?? openBackend)(choice)
  }

  /** The data set with the synthetic drawings, if the spec wants them. @throws what making them throws */
  async dataFor(spec: Spec): Promise<Data | undefined> {
    if (!this.#data || !this.#backend) return this.#data
    return (this.#data = await this.#synthetic.besides(this.#data, this.#backend, spec))
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
    const step = this.listener.lost()
    this.listener.tell({ type: 'data', loaded: 0, total: 0, ready: false })
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
          this.listener.tell({ type: 'data', loaded, total, ready: false })
        },
      })
    } catch (error) {
      if (signal.reason === SUPERSEDED || this.#gone) return false
      const message = error instanceof Error ? error.message : String(error)
      this.#problem('data', error instanceof DataError ? message : `The data set was not kept: ${message}`)
      return false
    }
    this.listener.tell({ type: 'data', loaded: bytes.total, total: bytes.total, ready: true })
    return true
  }

  #problem(kind: 'data' | 'backend' | 'device-lost', message: string): void {
    this.listener.tell({ type: 'problem', problem: { kind, message } })
  }
}
