// Rows of a table in text, as a stream: UTF-8, any newline, quoted fields.

import Papa from 'papaparse'
import { DataError } from '../../../data/error'
import { chunksOf, type ByteReading } from './bytes'
import { cleaned } from './names'
import { place } from './report'
import type { BroughtFile, Separator } from './types'

/** A quoted field may be so long, in characters; one that is longer was never closed. */
const LONGEST_FIELD = 2 ** 20

/** A row: its cells, and the line it begins in, from 1. */
export interface TableRow {
  readonly line: number
  readonly cells: readonly string[]
}

/** What papaparse's parser gives back; its types leave it open. */
interface Parsed {
  readonly data: string[][]
  readonly errors: readonly { readonly code: string; readonly row: number }[]
  /** Characters that the rows take. */
  readonly meta: { readonly cursor: number }
}

/**
 * The rows of a file, some at a time. Lines without any text are no rows.
 * @throws DataError if it is no UTF-8, or a quoted field is wrong
 */
export async function* rowsOf(
  file: BroughtFile,
  separator: Separator,
  reading: ByteReading = {},
): AsyncGenerator<TableRow[]> {
  const name = cleaned(file.path)
  const parser = new Papa.Parser({ delimiter: separator, newline: '\n' })
  let [rest, line] = ['', 1]
  const parse = (text: string, last: boolean): TableRow[] => {
    const { data, errors, meta } = parser.parse(text, 0, !last) as Parsed
    const wrong = errors.find(({ row }) => row < data.length)
    const rows: TableRow[] = []
    const simple = !text.includes('"') // no field has a newline
    for (const [i, cells] of data.entries()) {
      if (wrong?.row === i) throw quotesError(name, line, wrong.code)
      if (cells.length > 1 || cells[0].trim() !== '') rows.push({ line, cells })
      line += simple ? 1 : 1 + newlinesIn(cells)
    }
    if (wrong) throw quotesError(name, line, wrong.code)
    rest = last ? '' : text.slice(meta.cursor)
    if (rest.length > LONGEST_FIELD * 2) throw quotesError(name, line, 'MissingQuotes')
    return rows
  }
  for await (const text of textOf(file, reading)) {
    const rows = parse(rest + text, false)
    if (rows.length > 0) yield rows
  }
  if (rest !== '') yield parse(rest, true)
}

function quotesError(name: string, line: number, code: string): DataError {
  const what =
    code === 'MissingQuotes'
      ? 'opens a quotation mark that is never closed'
      : 'has a quotation mark in the middle of a quoted field. Within quotes a mark is written twice: ""'
  return new DataError(place(name, line), `${what}. Correct this line.`)
}

function newlinesIn(cells: readonly string[]): number {
  let count = 0
  for (const cell of cells) {
    for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) count++
  }
  return count
}

/** The text of a file in pieces, each newline as `\n`. @throws DataError if it is no UTF-8 */
async function* textOf(file: BroughtFile, reading: ByteReading): AsyncGenerator<string> {
  const name = cleaned(file.path)
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let [line, cut] = [1, false]
  /** Whole lines so far, and a carriage return at the end of a piece kept for the next. */
  const normal = (text: string, last: boolean): string => {
    const all = cut ? `\r${text}` : text
    cut = !last && all.endsWith('\r')
    const whole = (cut ? all.slice(0, -1) : all).replace(/\r\n?/g, '\n')
    line += newlinesIn([whole])
    return whole
  }
  for await (const chunk of chunksOf(file, reading)) {
    let text: string
    try {
      text = decoder.decode(chunk, { stream: true })
    } catch {
      throw encodingError(name, line, chunk)
    }
    if (text.includes('\0'))
      throw new DataError(name, 'is no text: it has bytes of zero. A table must be a text file (CSV).')
    yield normal(text, false)
  }
  try {
    yield normal(decoder.decode(), true)
  } catch {
    throw encodingError(name, line, new Uint8Array(0))
  }
}

function encodingError(name: string, line: number, chunk: Uint8Array): DataError {
  const lenient = new TextDecoder().decode(chunk)
  const wrong = Math.max(0, lenient.indexOf('\ufffd'))
  const at = line + newlinesIn([lenient.slice(0, wrong).replace(/\r\n?/g, '\n')])
  return new DataError(
    place(name, at),
    'is no text in UTF-8. Save the table again as “CSV UTF-8”, which every spreadsheet offers.',
  )
}
