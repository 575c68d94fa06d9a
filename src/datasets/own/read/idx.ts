// IDX files of MNIST's relatives: recognised by their headers, paired by their names, else by their counts.
//
// The format: see data/idx.ts. Here the type is 0x08, bytes, or 0x0D, 32-bit floats, and the lengths are those that the file tells.

import { DataError, grouped } from '../../../data/error'
import { MOST_SIDE, type Input } from '../../dataset'
import { MOST_FEATURES } from '../content'
import { contentOf, isGzip, startOf } from './bytes'
import { baseName, cleaned } from './names'
import { amount, checkAmount, LeftList, MOST_CONTENT } from './report'
import type { BroughtFile } from './types'

/** Types of values, by their code. */
const types: Readonly<Record<number, { readonly name: string; readonly bytes: number }>> = {
  0x08: { name: 'bytes', bytes: 1 },
  0x09: { name: 'signed bytes', bytes: 1 },
  0x0b: { name: '16-bit whole numbers', bytes: 2 },
  0x0c: { name: '32-bit whole numbers', bytes: 4 },
  0x0d: { name: '32-bit floats', bytes: 4 },
  0x0e: { name: '64-bit floats', bytes: 8 },
}
const BYTES = 0x08
const FLOATS = 0x0d
const MOST_AXES = 4

/** A file with the header of IDX. */
export interface IdxHeader {
  readonly file: BroughtFile
  readonly type: number
  /** Lengths of the axes. */
  readonly axes: readonly number[]
  readonly headerBytes: number
  readonly payloadBytes: number
}

/** Whether a name promises an IDX file. */
const namedIdx = (path: string): boolean => /(idx[1-4]|[-_.]ubyte)(\.gz)?$|\.idx[1-4]?(\.gz)?$/i.test(path)

/**
 * The header of a file; undefined if the file is no IDX file.
 * @throws DataError if its name promises one and its header is another, or its length is not what its header tells
 */
export async function idxHeader(file: BroughtFile): Promise<IdxHeader | undefined> {
  const start = await startOf(file, 4 + 4 * MOST_AXES)
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength)
  const right =
    start.length >= 8 && start[0] === 0 && start[1] === 0 && types[start[2]] && start[3] >= 1 && start[3] <= MOST_AXES
  if (!right || start.length < 4 + 4 * start[3]) {
    if (!namedIdx(file.path)) return undefined
    const magic = start.length >= 4 ? `0x${view.getUint32(0).toString(16).padStart(8, '0')}` : 'cut off'
    const page = start[0] === 0x3c ? ' It looks like a web page.' : ''
    throw new DataError(
      cleaned(file.path),
      `is no IDX file, though its name says so: its magic number is ${magic}, not 0x00000801 for labels or 0x00000803 for images.${page} Get it again.`,
    )
  }
  const type = start[2]
  const axes = Array.from({ length: start[3] }, (_, i) => view.getUint32(4 + 4 * i))
  const headerBytes = 4 + 4 * axes.length
  const payloadBytes = axes.reduce((a, b) => a * b, types[type].bytes)
  const packed = isGzip(await file.read(0, 2))
  if (packed ? namedIdx(file.path) : file.size === headerBytes + payloadBytes || namedIdx(file.path)) {
    if (!packed && file.size !== headerBytes + payloadBytes)
      throw lengthError(file, headerBytes + payloadBytes, file.size)
    return { file, type, axes, headerBytes, payloadBytes }
  }
  // Packed, under another name: gzip tells the length of its content, modulo 2^32, in its last four bytes.
  if (!packed) return undefined
  const end = await file.read(file.size - 4, file.size)
  const length = new DataView(end.buffer, end.byteOffset, 4).getUint32(0, true)
  return length === (headerBytes + payloadBytes) % 2 ** 32 ? { file, type, axes, headerBytes, payloadBytes } : undefined
}

const lengthError = (file: BroughtFile, expected: number, is: number): DataError =>
  new DataError(
    cleaned(file.path),
    `has ${grouped(is)} bytes, and its header tells ${grouped(expected)}. It is cut off or damaged: get it again.`,
  )

