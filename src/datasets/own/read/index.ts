// Reads data that a person brings: `survey` says what it is and proposes answers, `take` reads it.

import { DataError } from '../../../data/error'
import type { Answers, BroughtFile, Survey, Taken, TakeOptions } from './types'

/**
 * Recognises what files are, and looks at their beginnings. With answers a table is looked at as they say.
 * @throws DataError if they are nothing to learn from
 */
export function survey(_files: readonly BroughtFile[], _answers?: Answers): Promise<Survey> {
  return Promise.reject(new DataError('This', 'cannot be read yet.'))
}

/**
 * Reads a data set as the answers say: all or nothing.
 * @throws DataError that names file, line and column; the signal's reason if it stops
 */
export function take(_files: readonly BroughtFile[], _answers: Answers, _options?: TakeOptions): Promise<Taken> {
  return Promise.reject(new DataError('This', 'cannot be read yet.'))
}

/** The bytes of one picture as it was brought, for a preview. @throws DataError if there is none of that path */
export function originalOf(_files: readonly BroughtFile[], _path: string): Promise<Uint8Array> {
  return Promise.reject(new DataError('This', 'cannot be read yet.'))
}
