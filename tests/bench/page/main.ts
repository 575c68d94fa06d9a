// The measuring page: starts a worker for what the driver asks (see task.ts).

import { wrap, type Remote } from 'comlink'
import type { BenchWorker } from './worker'

const base = new URL('data/', document.baseURI).href

/** Does something with a worker of its own; rejects when the worker breaks. */
async function withWorker<T>(work: (worker: Remote<BenchWorker>) => Promise<T>): Promise<T> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
  const broken = new Promise<never>((_, reject) => {
    worker.addEventListener('error', ({ message }) => reject(new Error(message || 'The worker could not be loaded.')))
  })
  try {
    return await Promise.race([work(wrap<BenchWorker>(worker)), broken])
  } finally {
    worker.terminate()
  }
}

globalThis.bench = {
  measure: (task) => withWorker((worker) => worker.measure(task, base, performance.timeOrigin)),
  ceilings: (device, timing) => withWorker((worker) => worker.ceilings(device, timing)),
}
