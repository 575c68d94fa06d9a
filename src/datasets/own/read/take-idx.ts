// Surveys and reads sets of IDX files: classes by the labels that occur, named by a mapping if one is brought.

import { DataError } from '../../../data/error'
import { valuesIn, type Example } from '../../layout'
import { FEWEST_CLASSES, MOST_CLASSES } from '../content'
import { contentOf } from './bytes'
import {
  floatsOf,
  groupsOf,
  idxHeader,
  inputOf,
  labelsOf,
  payloadOf,
  type IdxGroup,
  type IdxHeader,
  type IdxPair,
} from './idx'
import { baseName, cleaned, distinctNames, titleFrom } from './names'
import { counted, LeftList, quoted } from './report'
import { sorted, TEST_SHARE } from './sort'
import type { BroughtFile, IdxAnswers, IdxSet, IdxSurvey, TakeOptions, TakenData } from './types'

/** Largest mapping, in bytes. */
const LONGEST_MAPPING = 2 ** 16
const MAPPING = /(mapping|classmap|classes|label[-_]?names).*\.(txt|csv)$/i

/** The sets of IDX files among what is brought, and what else is there. */
export interface IdxBrought {
  readonly name: string
  readonly files: readonly BroughtFile[]
  readonly headers: readonly IdxHeader[]
}

/** IDX files among files; undefined if there are none. @throws DataError as idxHeader does */
export async function idxAmong(name: string, files: readonly BroughtFile[]): Promise<IdxBrought | undefined> {
  const headers: IdxHeader[] = []
  for (const file of files) {
    // Pictures and tables are no IDX files, and there may be thousands: their ends say what they are.
    if (/\.(jpe?g|png|webp|gif|csv|tsv|txt|json|md|zip)$/i.test(file.path) || file.path.endsWith('/')) continue
    const header = await idxHeader(file)
    if (header) headers.push(header)
  }
  return headers.length > 0 ? { name, files, headers } : undefined
}

/** A set with its labels read. */
interface ReadSet {
  readonly group: IdxGroup
  readonly set: IdxSet
  /** Labels in the files of the classes, in order. */
  readonly codes: readonly number[]
  readonly labels: { readonly train: Uint8Array; readonly test?: Uint8Array }
  readonly named: boolean
}

async function readSets({ name, files, headers }: IdxBrought, left: LeftList, only?: string): Promise<ReadSet[]> {
  const groups = groupsOf(headers, name, left)
  const chosen = only === undefined ? groups : groups.filter((group) => group.name === only)
  if (chosen.length === 0) throw new DataError(name, `has no set of IDX files called ${quoted(only ?? '')}.`)
  const mappings = files.filter(({ path, size }) => MAPPING.test(path) && size <= LONGEST_MAPPING)
  return Promise.all(
    chosen.map(async (group): Promise<ReadSet> => {
      const { train, test } = group
      const labels = {
        train: await labelsOf(train.labels),
        ...(test && { test: await labelsOf(test.labels) }),
      }
      const codes = codesOf(train, labels.train)
      const mapping =
        mappings.find(({ path }) => group.name !== '' && baseName(path).startsWith(group.name)) ?? mappings[0]
      const names =
        mapping && (groups.length === 1 || baseName(mapping.path).startsWith(group.name))
          ? await namesIn(mapping)
          : undefined
      const classes = distinctNames(codes.map((code) => names?.get(code) ?? String(code)))
      return {
        group,
        codes,
        labels,
        named: names !== undefined,
        set: {
          name: group.name,
          input: inputOf(train.examples),
          classes,
          train: labels.train.length,
          test: labels.test?.length ?? 0,
        },
      }
    }),
  )
}

/** The labels that occur, in order. @throws DataError if they are too few or too many classes */
function codesOf({ labels: { file } }: IdxPair, labels: Uint8Array): number[] {
  const found = new Uint8Array(256)
  for (const label of labels) found[label] = 1
  const codes = [...found.keys()].filter((code) => found[code] === 1)
  if (codes.length < FEWEST_CLASSES) {
    throw new DataError(
      cleaned(file.path),
      codes.length === 0
        ? 'holds no labels.'
        : `has one class only: all its labels are ${codes[0]}. To learn, a network needs two classes or more.`,
    )
  }
  if (codes.length > MOST_CLASSES) {
    throw new DataError(cleaned(file.path), `has ${codes.length} classes. The most is ${MOST_CLASSES}.`)
  }
  return codes
}

/**
 * Names of labels in a mapping: EMNIST's lines of a label and codes of characters, or KMNIST's of index, code point and character.
 * Undefined if it is neither.
 */
async function namesIn(file: BroughtFile): Promise<ReadonlyMap<number, string> | undefined> {
  const text = new TextDecoder().decode(await contentOf(file, LONGEST_MAPPING))
  const names = new Map<number, string>()
  for (const line of text.split(/\r\n?|\n/)) {
    const codes = /^(\d+)((?: +\d+)+) *$/.exec(line)
    const characters = /^(\d+),U\+[0-9A-F]+,(.+)$/i.exec(line)
    if (codes)
      names.set(
        Number(codes[1]),
        String.fromCodePoint(
          ...codes[2]
            .trim()
            .split(/ +/)
            .map((code) => Math.min(Number(code), 0xffff)),
        ),
      )
    else if (characters) names.set(Number(characters[1]), characters[2])
  }
  return names.size > 0 ? names : undefined
}

