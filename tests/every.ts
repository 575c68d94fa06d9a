// How much of the tests of kernels is run.

import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** Only one of so many cases of a kernel is run in variants without barriers, of others every third, and of the networks three; all by default. */
    every?: number
  }
}

/** One of so many cases is run. */
export const every = inject('every') ?? 1
