// Rows of the kernels of batch normalisation.

import {
  batchNormGradients,
  batchNormGradientSums,
  batchNormInputGradient,
  batchNormMoments,
  batchNormOutput,
  batchNormRunning,
  batchNormStatistics,
  chunksOf,
} from '../../src/kernels/batch-norm'
import { normal } from '../../src/kernels/random'
import { packed, poison, random, type Contents } from '../harness'
import { activationIds, offset, row } from './table'

// Batch normalisation: rows, channels; the last leaves chunks empty.
const normSizes = [
  [1, 1],
  [4, 4],
  [65, 5],
  [500, 10],
  [3211, 34],
  [1025, 3],
].map(([ROWS, CHANNELS]) => ({ ROWS, CHANNELS, CHUNKS: chunksOf(ROWS) }))

const norms = { MOMENTUM: 0.1, EPSILON: 1e-5, MEAN: 8, VARIANCE: 8 + 36 }

const scales = { SCALE: 8, SHIFT: 8 + 36 }

/** Means around zero and positive scales. */
const normStatistics = (channels: number): Contents => ({
  shape: [2, channels],
  value: (i) => (i < channels ? normal(7, 50, i) : 0.5 + Math.abs(normal(7, 51, i))),
})

/** A part that takes 36 floats whatever its size, so that the next starts at the same place. */
const part = (channels: number, stream: number, positive = false): Contents => ({
  shape: [36],
  value: (i) => (i >= channels ? 0 : positive ? 0.1 + Math.abs(normal(7, stream, i)) : normal(7, stream, i)),
})

/** The same of an output: only channels are written for sure. */
const unwritten = (channels: number): Contents => ({ shape: [36], value: (i) => (i < channels ? NaN : 0) })

export const batchNormRows = [
  row(
    batchNormMoments,
    normSizes.map((size) => ({
      constants: size,
      buffers: {
        // A mean far from zero: a difference of squares would lose its digits.
        inputs: { shape: [size.ROWS, size.CHANNELS], value: (i: number) => 30 + normal(7, 1, i) },
        moments: poison([2 * size.CHUNKS, size.CHANNELS]),
      },
    })),
    { tolerance: 1e-5, reason: 'sums of up to 51 numbers of one size' },
  ),
  row(
    batchNormStatistics,
    normSizes.map((size) => ({
      constants: { ...size, ...norms },
      buffers: {
        moments: {
          shape: [2 * size.CHUNKS, size.CHANNELS],
          value: (i: number) =>
            Math.floor(i / size.CHANNELS) % 2 ? 20 * Math.abs(normal(7, 1, i)) : 3 + normal(7, 2, i),
        },
        statistics: poison([2, size.CHANNELS]),
        running: packed(offset(8), part(size.CHANNELS, 3), part(size.CHANNELS, 4, true), offset(8)),
      },
    })),
    { tolerance: 1e-5, reason: 'sums over 64 chunks, a division, and a square root of 2.5 ulp' },
  ),
  row(
    batchNormRunning,
    normSizes.map(({ CHANNELS }) => ({
      constants: { CHANNELS, EPSILON: norms.EPSILON, MEAN: norms.MEAN, VARIANCE: norms.VARIANCE },
      buffers: {
        running: packed(offset(8), part(CHANNELS, 3), part(CHANNELS, 4, true)),
        statistics: poison([2, CHANNELS]),
      },
    })),
    { tolerance: 1e-6, reason: 'a division and a square root of 2.5 ulp' },
  ),
  row(
    batchNormOutput,
    normSizes.map(({ ROWS, CHANNELS }) => ({
      constants: { ROWS, CHANNELS, ...scales },
      buffers: {
        parameters: packed(offset(8), part(CHANNELS, 3), part(CHANNELS, 4)),
        statistics: normStatistics(CHANNELS),
        inputs: random([ROWS, CHANNELS], 1),
        outputs: poison([ROWS, CHANNELS]),
      },
    })),
    { tolerance: 1e-6, reason: 'a few products and sums' },
  ),
  row(
    batchNormGradientSums,
    normSizes.map((size) => ({
      constants: size,
      buffers: {
        gradient: random([size.ROWS, size.CHANNELS], 1),
        inputs: random([size.ROWS, size.CHANNELS], 2),
        statistics: normStatistics(size.CHANNELS),
        sums: poison([2 * size.CHUNKS, size.CHANNELS]),
      },
    })),
    { tolerance: 1e-5, reason: 'sums of up to 51 products' },
  ),
  row(
    batchNormGradients,
    normSizes.map(({ CHANNELS, CHUNKS }) => ({
      constants: { CHANNELS, CHUNKS, ...scales },
      buffers: {
        sums: random([2 * CHUNKS, CHANNELS], 1),
        gradients: packed(offset(8), unwritten(CHANNELS), unwritten(CHANNELS)),
      },
    })),
    { tolerance: 1e-5, reason: 'sums of 64 numbers' },
  ),
  row(
    batchNormInputGradient,
    normSizes.map(({ ROWS, CHANNELS }, i) => ({
      constants: { ROWS, CHANNELS, ...scales, ACTIVATION: activationIds[i % activationIds.length] },
      buffers: {
        parameters: packed(offset(8), part(CHANNELS, 3), part(CHANNELS, 4)),
        gradients: packed(offset(8), part(CHANNELS, 5), part(CHANNELS, 6)),
        statistics: normStatistics(CHANNELS),
        gradient: random([ROWS, CHANNELS], 1),
        inputs: random([ROWS, CHANNELS], 2),
        saved: random([ROWS, CHANNELS], 7),
        inputGradient: poison([ROWS, CHANNELS]),
      },
    })),
    { tolerance: 1e-5, reason: 'a few products and sums, and a derivative' },
  ),
]
