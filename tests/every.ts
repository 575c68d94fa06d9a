// How much of the tests of kernels is run.

import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** Of the cases of a kernel, and of the networks, only one of so many is run; all by default. */
    every?: number
  }
}

/** One of so many is run. */
export const every = inject('every') ?? 1
