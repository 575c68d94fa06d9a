// How examples lie in stores: as they flow, in whole blocks, and back again.

import { describe, expect, test } from 'vitest'
import type { Input } from '../src/datasets/dataset'
import { packed, packing, storedBytes, storedDensely, unpacked, valuesIn } from '../src/datasets/layout'
import { shapeOf } from '../src/model/examples'
import { countOf, rowSize } from '../src/model/shape'

const image = (height: number, width: number, channels: 1 | 3): Input => ({ kind: 'image', height, width, channels })
const features = (count: number): Input => ({
  kind: 'features',
  names: Array.from({ length: count }, (_, i) => `x${i}`),
})

describe.each<[string, Input, bytes: number, dense: boolean]>([
  ['gray images of whole blocks', image(28, 28, 1), 784, true],
  ['gray images', image(5, 3, 1), 16, false],
  ['images in colour', image(20, 12, 3), 960, false],
  ['small images in colour', image(1, 1, 3), 16, false],
  ['features', features(5), 32, false],
  ['features in whole blocks', features(8), 32, true],
])('%s', (_, input, bytes, dense) => {
  const values = valuesIn(input)
  const numbers = Array.from({ length: 3 * values }, (_, i) => 1 + ((i * 7) % 250))
  const examples = input.kind === 'image' ? Uint8Array.from(numbers) : Float32Array.from(numbers)

  test('take the room of their shape', () => {
    const shape = shapeOf(input)
    expect(values).toBe(countOf(shape))
    expect(storedBytes(input)).toBe(bytes)
    expect(storedDensely(input)).toBe(dense)
    const floats = rowSize(shape)
    expect(bytes).toBe(input.kind === 'image' ? 16 * Math.ceil(floats / 16) : 4 * floats)
  })

  test('come back as they were', () => {
    const stored = packed(input, examples)
    expect(stored.length).toBe(3 * bytes)
    expect(unpacked(input, stored, 3)).toEqual(examples)
    expect(unpacked(input, stored.subarray(bytes, 2 * bytes), 1)).toEqual(examples.slice(values, 2 * values))
  })

  test('are padded with zeros', () => {
    const stored = packed(input, examples)
    const elements = input.kind === 'image' ? stored : new Float32Array(stored.buffer)
    expect(elements.filter((value) => value !== 0)).toEqual(examples)
  })
})

test('a coloured pixel takes four bytes', () => {
  expect([...packed(image(1, 2, 3), Uint8Array.of(1, 2, 3, 4, 5, 6))]).toEqual([
    1, 2, 3, 0, 4, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  ])
})

test('images that arrive in pieces are written once, in order', () => {
  const input = image(5, 3, 1)
  const images = Uint8Array.from({ length: 4 * 15 }, (_, i) => i + 1)
  for (const piece of [1, 4, 15, 16, 31, 60]) {
    const store = new Uint8Array(4 * 16)
    let end = 0
    const write = packing(input, (offset, bytes) => {
      expect(offset).toBe(end)
      store.set(bytes, offset)
      end = offset + bytes.length
    })
    for (let at = 0; at < images.length; at += piece) write(at, images.subarray(at, at + piece))
    expect(end).toBe(store.length)
    expect(store).toEqual(packed(input, images))
  }
})
