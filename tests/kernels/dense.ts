// Rows of the kernels of a dense layer.

import { denseForward, denseInputGradient, denseWeightGradient } from '../../src/kernels/dense'
import { mostlyZero, packed, poison, random, type Contents } from '../harness'
import { activationIds, densities, offset, row } from './table'

// Rows, inputs, outputs: one of everything, one over a block and over a tile, and layers of presets.
const denseSizes = [
  [1, 1, 1],
  [1, 784, 16],
  [3, 5, 7],
  [4, 4, 4],
  [5, 17, 9],
  [10, 784, 40],
  [12, 40, 10],
  [33, 65, 34],
  [64, 128, 10],
  [65, 33, 129],
  [500, 784, 128],
  // Large enough for the large tile in every product, and fitting none.
  [517, 37, 518],
  [515, 517, 38],
  [39, 517, 519],
  // More slices than invocations that add them up.
  [2085, 5, 7],
]

/** Layers of presets, and blocks without a remainder. */
const usualDense = new Set(['1,784,16', '4,4,4', '10,784,40', '12,40,10', '64,128,10'])

function denseCases<B extends string>(
  buffers: (
    rows: number,
    inputs: number,
    outputs: number,
    density: (contents: Contents) => Contents,
  ) => Record<B, Contents>,
) {
  return densities.flatMap((density) =>
    denseSizes.map(([ROWS, INPUTS, OUTPUTS], i) => ({
      constants: {
        ROWS,
        INPUTS,
        OUTPUTS,
        WEIGHTS: 8,
        BIAS: i % 2,
        ACTIVATION: activationIds[i % activationIds.length],
      },
      buffers: buffers(ROWS, INPUTS, OUTPUTS, density),
      sparse: density === mostlyZero,
      usual: usualDense.has(`${ROWS},${INPUTS},${OUTPUTS}`),
    })),
  )
}

export const denseRows = [
  row(
    denseForward,
    denseCases((rows, inputs, outputs, density) => ({
      parameters: packed(offset(8), random([inputs, outputs], 1, 1 / Math.sqrt(inputs)), random([outputs], 2)),
      inputs: density(random([rows, inputs], 3)),
      outputs: poison([rows, outputs]),
    })),
    { tolerance: 2e-5, reason: 'sums of up to 784 float32 products in another order, then an activation' },
  ),
  row(
    denseInputGradient,
    denseCases((rows, inputs, outputs, density) => ({
      parameters: packed(offset(8), random([inputs, outputs], 1), random([outputs], 2)),
      gradient: density(random([rows, outputs], 3)),
      saved: random([rows, inputs], 4),
      inputGradient: poison([rows, inputs]),
    })),
    { tolerance: 1e-5, reason: 'sums of up to 129 float32 products in another order, times a derivative' },
  ),
  row(
    denseWeightGradient,
    denseCases((rows, inputs, outputs, density) => ({
      inputs: density(random([rows, inputs], 1)),
      gradient: random([rows, outputs], 2),
      // Padding included, the layer's whole part is written; what stands around it is not.
      gradients: packed(
        offset(8),
        poison([(inputs + 3) & ~3, (outputs + 3) & ~3]),
        poison([(outputs + 3) & ~3]),
        offset(8),
      ),
    })),
    { tolerance: 1e-5, reason: 'sums of up to 500 float32 products in another order' },
  ),
]
