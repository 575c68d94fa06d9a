// Classes of pictures by the folders that they lie in.

import { DataError } from '../../../data/error'
import { FEWEST_CLASSES, MOST_CLASSES } from '../content'
import { cleaned, distinctNames, naturally } from './names'
import { counted, quoted, type LeftList } from './report'
import type { BroughtFile } from './types'

const picture = /\.(png|jpe?g|jfif|webp)$/i
/** Pictures of other kinds, which are named where they are left out. */
const otherPicture = /\.(gif|bmp|tiff?|heic|heif|avif|svg|ico|psd|raw|cr2|nef|dng)$/i

/** Names of folders that say what their pictures are for. */
const trainWord = /^(train|training)$/i
const testWord = /^(test|testing)$/i
const validationWord = /^(val|valid|validation|dev)$/i
const isPart = (name: string | undefined): boolean =>
  name !== undefined && (trainWord.test(name) || testWord.test(name) || validationWord.test(name))

/** A picture with its class. */
export interface FiledPicture {
  readonly file: BroughtFile
  /** Index of its class. */
  readonly label: number
  readonly testing: boolean
}

/** Pictures sorted by their folders. */
interface PictureFolders {
  /** Names of the classes, in natural order. */
  readonly classes: readonly string[]
  /** In natural order of their paths. */
  readonly pictures: readonly FiledPicture[]
  /** Whether folders say what is for testing. */
  readonly split: boolean
  readonly notes: readonly string[]
}

/** Whether there are pictures among files. */
export const hasPictures = (files: readonly BroughtFile[]): boolean => files.some(({ path }) => picture.test(path))

/**
 * Sorts pictures by their folders: `train/roses/1.jpg` or `roses/1.jpg`, under any folders that all of them share.
 * @throws DataError if there are no classes, one only, too many, or an empty one
 */
export function sortedByFolders(source: string, files: readonly BroughtFile[], left: LeftList): PictureFolders {
  const name = cleaned(source)
  const found: BroughtFile[] = []
  for (const file of files) {
    if (file.path.endsWith('/')) continue
    if (picture.test(file.path)) found.push(file)
    else
      left.add(
        file.path,
        otherPicture.test(file.path)
          ? 'is a picture of a kind that is not read: PNG, JPEG and WebP are'
          : 'is no picture',
      )
  }
  if (found.length === 0) throw new DataError(name, 'holds no pictures. PNG, JPEG and WebP are read.')
  found.sort((a, b) => naturally(a.path, b.path))
  const empty = emptyFolders(files)
  const shared = sharedFolders([...found.map(({ path }) => foldersOf(path)), ...empty])
  const below = found.map(({ path }) => foldersOf(path).slice(shared))
  const partAt = partDepth(below)
  const hasTest = partAt !== undefined && below.some((folders) => testWord.test(folders[partAt] ?? ''))
  const classAt = partAt === 0 ? 1 : 0

  const filed: { file: BroughtFile; folder: string; testing: boolean }[] = []
  for (const [i, file] of found.entries()) {
    const folders = below[i]
    const part = partAt === undefined ? undefined : folders[partAt]
    const folder = folders[classAt]
    if (partAt !== undefined && !isPart(part)) left.add(file.path, 'lies in no folder for training or testing')
    else if (folder === undefined) left.add(file.path, 'lies in no folder of a class')
    else
      filed.push({ file, folder, testing: testWord.test(part ?? '') || (!hasTest && validationWord.test(part ?? '')) })
  }
  if (filed.length === 0) throw oneFolder(name, found)
  const folders = [...new Set(filed.map(({ folder }) => folder))].sort(naturally)
  check(name, folders, filed)
  for (const path of empty) {
    const folder = path.slice(shared)[classAt]
    if (folder !== undefined && path.length === shared + classAt + 1 && !isPart(folder)) {
      throw new DataError(
        cleaned(path.join('/')),
        'is an empty class: it holds no picture. Add some, or remove the folder.',
      )
    }
  }
  const split = filed.some(({ testing }) => testing)
  const labels = new Map(folders.map((folder, label) => [folder, label]))
  return {
    classes: distinctNames(folders),
    pictures: filed.map(({ file, folder, testing }) => ({ file, label: labels.get(folder) ?? 0, testing })),
    split,
    notes: notesOf(below, partAt, split, hasTest),
  }
}

const foldersOf = (path: string): string[] => path.split('/').slice(0, -1)

/** Folders that are known to be there and have nothing in them. */
function emptyFolders(files: readonly BroughtFile[]): string[][] {
  const filled = new Set<string>()
  for (const { path } of files) {
    for (let at = path.lastIndexOf('/', path.length - 2); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at + 1)
      if (filled.has(folder)) break
      filled.add(folder)
    }
  }
  return files.filter(({ path }) => path.endsWith('/') && !filled.has(path)).map(({ path }) => foldersOf(path))
}

/** Number of outer folders that all have in common. */
function sharedFolders([first, ...others]: readonly string[][]): number {
  let shared = first.length
  for (const folders of others) {
    let same = 0
    while (same < shared && folders[same] === first[same]) same++
    shared = same
  }
  return shared
}

/** Where in the folders the words for training and testing stand: before the classes, or in each class. */
function partDepth(below: readonly string[][]): 0 | 1 | undefined {
  if (below.some(([first, second]) => trainWord.test(first ?? '') && second !== undefined)) return 0
  const inClasses = below.every(([, second]) => isPart(second)) && below.some(([, second]) => trainWord.test(second))
  return inClasses ? 1 : undefined
}

function oneFolder(name: string, found: readonly BroughtFile[]): DataError {
  const folder = foldersOf(found[0].path).pop()
  const where = folder === undefined ? 'no folder' : `one folder (${quoted(folder)})`
  return new DataError(
    name,
    `has one class only: ${found.length === 1 ? 'its one picture lies' : `all ${counted(found.length, 'picture')} lie`} in ${where}. Make a folder for each class, two or more, and put its pictures in it.`,
  )
}

/** @throws DataError if the number of classes is wrong, or one is for testing only */
function check(name: string, folders: readonly string[], filed: readonly { folder: string; testing: boolean }[]): void {
  if (folders.length > MOST_CLASSES) {
    throw new DataError(name, `has ${counted(folders.length, 'class folder')}. The most is ${MOST_CLASSES}.`)
  }
  if (folders.length < FEWEST_CLASSES) {
    throw new DataError(
      name,
      `has one class only: the folder ${quoted(folders[0])}. To learn, a network needs two classes or more, a folder for each.`,
    )
  }
  const trained = new Set(filed.filter(({ testing }) => !testing).map(({ folder }) => folder))
  const lacking = folders.find((folder) => !trained.has(folder))
  if (lacking !== undefined) {
    throw new DataError(
      name,
      `has pictures of ${quoted(lacking)} to test with, and none to train on. Add some, or leave the class out.`,
    )
  }
}

function notesOf(below: readonly string[][], partAt: number | undefined, split: boolean, hasTest: boolean): string[] {
  if (partAt === undefined) return []
  const validation = below.some((folders) => validationWord.test(folders[partAt] ?? ''))
  return [
    ...(split ? [] : ['The pictures for testing lie in no class folders, so a share of the others is set aside.']),
    ...(validation && hasTest ? ['Pictures for validation are trained on: a run can hold out its own.'] : []),
    ...(validation && !hasTest && split ? ['Pictures for validation are those to test with.'] : []),
  ]
}
