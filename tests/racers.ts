// Reference backends in the place of a graphics card and a processor, for sessions whose Auto lets the two race.

import { createReference } from '../src/backends/reference'
import type { Backend, DeviceInfo } from '../src/backends/types'
import type { Spec } from '../src/model/spec'
import type { BackendChoice } from '../src/session/protocol'
import type { Racer } from '../src/session/race'
import { losable } from './losable'
import { SYNTHETIC } from './tiny-digits'
import { loadTiny, softmax, WatchedSession } from './training-session'

/** Steps so short that a slow backend is one of many times the time. There are none in one workgroup, which would race, too. */
export const spec: Spec = { ...softmax, batchSize: 10, clipNorm: 1 }
/** A run of another plan. */
export const otherPlan: Spec = { ...spec, batchSize: 12 }

const infos: Readonly<Record<Racer, DeviceInfo>> = {
  webgpu: { kind: 'webgpu', label: 'WebGPU', adapter: 'test card', software: false, features: [] },
  wasm: { kind: 'wasm', label: 'CPU WebAssembly', adapter: '2 threads', software: true, features: [] },
}

/** Calls of a step in one workgroup: the gather and all else. */
const WHOLE = 2

/** Milliseconds of a step that is slow beside one of these backends, on a busy machine too. */
export const SLOW = 80

/** What a session may open, and what it has opened. */
export class Racers {
  /** Milliseconds that a training step takes longer; `whole`: one in one workgroup. */
  slow: Record<Racer, number> & { whole?: number } = { webgpu: 0, wasm: 0 }
  /** Whether the graphics card refuses steps in one workgroup. */
  refusesWhole = false
  /** Calls of the training steps of all programs, in the order of their making. */
  readonly calls: number[] = []
  /** What a choice opens; `auto` opens the graphics card. */
  opens: Record<Racer, () => Backend | Promise<Backend>> = { webgpu: () => this.racer('webgpu'), wasm: () => this.racer('wasm') } // prettier-ignore
  /** Choices in the order of their openings. */
  readonly opened: BackendChoice[] = []
  /** Those that are not disposed of. */
  readonly alive = new Set<Backend>()
  /** Called before every submission of training steps. */
  steps: (racer: Racer, backend: Backend) => void = () => {}
  /** Called before and after all that the graphics card is waited for; may lose it there. */
  moment: (card: Backend) => void = () => {}

  session(): WatchedSession {
    const make = (choice: BackendChoice) => {
      this.opened.push(choice)
      if (choice === 'reference') return createReference()
      return this.opens[choice === 'auto' ? 'webgpu' : choice]()
    }
    return new WatchedSession(make, async (...of) => {
      const counts = await loadTiny(...of)
      of[1].stores.drop(SYNTHETIC.inputs) // the session makes its own
      of[1].stores.drop(SYNTHETIC.labels)
      return counts
    })
  }

  racer(kind: Racer, info: Partial<DeviceInfo> = {}): Backend {
    const inner = kind === 'webgpu' ? losable((card) => this.moment(card)) : createReference()
    const backend: Backend = {
      ...inner,
      prepare: async (plan) => {
        const { train = [] }: { readonly train?: readonly unknown[] } = plan.lists
        const steps = train.length
        this.calls.push(steps)
        if (steps === WHOLE && this.refusesWhole) throw new Error('The kernel dense-step-adam does not compile')
        const { calls, ...program } = await inner.prepare(plan)
        return {
          ...program,
          // A graphics card cannot be stopped between two calls.
          ...(calls &&
            kind === 'wasm' && { calls: (list) => [() => this.#before(kind, steps, list, 1, inner), ...calls(list)] }),
          run: (list, times) => {
            this.#before(kind, steps, list, times, inner)
            program.run(list, times)
          },
        }
      },
      info: { ...infos[kind], ...info },
      dispose: () => {
        this.alive.delete(backend)
        inner.dispose()
      },
    }
    this.alive.add(backend)
    return backend
  }

  /** Lets time pass before training steps. */
  #before(kind: Racer, calls: number, list: string, times: number, backend: Backend): void {
    if (list !== 'train') return
    this.steps(kind, backend)
    const { [kind]: usual, whole = usual } = this.slow
    const end = performance.now() + times * (calls === WHOLE ? whole : usual)
    while (performance.now() < end);
  }

  /** Does something once, when this backend is next about to train. */
  amid(kind: Racer, what: (backend: Backend) => unknown): void {
    this.steps = (racer, backend) => {
      if (racer !== kind) return
      this.steps = () => {}
      what(backend)
    }
  }

  get kinds(): string[] {
    return [...this.alive].map(({ info }) => info.kind)
  }
}

/** Fails where a command hangs. */
export const soon = <T>(command: Promise<T>): Promise<T> =>
  Promise.race([
    command,
    new Promise<never>((_, reject) => setTimeout(() => reject(new Error('It hangs')), 10_000).unref()),
  ])

/** Opens a backend, and makes a run. */
export async function openFor({ session }: WatchedSession, choice: BackendChoice, of: Spec): Promise<void> {
  await soon(Promise.all([session.open(choice, 'https://example.test/data/'), session.reset(of)]))
}

/** Trains for a while: the first steps of all run before the engine has optimised them. */
export async function warmedUp(): Promise<void> {
  const watched = new Racers().session()
  await openFor(watched, 'wasm', spec)
  await watched.running()
  await watched.session.pause()
}
