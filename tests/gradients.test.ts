// Finite differences in float64 on every layer, activation and loss: the plan's gradient against the loss it descends.

import { describe, expect, it } from 'vitest'
import { ACTIVATIONS, type ActivationName } from '../src/kernels/activation'
import { hash, normal } from '../src/kernels/random'
import { layerTypes } from '../src/model/layers'
import { isTrained } from '../src/model/layers/layer'
import { parseSpec, type LayerSpec, type Spec } from '../src/model/spec'
import { inFloat64, placesOf } from './float64'

/** Central difference: error of order h^2 plus rounding of order 1e-16 / h. */
const H = 1e-5
/** Both are about 1e-10 for these networks; the losses are of order 1. */
const TOLERANCE = 1e-7

const ROWS = 3

const base: Spec = {
  dataset: 'mnist',
  input: 'unit',
  trainingSize: 60_000,
  validationSize: 0,
  augmentation: { type: 'none' },
  styleShare: 0,
  layers: [],
  loss: 'cross-entropy',
  labelSmoothing: 0,
  optimizer: { type: 'sgd', weightDecay: 0 },
  learningRate: 0.1,
  schedule: { type: 'constant' },
  clipNorm: 0,
  batchSize: ROWS,
  epochs: 1,
  seed: 3,
  evaluateEvery: 0,
}
const dense = (units: number, activation: ActivationName): Extract<LayerSpec, { type: 'dense' }> => ({
  type: 'dense',
  units,
  activation,
  initialiser: 'glorot',
  bias: 'yes',
})

const flatten: LayerSpec = { type: 'flatten' }
const conv = (
  filters: number,
  kernel: number,
  { stride = 1, padding = 'valid', activation = 'tanh' }: Partial<Extract<LayerSpec, { type: 'conv2d' }>> = {},
): Extract<LayerSpec, { type: 'conv2d' }> => ({
  type: 'conv2d',
  filters,
  kernel,
  stride,
  padding,
  activation,
  initialiser: 'glorot',
  bias: 'yes',
})
const batchNorm: LayerSpec = { type: 'batch-normalisation', momentum: 0.1, epsilon: 1e-3 }
/** Layers after which a flatten and a dense layer follow. */
const image = (...layers: LayerSpec[]) => ({ layers: [...layers, flatten, dense(10, 'linear')] })
/** A first convolution that makes the image small: finite differences run the whole network twice a parameter. */
const small = conv(3, 7, { stride: 5 }) // 5 x 5 x 3

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
  'label smoothing': { kind: 'dense', spec: { layers: [dense(10, 'linear')], labelSmoothing: 0.2 } },
  'convolution of pixels': { kind: 'conv2d', spec: image(conv(3, 5, { stride: 4 })) },
  'convolution of pixels, same padding, stride with a remainder': {
    kind: 'conv2d',
    spec: image(conv(2, 6, { stride: 5, padding: 'same' })),
  },
  'convolution of channels': { kind: 'conv2d', spec: image(small, conv(5, 3)) },
  'convolution of channels, same padding': { kind: 'conv2d', spec: image(small, conv(2, 3, { padding: 'same' })) },
  'convolution of channels, same padding, stride 2': {
    kind: 'conv2d',
    spec: image(small, conv(6, 4, { padding: 'same', stride: 2 })),
  },
  'convolution of channels, stride 2, a row and column unread': {
    kind: 'conv2d',
    spec: image(conv(5, 3, { stride: 4 }), conv(2, 2, { stride: 3 }), conv(3, 1)),
  },
  'convolution, GELU': { kind: 'conv2d', spec: image(conv(2, 7, { stride: 7, activation: 'gelu' }), conv(3, 2)) },
  'convolution with a kernel larger than its image, same padding': {
    kind: 'conv2d',
    spec: image(conv(2, 9, { stride: 9, padding: 'same' }), conv(2, 7, { padding: 'same' })),
  },
  'max pooling': { kind: 'max-pooling', spec: image(small, { type: 'max-pooling', size: 2, stride: 2 }) },
  'max pooling, windows that overlap': {
    kind: 'max-pooling',
    spec: image(small, { type: 'max-pooling', size: 3, stride: 1 }),
  },
  'average pooling': { kind: 'average-pooling', spec: image(small, { type: 'average-pooling', size: 2, stride: 2 }) },
  'average pooling, windows that overlap, of pixels and of a convolution': {
    kind: 'average-pooling',
    spec: image({ type: 'average-pooling', size: 6, stride: 4 }, conv(3, 3), {
      type: 'average-pooling',
      size: 3,
      stride: 1,
    }),
  },
  'average pooling, windows apart': {
    kind: 'average-pooling',
    spec: image(small, { type: 'average-pooling', size: 2, stride: 3 }, conv(4, 2)),
  },
  'flatten of channels that fill no block': { kind: 'flatten', spec: image(conv(3, 9, { stride: 9 })) },
  'flatten of whole blocks, and of pixels': {
    kind: 'flatten',
    spec: image(conv(4, 9, { stride: 9 }), flatten, dense(6, 'tanh')),
  },
  dropout: {
    kind: 'dropout',
    spec: { layers: [dense(8, 'tanh'), { type: 'dropout', rate: 0.4 }, dense(10, 'linear')] },
  },
  'dropout of an image': { kind: 'dropout', spec: image(small, { type: 'dropout', rate: 0.3 }, conv(2, 2)) },
  'batch normalisation of a vector': {
    kind: 'batch-normalisation',
    spec: { layers: [dense(7, 'tanh'), batchNorm, dense(10, 'linear')] },
  },
  'batch normalisation of an image': { kind: 'batch-normalisation', spec: image(small, batchNorm, conv(2, 3)) },
  'batch normalisation after layers without a bias': {
    kind: 'batch-normalisation',
    spec: image({ ...conv(3, 9, { stride: 6, activation: 'linear' }), bias: 'no' }, batchNorm),
  },
  'dense layers without a bias': {
    kind: 'dense',
    spec: {
      layers: [
        { ...dense(6, 'tanh'), bias: 'no' },
        { ...dense(10, 'linear'), bias: 'no' },
      ],
    },
  },
  'flatten of a single position': { kind: 'flatten', spec: image(small, conv(3, 5)) },
  ...Object.fromEntries(
    (Object.keys(ACTIVATIONS) as ActivationName[]).map((activation) => [
      `activation of its own, ${activation}`,
      {
        kind: 'activation',
        spec: {
          layers: [dense(6, 'sigmoid'), { type: 'activation', activation }, dense(10, 'linear')],
        },
      } as const,
    ]),
  ),
  'activation of its own, after batch normalisation of an image': {
    kind: 'activation',
    spec: image(conv(3, 7, { stride: 5, activation: 'linear' }), batchNorm, {
      type: 'activation',
      activation: 'sigmoid',
    }),
  },
}

