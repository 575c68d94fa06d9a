// Losses of drawings that are no digit: the gradient is that of the loss, and a network that is undecided is right.

import { describe, expect, it } from 'vitest'
import { ACTIVATIONS } from '../src/kernels/activation'
import { NO_DIGIT, NO_LABEL } from '../src/kernels/labels'
import { mnist } from '../src/datasets'
import { quadratic, softmaxCrossEntropy } from '../src/kernels/losses'

const CLASSES = 10
const STRIDE = 12

/** Loss, hit and gradient of one row. */
function run(values: readonly number[], target: number, kind: 'softmax' | 'quadratic', smoothing = 0) {
  const row = new Float64Array(STRIDE)
  row.set(values)
  const [gradient, losses, hits] = [new Float64Array(STRIDE), new Float64Array(1), new Float64Array(1)]
  const rest = { targets: Uint32Array.of(target), gradient, losses, hits }
  if (kind === 'softmax')
    softmaxCrossEntropy.reference({ ROWS: 1, CLASSES, SMOOTHING: smoothing }, { outputs: row, ...rest })
  else quadratic.reference({ ROWS: 1, CLASSES, ACTIVATION: ACTIVATIONS.linear }, { outputs: row, ...rest })
  return { loss: losses[0], hit: hits[0], gradient: [...gradient.subarray(0, CLASSES)] }
}

const values = Array.from({ length: CLASSES }, (_, i) => Math.sin(3 * i))

describe.each(['softmax', 'quadratic'] as const)('%s', (kind) => {
  it.each([NO_DIGIT, 3])('has the gradient of its loss for the label %i', (label) => {
    const { gradient } = run(values, label, kind, 0.1)
    const h = 1e-6
    gradient.forEach((slope, i) => {
      const moved = (by: number) =>
        run(
          values.map((value, j) => (j === i ? value + by : value)),
          label,
          kind,
          0.1,
        ).loss
      expect(slope).toBeCloseTo((moved(h) - moved(-h)) / (2 * h), 6)
    })
    expect(Math.max(...gradient.map(Math.abs))).toBeGreaterThan(0.01)
  })

  it('ignores a row without a label', () => {
    expect(run(values, NO_LABEL, kind)).toEqual({ loss: 0, hit: 0, gradient: Array(CLASSES).fill(0) })
  })
})

it('a drawing that is no digit has the class after the last', () => expect(NO_DIGIT).toBe(mnist.classes.length))

it('a drawing that is no digit is read right if no class has half', () => {
  const even = Array<number>(CLASSES).fill(0.4)
  const decided = even.map((value, i) => (i === 4 ? 9 : value))
  for (const kind of ['softmax', 'quadratic'] as const) {
    expect([run(even, NO_DIGIT, kind).hit, run(decided, NO_DIGIT, kind).hit]).toEqual([1, 0])
    expect(run(even, NO_DIGIT, kind).loss).toBeLessThan(run(decided, NO_DIGIT, kind).loss)
  }
  expect(run(even, NO_DIGIT, 'softmax').gradient).toEqual(Array(CLASSES).fill(expect.closeTo(0, 12)))
  expect(run(even, NO_DIGIT, 'softmax').loss).toBeCloseTo(0, 12)
})
