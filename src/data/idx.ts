// Streaming reader of IDX files, the format MNIST comes in: checks the header, hands the payload on as it arrives.
//
// The format (Y. LeCun, http://yann.lecun.com/exdb/mnist/): big-endian 32-bit words, then bytes. The first word is
// 0x0000_08rr, where 08 says "unsigned bytes" and rr is the number of axes; the length of each axis follows.

import { DataError, grouped } from './error'

/** Rows and columns of an image. */
export const SIDE = 28
/** Bytes of an image, one per pixel. */
export const IMAGE_BYTES = SIDE * SIDE

export type IdxKind = 'images' | 'labels'

/** What a file must hold; its name is for errors. */
export interface IdxFile {
  readonly name: string
  readonly kind: IdxKind
  readonly count: number
}

/** Bytes of the payload: 784 for an image, 1 for a label. */
export function payloadBytes({ kind, count }: Pick<IdxFile, 'kind' | 'count'>): number {
  return kind === 'images' ? count * IMAGE_BYTES : count
}

/** Reads one file from chunks cut anywhere. After an error it is of no more use. */
export class IdxReader {
  /** The header that the file must have, word by word. */
  readonly #header: readonly number[]
  readonly #byteLength: number
  #word = 0
  #read = 0

  /** @param payload gets the bytes after the header in order; `offset` counts from the payload's first byte. */
  constructor(
    readonly file: IdxFile,
    readonly payload: (offset: number, bytes: Uint8Array) => void,
  ) {
    this.#header = file.kind === 'images' ? [0x0803, file.count, SIDE, SIDE] : [0x0801, file.count]
    this.#byteLength = this.#header.length * 4 + payloadBytes(file)
  }

  /** @throws DataError as soon as the bytes cannot be the file that was asked for. */
  push(chunk: Uint8Array): void {
    const headerBytes = this.#header.length * 4
    let at = 0
    for (; at < chunk.length && this.#read < headerBytes; at++) {
      this.#word = ((this.#word << 8) | chunk[at]) >>> 0
      this.#read++
      if (this.#read % 4 === 0) this.#checkWord(this.#read / 4 - 1)
    }
    if (at === chunk.length) return
    const bytes = chunk.subarray(at)
    if (this.#read + bytes.length > this.#byteLength) {
      throw this.#error(`goes on after its ${grouped(this.#byteLength)} bytes`)
    }
    const offset = this.#read - headerBytes
    if (this.file.kind === 'labels') this.#checkLabels(offset, bytes)
    this.#read += bytes.length
    this.payload(offset, bytes)
  }

  /** Says that no more bytes come. @throws DataError when some are missing. */
  end(): void {
    if (this.#read < this.#byteLength) {
      throw this.#error(`ended after ${grouped(this.#read)} of ${grouped(this.#byteLength)} bytes`)
    }
  }

  #checkWord(index: number): void {
    const [is, expected] = [this.#word, this.#header[index]]
    if (is === expected) return
    const { kind } = this.file
    const where = `(at byte ${index * 4} of ${grouped(this.#byteLength)} bytes)`
    if (index === 0) {
      const page = is >>> 24 === 0x3c ? ' It looks like a web page.' : ''
      throw this.#error(
        `is no IDX file of ${kind}: its magic number is ${hex(is)}, not ${hex(expected)} ${where}.${page}`,
      )
    }
    if (index === 1) throw this.#error(`holds ${grouped(is)} ${kind}, not ${grouped(expected)} ${where}`)
    const axis = index === 2 ? 'rows' : 'columns'
    throw this.#error(`holds images of ${grouped(is)} ${axis}, not ${expected} ${where}`)
  }

  #checkLabels(offset: number, bytes: Uint8Array): void {
    const wrong = bytes.findIndex((label) => label > 9)
    if (wrong < 0) return
    const position = `label ${grouped(offset + wrong)} of ${grouped(this.file.count)}, counted from 0`
    const byte = `byte ${grouped(this.#read + wrong)} of ${grouped(this.#byteLength)} bytes`
    throw this.#error(`has ${bytes[wrong]} as a label, which is no digit (${position}; ${byte})`)
  }

  #error(what: string): DataError {
    return new DataError(this.file.name, what)
  }
}

function hex(word: number): string {
  return `0x${word.toString(16).padStart(8, '0')}`
}
