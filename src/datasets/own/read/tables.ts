// Finds the table among files, and a second one for testing.

import { DataError } from '../../../data/error'
import { startOf } from './bytes'
import { namedTest } from './idx'
import { baseName, cleaned } from './names'
import { counted, type LeftList } from './report'
import type { Tables } from './table-survey'
import type { BroughtFile } from './types'

const tableName = /\.(csv|tsv|tab)(\.gz)?$/i
const textName = /\.(txt|data)(\.gz)?$/i
const sheetName = /\.(xlsx?|ods|numbers)$/i

/**
 * The table to learn from. Of two the one whose name says test is for testing.
 * @throws DataError if there is none, or more than can be told apart
 */
export async function tablesAmong(name: string, given: readonly BroughtFile[], left: LeftList): Promise<Tables> {
  const files = given.filter(({ path }) => !path.endsWith('/'))
  const named = files.filter(({ path }) => tableName.test(path))
  const tables = named.length > 0 ? named : await texts(files)
  for (const { path } of files) {
    if (!tables.some((table) => table.path === path)) left.add(path, 'is no table')
  }
  if (tables.length === 0) {
    const sheet = files.find(({ path }) => sheetName.test(path))
    if (sheet)
      throw new DataError(
        cleaned(sheet.path),
        'is a spreadsheet. Save it as CSV, which every spreadsheet offers, and bring that.',
      )
    throw new DataError(
      cleaned(name),
      'holds nothing to learn from: no pictures (PNG, JPEG, WebP) in folders, no table (CSV), no IDX files.',
    )
  }
  const tests = tables.filter(({ path }) => namedTest(path))
  const others = tables.filter((table) => !tests.includes(table))
  const train = others.length > 0 ? others : tests
  if (train.length > 1 || (others.length > 0 && tests.length > 1)) {
    const names = tables.slice(0, 4).map(({ path }) => baseName(path))
    throw new DataError(
      cleaned(name),
      `holds ${counted(tables.length, 'table')} (${names.join(', ')}${tables.length > 4 ? ', …' : ''}). Bring one, or two of which one is called train and the other test.`,
    )
  }
  return { train: train[0], ...(others.length > 0 && tests.length === 1 && { test: tests[0] }) }
}

/** Files of text that may be tables: those that are named so, or the only one. */
async function texts(files: readonly BroughtFile[]): Promise<BroughtFile[]> {
  const named = files.filter(({ path }) => textName.test(path) && !/(readme|licen[cs]e|names)/i.test(path))
  if (named.length > 0) return named
  if (files.length !== 1) return []
  try {
    const start = await startOf(files[0], 4096)
    const text = new TextDecoder('utf-8', { fatal: true }).decode(start, { stream: true })
    return /[,;\t]/.test(text) && !text.includes('\0') && !/^[<{]/.test(text) ? [files[0]] : []
  } catch {
    return []
  }
}
