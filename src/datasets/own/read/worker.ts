// The thread that reads what a person brings: files come in as blobs, and contents go out without a copy.

import { expose, transfer, type ProxyMarked } from 'comlink'
import { originalOf, survey, take } from '.'
import { broughtBlob, type BroughtBlob } from './brought'
import type { Answers, Survey, Taken } from './types'

/** What the page calls. */
const reader = {
  /** See `survey`. */
  survey: (files: readonly BroughtBlob[], answers?: Answers): Promise<Survey> =>
    survey(files.map(broughtBlob), answers),

  /** See `take`. Stop it by ending the thread. */
  async take(
    files: readonly BroughtBlob[],
    answers: Answers,
    progress?: ((done: number, total: number) => void) & ProxyMarked,
  ): Promise<Taken> {
    const taken = await take(files.map(broughtBlob), answers, progress && { progress })
    const { train, test } = taken.content
    return transfer(
      taken,
      [train, test].flatMap(({ examples, labels }) => [examples.buffer, labels.buffer]),
    )
  },

  /** See `originalOf`. */
  originalOf: (files: readonly BroughtBlob[], path: string): Promise<Uint8Array> =>
    originalOf(files.map(broughtBlob), path),
}

export type ReaderThread = typeof reader

expose(reader)
