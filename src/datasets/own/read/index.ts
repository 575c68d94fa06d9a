// Reads data that a person brings: `survey` says what it is and proposes answers, `take` reads it.

import { DataError } from '../../../data/error'
import { expanded, type Brought } from './expand'
import { cleaned } from './names'
import { packedAmong, surveyPacked, takePacked, type Packed } from './packed'
import { hasPictures } from './picture-folders'
import { MOST_PICTURE_BYTES, surveyPictures, takePictures } from './pictures'
import { LeftList, LISTED } from './report'
import { takeTable } from './table'
import { surveyTable, type Tables } from './table-survey'
import { idxAmong, surveyIdx, takeIdx, type IdxBrought } from './take-idx'
import { tablesAmong } from './tables'
import {
  TEST_SHARES,
  type BroughtAnswers,
  type BroughtFile,
  type LeftOut,
  type Survey,
  type TakenData,
  type TakeOptions,
} from './types'

/** What files turned out to be. */
type Recognised =
  | { readonly kind: 'packed'; readonly packed: Packed }
  | { readonly kind: 'idx'; readonly idx: IdxBrought }
  | { readonly kind: 'pictures' }
  | { readonly kind: 'table'; readonly tables: Tables }

/**
 * Recognises what files are, and looks at their beginnings. Answers given so far change what follows from them: another separator
 * makes other columns.
 * @throws DataError if they are nothing to learn from
 */
export async function survey(given: readonly BroughtFile[], answers?: Partial<BroughtAnswers>): Promise<Survey> {
  const left = new LeftList()
  const brought = await expanded(given, left)
  const { name, files } = brought
  const recognised = await recognise(brought, left)
  const found = await (() => {
    switch (recognised.kind) {
      case 'packed':
        return surveyPacked(recognised.packed)
      case 'idx':
        return surveyIdx(recognised.idx, answers?.kind === 'idx' ? answers : {})
      case 'pictures':
        return surveyPictures(name, files, answers?.kind === 'pictures' ? answers : {})
      case 'table':
        return surveyTable(recognised.tables, answers?.kind === 'table' ? answers : {})
    }
  })()
  return { ...found, left: both(left.plain(), found.left) }
}

/**
 * Reads a data set as the answers say: all or nothing.
 * @throws DataError that names file, line and column; the signal's reason if it stops
 */
export async function take(
  given: readonly BroughtFile[],
  answers: BroughtAnswers,
  options: TakeOptions = {},
): Promise<TakenData> {
  const left = new LeftList()
  const brought = await expanded(given, left)
  const { name, files } = brought
  checkShare(name, answers)
  const recognised = await recognise(brought, left)
  const read = (): Promise<TakenData> => {
    if (recognised.kind === 'packed' && answers.kind === 'packed') return takePacked(recognised.packed, options)
    if (recognised.kind === 'idx' && answers.kind === 'idx') return takeIdx(recognised.idx, answers, options)
    if (recognised.kind === 'pictures' && answers.kind === 'pictures')
      return takePictures(name, files, answers, options)
    if (recognised.kind === 'table' && answers.kind === 'table') return takeTable(recognised.tables, answers, options)
    throw new DataError(cleaned(name), 'is not what it was when it was looked at. Bring it again.')
  }
  options.signal?.throwIfAborted()
  const taken = await read()
  return { ...taken, left: both(left.plain(), taken.left) }
}

/** @throws DataError if the answers set too few or too many examples aside */
function checkShare(name: string, answers: BroughtAnswers): void {
  const [least, most] = TEST_SHARES
  if (answers.kind === 'packed' || (answers.testShare >= least && answers.testShare <= most)) return
  throw new DataError(
    cleaned(name),
    `cannot set ${100 * answers.testShare} per cent aside for testing: the least is ${100 * least} and the most ${100 * most}.`,
  )
}

async function recognise({ name, files }: Brought, left: LeftList): Promise<Recognised> {
  const packed = await packedAmong(files)
  if (packed) return { kind: 'packed', packed }
  const pictures = hasPictures(files)
  const idx = pictures ? undefined : await idxAmong(name, files)
  if (idx) return { kind: 'idx', idx }
  if (pictures) return { kind: 'pictures' }
  return { kind: 'table', tables: await tablesAmong(name, files, left) }
}

const both = (a: LeftOut, b: LeftOut): LeftOut => ({
  count: a.count + b.count,
  listed: [...a.listed, ...b.listed].slice(0, LISTED),
})

/** The bytes of one picture as it was brought, for a preview. @throws DataError if there is none of that path, or it is too large */
export async function originalOf(given: readonly BroughtFile[], path: string): Promise<Uint8Array> {
  const { files } = await expanded(given)
  const file = files.find((each) => each.path === path)
  if (!file) throw new DataError(cleaned(path), 'is not among what was brought.')
  if (file.size > MOST_PICTURE_BYTES) throw new DataError(cleaned(path), 'is too large to be shown.')
  return file.read(0, file.size)
}
