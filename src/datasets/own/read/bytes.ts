// The bytes of brought files: in chunks, unpacked if they are gzip, and never more than is allowed.

import { Gunzip } from 'fflate'
import { crc32 } from '../../../data/crc32'
import { DataError } from '../../../data/error'
import { cleaned } from './names'
import { amount } from './report'
import type { BroughtFile } from './types'

/** Bytes that are read at once. */
const CHUNK = 2 ** 20
/** Gzip bytes that are unpacked at once: they can become a thousand times as many. */
const PACKED_CHUNK = 2 ** 16
/** Most bytes that a file may unpack to. */
const MOST_UNPACKED = 2 ** 31

/** Calls that reading makes on its way. */
export interface ByteReading {
  /** Receives the number of bytes of the file that have been read. */
  read?(bytes: number): void
  readonly signal?: AbortSignal
}

/** Whether bytes begin as gzip does. */
export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b

/** The bytes of a file from its start, in chunks. @throws the signal's reason */
async function* rawChunks(file: BroughtFile, size: number, { read, signal }: ByteReading): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < file.size; from += size) {
    signal?.throwIfAborted()
    const chunk = await file.read(from, Math.min(from + size, file.size))
    read?.(Math.min(from + size, file.size))
    yield chunk
  }
  signal?.throwIfAborted()
}

/**
 * The content of a file in chunks, unpacked if it is gzip.
 * @throws DataError if the gzip file is damaged or unpacks to more than 2 GiB; the signal's reason
 */
export async function* chunksOf(file: BroughtFile, reading: ByteReading = {}): AsyncGenerator<Uint8Array> {
  if (!isGzip(await file.read(0, 2))) {
    yield* rawChunks(file, CHUNK, reading)
    return
  }
  const name = cleaned(file.path)
  let out: Uint8Array[] = []
  let [checksum, members, total, read] = [0, 0, 0, 0]
  const gunzip = new Gunzip((bytes) => {
    if (bytes.length > 0) out.push(bytes)
  })
  gunzip.onmember = () => members++
  for await (const chunk of rawChunks(file, PACKED_CHUNK, reading)) {
    read += chunk.length
    try {
      gunzip.push(chunk, read >= file.size)
    } catch (error) {
      throw new DataError(name, `is no whole gzip file: ${error instanceof Error ? error.message : String(error)}.`)
    }
    for (const bytes of out) {
      total += bytes.length
      if (total > MOST_UNPACKED)
        throw new DataError(name, `unpacks to more than ${amount(MOST_UNPACKED)}: that is refused.`)
      checksum = crc32(bytes, checksum)
      yield bytes
    }
    out = []
  }
  if (members > 1) return
  const end = await file.read(file.size - 8, file.size)
  const view = new DataView(end.buffer, end.byteOffset, end.byteLength)
  if (end.length < 8 || view.getUint32(0, true) !== checksum || view.getUint32(4, true) !== total) {
    throw new DataError(name, 'is a damaged gzip file: its checksum is another. Get it again.')
  }
}

/** The first bytes of a file's content, unpacked if it is gzip: `count` or all. @throws DataError as chunksOf does */
export async function startOf(file: BroughtFile, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count)
  let filled = 0
  for await (const chunk of chunksOf(file)) {
    const part = chunk.subarray(0, count - filled)
    bytes.set(part, filled)
    filled += part.length
    if (filled === count) break
  }
  return bytes.subarray(0, filled)
}

/** All of a file's content, unpacked if it is gzip. @throws DataError as chunksOf does, or if it is larger than `most` */
export async function contentOf(file: BroughtFile, most: number, reading: ByteReading = {}): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let total = 0
  for await (const chunk of chunksOf(file, reading)) {
    total += chunk.length
    if (total > most) throw new DataError(cleaned(file.path), `holds more than the expected ${amount(most)}.`)
    chunks.push(chunk)
  }
  if (chunks.length === 1) return chunks[0]
  const all = new Uint8Array(total)
  let at = 0
  for (const chunk of chunks) {
    all.set(chunk, at)
    at += chunk.length
  }
  return all
}
