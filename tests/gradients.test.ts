// Finite differences in float64 on every layer, activation and loss: the plan's gradient against the loss it descends.

import { describe, expect, it } from 'vitest'
import { ACTIVATIONS, type ActivationName } from '../src/kernels/activation'
import { hash, normal } from '../src/kernels/random'
import { layerTypes } from '../src/model/layers'
import { parseSpec, type LayerSpec, type Spec } from '../src/model/spec'
import { inFloat64, placesOf } from './float64'

/** Central difference: error of order h^2 plus rounding of order 1e-16 / h. */
const H = 1e-5
/** Both are about 1e-10 for these networks; the losses are of order 1. */
const TOLERANCE = 1e-7

const ROWS = 3

const base: Spec = {
  input: 'unit',
  layers: [],
  loss: 'cross-entropy',
  optimizer: { type: 'sgd', momentum: 0 },
  learningRate: 0.1,
  batchSize: ROWS,
  epochs: 1,
  seed: 3,
  evaluateEvery: 0,
}
const dense = (units: number, activation: ActivationName): LayerSpec => ({
  type: 'dense',
  units,
  activation,
  initialiser: 'glorot',
})

// One row per layer; what stands above it makes its input gradient count.
const rows: Record<string, { kind: keyof typeof layerTypes; spec: Partial<Spec> }> = {
  'softmax regression': { kind: 'dense', spec: { layers: [dense(10, 'linear')] } },
  'quadratic cost of linear outputs': { kind: 'dense', spec: { layers: [dense(10, 'linear')], loss: 'quadratic' } },
  'quadratic cost of sigmoid outputs': { kind: 'dense', spec: { layers: [dense(10, 'sigmoid')], loss: 'quadratic' } },
  ...Object.fromEntries(
    (Object.keys(ACTIVATIONS) as ActivationName[]).flatMap((activation) => [
      [
        `dense, ${activation}`,
        { kind: 'dense', spec: { layers: [dense(5, activation), dense(10, 'linear')] } } as const,
      ],
      [
        `dense, ${activation}, twice`,
        {
          kind: 'dense',
          spec: { layers: [dense(6, activation), dense(5, activation), dense(10, 'sigmoid')], loss: 'quadratic' },
        } as const,
      ],
    ]),
  ),
}

describe.each(Object.entries(rows))('%s', (_, { spec }) => {
  it('has the gradient that finite differences give', () => {
    const { model, array, calls } = inFloat64(parseSpec({ ...base, ...spec }), {
      examples: 7,
      byte: (example, pixel) => (hash(1, example, pixel) & hash(2, example, pixel)) % 256,
      label: (example) => (example * 3) % 10,
    })
    const { buffers } = model
    const parameters = array(buffers.parameters)
    const results = calls.length - 1 // the last call is the optimizer, which is left out
    const loss = () => {
      array(buffers.state)[0] = 0
      for (let i = 0; i < results; i++) calls[i]()
      return array(buffers.history)[0] / ROWS
    }

    const places = model.parameters.flatMap((parameter, stream) => {
      const all = placesOf(parameter)
      const scale = Math.sqrt(all.length / parameter.shape[parameter.shape.length - 1])
      all.forEach((at, i) => (parameters[at] = normal(5, stream, i) / scale))
      // Every bias, and a spread of the weights: the first layer has thousands.
      return all.filter((_, i) => i % Math.ceil(all.length / 60) === 0)
    })
    loss()
    const gradient = array(buffers.gradients).slice()
    let largest = 0
    for (const at of places) {
      const value = parameters[at]
      parameters[at] = value + H
      const above = loss()
      parameters[at] = value - H
      const below = loss()
      parameters[at] = value
      const expected = (above - below) / (2 * H)
      largest = Math.max(largest, Math.abs(expected))
      const apart = Math.abs(gradient[at] - expected)
      expect(apart, `parameter ${at}: ${gradient[at]}, expected ${expected}`).toBeLessThan(TOLERANCE)
    }
    expect(largest, 'the gradients compared are not all zero').toBeGreaterThan(1e-3)
  })
})

it('covers every kind of layer', () => {
  const covered = new Set(Object.values(rows).map(({ kind }) => kind))
  expect(Object.keys(layerTypes).filter((kind) => !covered.has(kind as keyof typeof layerTypes))).toEqual([])
})
