// Sessions for tests: a small spec, a session on backends that a test brings, and what it has told.

import type { Backend } from '../src/backends/types'
import type { Dataset } from '../src/datasets/dataset'
import type { ExampleCounts, LoadOptions } from '../src/datasets/load'
import { presets } from '../src/model/presets'
import { type Spec } from '../src/model/spec'
import type { BackendChoice, Phase, SessionEvent } from '../src/session/protocol'
import { LocalSession } from '../src/session/session'
import { makeSynthetic } from '../src/session/synthetic'
import { fillStores, SIZE } from './tiny-digits'

/** Softmax regression on the tiny digits, for longer than a test lasts. */
export const softmax: Spec = {
  ...presets[0].spec,
  augmentation: { type: 'none' },
  styleShare: 0,
  layers: [{ type: 'dense', units: 10, activation: 'linear', initialiser: 'glorot', bias: 'yes' }],
  batchSize: 50,
  epochs: 2000,
  evaluateEvery: 25,
}

/** Puts the tiny digits onto a backend, as loading does. */
export function loadTiny(_: Dataset, { stores }: LoadOptions): Promise<ExampleCounts> {
  fillStores(stores as Backend)
  return Promise.resolve(SIZE)
}

/** Waits for something that comes by itself. */
export async function until(what: () => boolean, name: string): Promise<void> {
  for (let i = 0; i < 400; i++) {
    if (what()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`It never came to this: ${name}`)
}

/** A session and what it has told so far. */
export class WatchedSession {
  events: SessionEvent[] = []
  /** All that were opened, the newest last. */
  readonly backends: Backend[] = []
  readonly session: LocalSession

  /** `make`: a backend for each opening. `load` has its own way to load the data where a test needs one. */
  constructor(
    make: (choice: BackendChoice) => Backend | Promise<Backend>,
    load: (dataset: Dataset, options: LoadOptions) => Promise<ExampleCounts> = loadTiny,
  ) {
    this.session = new LocalSession({
      makeSynthetic: () => makeSynthetic(40),
      open: async (choice) => {
        const backend = await make(choice)
        this.backends.push(backend)
        return { backend, reason: `as asked: ${choice}` }
      },
      load,
    })
    void this.session.listen((event) => this.events.push(event))
  }

  open(choice: BackendChoice = 'webgpu'): Promise<void> {
    return this.session.open(choice, 'https://example.test/data/')
  }

  only<T extends SessionEvent['type']>(type: T) {
    return this.events.filter((event): event is Extract<SessionEvent, { type: T }> => event.type === type)
  }

  get phase(): Phase | undefined {
    return this.only('progress').at(-1)?.progress.phase
  }

  get step(): number {
    return this.only('progress').at(-1)?.progress.step ?? -1
  }

  get problems() {
    return this.only('problem').map(({ problem }) => problem)
  }

  /** Trains, and waits until the run has gone on for a while. */
  async running(): Promise<void> {
    await this.session.train()
    const from = this.step
    await until(() => this.phase === 'running' && this.step > from + 20, 'a run that goes on')
  }
}
