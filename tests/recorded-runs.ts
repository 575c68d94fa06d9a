// What tests of past runs share.

import type { RunRecord, RunStore } from '../src/app/saved/run-records'
import type { PresentRun, Runs } from '../src/app/saved/runs.svelte'
import type { DeviceInfo } from '../src/backends/types'
import { presets } from '../src/model/presets'
import type { Spec } from '../src/model/spec'
import type { Phase } from '../src/session/protocol'

/** The settings of a run where a test asks for no others. */
export const spec = presets[0].spec

const device: DeviceInfo = {
  kind: 'wasm',
  label: 'CPU WebAssembly',
  adapter: '2 threads',
  software: true,
  features: [],
}

/** A store in memory. */
export class MemoryStore implements RunStore {
  readonly stored = new Map<string, RunRecord>()
  /** Whether it refuses to write, as a browser whose storage is full. */
  refuse = false

  read(): Promise<RunRecord[]> {
    return Promise.resolve([...this.stored.values()])
  }

  put(runs: readonly RunRecord[]): Promise<void> {
    if (this.refuse) return Promise.reject(new DOMException('', 'QuotaExceededError'))
    for (const run of runs) this.stored.set(run.id, structuredClone(run))
    return Promise.resolve()
  }

  delete(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.stored.delete(id)
    return Promise.resolve()
  }
}

/** A run after some steps of 100 images, whose test accuracy was each of those in turn. */
export function after(step: number, phase: Phase, accuracies: readonly number[] = [], of: Spec = spec): PresentRun {
  const curves = {
    train: Array.from({ length: step }, (_, i) => ({ step: i + 1, loss: i === 3 ? NaN : 2, accuracy: 0.5 })),
    test: accuracies.map((accuracy, i) => ({ step: 100 * (i + 1), loss: 1 - accuracy, accuracy })),
    validation: [],
  }
  const progress = { phase, step, steps: 1000, epoch: 1, imagesPerSecond: 9, seconds: 2, secondsLeft: 1 }
  return { spec: of, device, progress, stepsPerEpoch: 100, curves }
}

/** Waits for what was begun. */
export const settled = () => new Promise((resolve) => setTimeout(resolve, 10))

/** A whole run. */
export async function finish(runs: Runs, of: Spec = spec, accuracies: readonly number[] = [0.9]): Promise<RunRecord> {
  runs.begin(of)
  runs.keep(after(1000, 'finished', accuracies, of))
  await settled()
  return runs.records[0]
}
