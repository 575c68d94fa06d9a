// Rows of the optimizers and of clipping.

import { clipFactor, squaredSums } from '../../src/kernels/clip'
import { adam, adamConstants, rmsprop, sgd } from '../../src/kernels/optimizers'
import { given, packed, poison, positive, random } from '../harness'
import { row } from './table'

const optimizerCounts = [4, 64, 260, 101_772]

const SLOTS = 8

/** What all optimizers read; the rate of the step that is due is the only one of its size. */
const updateInputs = (COUNT: number, step: number) => ({
  state: given([step, 1], 'u32'),
  rates: given(Array.from({ length: SLOTS }, (_, slot) => (slot === step % SLOTS ? 0.05 : 5))),
  clip: given([0.7]),
  decay: { shape: [COUNT], value: (i: number) => (i % 3 ? 0.1 : 0) },
  gradients: random([COUNT], 1),
  parameters: random([COUNT], 4),
})

export const optimizersRows = [
  row(
    sgd,
    optimizerCounts.flatMap((COUNT) =>
      [
        [0, 0, 0],
        [0, 0, 1],
        [0.9, 0, 1],
        [0.9, 1, 0],
      ].map(([MOMENTUM, NESTEROV, DECAYS], step) => ({
        constants: { COUNT, SLOTS, DECAYS, MOMENTUM, NESTEROV },
        buffers: { ...updateInputs(COUNT, step), velocity: random([COUNT], 2) },
      })),
    ),
    { tolerance: 1e-6, reason: 'a few multiply-adds deep' },
  ),
  row(
    rmsprop,
    optimizerCounts.flatMap((COUNT) =>
      [0, 0.9, 0.9999].map((RHO, step) => ({
        constants: { COUNT, SLOTS, DECAYS: step % 2, RHO, ONE_MINUS_RHO: 1 - RHO, EPSILON: 1e-6 },
        buffers: { ...updateInputs(COUNT, step), second: positive([COUNT], 3) },
      })),
    ),
    { tolerance: 1e-6, reason: 'a few roundings, division and square root of 2.5 ulp' },
  ),
  row(
    adam,
    optimizerCounts.flatMap((COUNT) =>
      [
        [0, 0.9, 0.999],
        [1, 0.9, 0.999],
        [29, 0.9, 0.999],
        [4999, 0.9, 0.999],
        [0, 0, 0],
        [2, 0.9999, 0.99999],
      ].map(([step, beta1, beta2]) => ({
        constants: adamConstants(COUNT, SLOTS, step % 2 === 0 ? 0 : 1, beta1, beta2, 1e-8),
        buffers: { ...updateInputs(COUNT, step), first: random([COUNT], 2), second: positive([COUNT], 3) },
      })),
    ),
    { tolerance: 1e-6, reason: 'a few roundings, division and square root of 2.5 ulp' },
  ),
  row(
    squaredSums,
    optimizerCounts.map((COUNT) => ({
      constants: { COUNT, PARTS: 256 },
      buffers: { gradients: random([COUNT], 1), sums: poison([256]) },
    })),
    { tolerance: 1e-5, reason: 'sums of up to 400 squares' },
  ),
  row(
    clipFactor,
    [0.5, 1000].map((LIMIT) => ({
      constants: { PARTS: 256, LIMIT },
      buffers: { sums: positive([256], 1), clip: packed(poison([2]), given([0])) },
    })),
    { tolerance: 1e-5, reason: 'a sum of 256 numbers and a square root of 2.5 ulp' },
  ),
]
