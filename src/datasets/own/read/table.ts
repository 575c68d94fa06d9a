// Reads a table: rows of pixels become pictures, rows of other numbers become features.

import { DataError, grouped } from '../../../data/error'
import type { Input } from '../../dataset'
import { MOST_CLASSES, FEWEST_CLASSES } from '../content'
import { numberOf, whyNoNumber } from './cells'
import { rowsOf, type TableRow } from './csv'
import { cleaned, distinctNames, naturally, titleFrom } from './names'
import { checkAmount, counted, LeftList, MOST_CONTENT, place, quoted, amount } from './report'
import { sorted } from './sort'
import { inputColumns, pictureOf, refuseTwoLabels, surveyTable, type Tables } from './table-survey'
import type { BroughtFile, TableAnswers, TakenData, TakeOptions } from './types'

/** What to take of each row. */
interface Selection {
  readonly answers: TableAnswers
  /** Names of all columns. */
  readonly names: readonly string[]
  /** Columns of the inputs. */
  readonly inputs: readonly number[]
  readonly pixels: boolean
}

/**
 * Reads a table as the answers say, and a second one for testing.
 * @throws DataError that names line and column of the first thing that is wrong
 */
export async function takeTable(tables: Tables, answers: TableAnswers, options: TakeOptions = {}): Promise<TakenData> {
  const { train, test } = tables
  const name = cleaned(train.path)
  const left = new LeftList()
  const survey = await surveyTable(tables, answers, left)
  const { columns } = survey
  if (answers.label < 0 || answers.label >= columns.length) {
    throw new DataError(name, `has no column ${answers.label + 1}: it has ${columns.length}.`)
  }
  const inputs = inputColumns(columns, answers.label, answers.without)
  if (inputs.length === 0) {
    throw new DataError(
      name,
      `has no column of numbers besides ${quoted(columns[answers.label].name)}: there is nothing to learn from.`,
    )
  }
  const picture = answers.pictures ? pictureOf(inputs.length) : undefined
  if (answers.pictures && !picture) {
    throw new DataError(name, `has ${grouped(inputs.length)} values a row, which form no square picture.`)
  }
  const input: Input = picture
    ? { kind: 'image', height: picture.side, width: picture.side, channels: picture.channels }
    : { kind: 'features', names: inputs.map((i) => columns[i].name) }
  const selection: Selection = {
    answers,
    names: columns.map((column) => column.name),
    inputs,
    pixels: answers.pictures,
  }

  checkAmount(name, await estimatedRows(train, answers), input, 'about ')
  const rows = new Rows(selection)
  const total = train.size + (test?.size ?? 0)
  await read(train, selection, rows, left, options, (done) => options.progress?.(done, total))
  const trainCount = rows.labels.length
  if (trainCount === 0) throw new DataError(name, 'has no rows to learn from.')
  const notes: string[] = []
  if (test) {
    const problem = await whyNoTest(test, selection)
    if (problem) left.add(cleaned(test.path), problem)
    else await read(test, selection, rows, left, options, (done) => options.progress?.(train.size + done, total))
  }

  const { classes, labels } = classesOf(name, columns[answers.label].name, rows, answers.decimalComma)
  const given = rows.labels.length > trainCount
  const testing = given ? Uint8Array.from(labels, (_, i) => (i >= trainCount ? 1 : 0)) : undefined
  const values = rows.values()
  const { content, notes: about } = sorted(
    name,
    { input, classes, values, labels, ...(testing && { testing }) },
    answers.testShare,
  )
  return { title: titleFrom(train.path), content, left: left.plain(), notes: [...notes, ...about] }
}

/** Rows of a file by its size and its first rows. */
async function estimatedRows(file: BroughtFile, { separator }: TableAnswers): Promise<number> {
  for await (const rows of rowsOf(file, separator)) {
    const characters = rows.reduce(
      (sum, { cells }) => sum + cells.length + cells.reduce((n, { length }) => n + length, 0),
      0,
    )
    return Math.floor((file.size / characters) * rows.length)
  }
  return 0
}

/** The values and labels of the rows so far. */
class Rows {
  #values: Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>
  #filled = 0
  readonly keys = new Map<string, number>()
  readonly labels: number[] = []

  constructor({ pixels }: Selection) {
    this.#values = pixels ? new Uint8Array(2 ** 16) : new Float32Array(2 ** 14)
  }

