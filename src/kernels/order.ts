// The order of examples in batches: shaders/lib/order.wgsl. Also reads bytes out of packed words.

import { ceilDiv, type Constants } from './kernel'
import { NO_LABEL } from './labels'
import { shuffled } from './random'

/** Constants of a batch in shuffled or plain order: ROWS out of COUNT examples from FIRST on, SHUFFLE 0 or 1. */
type Order = Constants<'ROWS' | 'FIRST' | 'COUNT' | 'SHUFFLE'>

/** The example of a row; not `inside` if the row fills up the last batch of a pass. `state` is [step, seed]. */
export function placeOf(row: number, { ROWS, FIRST, COUNT, SHUFFLE }: Order, [step, seed]: Uint32Array) {
  if (SHUFFLE === 1) {
    const position = step * ROWS + row
    const example = FIRST + shuffled(position % COUNT, COUNT, seed, Math.floor(position / COUNT))
    return { example, inside: true }
  }
  const position = (step % ceilDiv(COUNT, ROWS)) * ROWS + row
  const inside = position < COUNT
  return { example: FIRST + (inside ? position : 0), inside }
}

/** The label of a row at that place. */
export function labelOf(labels: ArrayLike<number>, { example, inside }: ReturnType<typeof placeOf>): number {
  return inside ? byteOf(labels, example) : NO_LABEL
}

/** Byte number `at` of packed ones, little-endian in each word. */
export function byteOf(words: ArrayLike<number>, at: number): number {
  return (words[at >>> 2] >>> ((at & 3) * 8)) & 255
}

/** Bytes of an image in the data store (datasets/layout.ts), by its floats in `inputs`: one for each, rounded up to whole 16. */
export function imageBytes(floats: number): number {
  return 16 * ceilDiv(floats, 16)
}
