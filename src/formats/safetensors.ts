// Reads and writes safetensors files (https://github.com/huggingface/safetensors#format): eight bytes with the length of a JSON
// header, the header, and the tensors' bytes, all little-endian.

import type { NamedTensor } from '../model/parameters'

/** What a file holds: tensors of 32-bit floats. */
export interface TensorFile {
  readonly tensors: readonly NamedTensor[]
  /** Free text by name. */
  readonly metadata: Readonly<Record<string, string>>
}

/** The file cannot be used; the message says why, in words for a person. */
export class FormatError extends Error {
  override name = 'FormatError'
}

/** Longest header that the format allows. */
const MOST_HEADER_BYTES = 100_000_000
const FLOAT_BYTES = 4
const METADATA = '__metadata__'

/** The bytes of a file. */
export function writeSafetensors({ tensors, metadata }: TensorFile): Uint8Array<ArrayBuffer> {
  let at = 0
  // From entries, because a tensor may have any name, also `__proto__`.
  const header = Object.fromEntries<object>([
    [METADATA, metadata],
    ...tensors.map(({ name, shape, values }): [string, object] => {
      const begin = at
      at += values.length * FLOAT_BYTES
      return [name, { dtype: 'F32', shape, data_offsets: [begin, at] }]
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
  for (const { values } of tensors) {
    for (const value of values) {
      view.setFloat32(place, value, true)
      place += FLOAT_BYTES
    }
  }
  return bytes
}

/** Reads a file whose tensors are all of 32-bit floats. @throws FormatError */
export function readSafetensors(bytes: Uint8Array): TensorFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 8) throw new FormatError(`is no safetensors file: it has ${bytes.length} bytes`)
  const length = Number(view.getBigUint64(0, true))
  if (length > MOST_HEADER_BYTES) throw new FormatError('is no safetensors file: its header would be over 100 MB long')
  if (8 + length > bytes.length) {
    throw new FormatError(`is cut off: its header ends at byte ${8 + length}, and the file at ${bytes.length}`)
  }
  const header = parseHeader(bytes.subarray(8, 8 + length))
  const data = new DataView(bytes.buffer, bytes.byteOffset + 8 + length, bytes.length - 8 - length)

  const tensors: NamedTensor[] = []
  let metadata: Record<string, string> = {}
  for (const [name, entry] of Object.entries(header)) {
    if (name === METADATA) metadata = metadataOf(entry)
    else tensors.push(tensorOf(name, entry, data))
  }
  return { tensors, metadata }
}

function parseHeader(bytes: Uint8Array): object {
  let header: unknown
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new FormatError('is no safetensors file: its header is no JSON')
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw new FormatError('is no safetensors file: its header is no JSON object')
  }
  return header
}

function metadataOf(entry: unknown): Record<string, string> {
  const pairs = typeof entry === 'object' && entry !== null ? Object.entries(entry) : []
  if (pairs.some(([, value]) => typeof value !== 'string')) throw new FormatError('has metadata that are no text')
  return Object.fromEntries(pairs) as Record<string, string>
}

function tensorOf(name: string, entry: unknown, data: DataView): NamedTensor {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Readonly<Record<string, unknown>>
  if (dtype !== 'F32') throw new FormatError(`has ${name} as ${String(dtype)}; only F32 can be read`)
  if (!isCounts(shape) || !isCounts(offsets) || offsets.length !== 2) {
    throw new FormatError(`does not say which shape ${name} has and where it lies`)
  }
  const [from, to] = offsets
  const count = shape.reduce((product, n) => product * n, 1)
  if (to - from !== count * FLOAT_BYTES) {
    throw new FormatError(
      `gives ${name} ${to - from} bytes; its shape [${shape.join(', ')}] takes ${count * FLOAT_BYTES}`,
    )
  }
  if (to > data.byteLength)
    throw new FormatError(`is cut off: ${name} ends ${to - data.byteLength} bytes after the file`)
  const values = Float32Array.from({ length: count }, (_, i) => data.getFloat32(from + i * FLOAT_BYTES, true))
  return { name, shape, values }
}

const isCounts = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && n >= 0)
