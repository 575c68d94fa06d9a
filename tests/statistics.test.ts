// Statistics of inputs: those of the textbook, whatever the chunks that the examples come in.

import { describe, expect, test } from 'vitest'
import { trainingStatistics } from '../src/cli/data'
import { mnist } from '../src/datasets'
import type { Example } from '../src/model/examples'
import { inputStatistics } from '../src/session/statistics'

/** Reads from all examples at once, and keeps what was asked for. */
function reader(examples: Example, values: number) {
  const asked: (readonly [first: number, count: number])[] = []
  const read = (first: number, count: number): Promise<Example> => {
    asked.push([first, count])
    return Promise.resolve(examples.slice(first * values, (first + count) * values))
  }
  return { read, asked }
}

/** In two passes over values that are scaled by `unit`. */
function textbook(examples: Example, values: number, unit: number) {
  const count = examples.length / values
  return Array.from({ length: values }, (_, value) => {
    const column = Array.from({ length: count }, (_, i) => examples[i * values + value] * unit)
    const mean = column.reduce((a, b) => a + b) / count
    const variance = column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / count
    return { mean, deviation: variance > 0 ? Math.sqrt(variance) : 1 }
  })
}

const bytes = Uint8Array.from({ length: 7 * 40 }, (_, i) => (i % 7 === 5 ? 200 : (i * 31 + (i >> 8)) & 0xff))
const floats = Float32Array.from({ length: 5 * 40 }, (_, i) => (i % 5 === 3 ? -1.5 : 1000 + Math.sin(i) * (i % 5)))

describe.each([
  { kind: 'images', examples: bytes, values: 7, unit: 1 / 255, constant: 5 },
  { kind: 'features', examples: floats, values: 5, unit: 1, constant: 3 },
])('of $kind', ({ examples, values, unit, constant }) => {
  test('match the textbook, with a deviation of 1 for a constant value', async () => {
    const { mean, deviation } = await inputStatistics(reader(examples, values).read, 40, values)
    textbook(examples, values, unit).forEach((expected, value) => {
      expect(mean[value] / expected.mean).toBeCloseTo(1, 6)
      if (value !== constant && expected.deviation !== 1)
        expect(deviation[value] / expected.deviation).toBeCloseTo(1, 6)
    })
    expect(deviation[constant]).toBe(1)
  })

  test('leave out all examples after the requested ones', async () => {
    const { read, asked } = reader(examples, values)
    const some = await inputStatistics(read, 10, values)
    expect(asked).toEqual([[0, 10]])
    expect(some).toEqual(await inputStatistics(reader(examples.slice(0, 10 * values), values).read, 10, values))
  })
})

test('large sets are read in chunks of a few megabytes, each example once', async () => {
  const values = 2 ** 20
  const asked: number[] = []
  const read = (first: number, count: number) => {
    expect(first).toBe(asked.reduce((a, b) => a + b, 0))
    asked.push(count)
    return Promise.resolve(new Uint8Array(count * values).fill(first + 1))
  }
  const { mean, deviation } = await inputStatistics(read, 9, values)
  expect(asked).toEqual([4, 4, 1])
  expect(mean[0]).toBeCloseTo((4 * 1 + 4 * 5 + 9) / 9 / 255, 6)
  expect(deviation[values - 1]).toBe(deviation[0])
})

test('of MNIST match the well-known ones', async () => {
  const { mean, deviation } = await trainingStatistics(mnist)
  // Over all pixels: mean 0.1307, standard deviation 0.3081 (as in PyTorch's MNIST example).
  const average = mean.reduce((a, b) => a + b) / 784
  const square = mean.reduce((sum, m, i) => sum + m * m + (m === 0 ? 0 : deviation[i] ** 2), 0) / 784
  expect(average).toBeCloseTo(0.1307, 4)
  expect(Math.sqrt(square - average * average)).toBeCloseTo(0.3081, 4)
})
