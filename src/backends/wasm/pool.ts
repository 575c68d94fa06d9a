// The threads that run calls: this one, alone or with helping workers.

import { runJob, WORDS, type HelperStart } from './job'
import type { WasmKernel } from './module'

/** Runs calls on this thread and its helpers. */
export interface Pool {
  /** Number of threads, this one included. */
  readonly threads: number
  /** Runs all parts of a call, and returns when they are done. `scratch` holds `scratchSize` bytes for every part. */
  run(kernel: number, call: number, scratch: number, scratchSize: number, parts: number): void
  dispose(): void
}

/** A pool of this thread alone. */
export function createSolo(kernels: readonly WasmKernel[]): Pool {
  return {
    threads: 1,
    run(kernel, call, scratch, scratchSize, parts) {
      for (let part = 0; part < parts; part++) kernels[kernel](call, scratch + part * scratchSize, part, parts)
    },
    dispose() {},
  }
}

/** Milliseconds that helpers may take to start. */
const START_MS = 10_000

/** A pool of this thread and `helpers` workers. Resolves when they are ready; rejects if one does not start in time. */
export async function createPool(
  kernels: readonly WasmKernel[],
  helpers: number,
  start: Omit<HelperStart, 'words'>,
): Promise<Pool> {
  const words = new Int32Array(new SharedArrayBuffer(4 * WORDS))
  const workers: Worker[] = []
  const dispose = () => workers.forEach((worker) => worker.terminate())
  try {
    const ready = Array.from({ length: helpers }, () => {
      const worker = new Worker(new URL('./thread.ts', import.meta.url), { type: 'module', name: 'helper' })
      workers.push(worker)
      worker.postMessage({ ...start, words } satisfies HelperStart)
      return new Promise<void>((resolve, reject) => {
        worker.onmessage = () => resolve()
        worker.onerror = ({ message }) => reject(new Error(message || 'a worker does not start'))
      })
    })
    let timer: ReturnType<typeof setTimeout> | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('a worker does not answer')), START_MS)
    })
    await Promise.race([Promise.all(ready), late]).finally(() => clearTimeout(timer))
  } catch (error) {
    dispose()
    throw error
  }
  return {
    threads: helpers + 1,
    run(kernel, call, scratch, scratchSize, parts) {
      if (parts === 1) return kernels[kernel](call, scratch, 0, 1)
      runJob(words, kernels, { kernel, call, scratch, scratchSize, parts })
    },
    dispose,
  }
}
