// Rows of the kernels that gather a batch.

import { gather } from '../../src/kernels/gather'
import { augmentationConstants, gatherAugmented } from '../../src/kernels/gather-augmented'
import { gatherFeatures } from '../../src/kernels/gather-features'
import { pad4 } from '../../src/kernels/kernel'
import { imageBytes } from '../../src/kernels/order'
import { halfBits } from '../../src/kernels/random'
import { given, integers, poison, random, type Contents } from '../harness'
import { row } from './table'

/** Step and seed of the third batch: in some cases past the end of the first epoch or pass. */
const state = given([2, 12345], 'u32')
const labels = (count: number, stream: number) => integers([Math.max(1, Math.ceil(count / 4))], stream, 0xffff_ffff)
const targets = (rows: number) => ({ shape: [rows], dtype: 'u32', value: () => 77_777 }) as const

/** How an image lies in memory: its floats, whether one holds a value or pads, and the words of its bytes. */
function layoutOf(height: number, width: number, channels: number) {
  const pixels = height * width
  const floats = channels === 1 ? pad4(pixels) : 4 * pixels
  const holds = (i: number) => (channels === 1 ? i < pixels : i % 4 < channels && i < floats)
  return { floats, holds, words: imageBytes(floats) / 4 }
}
type Layout = ReturnType<typeof layoutOf>

/** Images in the data store, of random words; padding is zero. */
const stored = (count: number, { words, holds }: Layout, word: (i: number) => number): Contents => ({
  shape: [Math.max(1, count) * words],
  dtype: 'u32',
  value: (i) =>
    [0, 8, 16, 24].reduce((all, at, j) => (holds(4 * (i % words) + j) ? all : all & ~(0xff << at)), word(i)) >>> 0,
})
const noise = (count: number, layout: Layout, stream: number) =>
  stored(count, layout, integers([], stream, 0xffff_ffff).value)

/** Images with a single dot each, every fifth one blank: most of a line is then left out. */
const dots = (count: number, layout: Layout) =>
  stored(count, layout, (word) => {
    const image = Math.floor(word / layout.words)
    return image % 5 !== 4 && word % layout.words === (image * 37) % layout.words ? 0xff : 0
  })

const statisticsOf = ({ floats, holds }: Layout): Contents => ({
  shape: [2 * floats],
  value: (i) => (holds(i % floats) ? random([], 3).value(i) : 0),
})

const gathers = row(
  gather,
  [
    { rows: 1, image: [4, 4, 1], count: 1, shuffle: 0 },
    { rows: 5, image: [6, 8, 1], count: 12, shuffle: 0 },
    { rows: 5, image: [6, 8, 1], count: 12, shuffle: 1 },
    { rows: 64, image: [28, 28, 1], count: 100, shuffle: 1 },
    { rows: 7, image: [4, 8, 1], count: 1000, shuffle: 1 },
    { rows: 500, image: [28, 28, 1], count: 1234, shuffle: 0 },
    { rows: 7, image: [5, 5, 1], count: 16, shuffle: 0 },
    { rows: 9, image: [5, 5, 1], count: 30, shuffle: 1 },
    { rows: 3, image: [1, 1, 1], count: 7, shuffle: 1 },
    { rows: 33, image: [20, 12, 3], count: 70, shuffle: 1 },
    { rows: 13, image: [20, 12, 3], count: 28, shuffle: 0 },
    { rows: 3, image: [128, 128, 1], count: 5, shuffle: 1 },
    { rows: 6, image: [7, 3, 3], count: 11, shuffle: 1 },
    { rows: 3, image: [128, 128, 3], count: 4, shuffle: 1 },
  ].map(({ rows, image: [height, width, channels], count, shuffle }, i) => {
    const layout = layoutOf(height, width, channels)
    return {
      constants: {
        ROWS: rows,
        FLOATS: layout.floats,
        FIRST: i % 2 ? 0 : 3,
        COUNT: count,
        SHUFFLE: shuffle,
        HALF_BITS: halfBits(count),
        STANDARDISED: (i >> 1) % 2,
      },
      buffers: {
        state,
        images: noise(count + 3, layout, 1),
        labels: labels(count + 3, 2),
        statistics: statisticsOf(layout),
        inputs: poison([rows * layout.floats]),
        targets: targets(rows),
      },
    }
  }),
  { tolerance: 1e-6, reason: 'one multiply-add deep' },
)

const featureGathers = row(
  gatherFeatures,
  [
    { rows: 1, features: 1, count: 1, shuffle: 0 },
    { rows: 7, features: 5, count: 16, shuffle: 0 },
    { rows: 10, features: 5, count: 32, shuffle: 1 },
    { rows: 33, features: 3, count: 100, shuffle: 1 },
    { rows: 5, features: 3, count: 12, shuffle: 0 },
    { rows: 65, features: 64, count: 150, shuffle: 0 },
    { rows: 64, features: 64, count: 1000, shuffle: 1 },
  ].map(({ rows, features, count, shuffle }, i) => ({
    constants: {
      ROWS: rows,
      FLOATS: pad4(features),
      FIRST: i % 2 ? 0 : 3,
      COUNT: count,
      SHUFFLE: shuffle,
      HALF_BITS: halfBits(count),
      STANDARDISED: (i >> 1) % 2,
    },
    buffers: {
      state,
      features: random([count + 3, features], 1, 10),
      labels: labels(count + 3, 2),
      statistics: random([2, features], 3),
      inputs: poison([rows * pad4(features)]),
      targets: targets(rows),
    },
  })),
  { tolerance: 1e-6, reason: 'a difference and a product' },
)

