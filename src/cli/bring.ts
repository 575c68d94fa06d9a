// `--data`: a data set that a person brings, read and registered for this process.

import { addDataset, findDataset } from '../datasets'
import { DataError } from '../data/error'
import type { Dataset } from '../datasets/dataset'
import type { Content } from '../datasets/own/content'
import { ownDataset } from '../datasets/own/dataset'
import { survey, take } from '../datasets/own/read'
import {
  pictureSides,
  type BroughtAnswers,
  type LeftOut,
  type Survey,
  type TakenData,
} from '../datasets/own/read/types'
import { keepContent } from './data'
import { filesAt, sharpDecoder } from './disk-files'
import { Failure, UsageError } from './errors'
import { count } from './lines'

/** Options that say how to read what is brought. */
export const bringOptions = {
  data: { type: 'string' },
  label: { type: 'string' },
  side: { type: 'string' },
  colour: { type: 'boolean' },
} as const

interface BringOptions {
  readonly label?: string | undefined
  readonly side?: string | undefined
  readonly colour?: boolean | undefined
}

/** Whether options say how to read what is brought; `--no-colour` does, too. */
export const saysHowToRead = ({ label, side, colour }: BringOptions): boolean =>
  [label, side, colour].some((each) => each !== undefined)

/** How many lines say what was left out. */
const LISTED = 10

/**
 * Reads a data set and adds it to those of this process.
 * @param print receives lines for a person
 * @throws UsageError or Failure that says what is wrong
 */
export async function bring(
  path: string,
  options: BringOptions,
  print: (line: string) => void,
  signal?: AbortSignal,
): Promise<Dataset> {
  const files = await filesAt(path)
  const taken = await inWords(async () => {
    const first = await survey(files)
    const answers = answersTo(first, options)
    const decode = answers.kind === 'pictures' ? await sharpDecoder() : undefined
    const found = answers.kind === 'table' ? await survey(files, answers) : first
    for (const line of surveyLines(found, answers)) print(line)
    return take(files, answers, { ...(decode && { decode }), ...(signal && { signal }) })
  })
  const { title, content } = taken
  const dataset = ownDataset(title, content)
  for (const line of takenLines(taken, dataset)) print(line)
  const known = findDataset(dataset.id)
  if (!known) addDataset(dataset)
  keepContent(dataset.id, content)
  return known ?? dataset
}

/** Errors of the data as failures, in their own words. */
async function inWords<T>(reading: () => Promise<T>): Promise<T> {
  try {
    return await reading()
  } catch (error) {
    if (error instanceof DataError || error instanceof RangeError) throw new Failure(error.message)
    throw error
  }
}

/** The proposed answers, with those of the options. @throws UsageError if an option does not suit the data */
function answersTo(found: Survey, { label, side, colour }: BringOptions): BroughtAnswers {
  if (label !== undefined && found.kind !== 'table') throw new UsageError('--label is for tables, and this is none.')
  if ((side !== undefined || colour !== undefined) && found.kind !== 'pictures') {
    throw new UsageError('--side and --colour are for folders of pictures, and this is none.')
  }
  if (found.kind === 'pictures') {
    const chosen = side === undefined ? found.proposed.side : pictureSides.find((each) => String(each) === side)
    if (!chosen) throw new UsageError(`--side must be ${pictureSides.join(', ')}, not "${side}".`)
    return { ...found.proposed, side: chosen, ...(colour !== undefined && { colour }) }
  }
  if (found.kind === 'table' && label !== undefined) {
    const named = found.columns.findIndex(({ name }) => name.toLowerCase() === label.toLowerCase())
    const index = named >= 0 ? named : /^\d+$/.test(label) ? Number(label) - 1 : -1
    if (index < 0 || index >= found.columns.length) {
      const names = found.columns.slice(0, 20).map(({ name }) => name)
      throw new UsageError(
        `There is no column "${label}". The columns are ${names.join(', ')}${found.columns.length > 20 ? ', …' : ''}.`,
      )
    }
    // What else is proposed follows from the label: it is no input, and the column that was proposed is one.
    const { separator, header, decimalComma, testShare, without } = found.proposed
    const pictures = index === found.proposed.label && found.proposed.pictures
    return {
      kind: 'table',
      separator,
      header,
      decimalComma,
      testShare,
      label: index,
      without: without.filter((column) => column !== index),
      pictures,
    }
  }
  return found.proposed
}

const separatorNames = { ',': 'commas', ';': 'semicolons', '\t': 'tabs' } as const

/** What was recognised, in lines. */
function surveyLines(found: Survey, answers: BroughtAnswers): string[] {
  const lines: string[] = []
  if (found.kind === 'table' && answers.kind === 'table') {
    const { separator, header, decimalComma, label, pictures } = answers
    lines.push(
      `Table of ${count(found.columns.length)} columns, separated by ${separatorNames[separator]}, ${header ? 'with a header' : 'without a header'}` +
        `${decimalComma ? ', decimal commas' : ''}. Classes: column ${label + 1} (${found.columns[label].name})${pictures ? '; the others are pixels' : ''}.`,
    )
  } else if (found.kind === 'pictures' && answers.kind === 'pictures') {
    const { side, colour, framing } = answers
    const [least, most] = [found.sizes.least.join(' × '), found.sizes.most.join(' × ')]
    lines.push(
      `Pictures in ${count(found.classes.length)} class folders, ${least === most ? least : `${least} to ${most}`} pixels, ` +
        `${found.split ? 'with folders for testing' : 'no folders for testing'}. Taken as ${side} × ${side} ${colour ? 'in colour' : 'in gray'}, ${framing === 'crop' ? 'cropped to a square' : 'fitted into a square'}.`,
    )
  } else if (found.kind === 'idx' && answers.kind === 'idx') {
    if (found.sets.length > 1)
      lines.push(`Sets of IDX files: ${found.sets.map(({ name }) => name).join(', ')}. Taken: ${answers.set}.`)
    else lines.push(`IDX files${answers.turn ? ', images turned' : ''}.`)
  } else lines.push('A data set that Inkling packed.')
  return [...lines, ...found.notes]
}

/** What was taken and left out, in lines. */
function takenLines({ title, content, left, notes }: TakenData, { id }: Dataset): string[] {
  return [...notes, `${title}: ${contentLine(content)} Its id is ${id}.`, ...leftLines(left)]
}

function contentLine({ input, classes, train, test }: Content): string {
  const what =
    input.kind === 'features'
      ? `rows of ${count(input.names.length)} numbers`
      : `pictures of ${input.height} × ${input.width} pixels${input.channels === 3 ? ' in colour' : ''}`
  const names = classes.length > 12 ? `${classes.slice(0, 12).join(', ')}, …` : classes.join(', ')
  return `${count(train.labels.length)} ${what} to train on, ${count(test.labels.length)} to test with, ${classes.length} classes (${names}).`
}

function leftLines({ count: all, listed }: LeftOut): string[] {
  if (all === 0) return []
  const more = all - Math.min(LISTED, listed.length)
  return [
    `Left out: ${count(all)}.`,
    ...listed.slice(0, LISTED).map(({ what, why }) => `  ${what} ${why}`),
    ...(more > 0 ? [`  and ${count(more)} more`] : []),
  ]
}
