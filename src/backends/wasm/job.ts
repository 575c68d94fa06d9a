// A job of the threads: one call, whose parts a counter in shared memory hands out. A thread that sleeps or is suspended before it
// took a part costs nothing but its help.

import type { WasmKernel } from './module'

/** Words of the memory that the threads share. */
const CLAIM = 0 // parts of the job in the upper half, number of the next part in the lower
const DONE = 1 // parts that are finished
const JOBS = 2 // counts jobs: threads that sleep wait here
const KERNEL = 3 // number of the kernel
const CALL = 4
const SCRATCH = 5
const SCRATCH_SIZE = 6
const FAILED = 7 // 1 where a helper met an error
export const WORDS = 16

/** Milliseconds that a helper spins for the next job before it sleeps: longer than the gaps within a step. */
const PATIENCE = 0.2

/** Start message of a helper. */
export interface HelperStart {
  readonly module: WebAssembly.Module
  readonly memory: WebAssembly.Memory
  readonly words: Int32Array<SharedArrayBuffer>
  /** Names of the kernels by number. */
  readonly names: readonly string[]
}

/** Offers a job to all threads, helps with it, and returns when it is done. @throws if a helper met an error */
export function runJob(
  words: Int32Array,
  kernels: readonly WasmKernel[],
  job: { kernel: number; call: number; scratch: number; scratchSize: number; parts: number },
): void {
  words[KERNEL] = job.kernel
  words[CALL] = job.call
  words[SCRATCH] = job.scratch
  words[SCRATCH_SIZE] = job.scratchSize
  Atomics.store(words, DONE, 0)
  Atomics.store(words, FAILED, 0)
  Atomics.store(words, CLAIM, job.parts << 16)
  Atomics.add(words, JOBS, 1)
  Atomics.notify(words, JOBS)
  try {
    while (helpOnce(words, kernels));
  } finally {
    // Waits in every case: helpers may still be writing. Never for long, because every remaining part is taken or will
    // be. A page's main thread may not sleep, so this one spins.
    while (Atomics.load(words, DONE) < job.parts);
  }
  if (Atomics.load(words, FAILED)) throw new Error('A kernel failed on a helper thread.')
}

/** Does one part of the job, if one is left. */
function helpOnce(words: Int32Array, kernels: readonly WasmKernel[]): boolean {
  if (!isOpen(Atomics.load(words, CLAIM))) return false
  const claim = Atomics.add(words, CLAIM, 1)
  if (!isOpen(claim)) return false
  // The job cannot change before this part is done.
  const part = claim & 0xffff
  try {
    kernels[words[KERNEL]](words[CALL] >>> 0, (words[SCRATCH] >>> 0) + part * words[SCRATCH_SIZE], part, claim >>> 16)
  } catch (error) {
    Atomics.store(words, FAILED, 1) // the thread that waits for all parts must learn of it
    throw error
  } finally {
    Atomics.add(words, DONE, 1)
  }
  return true
}

const isOpen = (claim: number) => (claim & 0xffff) < claim >>> 16

/** The loop of a helper: takes parts, and sleeps if there are none for a while. Does not return. */
export function help(words: Int32Array, kernels: readonly WasmKernel[]): never {
  for (;;) {
    const jobs = Atomics.load(words, JOBS)
    const start = performance.now()
    let busy = false
    while (!busy && performance.now() - start < PATIENCE) {
      for (let i = 0; i < 100 && !busy; i++) busy = helpOnce(words, kernels)
    }
    if (!busy) Atomics.wait(words, JOBS, jobs)
  }
}