const frozen = <L extends LayerSpec>(layer: L): L => ({ ...layer, frozen: true })
/** Networks with layers that do not learn, above and below those that do. A frozen batch normalisation uses its running statistics. */
const partly: Record<string, Partial<Spec>> = {
  'frozen below': image(frozen(small), frozen(batchNorm), conv(4, 3)),
  'frozen in the middle': image(small, batchNorm, frozen(conv(4, 3)), frozen(batchNorm), {
    type: 'activation',
    activation: 'tanh',
  }),
  'frozen outputs': { layers: [dense(6, 'tanh'), frozen(dense(5, 'tanh')), frozen(dense(10, 'linear'))] },
  'frozen batch normalisation of a vector': {
    layers: [dense(7, 'tanh'), frozen(batchNorm), dense(6, 'gelu'), dense(10, 'linear')],
  },
}

const all = [...Object.entries(rows).map(([name, { spec }]) => [name, spec] as const), ...Object.entries(partly)]

describe.each(all)('%s', (_, spec) => {
  it('has the gradient of finite differences', () => {
    const { model, array, calls, kernels } = inFloat64(parseSpec({ ...base, ...spec }), {
      examples: 7,
      byte: (example, pixel) => (hash(1, example, pixel) & hash(2, example, pixel)) % 256,
      label: (example) => (example * 3) % 10,
    })
    const { buffers } = model
    const parameters = array(buffers.parameters)
    const results = calls.filter((_, i) => kernels[i] !== 'sgd') // all but the optimizer
    const loss = () => {
      array(buffers.state)[0] = 0
      for (const call of results) call()
      return array(buffers.history)[0] / ROWS
    }

    const trained = model.parameters.filter(({ role }) => isTrained(role))
    const places = trained.flatMap((parameter, stream) => {
      if (parameter.frozen) return []
      const all = placesOf(parameter)
      const scale = Math.sqrt(all.length / parameter.shape[parameter.shape.length - 1])
      all.forEach((at, i) => (parameters[at] = normal(5, stream, i) / scale))
      // Every bias, and a spread of the weights: the first layer has thousands.
      return all.filter((_, i) => i % Math.ceil(all.length / 60) === 0)
    })
    loss()
    const gradient = array(buffers.gradients).slice()
    for (const still of trained.filter(({ frozen }) => frozen)) {
      expect(placesOf(still).every((at) => gradient[at] === 0)).toBe(true)
    }
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
