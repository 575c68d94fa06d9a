// Starts a widget's own worker from the script inside the module, so that the page's origin and headers do not matter.

import { wrap } from 'comlink'
import script from 'virtual:widget-worker'
import type { RemoteSession, Session } from '../session/protocol'

/** A session in a worker of its own. */
export interface Connection {
  readonly session: RemoteSession
  /** Resolves when the connection closes. Open requests then get no answer. */
  readonly closed: Promise<undefined>
  /** Ends the worker and all workers that it has started, at once. */
  close(): void
}

/** Starts the worker. Calls `failed` on an uncaught error in it, or if it cannot start. */
export function connect(failed: (message: string) => void): Connection {
  const url = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }))
  const worker = new Worker(url, { name: 'session' })
  worker.addEventListener('error', (event) => failed(event.message || 'its script is not allowed to run here'))
  let resolve: (value: undefined) => void
  const closed = new Promise<undefined>((resolved) => (resolve = resolved))
  return {
    session: wrap<Session>(worker) as RemoteSession,
    closed,
    close() {
      resolve(undefined)
      worker.terminate()
      URL.revokeObjectURL(url) // not earlier: the worker starts other workers from it
    },
  }
}
