// Rows of the kernels that do several things of a dense network at once: heads and updates.

import { ACTIVATIONS } from '../../src/kernels/activation'
import { denseHead, denseHeadOne, denseHeadTwo, headFloats, LOSSES } from '../../src/kernels/dense-head'
import { denseUpdateAdam, denseUpdateRmsprop, denseUpdateSgd } from '../../src/kernels/dense-update'
import { pad4 } from '../../src/kernels/kernel'
import { adamConstants } from '../../src/kernels/optimizers'
import { given, packed, poison, positive, random, type Contents } from '../harness'
import { lossTargets } from './losses'
import { activationIds, offset, row } from './table'

// Rows, units of the two layers below, classes: one of everything, one over a block and over a workgroup, more classes than fit at once.
const headSizes = [
  [1, 1, 1, 2],
  [3, 7, 5, 7],
  [10, 100, 30, 10],
  [65, 261, 33, 10],
  [6, 9, 300, 100],
  [5, 12, 17, 259],
]

const { sigmoid, linear, gelu } = ACTIVATIONS
/** Of what is saved of GELU the derivative is not of its output: a head takes none. */
const saved = activationIds.filter((id) => id !== gelu)

function headCase([ROWS, BELOW_INPUTS, INPUTS, OUTPUTS]: readonly number[], i: number) {
  const quadratic = i % 2 === 1
  return {
    constants: {
      ROWS,
      INPUTS,
      OUTPUTS,
      WEIGHTS: 8,
      ACTIVATION: quadratic ? sigmoid : linear,
      LOSS: quadratic ? LOSSES.quadratic : LOSSES['cross-entropy'],
      SMOOTHING: i % 4 === 2 ? 0.1 : 0,
      INPUT_ACTIVATION: saved[i % saved.length],
      BELOW_INPUTS,
      BELOW_WEIGHTS: 8 + pad4(INPUTS) * pad4(OUTPUTS) + pad4(OUTPUTS),
      BELOW_ACTIVATION: saved[(i + 1) % saved.length],
    },
    buffers: {
      parameters: packed(
        offset(8),
        random([INPUTS, OUTPUTS], 1, 3 / Math.sqrt(INPUTS)),
        random([OUTPUTS], 2),
        random([BELOW_INPUTS, INPUTS], 3),
      ),
      inputs: random([ROWS, INPUTS], 4),
      targets: lossTargets(ROWS, OUTPUTS),
      state: given([11, 5, 7, 0], 'u32'),
      outputGradient: packed(poison([ROWS, OUTPUTS]), poison([headFloats(ROWS, OUTPUTS) - pad4(ROWS) * pad4(OUTPUTS)])),
    },
    parts: { outputGradient: pad4(ROWS) * pad4(OUTPUTS) },
    one: { inputGradient: poison([ROWS, INPUTS]) },
    two: { saved: random([ROWS, BELOW_INPUTS], 5), belowGradient: poison([ROWS, BELOW_INPUTS]) },
  }
}
const headCases = headSizes.map(headCase)
const headTolerance = { tolerance: 2e-5, reason: 'sums of up to 300 float32 products in another order, and an exp' }

const SLOTS = 8
const STEP = 11

// Products of many sizes are in the rows of `denseWeightGradient`.
const updateSizes = [
  [3, 5, 7],
  [10, 784, 40],
  [65, 33, 10],
]

/** Cases of an update with each set of the optimizer's own constants; `moments`: what it remembers of the parameters. */
function updateCases<R extends Record<string, number>, M extends string>(
  rules: readonly R[],
  moments: readonly (readonly [M, (shape: readonly number[], stream: number) => Contents])[],
) {
  return rules.flatMap((rule, number) =>
    updateSizes.map(([ROWS, INPUTS, OUTPUTS], i) => {
      const COUNTS = (number + i) % 2
      const layer = (contents: typeof random) =>
        packed(offset(8), contents([INPUTS, OUTPUTS], 3 + i), contents([OUTPUTS], 4 + i), offset(8))
      const due = 2 * (STEP % SLOTS)
      return {
        constants: {
          ...rule,
          ROWS,
          INPUTS,
          OUTPUTS,
          WEIGHTS: 8,
          BIAS: i === 0 ? 0 : 1,
          COUNTS,
          SLOTS,
          DECAY: number % 2 ? 0.1 : 0,
        },
        usual: i < 2,
        buffers: {
          inputs: random([ROWS, INPUTS], 1),
          gradient: packed(random([ROWS, OUTPUTS], 2), ...(COUNTS ? [random([pad4(ROWS)], 6)] : [])),
          gradients: packed(offset(8), poison([pad4(INPUTS), pad4(OUTPUTS)]), poison([pad4(OUTPUTS)]), offset(8)),
          state: given([STEP, 5, STEP, 0], 'u32'),
          // The rate of the step that is due is the only one of its size, and its slot of the history the only one that is written.
          rates: given(Array.from({ length: SLOTS }, (_, slot) => (slot === STEP % SLOTS ? 0.05 : 5))),
          history: given(Array.from({ length: 2 * SLOTS }, (_, at) => (COUNTS && at >> 1 === due >> 1 ? NaN : at))),
          parameters: layer(random),
          ...(Object.fromEntries(
            moments.map(([name, contents], stream) => [
              name,
              layer((shape, own) => contents(shape, 10 * (stream + 1) + own)),
            ]),
          ) as Record<M, Contents>),
        },
      }
    }),
  )
}
const updateTolerance = {
  tolerance: 1e-5,
  reason: 'sums of up to 65 float32 products in another order, and a few roundings',
}

export const denseFusedRows = [
  row(
    denseHead,
    headCases.map(({ constants, buffers, parts }) => ({ constants, buffers, parts })),
    headTolerance,
  ),
  row(
    denseHeadOne,
    headCases.map(({ constants, buffers, parts, one }) => ({ constants, parts, buffers: { ...buffers, ...one } })),
    headTolerance,
  ),
  row(
    denseHeadTwo,
    headCases.map(({ constants, buffers, parts, one, two }) => ({
      constants,
      parts,
      buffers: { ...buffers, ...one, ...two },
    })),
    headTolerance,
  ),
  row(
    denseUpdateSgd,
    updateCases(
      [
        { MOMENTUM: 0, NESTEROV: 0 },
        { MOMENTUM: 0.9, NESTEROV: 1 },
      ],
      [['velocity', random]],
    ),
    updateTolerance,
  ),
  row(
    denseUpdateRmsprop,
    updateCases([{ RHO: 0.9, ONE_MINUS_RHO: 0.1, EPSILON: 1e-6 }], [['second', positive]]),
    updateTolerance,
  ),
  row(
    denseUpdateAdam,
    updateCases(
      [adamConstants(0, SLOTS, 1, 0.9, 0.999, 1e-8)],
      [
        ['first', random],
        ['second', positive],
      ],
    ),
    updateTolerance,
  ),
]
