// Examples of a data set: their shape as they flow, and how they lie in data stores and input buffers.
//
// An image lies in a store as it flows (see shape.ts), with a byte in place of each float, and takes whole blocks of 16 bytes; a
// feature vector lies there as the floats that flow. Padding is zero.

import type { Input } from '../datasets/dataset'
import { pad4 } from '../kernels/kernel'
import { asMatrix, countOf, rowSize, type Shape } from './shape'

/** An example: bytes of an image [height, width, channels], or 32-bit values of features. */
export type Example = Uint8Array | Float32Array

/** Shape of an example as it flows: [height, width], [height, width, 3] or [features]. */
export function shapeOf(input: Input): Shape {
  if (input.kind === 'features') return [input.names.length]
  const { height, width, channels } = input
  return channels === 1 ? [height, width] : [height, width, channels]
}

/** Values of an example, padding left out. */
export const valuesIn = (input: Input): number => countOf(shapeOf(input))

/** Bytes of one example in a data store. */
export function storedBytes(input: Input): number {
  const floats = rowSize(shapeOf(input))
  return input.kind === 'features' ? 4 * floats : 16 * Math.ceil(floats / 16)
}

/** Whether examples lie in a store as they come, without padding between them. */
export const storedDensely = (input: Input): boolean =>
  storedBytes(input) === valuesIn(input) * (input.kind === 'features' ? 4 : 1)

/** Examples, one after the other without padding, as bytes of a data store. */
export function packed(input: Input, examples: Example): Uint8Array<ArrayBuffer> {
  const row = storedBytes(input)
  const bytes = new Uint8Array((row * examples.length) / valuesIn(input))
  const stored = input.kind === 'features' ? new Float32Array(bytes.buffer) : bytes
  eachRun(input, examples.length, row, (from, count, to) => stored.set(examples.subarray(from, from + count), to))
  return bytes
}

/** The way back: `count` examples out of the bytes of a data store. */
export function unpacked(input: Input, bytes: Uint8Array, count: number): Example {
  const values = count * valuesIn(input)
  // A copy, because floats must lie at a multiple of four bytes.
  const stored = input.kind === 'features' ? new Float32Array(bytes.slice().buffer) : bytes
  const examples = input.kind === 'features' ? new Float32Array(values) : new Uint8Array(values)
  eachRun(input, values, storedBytes(input), (at, length, from) =>
    examples.set(stored.subarray(from, from + length), at),
  )
  return examples
}

/** Calls `visit` for every run of values without padding between them: its place among the values, its length, its place in the store. */
function eachRun(
  input: Input,
  values: number,
  row: number,
  visit: (from: number, count: number, to: number) => void,
): void {
  const { positions, channels } = asMatrix(shapeOf(input))
  const elements = input.kind === 'features' ? row / 4 : row
  const count = positions * channels
  for (let example = 0; example * count < values; example++) {
    for (let position = 0; position < positions; position++) {
      visit(example * count + position * channels, channels, example * elements + position * pad4(channels))
    }
  }
}
