// IDX files made up for the tests.

import type { IdxFile } from '../src/data/idx'

/** A right IDX file with this payload: an image a `size`, or one byte a label. */
export function idxFile(
  kind: IdxFile['kind'],
  payload: Uint8Array,
  size: readonly number[] = [28, 28],
): Uint8Array<ArrayBuffer> {
  const axes = kind === 'images' ? [payload.length / size.reduce((a, b) => a * b), ...size] : [payload.length]
  const words = [0x0800 + axes.length, ...axes]
  const file = new Uint8Array(words.length * 4 + payload.length)
  const view = new DataView(file.buffer)
  words.forEach((word, i) => view.setUint32(i * 4, word)) // big-endian
  file.set(payload, words.length * 4)
  return file
}

/** Payload of `count` images of so many bytes, or of labels 0 to 9, in which every byte tells its place. */
export function somePayload(kind: IdxFile['kind'], count: number, bytes = 784): Uint8Array {
  return kind === 'images'
    ? Uint8Array.from({ length: count * bytes }, (_, i) => (i * 31 + (i >> 8)) & 0xff)
    : Uint8Array.from({ length: count }, (_, i) => i % 10)
}
