// Reads the zip that `packDataset` makes: the same content, in the same order.

import * as v from 'valibot'
import { DataError } from '../../../data/error'
import type { Content, Labelled } from '../content'
import { contentOf } from './bytes'
import { floatsOf, idxHeader, inputOf, labelsOf, payloadOf } from './idx'
import { cleaned, distinctNames } from './names'
import { packedFiles, packedSchema, PACKED_FORMAT, type PackedHeader } from './packed-format'
import { checkAmount, LeftList, quoted } from './report'
import type { BroughtFile, PackedSurvey, TakenData, TakeOptions } from './types'

/** Bytes of the longest `dataset.json`: 20,000 names of 200 letters, three bytes each, fit. */
const LONGEST_HEADER = 2 ** 24

/** The parts of a packed data set. */
export interface Packed {
  readonly header: PackedHeader
  readonly folder: string
  readonly files: readonly BroughtFile[]
}

/** A packed data set among files; undefined if there is none. @throws DataError if its `dataset.json` is wrong */
export async function packedAmong(files: readonly BroughtFile[]): Promise<Packed | undefined> {
  const file = files.find(({ path }) => /(^|\/)dataset\.json$/.test(path))
  if (!file || file.size > LONGEST_HEADER) return undefined
  const name = cleaned(file.path)
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder().decode(await contentOf(file, LONGEST_HEADER)))
  } catch (error) {
    if (error instanceof DataError) throw error
    return undefined
  }
  if (typeof json !== 'object' || json === null || !('format' in json) || json.format !== PACKED_FORMAT)
    return undefined
  const parsed = v.safeParse(packedSchema, json)
  if (!parsed.success) {
    const [issue] = parsed.issues
    throw new DataError(name, `is not what Inkling writes: ${v.getDotPath(issue) ?? 'it'}: ${issue.message}.`)
  }
  const { classes, input } = parsed.output
  if (classes.some((each) => each !== cleaned(each) || each === '')) {
    throw new DataError(name, 'has a class without a name, or one with control characters in its name.')
  }
  checkAmount(name, parsed.output.train + parsed.output.test, input)
  const header = input.kind === 'image' ? parsed.output : { ...parsed.output, input: named(input.names) }
  return { header, folder: file.path.replace(/[^/]*$/, ''), files }
}

/** Features with cleaned names, none of them empty and no two alike. */
const named = (names: readonly string[]) => ({
  kind: 'features' as const,
  names: distinctNames(names.map((each, i) => cleaned(each) || `value ${i + 1}`)),
})

export function surveyPacked({ header: { title, classes, input, train, test }, files, folder }: Packed): PackedSurvey {
  const left = new LeftList()
  const names = packedFiles(input)
  const own = [names.train, names.test].flatMap(({ examples, labels }) => [examples, labels])
  for (const { path } of files) {
    if (!path.endsWith('/') && ![...own, 'dataset.json', 'README.txt'].includes(path.slice(folder.length))) {
      left.add(path, 'is no part of the data set')
    }
  }
  return {
    kind: 'packed',
    title: cleaned(title) || 'My data',
    notes: [],
    left: left.plain(),
    proposed: { kind: 'packed' },
    input,
    classes,
    train,
    test,
  }
}

/** @throws DataError if a file is missing, or not what `dataset.json` says; the signal's reason */
export async function takePacked(packed: Packed, { progress, signal }: TakeOptions): Promise<TakenData> {
  const { header, folder, files } = packed
  const { input, classes } = header
  const names = packedFiles(input)
  let [before, total] = [0, 0]
  const find = async (name: string) => {
    const file = files.find(({ path }) => path === folder + name)
    if (!file) throw new DataError(cleaned(folder + name), 'is missing from the data set.')
    const found = await idxHeader(file)
    if (!found) throw new DataError(cleaned(file.path), 'is no IDX file.')
    return found
  }
  const parts = await Promise.all(
    ([names.train, names.test] as const).map(async ({ examples, labels }) => ({
      examples: await find(examples),
      labels: await find(labels),
    })),
  )
  for (const { examples } of parts) total += examples.payloadBytes
  const read = async (index: 0 | 1, count: number): Promise<Labelled> => {
    const { examples, labels } = parts[index]
    const name = cleaned(examples.file.path)
    const is = inputOf(examples)
    const fits =
      is.kind === 'features' && input.kind === 'features'
        ? is.names.length === input.names.length
        : JSON.stringify(is) === JSON.stringify({ ...input })
    if (!fits || examples.axes[0] !== count || labels.axes[0] !== count) {
      throw new DataError(name, 'or its labels are of another size or number than dataset.json says.')
    }
    const payload = await payloadOf(examples, {
      read: (bytes) => progress?.(Math.min(total, before + bytes), total),
      ...(signal && { signal }),
    })
    before += examples.payloadBytes
    const found = await labelsOf(labels, signal)
    const wrong = found.find((label) => label >= classes.length)
    if (wrong !== undefined)
      throw new DataError(cleaned(labels.file.path), `has label ${wrong}, and there are ${classes.length} classes.`)
    return { examples: input.kind === 'features' ? floatsOf(payload, name) : payload.slice(), labels: found.slice() }
  }
  const train = await read(0, header.train)
  const test = await read(1, header.test)
  const lacking = classes.find((_, label) => !train.labels.includes(label))
  if (lacking !== undefined)
    throw new DataError(cleaned(folder + names.train.labels), `has no example of the class ${quoted(lacking)}.`)
  const content: Content = { input, classes, train, test }
  const { title, left } = surveyPacked(packed)
  return { title, content, left, notes: [] }
}
