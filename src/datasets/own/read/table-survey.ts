// Looks at the first rows of a table: what separates its cells, whether it has a header, and which column holds the classes.

import { DataError, grouped } from '../../../data/error'
import { MOST_FEATURES } from '../content'
import { isNumberLike, numberOf } from './cells'
import { rowsOf, type TableRow } from './csv'
import { distinctNames, titleFrom, cleaned } from './names'
import { counted, LeftList, place, quoted } from './report'
import { TEST_SHARE } from './sort'
import {
  separators,
  type BroughtFile,
  type TableColumn,
  type Separator,
  type TableAnswers,
  type TableSurvey,
} from './types'

/** Rows that are looked at. */
const LOOKED_AT = 500
/** Rows of the preview. */
const SHOWN = 12
/** Least and greatest side of pictures in rows. */
const SIDES = { least: 8, most: 128 } as const
/** Pixels go from black to white: a table of small numbers is none of pictures. */
const BRIGHT = 100

const labelName = /^(label|labels|class|classes|target|species|variety|category|y|digit|letter|outcome|diagnosis)$/i
const counterName = /^(id|index|idx|row|nr|no|number|unnamed: ?\d+|#)$/i

/** The tables among what is brought. */
export interface Tables {
  readonly train: BroughtFile
  /** A table for testing, if one is there. */
  readonly test?: BroughtFile
}

/** The first rows of a table. @throws DataError if there are none, or the text is wrong */
async function firstRows(file: BroughtFile, separator: Separator, count = LOOKED_AT): Promise<TableRow[]> {
  const rows: TableRow[] = []
  for await (const some of rowsOf(file, separator)) {
    rows.push(...some.slice(0, count - rows.length))
    if (rows.length >= count) break
  }
  if (rows.length === 0) throw new DataError(cleaned(file.path), 'is empty: it has no rows.')
  return rows
}

/**
 * Surveys a table, as far as the answers say already.
 * @throws DataError if it is no table, or two columns are called label
 */
export async function surveyTable(
  { train, test }: Tables,
  answers: Partial<TableAnswers> = {},
  left = new LeftList(),
): Promise<TableSurvey> {
  const name = cleaned(train.path)
  const separator = answers.separator ?? (await guessSeparator(train))
  const rows = await firstRows(train, separator)
  const width = rows[0].cells.length
  if (width < 2) {
    const which = rows[0].cells[0].includes(' ') ? ' Cells must be separated by commas, semicolons or tabs.' : ''
    throw new DataError(name, `has one column only. A table to learn from has a column of classes, and others.${which}`)
  }
  // One column holds the classes.
  if (width > MOST_FEATURES + 1) {
    throw new DataError(name, `has ${counted(width, 'column')}. The most is ${grouped(MOST_FEATURES + 1)}.`)
  }
  const decimalComma = answers.decimalComma ?? (separator !== ',' && hasDecimalCommas(rows))
  const header = answers.header ?? hasHeader(rows, decimalComma)
  const body = header ? rows.slice(1) : rows
  if (body.length === 0) throw new DataError(name, 'has a header and no rows.')
  const columns = columnsOf(header ? rows[0].cells : undefined, body, decimalComma)
  if (answers.label === undefined && header) refuseTwoLabels(name, rows[0])
  const label = answers.label ?? guessLabel(columns, header, body, decimalComma)
  const without =
    answers.without ?? columns.flatMap((column, i) => (i !== label && isCounter(column, i, body) ? [i] : []))
  const inputs = inputColumns(columns, label, without)
  const picture = pictureOf(inputs.length)
  const pictures = picture !== undefined && (answers.pictures ?? arePixels(body, inputs))
  const notes: string[] = []
  if (test) notes.push(`${cleaned(test.path)} is for testing.`)
  for (const [i, { kind, name: column }] of columns.entries()) {
    if (i === label) continue
    const what = `column ${i + 1} (${column})`
    if (kind === 'text') left.add(what, 'is text, and no class')
    else if (kind === 'empty') left.add(what, 'is empty')
    else if (without.includes(i)) left.add(what, isCounter(columns[i], i, body) ? 'counts the rows' : 'is not wanted')
  }
  return {
    kind: 'table',
    title: titleFrom(train.path),
    notes,
    left: left.plain(),
    proposed: {
      kind: 'table',
      separator,
      header,
      decimalComma,
      label,
      without,
      pictures,
      testShare: answers.testShare ?? TEST_SHARE,
    },
    columns,
    rows: body.slice(0, SHOWN).map(({ cells }) => cells),
    ...(picture && { picture }),
  }
}

/** Columns that a network reads: of numbers, not of classes, and wanted. */
export const inputColumns = (columns: readonly TableColumn[], label: number, without: readonly number[]): number[] =>
  columns.flatMap(({ kind }, i) => (kind === 'number' && i !== label && !without.includes(i) ? [i] : []))

/** Side and channels of a picture of so many values, three a pixel if coloured; undefined if they form none. */
export function pictureOf(values: number): { readonly side: number; readonly channels: 1 | 3 } | undefined {
  for (const channels of [1, 3] as const) {
    const side = Math.sqrt(values / channels)
    if (Number.isInteger(side) && side >= SIDES.least && side <= SIDES.most) return { side, channels }
  }
  return undefined
}

/** The separator that cuts the first rows into equally many cells, the most if several do. */
async function guessSeparator(file: BroughtFile): Promise<Separator> {
  let best: { readonly separator: Separator; readonly points: number } | undefined
  let problem: unknown
  for (const separator of separators) {
    let rows: TableRow[]
    try {
      rows = await firstRows(file, separator, 50)
    } catch (error) {
      problem = error // a wrong separator can make quotes look wrong
      continue
    }
    const width = rows[0].cells.length
    if (width < 2) continue
    const equal = rows.filter(({ cells }) => cells.length === width).length / rows.length
    // Semicolons and tabs hardly ever separate by chance; commas do where they are decimal.
    const points = equal + (separator === ',' ? 0 : 0.5)
    if (!best || points > best.points) best = { separator, points }
  }
  if (!best && problem !== undefined) throw problem
  return best?.separator ?? ','
}

function hasDecimalCommas(rows: readonly TableRow[]): boolean {
  const cells = rows.flatMap(({ cells }) => cells.slice(0, 100))
  return (
    cells.some((cell) => /^\s*[+-]?\d+,\d+\s*$/.test(cell)) && !cells.some((cell) => /^\s*[+-]?\d+\.\d+\s*$/.test(cell))
  )
}

/** Whether the first row is text above columns of numbers, or above texts that repeat and never say the same. */
function hasHeader([first, ...others]: readonly TableRow[], decimalComma: boolean): boolean {
  const isText = (cell: string) => !isNumberLike(cell, decimalComma)
  if (first.cells.every((cell) => labelName.test(cell.trim()) || isText(cell))) {
    if (first.cells.some((cell) => labelName.test(cell.trim()))) return true
  }
  if (others.length === 0) return first.cells.every(isText)
  const below = (i: number) => others.map(({ cells }) => cells[i] ?? '')
  let judged = false
  for (const [i, cell] of first.cells.entries()) {
    const column = below(i)
    if (column.filter(isText).length * 2 <= column.length) {
      if (isText(cell)) return true
      if (cell.trim() !== '') judged = true
    }
  }
  if (judged) return false
  return first.cells.every((cell, i) => isText(cell) && !below(i).includes(cell))
}

function columnsOf(
  header: readonly string[] | undefined,
  rows: readonly TableRow[],
  decimalComma: boolean,
): TableColumn[] {
  const width = header?.length ?? rows[0].cells.length
  const given = Array.from({ length: width }, (_, i) => cleaned(header?.[i] ?? '') || `column ${i + 1}`)
  return distinctNames(given).map((name, i) => {
    const cells = rows.map(({ cells }) => (cells[i] ?? '').trim())
    const filled = cells.filter((cell) => cell !== '')
    // A decimal comma that was not told of makes no text: its cell is refused, with that advice.
    const numbers = filled.filter((cell) => isNumberLike(cell, decimalComma) || isNumberLike(cell, true)).length
    const kind = filled.length === 0 ? 'empty' : numbers * 2 > filled.length ? 'number' : 'text'
    return { name, kind, different: new Set(cells).size }
  })
}

/** @throws DataError if the header names two columns for the classes alike */
export function refuseTwoLabels(name: string, { line, cells }: TableRow, label?: number): void {
  const key = (cell: string) => cleaned(cell).toLowerCase()
  const names = cells.map(key)
  const wanted = label === undefined ? names.filter((cell) => labelName.test(cell)) : [names[label]]
  const twice = wanted.find((cell) => cell !== '' && names.indexOf(cell) !== names.lastIndexOf(cell))
  if (twice === undefined) return
  const [first, second] = [names.indexOf(twice), names.lastIndexOf(twice)]
  throw new DataError(
    place(name, line, second, cells[second]),
    `has the name of column ${first + 1}: two columns are called ${quoted(twice)}. Rename the one that holds no classes.`,
  )
}

/** The column that holds the classes, by its name, else by its values. */
function guessLabel(
  columns: readonly TableColumn[],
  header: boolean,
  rows: readonly TableRow[],
  decimalComma: boolean,
): number {
  const named = header ? columns.findIndex(({ name }) => labelName.test(name)) : -1
  if (named >= 0) return named
  const last = columns.length - 1
  const isClass = (i: number) => columns[i].kind === 'text' && columns[i].different < Math.max(3, rows.length * 0.7)
  for (const i of [last, 0]) if (isClass(i)) return i
  const text = columns.findIndex((_, i) => isClass(i))
  if (text >= 0) return text
  const few = (i: number) =>
    columns[i].different <= Math.min(100, Math.max(3, rows.length / 2)) &&
    rows.every(({ cells }) => Number.isInteger(numberOf(cells[i] ?? '', decimalComma)))
  // The pixels of a picture follow their label, as in the tables that MNIST is spread in.
  if (pictureOf(last) && few(0) && columns[0].different > 1) return 0
  return few(last) || !few(0) ? last : 0
}

/** Whether a column only counts rows: 0, 1, 2 or 1, 2, 3, under a name that says so. */
function isCounter({ name }: TableColumn, index: number, rows: readonly TableRow[]): boolean {
  const named = name === `column ${index + 1}` ? index === 0 : counterName.test(name)
  if (!named || rows.length < 3) return false
  const first = Number(rows[0].cells[index])
  return (
    Number.isInteger(first) &&
    rows.every(({ cells }, i) => cells[index]?.trim() !== '' && Number(cells[index]) === first + i)
  )
}

function arePixels(rows: readonly TableRow[], inputs: readonly number[]): boolean {
  let most = 0
  for (const { cells } of rows) {
    for (const i of inputs) {
      const value = Number(cells[i])
      if (!Number.isInteger(value) || value < 0 || value > 255) return false
      most = Math.max(most, value)
    }
  }
  return most >= BRIGHT
}
