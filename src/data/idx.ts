// Streaming reader of IDX files, MNIST's format: checks the header, and passes the payload on as it arrives.
//
// The format (Y. LeCun, http://yann.lecun.com/exdb/mnist/): big-endian 32-bit words, then bytes. The first word is
// 0x0000_08rr, where 08 says "unsigned bytes" and rr is the number of axes; the length of each axis follows.

import { DataError, grouped } from './error'

/** The expected content of a file; its name is for errors. */
export type IdxFile = { readonly name: string; readonly count: number } & (
  | {
      readonly kind: 'images'
      /** Rows and columns of an image, and its channels if it has several. */
      readonly size: readonly [rows: number, columns: number, channels?: number]
    }
  | {
      readonly kind: 'labels'
      /** Labels are below it. */
      readonly classes: number
    }
)

/** Names of an image file's axes. */
const AXES = ['images', 'rows', 'columns', 'channels'] as const

/** Lengths of the file's axes. */
function axesOf(file: IdxFile): number[] {
  if (file.kind === 'labels') return [file.count]
  const [rows, columns, channels] = file.size
  return [file.count, rows, columns, ...(channels === undefined ? [] : [channels])]
}

/** Bytes of the payload: one for each label, or for each value of an image. */
const payloadBytes = (file: IdxFile): number => axesOf(file).reduce((a, b) => a * b)

/** Reads one file from chunks cut anywhere. After an error it must not be used. */
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
    const axes = axesOf(file)
    this.#header = [0x0800 + axes.length, ...axes]
    this.#byteLength = this.#header.length * 4 + payloadBytes(file)
  }

  /** @throws DataError as soon as the bytes cannot be the expected file. */
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
    if (this.file.kind === 'labels') this.#checkLabels(offset, bytes, this.file.classes)
    this.#read += bytes.length
    this.payload(offset, bytes)
  }

  /** Ends the file. @throws DataError when bytes are missing. */
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
    throw this.#error(`holds images of ${grouped(is)} ${AXES[index - 1]}, not ${expected} ${where}`)
  }

  #checkLabels(offset: number, bytes: Uint8Array, classes: number): void {
    const wrong = bytes.findIndex((label) => label >= classes)
    if (wrong < 0) return
    const position = `label ${grouped(offset + wrong)} of ${grouped(this.file.count)}, counted from 0`
    const byte = `byte ${grouped(this.#read + wrong)} of ${grouped(this.#byteLength)} bytes`
    throw this.#error(`has ${bytes[wrong]} as a label, but they go from 0 to ${classes - 1} (${position}; ${byte})`)
  }

  #error(what: string): DataError {
    return new DataError(this.file.name, what)
  }
}

function hex(word: number): string {
  return `0x${word.toString(16).padStart(8, '0')}`
}
