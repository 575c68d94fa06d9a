// Rows of the kernels that take a whole training step of a dense network.

import { ACTIVATIONS } from '../../src/kernels/activation'
import { LOSSES } from '../../src/kernels/dense-head'
import { denseStepAdam, denseStepRmsprop, denseStepSgd, stepLayers } from '../../src/kernels/dense-step'
import { pad4 } from '../../src/kernels/kernel'
import { adamConstants } from '../../src/kernels/optimizers'
import { given, packed, poison, positive, random, type Contents } from '../harness'
import { lossTargets } from './losses'
import { offset, row } from './table'

// Rows, inputs, outputs of each layer: no hidden layer, one to three, nothing a multiple of anything, more rows and more classes than
// invocations.
const sizes = [
  [10, 784, 40, 10],
  [5, 7, 3],
  [3, 2, 4, 2, 2],
  [65, 33, 18, 9, 6, 10],
  [261, 6, 10, 3],
  [6, 9, 21, 259],
]

const SLOTS = 8
const STEP = 11

const { linear, sigmoid, tanh, relu } = ACTIVATIONS
const hidden = [tanh, relu, sigmoid]

/** Cases with each set of the optimizer's own constants; `moments`: what it remembers of the parameters. */
function stepCases<R extends Record<string, number>, M extends string>(
  rules: readonly R[],
  moments: readonly (readonly [M, (shape: readonly number[], stream: number) => Contents])[],
) {
  return rules.flatMap((rule, number) =>
    sizes.map(([ROWS, INPUTS, ...units], i) => {
      const quadratic = (number + i) % 2 === 1
      let WEIGHTS = 8
      const layers = units.map((OUTPUTS, layer) => {
        const below = layer === 0 ? INPUTS : units[layer - 1]
        const last = layer === units.length - 1
        const ACTIVATION = last ? (quadratic ? sigmoid : linear) : hidden[(i + layer) % hidden.length]
        const made = { ROWS, INPUTS: below, OUTPUTS, WEIGHTS, BIAS: i === 1 ? 0 : 1, ACTIVATION }
        WEIGHTS += (pad4(below) + 1) * pad4(OUTPUTS)
        return made
      })
      const all = (contents: typeof random) =>
        packed(
          offset(8),
          ...layers.flatMap(({ INPUTS, OUTPUTS }, layer) => [
            contents([INPUTS, OUTPUTS], 3 + 2 * layer, 2 / Math.sqrt(INPUTS)),
            contents([OUTPUTS], 4 + 2 * layer),
          ]),
        )
      const flows = layers.map(({ OUTPUTS }) => poison([ROWS, OUTPUTS]))
      return {
        constants: {
          ...rule,
          ROWS,
          INPUTS,
          DEPTH: units.length,
          ...stepLayers(layers, WEIGHTS),
          LOSS: quadratic ? LOSSES.quadratic : LOSSES['cross-entropy'],
          SMOOTHING: i % 4 === 2 ? 0.1 : 0,
          SLOTS,
          DECAY: number % 2 ? 0.1 : 0,
        },
        parts: { gradients: WEIGHTS },
        buffers: {
          inputs: random([ROWS, INPUTS], 1),
          targets: lossTargets(ROWS, units[units.length - 1]),
          gradients: packed(all(poison), ...flows, ...flows),
          state: given([STEP, 5, 0, 0], 'u32'),
          // The rate of this step is the only one of its size, and its slot of the history the only one that is written.
          rates: given(Array.from({ length: SLOTS }, (_, slot) => (slot === STEP % SLOTS ? 0.05 : 5))),
          history: given(Array.from({ length: 2 * SLOTS }, (_, at) => (at >> 1 === STEP % SLOTS ? NaN : at))),
          parameters: all(random),
          ...(Object.fromEntries(
            moments.map(([name, contents], stream) => [
              name,
              all((shape, own) => contents(shape, 20 * (stream + 1) + own)),
            ]),
          ) as Record<M, Contents>),
        },
      }
    }),
  )
}

const tolerance = {
  tolerance: 2e-5,
  reason: 'sums of up to 784 float32 products in another order, exp and tanh, through three layers',
}

export const denseStepRows = [
  row(
    denseStepSgd,
    stepCases(
      [
        { MOMENTUM: 0, NESTEROV: 0 },
        { MOMENTUM: 0.9, NESTEROV: 1 },
      ],
      [['velocity', random]],
    ),
    tolerance,
  ),
  row(
    denseStepRmsprop,
    stepCases([{ RHO: 0.9, ONE_MINUS_RHO: 0.1, EPSILON: 1e-6 }], [['second', positive]]),
    tolerance,
  ),
  row(
    denseStepAdam,
    stepCases(
      [adamConstants(0, SLOTS, 1, 0.9, 0.999, 1e-8)],
      [
        ['first', random],
        ['second', positive],
      ],
    ),
    tolerance,
  ),
]
