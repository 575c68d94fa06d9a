// A page for tests, on a worker that does nothing but say that it did.

import { expect, vi } from 'vitest'
import { Playground, type Surroundings } from '../src/app/playground.svelte'
import { findPreset, presets } from '../src/model/presets'
import type { Spec } from '../src/model/spec'
import type {
  Checkpoint,
  FineTuning,
  Phase,
  RemoteSession,
  Sample,
  SamplesRequest,
  SessionEvent,
} from '../src/session/protocol'

export const notebook = findPreset('notebook')?.spec ?? presets[0].spec

/** A browser that stores nothing. */
const refused = () => Promise.reject(new DOMException('denied', 'SecurityError'))
const nowhere: Omit<Surroundings, 'session'> = {
  url: { data: 'data/', search: '', replace: () => {} },
  stores: {
    drawings: { read: refused, write: refused, watch: () => {} },
    datasets: {
      list: refused,
      read: refused,
      write: refused,
      describe: refused,
      hide: refused,
      samples: refused,
      room: refused,
      watch: () => {},
    },
    runs: refused,
    checkpoints: refused,
    left: () => false,
  },
}

/** A page on a worker that does nothing but say that it did. */
export function open(samples: (request: SamplesRequest) => Promise<readonly Sample[]> = () => Promise.resolve([])) {
  let tell: (event: SessionEvent) => void = () => {}
  const nothing = () => Promise.resolve()
  const session = {
    listen: (listener: (event: SessionEvent) => void) => Promise.resolve((tell = listener)),
    open: vi.fn(nothing),
    reset: vi.fn((spec: Spec) => {
      tell({ type: 'reset', spec, origin: 'fresh', step: 0, stepsPerEpoch: 1 })
      return Promise.resolve(true)
    }),
    checkpoint: vi.fn(() => Promise.resolve(checkpointOf(page))),
    restore: vi.fn(({ spec, snapshot }: Checkpoint) => {
      const { step } = snapshot
      tell({ type: 'reset', spec, origin: 'checkpoint', step, stepsPerEpoch: 1 })
      tell({ type: 'progress', progress: { ...page.run.progress, phase: 'paused', step, steps: 10 } })
      return Promise.resolve(true)
    }),
    startFrom: vi.fn((spec: Spec, _: Checkpoint) => {
      tell({ type: 'reset', spec, origin: 'transfer', step: 0, stepsPerEpoch: 1 })
      return Promise.resolve<number | undefined>(2)
    }),
    train: vi.fn(nothing),
    pause: vi.fn(() => Promise.resolve(be('paused'))),
    step: vi.fn(nothing),
    evaluateAtRest: nothing,
    endRace: vi.fn(nothing),
    raceAgain: vi.fn(nothing),
    stop: vi.fn(nothing),
    recover: vi.fn((learningRate: number) => {
      const of = { ...(page.run.spec ?? notebook), learningRate }
      tell({ type: 'reset', spec: of, origin: 'recovery', step: 1, stepsPerEpoch: 1 })
      return Promise.resolve(true)
    }),
    adjust: vi.fn(nothing),
    fineTune: vi.fn(() => Promise.resolve<FineTuning | undefined>(undefined)),
    predict: () => Promise.resolve(undefined),
    inspect: (_: 'samples', request: SamplesRequest) => samples(request),
  }
  const page = new Playground({ ...nowhere, session: session as unknown as RemoteSession })
  const be = (phase: Phase, step = 1) =>
    tell({ type: 'progress', progress: { ...page.run.progress, phase, step, steps: 10 } })
  const fail = (kind: 'run' | 'data' | 'device-lost') =>
    tell({ type: 'problem', problem: { kind, message: `no ${kind}` } })
  const load = (ready: boolean) => tell({ type: 'data', dataset: 'mnist', loaded: 1, total: 1, ready })
  return { page, session, be, fail, load, tell: (event: SessionEvent) => tell(event) }
}

/** The run of a page, with a snapshot of nothing but its step. */
function checkpointOf({ run }: Playground): Checkpoint | undefined {
  const snapshot = { step: run.progress.step, seconds: 0, evaluation: 'done', buffers: [] } as const
  return run.spec && { spec: run.spec, snapshot, buffers: [] }
}

export const kinds = (page: Playground) => page.notices.shown.map(({ kind }) => kind)
export const settled = (page: Playground) => vi.waitFor(() => expect(page.transport.preparing).toBe(false))
