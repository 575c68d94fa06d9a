// The entries of a zip as brought files, unpacked where they are read and never beyond the size that the zip tells.
//
// The format: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.7 (local header), 4.3.12 (central directory), 4.3.14 to 4.3.16 (its end).

import { Inflate } from 'fflate'
import { DataError, grouped } from '../../../data/error'
import { cleaned } from './names'
import { amount, counted } from './report'
import type { BroughtFile } from './types'

/** Limits of a zip. */
const MOST_ENTRIES = 500_000
/** Most bytes that all entries may unpack to: 32 GiB. */
const MOST_TOTAL = 2 ** 35
/** Most bytes that one entry may unpack to: 2 GiB. */
const MOST_ENTRY = 2 ** 31
/** A zip that unpacks to more than 1 GiB, and to more than 200 times its size, is a bomb. */
const BOMB = { bytes: 2 ** 30, ratio: 200 } as const

/** Bytes of a deflated entry that are unpacked at once: they can become a thousand times as many. */
const CHUNK = 2 ** 15
/** Packed bytes that are read at once. */
const READ = 2 ** 20
/** Bytes of a local header, with room for its name and extra fields. */
const LOCAL = 30 + 2048
const END = 22
const LONGEST_COMMENT = 0xffff
/** Says that a number stands in the extra field for zips of more than 4 GiB. */
const LONG = 0xffffffff

/** Whether bytes begin as a zip does, also an empty one. */
export const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6))

interface Entry {
  readonly path: string
  readonly method: number
  readonly packed: number
  readonly size: number
  readonly offset: number
  readonly encrypted: boolean
}

/**
 * The entries of a zip, folders included. Their paths begin with what `folder` says.
 * @throws DataError if it is no whole zip, or a zip bomb
 */
export async function entriesOf(zip: BroughtFile, folder = ''): Promise<BroughtFile[]> {
  const name = cleaned(zip.path)
  const entries = await directory(zip, name)
  const total = entries.reduce((sum, { size }) => sum + size, 0)
  const packed = entries.reduce((sum, { packed }) => sum + packed, 0)
  if ((total > BOMB.bytes && total > BOMB.ratio * zip.size) || packed > zip.size) {
    throw new DataError(
      name,
      `is a zip bomb: ${amount(zip.size)} that unpack to ${amount(total)}. Nothing of it was unpacked.`,
    )
  }
  if (total > MOST_TOTAL) {
    throw new DataError(name, `unpacks to ${amount(total)}. The most is ${amount(MOST_TOTAL)}.`)
  }
  return entries.map((entry) => ({
    path: folder + entry.path,
    size: entry.size,
    read: entry.method === 0 ? stored(zip, name, entry) : deflated(zip, name, entry),
  }))
}

async function directory(zip: BroughtFile, name: string): Promise<Entry[]> {
  const { count, offset, size } = await end(zip, name)
  if (count > MOST_ENTRIES) {
    throw new DataError(name, `holds ${grouped(count)} files. The most is ${grouped(MOST_ENTRIES)}.`)
  }
  const bytes = await zip.read(offset, offset + size)
  const view = viewOf(bytes)
  const entries: Entry[] = []
  for (let at = 0; entries.length < count;) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) throw damaged(name)
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => view.getUint16(at + field, true))
    const extra = at + 46 + nameLength
    if (extra + extraLength > bytes.length) throw damaged(name)
    const lengths = long(view, extra, extraLength, [
      view.getUint32(at + 24, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 42, true),
    ])
    entries.push({
      path: pathOf(bytes.subarray(at + 46, extra)),
      method: view.getUint16(at + 10, true),
      size: lengths[0],
      packed: lengths[1],
      offset: lengths[2],
      encrypted: (view.getUint16(at + 8, true) & 1) === 1,
    })
    at = extra + extraLength + commentLength
  }
  return entries
}

/** Where the central directory is. */
async function end(zip: BroughtFile, name: string): Promise<{ count: number; offset: number; size: number }> {
  const from = Math.max(0, zip.size - END - LONGEST_COMMENT - 20)
  const tail = await zip.read(from, zip.size)
  const view = viewOf(tail)
  for (let at = tail.length - END; at >= 0; at--) {
    if (view.getUint32(at, true) !== 0x06054b50) continue
    const plain = {
      count: view.getUint16(at + 10, true),
      size: view.getUint32(at + 12, true),
      offset: view.getUint32(at + 16, true),
    }
    const found = at >= 20 && view.getUint32(at - 20, true) === 0x07064b50 ? await longEnd(zip, view, at - 20) : plain
    if (!found || found.offset + found.size > from + at) throw damaged(name)
    return found
  }
  throw damaged(name)
}

/** The same for zips of more than 4 GiB; undefined if it is not there. */
async function longEnd(zip: BroughtFile, view: DataView, locator: number) {
  const at = number64(view, locator + 8)
  const record = viewOf(await zip.read(at, at + 56))
  if (record.byteLength < 56 || record.getUint32(0, true) !== 0x06064b50) return undefined
  return { count: number64(record, 32), size: number64(record, 40), offset: number64(record, 48) }
}