const still = { rotation: 0, scale: 0, shear: 0, shift: 0, elastic: 0, flip: 0 }
const strong = { rotation: 30, scale: 0.3, shear: 0.3, shift: 3, elastic: 2, flip: 0.5 }

/** A case of `gatherAugmented`. */
interface Augmented {
  readonly rows: number
  readonly image: readonly [height: number, width: number, channels: number]
  readonly count: number
  readonly synthetic: number
  readonly share: number
  readonly strengths: typeof still
  readonly dotted?: boolean
}

const augmentedCases = (cases: readonly Augmented[]) =>
  cases.map(({ rows, image: [height, width, channels], count, synthetic, share, strengths, dotted = false }, i) => {
    const layout = layoutOf(height, width, channels)
    return {
      constants: {
        ROWS: rows,
        WIDTH: width,
        HEIGHT: height,
        CHANNELS: channels,
        FIRST: i % 2 ? 0 : 3,
        COUNT: count,
        HALF_BITS: halfBits(count),
        STANDARDISED: (i >> 1) % 2,
        SYNTHETIC: synthetic,
        ...augmentationConstants(share, strengths),
      },
      buffers: {
        state,
        images: dotted ? dots(count + 3, layout) : noise(count + 3, layout, 1),
        labels: labels(count + 3, 2),
        syntheticImages: noise(synthetic, layout, 4),
        syntheticLabels: labels(synthetic, 5),
        statistics: statisticsOf(layout),
        inputs: poison([rows * layout.floats]),
        targets: targets(rows),
      },
    }
  })

const augmentedGathers = row(
  gatherAugmented,
  augmentedCases([
    { rows: 1, image: [3, 4, 1], count: 9, synthetic: 2, share: 0.5, strengths: strong },
    { rows: 5, image: [28, 28, 1], count: 12, synthetic: 0, share: 0, strengths: still },
    { rows: 64, image: [28, 28, 1], count: 100, synthetic: 33, share: 0.3, strengths: strong },
    { rows: 33, image: [28, 28, 1], count: 60, synthetic: 7, share: 1, strengths: { ...still, elastic: 3 } },
    { rows: 7, image: [9, 16, 1], count: 1000, synthetic: 5, share: 0.2, strengths: { ...still, rotation: 80 } },
    { rows: 130, image: [28, 28, 1], count: 500, synthetic: 64, share: 0.2, strengths: { ...strong, shift: 30 } },
    { rows: 1400, image: [32, 32, 1], count: 80, synthetic: 3, share: 0.1, strengths: strong },
    { rows: 90, image: [28, 28, 1], count: 77, synthetic: 20, share: 0.3, strengths: strong, dotted: true },
    {
      rows: 70,
      image: [28, 28, 1],
      count: 70,
      synthetic: 0,
      share: 0,
      strengths: { ...still, shift: 5 },
      dotted: true,
    },
    { rows: 3, image: [1, 1, 1], count: 5, synthetic: 2, share: 0.5, strengths: { ...still, shift: 1 } },
    { rows: 11, image: [5, 5, 1], count: 17, synthetic: 3, share: 0.3, strengths: { ...strong, shift: 1 } },
    { rows: 9, image: [5, 5, 1], count: 17, synthetic: 0, share: 0, strengths: still },
    { rows: 9, image: [5, 7, 1], count: 17, synthetic: 3, share: 0.3, strengths: { ...still, flip: 1 } },
    { rows: 9, image: [5, 7, 3], count: 17, synthetic: 0, share: 0, strengths: { ...still, flip: 0.5 }, dotted: true },
    { rows: 35, image: [12, 20, 3], count: 60, synthetic: 7, share: 0.3, strengths: strong },
    { rows: 33, image: [20, 12, 3], count: 60, synthetic: 7, share: 0.3, strengths: strong },
    { rows: 5, image: [20, 12, 3], count: 12, synthetic: 0, share: 0, strengths: still },
    {
      rows: 30,
      image: [20, 12, 3],
      count: 40,
      synthetic: 0,
      share: 0,
      strengths: { ...strong, rotation: 80 },
      dotted: true,
    },
    { rows: 30, image: [13, 21, 1], count: 40, synthetic: 9, share: 0.2, strengths: strong },
    {
      rows: 30,
      image: [21, 13, 1],
      count: 40,
      synthetic: 0,
      share: 0,
      strengths: { ...strong, rotation: 80 },
      dotted: true,
    },
    { rows: 6, image: [7, 33, 3], count: 8, synthetic: 4, share: 0.5, strengths: { ...still, elastic: 3 } },
  ]),
  {
    tolerance: 5e-5,
    reason:
      'places of some 28 pixels are worked out to 2^-23 of that, and between neighbours of noise a pixel changes by its whole range',
  },
)

const largeGathers = row(
  gatherAugmented,
  augmentedCases([
    { rows: 5, image: [128, 128, 1], count: 9, synthetic: 2, share: 0.3, strengths: strong },
    { rows: 3, image: [127, 126, 1], count: 6, synthetic: 0, share: 0, strengths: strong },
    { rows: 3, image: [128, 128, 3], count: 5, synthetic: 2, share: 0.3, strengths: strong },
    { rows: 3, image: [128, 127, 3], count: 5, synthetic: 2, share: 0.3, strengths: strong },
  ]),
  { tolerance: 2e-4, reason: 'the same of places of up to 128 pixels' },
)

export const gatherRows = [gathers, featureGathers, augmentedGathers, largeGathers]
