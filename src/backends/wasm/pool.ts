// The threads that share calls: this one alone, or with workers that help.

import { runJob, WORDS, type HelperStart } from './job'
import type { WasmKernel } from './module'

/** Runs calls on this thread, and on helpers once they are there. */
export interface Pool {
  /** Threads that take part by now, this one included. */
  readonly threads: number
  /** Does all parts of a call; returns when they are done. `scratch` holds `scratchSize` bytes for every part. */
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

/** A pool of this thread and `helpers` workers. Resolves when they are ready; rejects where one does not start. */
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
    await Promise.all(ready)
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