/** Numbers of an entry, those that do not fit taken from the extra field for long zips. */
function long(view: DataView, extra: number, length: number, numbers: readonly number[]): number[] {
  if (!numbers.includes(LONG)) return [...numbers]
  for (let at = extra; at + 4 <= extra + length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue
    const stop = Math.min(at + 4 + view.getUint16(at + 2, true), extra + length)
    let next = at + 4
    return numbers.map((number) => {
      if (number !== LONG || next + 8 > stop) return number
      next += 8
      return number64(view, next - 8)
    })
  }
  return [...numbers]
}

const number64 = (view: DataView, at: number): number =>
  view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

const damaged = (name: string) => new DataError(name, 'is no whole zip file. Make it again, or get it again.')

/** Names are UTF-8 nearly always, whatever their flag says; else their bytes are characters. */
function pathOf(bytes: Uint8Array): string {
  let path: string
  try {
    path = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    path = new TextDecoder('latin1').decode(bytes)
  }
  return path.replaceAll('\\', '/').replace(/^(\.?\/)+/, '')
}

/** Where an entry's bytes begin in the zip. @throws DataError if it cannot be read */
async function startOfEntry(
  zip: BroughtFile,
  name: string,
  { path, method, encrypted, offset, size }: Entry,
): Promise<number> {
  const what = `${name}: ${cleaned(path)}`
  if (encrypted) throw new DataError(what, 'is locked with a password. Make a zip without one.')
  if (method !== 0 && method !== 8) {
    throw new DataError(
      what,
      `is packed in a way (${method}) that cannot be read. Make the zip with “deflate”, the usual way.`,
    )
  }
  if (size > MOST_ENTRY) throw new DataError(what, `unpacks to ${amount(size)}. The most is ${amount(MOST_ENTRY)}.`)
  const header = viewOf(await zip.read(offset, offset + LOCAL))
  if (header.byteLength < 30 || header.getUint32(0, true) !== 0x04034b50) throw damaged(name)
  return offset + 30 + header.getUint16(26, true) + header.getUint16(28, true)
}

function stored(zip: BroughtFile, name: string, entry: Entry): BroughtFile['read'] {
  let start: Promise<number> | undefined
  return async (from, to) => {
    const at = await (start ??= startOfEntry(zip, name, entry))
    return zip.read(at + from, at + Math.min(to, entry.packed))
  }
}

/** Unpacks as far as is asked for. Reading on from where the last reading ended unpacks nothing twice. */
function deflated(zip: BroughtFile, name: string, entry: Entry): BroughtFile['read'] {
  let reader: EntryReader | undefined
  return async (from, to) => {
    const stop = Math.min(to, entry.size)
    if (from >= stop) return new Uint8Array(0)
    if (!reader || from < reader.position) reader = new EntryReader(zip, name, entry)
    const current = reader
    await current.skip(from)
    const bytes = await current.next(stop - from)
    if (current.position >= entry.size) reader = undefined // frees its memory
    return bytes
  }
}

/** Unpacks one entry from its start on. */
class EntryReader {
  /** Of the next byte that `next` returns. */
  position = 0
  readonly #inflate = new Inflate((bytes) => {
    this.#total += bytes.length
    if (bytes.length > 0) this.#out.push(bytes)
  })
  #out: Uint8Array[] = []
  #total = 0
  /** Packed bytes that were read, those of them that are at hand, and how many of these are unpacked. */
  #read = 0
  #packed: Uint8Array = new Uint8Array(0)
  #at = 0
  #start: number | undefined

  constructor(
    private readonly zip: BroughtFile,
    private readonly name: string,
    private readonly entry: Entry,
  ) {}

  async skip(to: number): Promise<void> {
    while (this.position < to) await this.next(Math.min(to - this.position, 2 ** 22))
  }

  /** @throws DataError if the entry is damaged or unpacks to another size than it tells */
  async next(count: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(count)
    let filled = 0
    while (filled < count) {
      if (this.#out.length === 0) await this.#more()
      const first = this.#out[0]
      const part = first.subarray(0, count - filled)
      bytes.set(part, filled)
      filled += part.length
      if (part.length === first.length) this.#out.shift()
      else this.#out[0] = first.subarray(part.length)
    }
    this.position += count
    return bytes
  }

  async #more(): Promise<void> {
    const { packed, size, path } = this.entry
    const what = `${this.name}: ${cleaned(path)}`
    this.#start ??= await startOfEntry(this.zip, this.name, this.entry)
    if (this.#at >= this.#packed.length) {
      if (this.#read >= packed) {
        throw new DataError(what, `ends after ${grouped(this.#total)} of ${counted(size, 'byte')}.`)
      }
      this.#packed = await this.zip.read(this.#start + this.#read, this.#start + Math.min(this.#read + READ, packed))
      if (this.#packed.length === 0) throw damaged(this.name)
      this.#read += this.#packed.length
      this.#at = 0
    }
    const chunk = this.#packed.subarray(this.#at, this.#at + CHUNK)
    this.#at += chunk.length
    try {
      this.#inflate.push(chunk, this.#read >= packed && this.#at >= this.#packed.length)
    } catch (error) {
      throw new DataError(what, `is damaged: ${error instanceof Error ? error.message : String(error)}.`)
    }
    if (this.#total > size) throw new DataError(what, 'unpacks to more than the zip tells: that is refused.')
  }
}
