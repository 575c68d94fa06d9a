// Memory of the WebAssembly backend: blocks of zeros that share nothing, and are given out again.

import { expect, test } from 'vitest'
import { Heap } from '../src/backends/wasm/heap'
import { DeviceMemoryError } from '../src/backends/types'
import { hash } from '../src/kernels/random'

test('blocks are zero, do not overlap and are used again', () => {
  const memory = new WebAssembly.Memory({ initial: 1 })
  const heap = new Heap(memory)
  const alive: { at: number; bytes: number; mark: number }[] = []
  let grown = 0
  for (let i = 1; i <= 2000; i++) {
    if (alive.length > 20 || (alive.length > 0 && hash(1, i, 0) % 3 === 0)) {
      const [{ at, bytes, mark }] = alive.splice(hash(2, i, 0) % alive.length, 1)
      const contents = new Uint8Array(memory.buffer, at, bytes)
      expect(contents.every((byte) => byte === mark)).toBe(true)
      heap.give(at, bytes)
    } else {
      const bytes = hash(3, i, 0) % 50_000
      const at = heap.take(bytes)
      const contents = new Uint8Array(memory.buffer, at, bytes)
      expect(at % 64).toBe(0)
      expect(contents.every((byte) => byte === 0)).toBe(true)
      const mark = 1 + (i % 255)
      contents.fill(mark)
      alive.push({ at, bytes, mark })
    }
    if (i === 1000) grown = memory.buffer.byteLength
  }
  expect(memory.buffer.byteLength).toBeLessThan(1.5 * grown)
})

test('a block may reuse the last one and reach beyond it', () => {
  const heap = new Heap(new WebAssembly.Memory({ initial: 1, maximum: 20 }))
  const first = heap.take(700_000)
  heap.give(first, 700_000)
  expect(heap.take(1_100_000)).toBe(first)
  expect(() => heap.take(700_000)).toThrow(DeviceMemoryError)
  expect(heap.take(1000)).toBeGreaterThan(first)
})
