// The page's end of the worker: starts it and reports when it breaks.

import { wrap } from 'comlink'
import type { RemoteSession, Session } from '../../session/protocol'

/** Where the site keeps its data files, beside the page itself wherever it is hosted. */
export const dataFolder = (): string => new URL('data/', document.baseURI).href

/** Starts the worker. `failed` gets an uncaught error of the worker, or the reason why it cannot load. */
export function connect(failed: (message: string) => void): RemoteSession {
  const worker = new Worker(new URL('../../session/worker.ts', import.meta.url), { type: 'module' })
  worker.addEventListener('error', (event) => {
    failed(event.message || 'its script could not be loaded')
  })
  return wrap<Session>(worker) as RemoteSession
}
