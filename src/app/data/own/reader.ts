// The thread that reads and packs data of one's own.

import { wrap, type Remote } from 'comlink'
import type { ReaderThread } from '../../../datasets/own/read/worker'

export interface Reader {
  readonly thread: Remote<ReaderThread>
  /** Ends the thread, whatever it does. */
  readonly end: () => void
}

/** Starts a thread. `failed` gets an error that nothing in it caught, or that its script could not be loaded. */
export function startReader(failed?: (message: string) => void): Reader {
  const worker = new Worker(new URL('../../../datasets/own/read/worker.ts', import.meta.url), {
    type: 'module',
    name: 'reader',
  })
  worker.onerror = (event) => failed?.(event.message || 'The code that reads files could not be loaded.')
  return { thread: wrap<ReaderThread>(worker), end: () => worker.terminate() }
}