/** What was found out about the labels of a set, in sentences. */
function notesOf({ codes, group, named, set }: ReadSet, several: boolean): string[] {
  const about = several ? `${group.name}: ` : ''
  const notes: string[] = []
  const last = codes[codes.length - 1]
  if (codes.length !== last + 1) {
    const from = codes[0] === 1 && last === codes.length ? 'start at 1' : 'leave numbers out'
    notes.push(`${about}Labels ${from}; they are counted from 0 here, and the classes keep their names.`)
  }
  if (named) notes.push(`${about}The classes have the names of the mapping that was brought.`)
  if (set.test === 0) notes.push(`${about}There are no files to test with, so a share is set aside.`)
  return notes
}

/** @throws DataError if files do not fit together or cannot be learnt from */
export async function surveyIdx(brought: IdxBrought, answers: Partial<IdxAnswers> = {}): Promise<IdxSurvey> {
  const left = new LeftList()
  const sets = await readSets(brought, left)
  const known = new Set(brought.headers.map(({ file }) => file))
  for (const { path } of brought.files) {
    if (!path.endsWith('/') && ![...known].some((file) => file.path === path) && !MAPPING.test(path)) {
      left.add(path, 'is no IDX file')
    }
  }
  const named = [brought.name, ...brought.headers.map(({ file }) => file.path)].some((path) => /emnist/i.test(path))
  return {
    kind: 'idx',
    title: titleOf(brought, sets[0].set.name),
    notes: sets.flatMap((set) => notesOf(set, sets.length > 1)),
    left: left.plain(),
    sets: sets.map(({ set }) => set),
    proposed: { kind: 'idx', set: sets[0].set.name, turn: named, testShare: TEST_SHARE, ...answers },
  }
}

const titleOf = ({ name, headers }: IdxBrought, set: string): string =>
  set !== ''
    ? titleFrom(set)
    : headers.length === 1 || /ubyte|idx/i.test(baseName(name))
      ? 'My pictures'
      : titleFrom(name)

/** Reads one set. @throws DataError; the signal's reason */
export async function takeIdx(brought: IdxBrought, answers: IdxAnswers, options: TakeOptions = {}): Promise<TakenData> {
  const left = new LeftList()
  const [read] = await readSets(brought, left, answers.set)
  const { group, set, codes, labels } = read
  const { train, test } = group
  const { input } = set
  const total = train.examples.file.size + (test?.examples.file.size ?? 0)
  const load = async ({ examples: header }: IdxPair, before: number): Promise<Example> => {
    const payload = await payloadOf(header, {
      read: (bytes) => options.progress?.(before + bytes, total),
      ...(options.signal && { signal: options.signal }),
    })
    const values = input.kind === 'features' ? floatsOf(payload, cleaned(header.file.path)) : payload
    return answers.turn && input.kind === 'image' ? turned(values, input) : values
  }
  const trained = await load(train, 0)
  const tested = test && (await load(test, train.examples.file.size))
  const places = new Uint8Array(256).fill(255)
  codes.forEach((code, label) => (places[code] = label))
  const stranger = labels.test?.find((code) => places[code] === 255)
  if (test && stranger !== undefined) {
    throw new DataError(
      cleaned(test.labels.file.path),
      `has label ${stranger}, which no example to train on has. Training files and test files must have the same classes.`,
    )
  }
  const turnedInput =
    answers.turn && input.kind === 'image' ? { ...input, height: input.width, width: input.height } : input
  const all = joinedLabels(labels.train, labels.test).map((code) => places[code])
  const { content, notes } = sorted(
    brought.name,
    {
      input: turnedInput,
      classes: set.classes,
      values: tested ? joinedValues(trained, tested) : trained,
      labels: all,
      ...(tested && { testing: all.map((_, i) => (i < labels.train.length ? 0 : 1)) }),
    },
    answers.testShare,
  )
  const about = answers.turn ? [`${counted(all.length, 'image')} turned: rows became columns.`] : []
  return {
    title: titleOf(brought, set.name),
    content,
    left: left.plain(),
    notes: [...notesOf(read, false), ...about, ...notes],
  }
}

function joinedLabels(train: Uint8Array, test: Uint8Array | undefined): Uint8Array {
  const all = new Uint8Array(train.length + (test?.length ?? 0))
  all.set(train)
  if (test) all.set(test, train.length)
  return all
}

function joinedValues(a: Example, b: Example): Example {
  const both = a instanceof Float32Array ? new Float32Array(a.length + b.length) : new Uint8Array(a.length + b.length)
  both.set(a)
  both.set(b, a.length)
  return both
}

/** Images whose rows and columns have changed places. */
function turned(
  values: Example,
  { height, width, channels }: { height: number; width: number; channels: number },
): Example {
  const size = valuesIn({ kind: 'image', height, width, channels: channels === 3 ? 3 : 1 })
  const out = new Uint8Array(values.length)
  for (let start = 0; start < values.length; start += size) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const [from, to] = [start + (row * width + column) * channels, start + (column * height + row) * channels]
        for (let c = 0; c < channels; c++) out[to + c] = values[from + c]
      }
    }
  }
  return out
}
