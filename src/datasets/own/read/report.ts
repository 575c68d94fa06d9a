// What is left out, counted and listed; places in tables; and amounts in words.

import { DataError, grouped } from '../../../data/error'
import { valuesIn } from '../../layout'
import type { Input } from '../../dataset'
import { cleaned } from './names'
import type { LeftOut } from './types'

/** Most that are listed; all are counted. */
export const LISTED = 100

/** Gathers what is left out. */
export class LeftList implements LeftOut {
  readonly listed: { what: string; why: string }[] = []
  count = 0

  /** @param why is the rest of a sentence that begins with `what` */
  add(what: string, why: string): void {
    this.count++
    if (this.listed.length < LISTED) this.listed.push({ what: cleaned(what), why })
  }

  /** As plain data, which travels between threads. */
  plain(): LeftOut {
    return { count: this.count, listed: this.listed }
  }
}

/** Most bytes that the examples of a data set may take: 1 GiB. */
export const MOST_CONTENT = 2 ** 30

/** Bytes in words: 1.5 GiB, 20 MiB. */
export function amount(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']
  let [value, unit] = [bytes, 0]
  for (; value >= 1024 && unit < units.length - 1; unit++) value /= 1024
  return `${grouped(value < 10 && unit > 0 ? Math.round(value * 10) / 10 : Math.round(value))} ${units[unit]}`
}

/** @throws DataError if so many examples would take more than a data set may */
export function checkAmount(file: string, count: number, input: Input, about = ''): void {
  const bytes = count * (valuesIn(input) * (input.kind === 'features' ? 4 : 1) + 1)
  if (bytes <= MOST_CONTENT) return
  const each =
    input.kind === 'features'
      ? `rows of ${grouped(input.names.length)} numbers`
      : `pictures of ${input.height} × ${input.width} pixels${input.channels === 3 ? ' in colour' : ''}`
  const smaller = input.kind === 'features' ? 'Bring fewer rows or columns.' : 'Bring fewer, or take them smaller.'
  throw new DataError(
    file,
    `would take ${amount(bytes)} of memory: ${about}${grouped(count)} ${each}. The most is ${amount(MOST_CONTENT)}. ${smaller}`,
  )
}

/** Where something is in a table: the file, its line from 1, and the column, counted from 0 here and from 1 in words. */
export function place(file: string, line: number, column?: number, name?: string): string {
  const at = column === undefined ? '' : `, column ${grouped(column + 1)}${name ? ` (${name})` : ''}`
  return `${file}, line ${grouped(line)}${at}`
}

/** Text of a cell or name in a sentence. */
export const quoted = (text: string): string => `“${cleaned(text)}”`

/** A number of things in words: `1 row`, `2 rows`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`