/** What the examples of a file are. @throws DataError if they are nothing to learn from */
export function inputOf({ file, type, axes }: IdxHeader): Input {
  const name = cleaned(file.path)
  if (type === FLOATS && axes.length === 2) {
    if (axes[1] < 1 || axes[1] > MOST_FEATURES) {
      throw new DataError(
        name,
        `holds rows of ${grouped(axes[1])} numbers. The least is 1 and the most ${grouped(MOST_FEATURES)}.`,
      )
    }
    return { kind: 'features', names: Array.from({ length: axes[1] }, (_, i) => `value ${i + 1}`) }
  }
  if (type !== BYTES) {
    throw new DataError(
      name,
      `holds ${types[type].name} with ${axes.length} axes. Images are bytes with 3 axes, or 4 in colour.`,
    )
  }
  const [, height, width, channels = 1] = axes
  if (axes.length < 3 || (channels !== 1 && channels !== 3)) {
    throw new DataError(
      name,
      `has axes of ${axes.map(grouped).join(' × ')}. Images have count × height × width, and × 3 in colour.`,
    )
  }
  if (height < 1 || width < 1 || height > MOST_SIDE || width > MOST_SIDE) {
    throw new DataError(
      name,
      `holds images of ${grouped(height)} × ${grouped(width)} pixels. The most is ${MOST_SIDE} × ${MOST_SIDE}.`,
    )
  }
  return { kind: 'image', height, width, channels }
}

/** Whether a file holds labels. */
const holdsLabels = ({ axes }: IdxHeader): boolean => axes.length === 1

/** The payload of a file. @throws DataError if its length is not what its header tells */
export async function payloadOf(
  { file, headerBytes, payloadBytes }: IdxHeader,
  reading: { read?: (bytes: number) => void; signal?: AbortSignal } = {},
): Promise<Uint8Array> {
  if (payloadBytes > MOST_CONTENT) {
    throw new DataError(cleaned(file.path), `holds ${amount(payloadBytes)}. The most is ${amount(MOST_CONTENT)}.`)
  }
  const content = await contentOf(file, headerBytes + payloadBytes, reading)
  if (content.length !== headerBytes + payloadBytes) throw lengthError(file, headerBytes + payloadBytes, content.length)
  return content.subarray(headerBytes)
}

/** The labels of a file: whole numbers below 256. @throws DataError */
export async function labelsOf(header: IdxHeader, signal?: AbortSignal): Promise<Uint8Array> {
  const { file, type } = header
  if (type !== BYTES) throw new DataError(cleaned(file.path), `holds labels as ${types[type].name}. Labels are bytes.`)
  return payloadOf(header, signal ? { signal } : {})
}

/** Big-endian floats as floats. @throws DataError if one is not finite */
export function floatsOf(payload: Uint8Array, name: string): Float32Array {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength)
  const floats = new Float32Array(payload.length / 4)
  for (let i = 0; i < floats.length; i++) {
    floats[i] = view.getFloat32(i * 4)
    if (!Number.isFinite(floats[i]))
      throw new DataError(name, `has a value that is not finite (number ${grouped(i)}, counted from 0).`)
  }
  return floats
}

/** A pair of files with examples and their labels. */
export interface IdxPair {
  readonly examples: IdxHeader
  readonly labels: IdxHeader
}

/** Files that belong together. */
export interface IdxGroup {
  /** What their names have in common; empty if that is nothing. */
  readonly name: string
  readonly train: IdxPair
  readonly test?: IdxPair
}

const testWord = /(^|[^a-z])(t10k|test|testing|val|valid|validation)([^a-z]|$)/i
/** Words of file names that tell the role of a file rather than the set. */
const roles =
  /(^|[-_. ]+)(train|training|t10k|test|testing|val|valid|validation|images?|labels?|x|y|idx[1-4]|u?byte|gz|idx|float|features)(?=$|[-_. ])/gi

/** Whether a name says that a file is for testing. */
export const namedTest = (path: string): boolean => testWord.test(baseName(path))

/** What a file's name says of its set: `emnist-letters` of `emnist-letters-train-images-idx3-ubyte.gz`. */
const stemOf = (path: string): string =>
  baseName(path)
    .replace(roles, '')
    .replace(/^[-_. ]+|[-_. ]+$/g, '')

