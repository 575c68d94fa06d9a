// Auto's choice between the graphics card and the processor: the faster one on the run's own plan, by a race, now or before.
//
// A race waits until the data is on the device. While it arrives the processor unpacks it and draws the synthetic digits, and would seem
// slower than it is; and its speed depends on the data, as it skips zeros.

import { ON_CPU, ON_GPU, type Choice, type openBackend } from '../backends'
import type { Backend, BackendKind } from '../backends/types'
import type { Spec } from '../model/spec'
import type { Data } from './data'
import type { DataHost } from './data-host'
import { fasterOf, race, tellRace, type Racer, type Speeds } from './race'
import { RaceMemory } from './race-memory'
import { isSuperseded, type SUPERSEDED } from './requests'

/** A backend for a run. `data`: its data, if it is another one than the present backend. Who does not use that one disposes of it. */
export interface Chosen extends Pick<Choice, 'backend' | 'reason'> {
  /** With whole steps: see model/whole.ts. */
  readonly whole?: boolean
  readonly data?: DataHost
}

export class Auto {
  /** A backend that turned out not to be there, or that was lost in a race: the other one trains from then on. */
  #missing: Racer | undefined
  #stop = new AbortController()
  #again = false
  readonly #memory: RaceMemory

  /** `adapter`: the graphics card as the browser names it. */
  constructor(
    adapter: string,
    private readonly open: (choice: Racer) => ReturnType<typeof openBackend>,
  ) {
    this.#memory = new RaceMemory(adapter)
  }

  /** There are two backends to choose from. */
  get races(): boolean {
    return this.#missing === undefined
  }

  /** Ends the race under way. The graphics card then trains, or, for a run that is not wanted any more (`SUPERSEDED`), the present backend. */
  end(reason?: typeof SUPERSEDED): void {
    this.#stop.abort(reason)
  }

  /** Never takes a backend again on which a run could not be made. Returns why a run is on the other one. */
  avoid(kind: BackendKind, spec: Spec): string {
    this.#missing = kind === 'wasm' ? 'wasm' : 'webgpu'
    return this.#reasonOf(kind === 'wasm' ? 'webgpu' : 'wasm', spec)
  }

  /** The next choice is made by a race, whatever an earlier one said. */
  again(): void {
    this.#again = true
  }

  /** What to open for an expected run: the graphics card, which is open, or the processor in its place if that has won before. */
  async first(card: Choice, spec: Spec): Promise<Choice> {
    const known = await this.#memory.recall(spec)
    if (!known) return card
    const reason = tellRace(known, spec)
    if (fasterOf(known) === 'webgpu') return { ...card, reason }
    const backend = await this.#openRacer('wasm')
    if (!backend) return card
    card.backend.dispose()
    return { backend, reason }
  }

  /**
   * The backend for a run whose data is on the present one: by a race, unless its plan has been raced before. `ended`: the race was ended
   * before it began.
   */
  async choose(
    present: DataHost,
    spec: Spec,
    data: Data,
    ended?: { readonly reason: typeof SUPERSEDED | undefined },
  ): Promise<Chosen> {
    const { signal } = (this.#stop = new AbortController())
    if (ended) this.#stop.abort(ended.reason)
    const again = this.#again
    this.#again = false
    const { backend } = present
    const own: Racer = backend.info.kind === 'wasm' ? 'wasm' : 'webgpu'
    const stay = (speeds?: Speeds): Chosen => ({
      backend,
      reason: this.#reasonOf(own, spec, speeds),
      whole: own === 'webgpu' && speeds?.whole === true,
    })
    if (this.#missing) return stay()
    const before = await this.#memory.recall(spec)
    const known = again ? undefined : before
    if (known && fasterOf(known) === own) return stay(known)

    const coming = this.#challenger(own === 'wasm' ? 'webgpu' : 'wasm', present, spec)
    const stopped = new Promise<undefined>((resolve) => {
      const end = () => {
        if (isSuperseded(signal) || again || (own === 'webgpu' && !known)) resolve(undefined)
      }
      if (signal.aborted) end()
      signal.addEventListener('abort', end)
    })
    const challenger = await Promise.race([coming, stopped])
    if (!challenger) {
      void coming.then((late) => late?.backend.dispose())
      return stay(before)
    }
    const racers =
      own === 'webgpu' ? { webgpu: backend, wasm: challenger.backend } : { webgpu: challenger.backend, wasm: backend }
    void racers.webgpu.lost.then(() => (this.#missing = 'webgpu'))
    const result = known
      ? { winner: fasterOf(known), speeds: known }
      : await race(racers, spec, data, () => signal.aborted)
    if (result?.speeds && !known) await this.#memory.keep(spec, result.speeds)
    if (result?.lost) this.#missing = 'webgpu'
    const undecided = isSuperseded(signal) || again ? own : 'webgpu'
    const winner = this.#missing === 'webgpu' ? 'wasm' : (result?.winner ?? undecided)
    if (winner !== own) {
      return {
        backend: challenger.backend,
        reason: this.#reasonOf(winner, spec, result?.speeds),
        whole: winner === 'webgpu' && result?.speeds?.whole === true,
        data: challenger,
      }
    }
    challenger.backend.dispose()
    return stay(result?.speeds ?? before)
  }

  /** The other backend, with the data for the spec. Undefined if there is none, or no room on it. */
  async #challenger(racer: Racer, present: DataHost, spec: Spec): Promise<DataHost | undefined> {
    const backend = await this.#openRacer(racer)
    try {
      return backend && (await present.copyTo(backend, spec))
    } catch {
      backend?.dispose()
      return undefined
    }
  }

  /** A backend of this kind, on hardware of its own. Undefined if there is none. */
  async #openRacer(racer: Racer): Promise<Backend | undefined> {
    try {
      const { backend } = await this.open(racer)
      if (backend.info.kind === racer && backend.info.software === (racer === 'wasm')) return backend
      backend.dispose()
    } catch {
      // No memory or no graphics card any more.
    }
    this.#missing = racer
    return undefined
  }

  #reasonOf(racer: Racer, spec: Spec, speeds?: Speeds): string {
    if (this.#missing === 'webgpu') return `${ON_CPU} Your graphics card cannot be used any more.`
    if (speeds) return tellRace(speeds, spec)
    return racer === 'webgpu' ? ON_GPU : ON_CPU
  }
}
