// The files that a person brings, as a list: zips opened, and what systems leave in folders dropped.

import { DataError } from '../../../data/error'
import { hasPictures } from './picture-folders'
import { LeftList } from './report'
import type { BroughtFile } from './types'
import { entriesOf, isZip } from './zip'

/** Files that systems make and nobody means. */
const junk = /(^|\/)(__MACOSX|\.[^/]*|Thumbs\.db|desktop\.ini)(\/|$)/i

/** Spreadsheets are zips by their bytes, and no zips to a person. */
const sheet = /\.(xlsx?|ods|numbers)$/i
/** Files to read, and a name for all of them. */
export interface Brought {
  readonly files: readonly BroughtFile[]
  /** Of the one file or folder, for titles and errors. */
  readonly name: string
}

/**
 * Opens zips, which their first bytes tell whatever they are called, and drops junk. Zips in zips stay closed.
 * @throws DataError if there is nothing, or a zip is damaged
 */
export async function expanded(given: readonly BroughtFile[], left = new LeftList()): Promise<Brought> {
  const files = given.filter(({ path }) => !junk.test(path))
  const zips = new Set<BroughtFile>()
  for (const file of files) {
    // There may be thousands of pictures: of many files, those that are called so are not looked into.
    if (file.path.endsWith('/') || sheet.test(file.path) || (files.length > 1 && hasPictures([file]))) continue
    if (isZip(await file.read(0, 4))) zips.add(file)
  }
  const name = nameOf(files)
  const found: BroughtFile[] = []
  for (const file of files) {
    if (!zips.has(file)) {
      found.push(file)
      continue
    }
    const folder = zips.size === 1 && files.length === 1 ? '' : file.path.replace(/[^/]*$/, '')
    for (const entry of await entriesOf(file, folder)) {
      if (junk.test(entry.path)) continue
      if (/\.zip$/i.test(entry.path)) left.add(entry.path, 'is a zip in a zip, which stays closed')
      else found.push(entry)
    }
  }
  if (found.every(({ path }) => path.endsWith('/'))) {
    throw new DataError(name, 'holds no files. Bring a folder or zip of pictures, a table (CSV), or IDX files.')
  }
  return { files: found, name }
}

/** The name of the one file, or of the folder that all files lie in. */
function nameOf(files: readonly BroughtFile[]): string {
  if (files.length === 1) return files[0].path
  const [first, ...others] = files.map(({ path }) => path.split('/'))
  const folder = first && first.length > 1 && others.every(([top]) => top === first[0]) ? first[0] : ''
  return folder || 'What you brought'
}
