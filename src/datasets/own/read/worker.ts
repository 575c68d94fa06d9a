// The thread that reads what a person brings: files come in as blobs, and contents go out without a copy.

import { expose, transfer, type ProxyMarked } from 'comlink'
import type { Content } from '../content'
import { originalOf, survey, take } from '.'
import { decodePicture } from './browser-decoder'
import { broughtBlob, type BroughtBlob } from './brought'
import { packDataset } from './pack'
import type { BroughtAnswers, Survey, TakenData } from './types'

type Progress = ((done: number, total: number) => void) & ProxyMarked

/** Reports arrive so far apart, in milliseconds: a page that gets thousands would do nothing else. */
const REPORT = 100

/** Passes reports on, at most ten a second, and the last. */
function seldom(progress: Progress): (done: number, total: number) => void {
  let last = -Infinity
  return (done, total) => {
    const now = performance.now()
    if (now - last < REPORT && done < total) return
    last = now
    progress(done, total)
  }
}

/** What the page calls. Files are sent with each call: a blob is a name for bytes, and costs nothing to send. */
const reader = {
  /** See `survey`. */
  survey: (files: readonly BroughtBlob[], answers?: Partial<BroughtAnswers>): Promise<Survey> =>
    survey(files.map(broughtBlob), answers),

  /** See `take`. To stop it, end the thread. */
  async take(files: readonly BroughtBlob[], answers: BroughtAnswers, progress?: Progress): Promise<TakenData> {
    const taken = await take(files.map(broughtBlob), answers, {
      decode: decodePicture,
      ...(progress && { progress: seldom(progress) }),
    })
    const { train, test } = taken.content
    return transfer(
      taken,
      [train, test].flatMap(({ examples, labels }) => [examples.buffer, labels.buffer]),
    )
  },

  /** See `originalOf`. */
  originalOf: (files: readonly BroughtBlob[], path: string): Promise<Uint8Array> =>
    originalOf(files.map(broughtBlob), path),

  /** A data set as a zip: see `packDataset`. */
  pack: (title: string, content: Content, progress?: Progress): Blob =>
    new Blob(packDataset(title, content, progress && seldom(progress)), { type: 'application/zip' }),
}

export type ReaderThread = typeof reader

expose(reader)