/**
 * Pairs files: those of one set and part by name, and what remains by counts.
 * @throws DataError that says which file lacks its other half, or whose counts differ
 */
export function groupsOf(headers: readonly IdxHeader[], source: string, left = new LeftList()): IdxGroup[] {
  const parts = new Map<string, { examples: IdxHeader[]; labels: IdxHeader[] }>()
  for (const header of headers) {
    const { path } = header.file
    const folder = path.includes('/') ? path.replace(/\/[^/]*$/, '') : ''
    const key = JSON.stringify([folder, stemOf(path), namedTest(path)])
    const part = parts.get(key) ?? { examples: [], labels: [] }
    part[holdsLabels(header) ? 'labels' : 'examples'].push(header)
    parts.set(key, part)
  }
  const pairs: IdxPair[] = []
  const lone: IdxHeader[] = []
  for (const { examples, labels } of parts.values()) {
    if (examples.length === 1 && labels.length === 1) pairs.push(pairOf(examples[0], labels[0]))
    else lone.push(...examples, ...labels)
  }
  for (const examples of lone.filter((header) => !holdsLabels(header))) {
    const fitting = lone.filter((other) => holdsLabels(other) && other.axes[0] === examples.axes[0])
    const rivals = lone.filter((other) => !holdsLabels(other) && other.axes[0] === examples.axes[0])
    if (fitting.length === 1 && rivals.length === 1) pairs.push(pairOf(examples, fitting[0]))
  }
  const paired = new Set(pairs.flatMap(({ examples, labels }) => [examples, labels]))
  const alone = headers.find((header) => !paired.has(header))
  if (alone && (pairs.length === 0 || !holdsLabels(alone))) {
    const other = holdsLabels(alone) ? 'images' : 'labels'
    const test = namedTest(alone.file.path) ? ' It is for testing: leave it out, or bring its labels too.' : ''
    throw new DataError(
      cleaned(alone.file.path),
      `lacks its ${other}: no other file has ${grouped(alone.axes[0])} of them under a name like this. Bring both.${test}`,
    )
  }
  for (const header of headers)
    if (!paired.has(header)) left.add(header.file.path, 'holds labels of no images that are here')
  return joined(pairs, source)
}

function pairOf(examples: IdxHeader, labels: IdxHeader): IdxPair {
  if (examples.axes[0] !== labels.axes[0]) {
    throw new DataError(
      cleaned(examples.file.path),
      `holds ${grouped(examples.axes[0])} images, and ${cleaned(labels.file.path)} ${grouped(labels.axes[0])} labels. They do not belong together.`,
    )
  }
  return { examples, labels }
}

/** Joins the pairs to train on with those to test with. @throws DataError */
function joined(pairs: readonly IdxPair[], source: string): IdxGroup[] {
  const byName = new Map<string, { train?: IdxPair; test?: IdxPair }>()
  for (const pair of pairs) {
    const { path } = pair.examples.file
    const stem = stemOf(path)
    const named = byName.get(stem) ?? {}
    const part = namedTest(path) ? 'test' : 'train'
    if (named[part])
      throw new DataError(source, `has two sets of IDX files called ${stem || 'alike'}. Bring one of them.`)
    named[part] = pair
    byName.set(stem, named)
  }
  const groups = [...byName].map(([name, { train, test }]): IdxGroup => {
    const only = train ?? test
    if (!only) throw new DataError(source, 'has no IDX files.')
    return { name, train: only, ...(train && test && { test }) }
  })
  for (const { train, test } of groups) {
    checkAmount(
      cleaned(train.examples.file.path),
      train.examples.axes[0] + (test?.examples.axes[0] ?? 0),
      inputOf(train.examples),
    )
    if (test && JSON.stringify(test.examples.axes.slice(1)) !== JSON.stringify(train.examples.axes.slice(1))) {
      throw new DataError(cleaned(test.examples.file.path), 'holds images of another size than those to train on.')
    }
  }
  return groups.sort((a, b) => b.train.examples.axes[0] - a.train.examples.axes[0])
}
