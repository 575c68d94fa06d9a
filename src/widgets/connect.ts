// A widget's own worker, started from the script inside the module, so that the page's origin and headers make no difference.

import { wrap } from 'comlink'
import script from 'virtual:widget-worker'
import type { RemoteSession, Session } from '../session/protocol'

/** A session in a worker of its own. */
export interface Connection {
  readonly session: RemoteSession
  /** Resolves when it is closed: what the worker was asked then stays without an answer. */
  readonly closed: Promise<undefined>
  /** Ends the worker and all that it has started, whatever they are at. */
  close(): void
}

/** Starts the worker; `failed` is told of an error that nothing in it caught, or that it cannot start. */
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
      URL.revokeObjectURL(url) // not earlier: the worker starts others from it
    },
  }
}
