// Counts values in bins, skipping padding, fast enough for millions of them.

import { pad4 } from '../../kernels/kernel'
import { gradientBins, PARAMETER_BINS, type Distribution } from '../protocol'

/** A tensor in a buffer: its shape before padding, and where it starts. */
export interface Stored {
  readonly shape: readonly number[]
  readonly offset: number
}

/** Stretches of a tensor's values without padding, as places in its buffer: `from` up to, but not including, `to`. */
export function runsOf({ shape, offset }: Stored): [number, number][] {
  const columns = shape[shape.length - 1]
  const rows = shape[shape.length - 2] ?? 1
  const matrices = shape.slice(0, -2).reduce((a, b) => a * b, 1)
  const stride = pad4(columns)
  const storedRows = shape.length > 1 ? pad4(rows) : 1
  if (stride === columns && (storedRows === rows || matrices === 1))
    return [[offset, offset + matrices * rows * columns]]
  const runs: [number, number][] = []
  for (let matrix = 0; matrix < matrices; matrix++) {
    for (let row = 0; row < rows; row++) {
      const start = offset + (matrix * storedRows + row) * stride
      runs.push([start, start + columns])
    }
  }
  return runs
}

/** Statistics of the values of some tensors in a buffer, without the bins. */
export function describe(values: Float32Array, tensors: readonly Stored[]): Omit<Distribution, 'counts'> {
  let [count, zeros, odd, sum, squares, lowest, highest] = [0, 0, 0, 0, 0, Infinity, -Infinity]
  for (const [from, to] of tensors.flatMap(runsOf)) {
    count += to - from
    for (let i = from; i < to; i++) {
      const x = values[i]
      if (x - x !== 0) {
        odd++
        continue
      }
      if (x === 0) zeros++
      if (x < lowest) lowest = x
      if (x > highest) highest = x
      sum += x
      squares += x * x
    }
  }
  const finite = count - odd
  if (finite === 0) [lowest, highest] = [0, 0]
  const mean = finite > 0 ? sum / finite : 0
  const deviation = finite > 0 ? Math.sqrt(Math.max(0, squares / finite - mean * mean)) : 0
  return { count, zeros, odd, lowest, highest, mean, deviation, norm: Math.sqrt(squares) }
}

/** Counts values in PARAMETER_BINS bins of equal width from -range to range. Values beyond count in the last bins, non-finite ones in none. */
export function countLinear(values: Float32Array, tensors: readonly Stored[], range: number): number[] {
  const counts = new Int32Array(PARAMETER_BINS)
  const scale = PARAMETER_BINS / (2 * range)
  const last = PARAMETER_BINS - 1
  for (const [from, to] of tensors.flatMap(runsOf)) {
    for (let i = from; i < to; i++) {
      const at = (values[i] + range) * scale
      if (at >= 0 && at < PARAMETER_BINS) counts[at | 0]++
      else if (at - at === 0) counts[at < 0 ? 0 : last]++
    }
  }
  return [...counts]
}

/** Bins of gradients on one side of zero. */
const SIDE = (gradientBins.highest - gradientBins.lowest) / gradientBins.width

/** The bin of a float by its sign and exponent, its upper nine bits. One more bin takes values that are not finite. */
const sizeBins = Int32Array.from({ length: 512 }, (_, upper) => {
  const exponent = (upper & 255) - 127
  if (exponent === 128) return 2 * SIDE + 1
  const size = exponent < gradientBins.lowest ? -1 : Math.floor((exponent - gradientBins.lowest) / gradientBins.width)
  const away = Math.min(size, SIDE - 1) + 1
  return upper >= 256 ? SIDE - away : SIDE + away
})

/** Counts by sign and size: see LayerHealth. */
export function countSizes(values: Float32Array, tensors: readonly Stored[]): number[] {
  const counts = new Int32Array(2 * SIDE + 2)
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  for (const [from, to] of tensors.flatMap(runsOf)) {
    for (let i = from; i < to; i++) counts[sizeBins[bits[i] >>> 23]]++
  }
  return [...counts.subarray(0, 2 * SIDE + 1)]
}

/** Steps of an axis within a decade. */
const ROUND = [1, 2, 5]

/** A round half-width for an axis with values up to `most`: the one before, if it holds them and they fill a third of it. */
export function rangeFor(most: number, before: number | undefined): number {
  if (before && most <= before && most > before / 3) return before
  if (!(most > 0)) return before || 1
  const decade = 10 ** Math.floor(Math.log10(most))
  const round = [...ROUND, 10].find((step) => step * decade >= most) ?? 10
  return round * decade
}
