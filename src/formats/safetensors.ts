// Reads and writes safetensors files (https://github.com/huggingface/safetensors#format): eight bytes with the length of a JSON
// header, the header, and the tensors' bytes, all little-endian.

import type { NamedTensor } from '../model/parameters'
import { cut, FormatError, shown } from './error'
import { FLOAT_TYPES, isFloatType, readFloats, sizeOf, toHalf, type FloatType } from './floats'
import { parseJson } from './json'

export { FormatError } from './error'

/** A tensor to write. */
export interface StoredTensor extends NamedTensor {
  /** Its floats, where they are not those of the file. */
  readonly dtype?: 'F32' | 'F16'
}

/** A tensor of bytes, which is written and not read: examples for other programs. */
interface ByteTensor extends Pick<StoredTensor, 'name' | 'shape'> {
  readonly values: Uint8Array
  readonly dtype: 'U8'
}

/** What a file holds: tensors of floats. */
export interface TensorFile {
  readonly tensors: readonly StoredTensor[]
  /** Free text by name. */
  readonly metadata: Readonly<Record<string, string>>
}

/** Longest header that is read: room for thousands of tensors, where a network has a hundred. A longer one takes seconds to read. */
const MOST_HEADER_BYTES = 1_000_000
/** Most axes of a tensor. */
const MOST_AXES = 8
const METADATA = '__metadata__'

/**
 * The bytes of a file, with values as 32-bit floats, or rounded to the nearest 16-bit ones in half the space. Tensors may name another
 * type; larger ones must then come first, else they are not aligned.
 * @throws FormatError that names a finite value too large for 16 bits
 */
export function writeSafetensors(
  { tensors, metadata }: Pick<TensorFile, 'metadata'> & { readonly tensors: readonly (StoredTensor | ByteTensor)[] },
  dtype: 'F32' | 'F16' = 'F32',
): Uint8Array<ArrayBuffer> {
  let at = 0
  // From entries, because a tensor may have any name, also `__proto__`.
  const header = Object.fromEntries<object>([
    [METADATA, metadata],
    ...tensors.map(({ name, shape, values, dtype: own = dtype }): [string, object] => {
      const begin = at
      at += values.length * (own === 'U8' ? 1 : sizeOf(own))
      return [name, { dtype: own, shape, data_offsets: [begin, at] }]
    }),
  ])
  const text = new TextEncoder().encode(JSON.stringify(header))
  const padded = Math.ceil(text.length / 8) * 8 // so that tensors are aligned, as the format recommends
  const bytes = new Uint8Array(8 + padded + at)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(0, BigInt(padded), true)
  bytes.fill(0x20, 8, 8 + padded) // spaces
  bytes.set(text, 8)
  let place = 8 + padded
  for (const { name, values, dtype: own = dtype } of tensors) {
    if (own === 'U8') {
      bytes.set(values, place)
      place += values.length
      continue
    }
    for (const value of values) {
      if (own === 'F32') view.setFloat32(place, value, true)
      else view.setUint16(place, halfOf(value, name), true)
      place += sizeOf(own)
    }
  }
  return bytes
}

/** The 16 bits of a value. */
function halfOf(value: number, name: string): number {
  const bits = toHalf(value)
  if (Number.isFinite(value) && (bits & 0x7fff) === 0x7c00) {
    throw new FormatError(`would have ${value} in ${name}, and 16-bit floats end at 65,504: write 32-bit ones`)
  }
  return bits
}

/**
 * Reads a file whose tensors are floats of any kind. Nothing larger than the file is allocated before all of its header has been
 * checked: every byte of its data must belong to exactly one tensor.
 * @throws FormatError
 */
export function readSafetensors(bytes: Uint8Array): TensorFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 8) throw new FormatError(`is no safetensors file: it has ${bytes.length} bytes`)
  const length = Number(view.getBigUint64(0, true))
  if (length > MOST_HEADER_BYTES)
    throw new FormatError('is no safetensors file: it does not begin with the length of a header')
  if (8 + length > bytes.length) {
    throw new FormatError(`is cut off: its header ends at byte ${8 + length}, and the file at ${bytes.length}`)
  }
  const header = parseHeader(bytes.subarray(8, 8 + length))
  const data = bytes.subarray(8 + length)

  const places: Place[] = []
  let metadata: Record<string, string> = {}
  for (const [name, entry] of Object.entries(header)) {
    if (name === METADATA) metadata = metadataOf(entry)
    else places.push(placeOf(name, entry, data.length))
  }
  checkCovered(places, data.length)
  const tensors = places.map(({ name, shape, type, from, to }) => {
    return { name, shape, values: readFloats(type, data.subarray(from, to)) }
  })
  return { tensors, metadata }
}

function parseHeader(bytes: Uint8Array): object {
  const what = 'is no safetensors file: its header'
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new FormatError(`${what} is no JSON, and not even text`)
  }
  const header = parseJson(text, what)
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw new FormatError(`${what} is no JSON object`)
  }
  return header
}

function metadataOf(entry: unknown): Record<string, string> {
  const pairs = typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? Object.entries(entry) : undefined
  if (!pairs?.every((pair): pair is [string, string] => typeof pair[1] === 'string')) {
    throw new FormatError('has metadata that is not text')
  }
  return Object.fromEntries(pairs)
}

/** A tensor's bytes in the data: from, and up to but not with. */
interface Place {
  readonly name: string
  readonly shape: readonly number[]
  readonly type: FloatType
  readonly from: number
  readonly to: number
}

function placeOf(name: string, entry: unknown, dataLength: number): Place {
  const { dtype: type, shape, data_offsets: offsets } = (entry ?? {}) as Readonly<Record<string, unknown>>
  const title = cut(name)
  if (!isFloatType(type)) {
    throw new FormatError(
      `has ${title} as ${typeof type === 'string' ? cut(type) : shown(type)}; only ${FLOAT_TYPES} can be read`,
    )
  }
  if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) {
    throw new FormatError(`does not say which shape ${title} has and where it lies`)
  }
  if (shape.length > MOST_AXES)
    throw new FormatError(`gives ${title} ${shape.length} axes; at most ${MOST_AXES} are read`)
  const [from, to] = offsets
  // Larger products than 2^53 are not exact, but then far from the length of any file.
  const needed = shape.reduce((product, n) => product * n, sizeOf(type))
  if (to - from !== needed) {
    throw new FormatError(`gives ${title} ${to - from} bytes; its shape [${shape.join(', ')}] takes ${needed}`)
  }
  if (to > dataLength) throw new FormatError(`is cut off: ${title} ends ${to - dataLength} bytes after the file`)
  return { name, shape, type, from, to }
}

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0)

/** The format wants tensors to follow each other, with no byte in two of them or in none. */
function checkCovered(places: readonly Place[], dataLength: number) {
  let end = 0
  for (const { name, from, to } of places.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    if (from < end) throw new FormatError(`has ${cut(name)} overlap with another tensor`)
    if (from > end) throw new FormatError(`has ${from - end} bytes before ${cut(name)} that belong to no tensor`)
    end = to
  }
  if (end < dataLength) throw new FormatError(`has ${dataLength - end} bytes at its end that belong to no tensor`)
}
