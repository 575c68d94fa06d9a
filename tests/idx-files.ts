// IDX files made up for the tests.

import { IMAGE_BYTES, type IdxKind } from '../src/data/idx'

/** A right IDX file with this payload: 784 bytes an image, or one byte a label. */
export function idxFile(kind: IdxKind, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const words = kind === 'images' ? [0x0803, payload.length / IMAGE_BYTES, 28, 28] : [0x0801, payload.length]
  const file = new Uint8Array(words.length * 4 + payload.length)
  const view = new DataView(file.buffer)
  words.forEach((word, i) => view.setUint32(i * 4, word)) // big-endian
  file.set(payload, words.length * 4)
  return file
}

/** Payload of `count` images or labels in which every byte tells its place. */
export function somePayload(kind: IdxKind, count: number): Uint8Array {
  return kind === 'images'
    ? Uint8Array.from({ length: count * IMAGE_BYTES }, (_, i) => (i * 31 + (i >> 8)) & 0xff)
    : Uint8Array.from({ length: count }, (_, i) => i % 10)
}
