// How many threads the WebAssembly backend may use here.

/** More threads than this spend longer waiting for each other than working. */
const MOST_THREADS = 8

/** Number of threads, and what the page says if it is one because something is missing. */
export function threadsHere(asked?: number): { wanted: number; notice?: string } {
  if (asked !== undefined) return { wanted: asked }
  // Node has no such property; its command line works on one thread.
  if (typeof Worker === 'undefined') return { wanted: 1 }
  if (typeof SharedArrayBuffer === 'undefined' || globalThis.crossOriginIsolated !== true) {
    return {
      wanted: 1,
      notice:
        'One thread is used, because this page may not share memory: the server does not isolate it from other origins, or the browser cannot.',
    }
  }
  const cores = globalThis.navigator?.hardwareConcurrency ?? 1
  // Leaves a core to the page if there are enough.
  return { wanted: Math.min(MOST_THREADS, cores > 2 ? cores - 1 : cores) }
}
