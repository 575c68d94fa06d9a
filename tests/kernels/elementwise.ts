// Rows of the kernels that treat each value by itself: activations, dropout, flattening.

import { activation, activationGradient } from '../../src/kernels/activate'
import { ACTIVATIONS } from '../../src/kernels/activation'
import { dropout, dropoutConstants } from '../../src/kernels/dropout'
import { flattenForward, flattenGradient } from '../../src/kernels/flatten'
import { given, poison, random } from '../harness'
import { activationIds, row } from './table'

// The last needs more workgroups than fit along one axis.
const matrixSizes = [
  [1, 1],
  [3, 5],
  [16, 4],
  [65, 10],
  [20, 256],
  [64 * 65_535 + 1, 4],
]

const large = (ROWS: number) => ROWS > 1e6

const flattenSizes = [
  [1, 1, 1],
  [3, 4, 3],
  [5, 49, 6],
  [2, 5, 17],
]

/** Whole numbers around zero, cheap where millions are wanted. */
const ramp = (n: number) => ({ shape: [n], value: (i: number) => (i % 1001) - 500 })

export const elementwiseRows = [
  row(
    activation,
    matrixSizes.flatMap(([ROWS, CHANNELS]) =>
      (large(ROWS) ? [ACTIVATIONS.relu] : activationIds).map((ACTIVATION) => ({
        constants: { ROWS, CHANNELS, ACTIVATION },
        buffers: {
          inputs: large(ROWS) ? ramp(ROWS * 4) : random([ROWS, CHANNELS], 1, 3),
          outputs: poison(large(ROWS) ? [ROWS * 4] : [ROWS, CHANNELS]),
        },
      })),
    ),
    { tolerance: 1e-5, reason: "WGSL's tanh is allowed an absolute error of about 1e-5" },
  ),
  row(
    activationGradient,
    matrixSizes.slice(0, -1).flatMap(([ROWS, CHANNELS]) =>
      activationIds.map((ACTIVATION) => ({
        constants: { ROWS, CHANNELS, ACTIVATION },
        buffers: {
          gradient: random([ROWS, CHANNELS], 1),
          saved: random([ROWS, CHANNELS], 2),
          inputGradient: poison([ROWS, CHANNELS]),
        },
      })),
    ),
    { tolerance: 1e-5, reason: 'a derivative, in which tanh may be' },
  ),
  row(
    dropout,
    [4, 64, 260, 5120].flatMap((COUNT) =>
      [0.05, 0.5, 0.95].map((rate, i) => ({
        constants: { ...dropoutConstants(COUNT, i, rate), ACTIVATION: activationIds[i] },
        buffers: {
          state: given([7, 12345], 'u32'),
          inputs: random([COUNT], 1),
          saved: random([COUNT], 2),
          outputs: poison([COUNT]),
        },
      })),
    ),
    { tolerance: 1e-6, reason: 'the same mask, and two products' },
  ),
  row(
    flattenForward,
    flattenSizes.map(([ROWS, POSITIONS, CHANNELS]) => ({
      constants: { ROWS, POSITIONS, CHANNELS },
      buffers: {
        inputs: random([ROWS * POSITIONS, CHANNELS], 1),
        outputs: poison([ROWS, POSITIONS * CHANNELS]),
      },
    })),
    { tolerance: 0, reason: 'values are only moved' },
  ),
  row(
    flattenGradient,
    flattenSizes.map(([ROWS, POSITIONS, CHANNELS], i) => ({
      constants: { ROWS, POSITIONS, CHANNELS, ACTIVATION: activationIds[i] },
      buffers: {
        gradient: random([ROWS, POSITIONS * CHANNELS], 1),
        saved: random([ROWS * POSITIONS, CHANNELS], 2),
        inputGradient: poison([ROWS * POSITIONS, CHANNELS]),
      },
    })),
    { tolerance: 1e-6, reason: 'one product' },
  ),
]
