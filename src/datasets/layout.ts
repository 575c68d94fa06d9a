// The layout of examples in the data stores of a device, and in buffers for one example.
//
// An image is stored pixel by pixel, a byte for each value; the three values of a coloured pixel are followed by an empty byte. It takes
// whole blocks of 16 bytes. A feature vector is stored as 32-bit floats, in whole blocks of four. Padding is zero.

import type { Input } from './dataset'

/** An example: bytes of an image [height, width, channels], or 32-bit values of features. */
export type Example = Uint8Array | Float32Array

/** An example in a store, counted in its elements: `runs` of `values` without padding between them, each `apart` from the next. */
interface Layout {
  readonly runs: number
  readonly values: number
  readonly apart: number
  /** Of the whole example, padding included. */
  readonly elements: number
}

function layoutOf(input: Input): Layout {
  if (input.kind === 'features') {
    const values = input.names.length
    const apart = roundedUp(values, 4)
    return { runs: 1, values, apart, elements: apart }
  }
  const pixels = input.height * input.width
  const [runs, values] = input.channels === 1 ? [1, pixels] : [pixels, input.channels]
  const apart = roundedUp(values, 4)
  return { runs, values, apart, elements: roundedUp(runs * apart, 16) }
}

const roundedUp = (count: number, block: number): number => block * Math.ceil(count / block)
const elementBytes = ({ kind }: Input): number => (kind === 'features' ? 4 : 1)

/** Values of an example, without padding. */
export function valuesIn(input: Input): number {
  const { runs, values } = layoutOf(input)
  return runs * values
}

/** Bytes of one example in a data store. */
export const storedBytes = (input: Input): number => elementBytes(input) * layoutOf(input).elements

/** Whether the layout has no padding between examples. */
export const storedDensely = (input: Input): boolean => storedBytes(input) === elementBytes(input) * valuesIn(input)

/** Examples, one after the other without padding, as bytes of a data store. */
export function packed(input: Input, examples: Example): Uint8Array<ArrayBuffer> {
  const layout = layoutOf(input)
  const count = examples.length / valuesIn(input)
  const bytes = new Uint8Array(count * storedBytes(input))
  const stored = input.kind === 'features' ? new Float32Array(bytes.buffer) : bytes
  eachRun(layout, count, (from, to) => stored.set(examples.subarray(from, from + layout.values), to))
  return bytes
}

/** The reverse: `count` examples out of the bytes of a data store. */
export function unpacked(input: Input, bytes: Uint8Array, count: number): Example {
  const layout = layoutOf(input)
  // A copy, because floats must lie at a multiple of four bytes.
  const stored = input.kind === 'features' ? new Float32Array(bytes.slice().buffer) : bytes
  const values = count * valuesIn(input)
  const examples = input.kind === 'features' ? new Float32Array(values) : new Uint8Array(values)
  eachRun(layout, count, (to, from) => examples.set(stored.subarray(from, from + layout.values), to))
  return examples
}

/** Calls `visit` for every run of `count` examples: its place among values without padding, and its place in the store. */
function eachRun(
  { runs, values, apart, elements }: Layout,
  count: number,
  visit: (plain: number, stored: number) => void,
): void {
  for (let example = 0; example < count; example++) {
    for (let run = 0; run < runs; run++) visit((example * runs + run) * values, example * elements + run * apart)
  }
}

/** Receives bytes for a place in a store. */
export type Write = (offset: number, bytes: Uint8Array) => void

/**
 * Takes the bytes of images without padding, in order and cut anywhere, and writes them in the store's layout. Images with padding
 * between them are written whole.
 */
export function packing(input: Input, write: Write): Write {
  if (storedDensely(input)) return write
  const values = valuesIn(input)
  /** The start of an image whose end has not arrived. */
  let begun = new Uint8Array(0)
  return (offset, bytes) => {
    const all = new Uint8Array(begun.length + bytes.length)
    all.set(begun)
    all.set(bytes, begun.length)
    const first = (offset - begun.length) / values
    const whole = all.length - (all.length % values)
    if (whole > 0) write(first * storedBytes(input), packed(input, all.subarray(0, whole)))
    begun = all.slice(whole)
  }
}
