// Rows of the losses and the metrics.

import { ACTIVATIONS } from '../../src/kernels/activation'
import { quadratic, softmaxCrossEntropy } from '../../src/kernels/losses'
import { metrics } from '../../src/kernels/metrics'
import { given, poison, random, type Contents } from '../harness'
import { row } from './table'

const lossSizes = [
  [1, 10],
  [3, 2],
  [10, 10],
  [65, 10],
  [500, 10],
  [129, 7],
]

/** Every ninth row is without a label, and every fifth no digit. */
export const lossTargets = (rows: number, classes: number): Contents => ({
  shape: [rows],
  dtype: 'u32',
  value: (i) => (i % 9 === 8 ? 1023 : i % 5 === 2 ? classes : (i * 7) % classes),
})

const lossResults = (rows: number, classes: number) => ({
  targets: lossTargets(rows, classes),
  gradient: poison([rows, classes]),
  losses: poison([rows]),
  hits: poison([rows]),
})

export const lossesRows = [
  row(
    softmaxCrossEntropy,
    lossSizes.map(([ROWS, CLASSES], i) => ({
      constants: { ROWS, CLASSES, SMOOTHING: i % 2 ? 0.1 : 0 },
      buffers: { outputs: random([ROWS, CLASSES], 1, 20), ...lossResults(ROWS, CLASSES) },
    })),
    { tolerance: 1e-5, reason: "WGSL's exp is allowed 3 + 2|x| ulp, and differences of logits reach about 100" },
  ),
  row(
    quadratic,
    lossSizes.map(([ROWS, CLASSES], i) => ({
      constants: { ROWS, CLASSES, ACTIVATION: i % 2 ? ACTIVATIONS.sigmoid : ACTIVATIONS.linear },
      buffers: { outputs: random([ROWS, CLASSES], 1), ...lossResults(ROWS, CLASSES) },
    })),
    { tolerance: 1e-6, reason: 'sums of ten products' },
  ),
  row(
    metrics,
    [1, 10, 63, 64, 65, 500, 4097].map((ROWS) => ({
      constants: { ROWS, SLOTS: 8 },
      buffers: {
        losses: random([ROWS], 1),
        hits: { shape: [ROWS], value: (i: number) => (i * 3) % 2 },
        history: given(Array.from({ length: 16 }, (_, i) => (i === 6 || i === 7 ? NaN : i))), // slot 3 is due
        state: given([11, 5], 'u32'),
      },
    })),
    { tolerance: 1e-5, reason: 'sums of up to 4,097 float32 numbers in another order' },
  ),
]