  /** Room for the values of one more row, and where they begin. @throws DataError if there is none */
  room(file: string, count: number): readonly [values: Float32Array | Uint8Array, at: number] {
    const at = this.#filled
    this.#filled += count
    if (this.#filled > this.#values.length) {
      const bytes = this.#values.BYTES_PER_ELEMENT * this.#filled
      if (bytes > MOST_CONTENT) {
        throw new DataError(file, `has more values than fit: the most is ${amount(MOST_CONTENT)}. Bring fewer rows.`)
      }
      const length = Math.max(this.#filled, this.#values.length * 2)
      const larger = this.#values instanceof Uint8Array ? new Uint8Array(length) : new Float32Array(length)
      larger.set(this.#values)
      this.#values = larger
    }
    return [this.#values, at]
  }

  values(): Float32Array | Uint8Array {
    return this.#values.subarray(0, this.#filled)
  }
}

/** Reads all rows of a file. @throws DataError */
async function read(
  file: BroughtFile,
  selection: Selection,
  rows: Rows,
  left: LeftList,
  { signal }: TakeOptions,
  progress: (bytes: number) => void,
): Promise<void> {
  const { answers } = selection
  let first = true
  for await (const some of rowsOf(file, answers.separator, { read: progress, ...(signal && { signal }) })) {
    for (const row of some) {
      if (first && answers.header) checkHeader(file, row, selection)
      else if (row.cells.every((cell) => cell.trim() === ''))
        left.add(place(cleaned(file.path), row.line), 'is a row of empty cells')
      else takeRow(cleaned(file.path), row, selection, rows)
      first = false
    }
  }
}

function checkHeader(file: BroughtFile, row: TableRow, { answers, names }: Selection): void {
  const name = cleaned(file.path)
  refuseTwoLabels(name, row, answers.label)
  if (row.cells.length !== names.length) throw widthError(name, row, names.length)
}

const widthError = (name: string, { line, cells }: TableRow, width: number): DataError =>
  new DataError(
    place(name, line),
    `has ${counted(cells.length, 'cell')}, not ${grouped(width)} as the first line. Correct this line, or choose another separator.`,
  )

function takeRow(name: string, row: TableRow, { answers, names, inputs, pixels }: Selection, rows: Rows): void {
  const { line, cells } = row
  if (cells.length !== names.length) throw widthError(name, row, names.length)
  const key = cells[answers.label].trim()
  const at = (column: number) => place(name, line, column, names[column])
  if (key === '')
    throw new DataError(at(answers.label), 'is empty: this row has no class. Fill it, or leave the row out.')
  let label = rows.keys.get(key)
  if (label === undefined) {
    label = rows.keys.size
    rows.keys.set(key, label)
    if (label >= MOST_CLASSES) throw tooManyClasses(name, answers, names, rows)
  }
  const [values, start] = rows.room(name, inputs.length)
  for (let i = 0; i < inputs.length; i++) {
    const cell = cells[inputs[i]]
    const value = numberOf(cell, answers.decimalComma)
    if (!Number.isFinite(value))
      throw new DataError(at(inputs[i]), whyNoNumber(cell, answers.decimalComma, quoted(cell)))
    if (pixels && !(Number.isInteger(value) && value >= 0 && value <= 255)) {
      throw new DataError(at(inputs[i]), `holds ${quoted(cell)}. Pixels are whole numbers from 0 to 255.`)
    }
    values[start + i] = value
  }
  rows.labels.push(label)
}

function tooManyClasses(
  name: string,
  { label, decimalComma }: TableAnswers,
  names: readonly string[],
  rows: Rows,
): DataError {
  const numbers = [...rows.keys.keys()].every((key) => !Number.isNaN(numberOf(key, decimalComma)))
  const about = numbers
    ? 'It looks like a number to predict, which is not offered: a network here tells classes apart.'
    : 'It looks like a text that differs from row to row.'
  return new DataError(
    `${name}, column ${label + 1} (${names[label]})`,
    `has more than ${MOST_CLASSES} different values, too many for classes. ${about} Choose another column for the classes.`,
  )
}

/** Classes in natural order, and each row's label. @throws DataError if there is one class only */
function classesOf(name: string, column: string, { keys, labels }: Rows, decimalComma: boolean) {
  const texts = [...keys.keys()]
  const values = texts.map((text) => numberOf(text, decimalComma))
  const numbers = values.every(Number.isFinite)
  const names = numbers ? values.map(String) : texts.map((text) => cleaned(text))
  const distinct = [...new Set(names)].sort((a, b) => (numbers ? Number(a) - Number(b) : naturally(a, b)))
  if (distinct.length < FEWEST_CLASSES) {
    throw new DataError(
      name,
      `has one class only: column ${quoted(column)} is ${quoted(distinct[0])} in every row. To learn, a network needs two classes or more.`,
    )
  }
  const places = new Map(distinct.map((each, i) => [each, i]))
  const renumbered = names.map((each) => places.get(each) ?? 0)
  return { classes: distinctNames(distinct), labels: Uint8Array.from(labels, (label) => renumbered[label]) }
}

/** Why a second table is not for testing: the rest of a sentence; undefined if it is. */
async function whyNoTest(file: BroughtFile, { answers, names }: Selection): Promise<string | undefined> {
  for await (const [{ cells }] of rowsOf(file, answers.separator)) {
    if (cells.length === names.length - 1) return 'has no column of classes, so nothing can be tested with it'
    if (cells.length !== names.length) return `has ${counted(cells.length, 'column')}, not ${grouped(names.length)}`
    if (!answers.header) return undefined
    const other = cells.findIndex((cell, i) => cleaned(cell) !== names[i] && cleaned(cell) !== '')
    return other < 0 ? undefined : `names column ${other + 1} ${quoted(cells[other])}, not ${quoted(names[other])}`
  }
  return 'has no rows'
}
