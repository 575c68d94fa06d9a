// The histograms of the Health panel, against plain loops.

import { describe, expect, it } from 'vitest'
import { eachPlace, storageSize } from '../src/kernels/plan'
import {
  countLinear,
  countSizes,
  describe as distribution,
  rangeFor,
  runsOf,
  type Stored,
} from '../src/session/inspectors/histogram'
import { gradientBins, PARAMETER_BINS } from '../src/session/protocol'

describe('histograms', () => {
  const shapes = [[5], [8], [3, 6], [4, 8], [2, 3, 5], [3, 3, 4, 8], [2, 2, 1, 3]]

  it.each(shapes.map((shape) => [shape.join(' x '), shape] as const))('ignore the padding of %s', (_, shape) => {
    const offset = 12
    const expected: number[] = []
    eachPlace(shape, (place) => expected.push(offset + place))
    const places = runsOf({ shape, offset }).flatMap(([from, to]) =>
      Array.from({ length: to - from }, (_, i) => from + i),
    )
    expect(places).toEqual(expected)
  })

  /** Values of all sizes and both signs, zeros, and what is no number; in padded storage filled with what must not be counted. */
  function made(): { values: Float32Array; tensors: Stored[]; plain: number[] } {
    const tensors: Stored[] = [{ shape: [7, 6], offset: 4 }]
    tensors.push({ shape: [5], offset: 4 + storageSize([7, 6]) })
    const values = new Float32Array(4 + storageSize([7, 6]) + storageSize([5])).fill(77)
    const plain: number[] = []
    tensors.forEach(({ shape, offset }) =>
      eachPlace(shape, (place) => {
        const i = plain.length
        const odd = [0, NaN, Infinity, -Infinity, -0, 1e-12, 16, -20, 2 ** -30][i - 3]
        const value = Math.fround(odd ?? (i % 2 ? -1 : 1) * 10 ** (-9 + (i * 7) / 29))
        values[offset + place] = value
        plain.push(value)
      }),
    )
    return { values, tensors, plain }
  }

  it('equal the results of plain loops', () => {
    const { values, tensors, plain } = made()
    const finite = plain.filter(Number.isFinite)
    const mean = finite.reduce((a, b) => a + b) / finite.length
    const { norm, mean: found, deviation, ...rest } = distribution(values, tensors)
    expect(rest).toEqual({ count: 47, zeros: 2, odd: 3, lowest: Math.min(...finite), highest: Math.max(...finite) })
    expect(found).toBeCloseTo(mean, 6)
    expect(deviation).toBeCloseTo(Math.sqrt(finite.reduce((sum, x) => sum + (x - mean) ** 2, 0) / finite.length), 5)
    expect(norm).toBeCloseTo(Math.hypot(...finite), 5)
  })

  it('count in bins of equal width', () => {
    const { values, tensors, plain } = made()
    const counts = countLinear(values, tensors, 2)
    const finite = plain.filter(Number.isFinite)
    expect(counts.reduce((a, b) => a + b)).toBe(finite.length)
    const edge = (bin: number) => -2 + (4 * bin) / PARAMETER_BINS
    counts.forEach((count, bin) => {
      const low = bin === 0 ? -Infinity : edge(bin)
      const high = bin === PARAMETER_BINS - 1 ? Infinity : edge(bin + 1)
      expect(count, `bin ${bin}`).toBe(finite.filter((x) => x >= low && x < high).length)
    })
  })

  it('count by sign and size', () => {
    const { values, tensors, plain } = made()
    const counts = countSizes(values, tensors)
    const finite = plain.filter(Number.isFinite)
    const { lowest, highest, width } = gradientBins
    const side = (highest - lowest) / width
    expect(counts).toHaveLength(2 * side + 1)
    expect(counts[side]).toBe(finite.filter((x) => Math.abs(x) < 2 ** lowest).length)
    for (let bin = 0; bin < side; bin++) {
      const low = 2 ** (lowest + bin * width)
      const high = bin === side - 1 ? Infinity : low * 2 ** width
      const within = (sign: number) => finite.filter((x) => sign * x >= low && sign * x < high).length
      expect([counts[side - 1 - bin], counts[side + 1 + bin]], `from ${low}`).toEqual([within(-1), within(1)])
    }
  })

  it('have axes that rarely change', () => {
    expect(rangeFor(0.34, undefined)).toBeCloseTo(0.5)
    expect(rangeFor(0.34, 1)).toBe(1)
    expect(rangeFor(0.3, 1)).toBeCloseTo(0.5)
    expect(rangeFor(1.2, 1)).toBe(2)
    expect(rangeFor(1, undefined)).toBe(1)
    expect(rangeFor(700, undefined)).toBe(1000)
    expect(rangeFor(0, undefined)).toBe(1)
    expect(rangeFor(NaN, 3)).toBe(3)
  })
})
