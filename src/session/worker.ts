// The worker's entry: a session, served to the page.

import { expose } from 'comlink'
import type { SyntheticImages } from '../data/synthetic-digits'
import { LocalSession } from './session'

/** Makes the synthetic drawings in a thread of their own while the data set downloads; in this thread if no other starts. */
function makeSynthetic(): Promise<SyntheticImages> {
  return new Promise((resolve) => {
    const makeHere = () => resolve(import('./synthetic').then(({ makeSynthetic }) => makeSynthetic()))
    let thread: Worker
    try {
      thread = new Worker(new URL('./synthetic-thread.ts', import.meta.url), { type: 'module', name: 'synthetic' })
    } catch {
      return makeHere() // a worker of a page from a disk may not start another
    }
    thread.onmessage = ({ data }: MessageEvent<SyntheticImages>) => {
      thread.terminate()
      resolve(data)
    }
    thread.onerror = (event) => {
      event.preventDefault() // keeps it from counting as an error of this worker too
      thread.terminate()
      makeHere()
    }
  })
}

expose(new LocalSession({ makeSynthetic }))
