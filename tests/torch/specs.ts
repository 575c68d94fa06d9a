// The specs of the runs that PyTorch goes on with.

import fc from 'fast-check'
import { datasetOf, mnist } from '../../src/datasets'
import type { Dataset } from '../../src/datasets/dataset'
import { presets, presetsFor } from '../../src/model/presets'
import { summarise, type LayerSpec, type Spec } from '../../src/model/spec'
import { arbitrarySpecOf } from '../arbitrary-spec'
import { oddFeatures, oddImages, oddSets } from '../odd-sets'
import { SIZE } from '../tiny-digits'

const dense = (
  units: number,
  activation: 'linear' | 'relu' | 'gelu' | 'sigmoid' | 'tanh',
  bias: 'yes' | 'no' = 'yes',
): LayerSpec => ({
  type: 'dense',
  units,
  activation,
  initialiser: 'glorot',
  bias,
})
const conv = (over: Partial<Extract<LayerSpec, { type: 'conv2d' }>>): LayerSpec => ({
  type: 'conv2d',
  filters: 6,
  kernel: 3,
  stride: 1,
  padding: 'valid',
  activation: 'relu',
  initialiser: 'he',
  bias: 'yes',
  ...over,
})
const norm: LayerSpec = { type: 'batch-normalisation', momentum: 0.2, epsilon: 1e-3 }
const relu: LayerSpec = { type: 'activation', activation: 'relu' }
const dropout = (rate: number): LayerSpec => ({ type: 'dropout', rate })
const base = {
  ...presets[0].spec,
  augmentation: { type: 'none' },
  styleShare: 0,
  epochs: 20,
  evaluateEvery: 0,
} as const

const baseOf = (dataset: Dataset): Spec => ({ ...presetsFor(dataset)[0].spec, epochs: 20, evaluateEvery: 0 })

/** Everything there is, in small runs. No batch divides its training examples, so epochs end inside batches. */
export const runs: Readonly<Record<string, Spec>> = {
  'dense, Adam, warped, standardised, cosine': {
    ...base,
    layers: [dropout(0.1), dense(24, 'gelu'), dense(10, 'linear')],
    input: 'standardised',
    augmentation: { type: 'warp', rotation: 22, scale: 0.15, shear: 0.1, shift: 1.5, elastic: 1, flip: 0.25 },
    trainingSize: 190,
    optimizer: { type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    schedule: { type: 'cosine', warmup: 2.5 },
    learningRate: 0.003,
    batchSize: 48,
    seed: 0xfedc_ba98,
  },
  'convolutions, batch norm, dropout, momentum, clipping, smoothing, one cycle': {
    ...base,
    layers: [
      conv({ kernel: 5, padding: 'same', stride: 2, activation: 'linear', bias: 'no' }),
      norm,
      relu,
      { type: 'max-pooling', size: 2, stride: 1 },
      dropout(0.2),
      conv({ filters: 7, kernel: 4, padding: 'same', activation: 'tanh' }),
      { type: 'average-pooling', size: 3, stride: 2 },
      { type: 'flatten' },
      dropout(0.3),
      dense(18, 'linear', 'no'),
      norm,
      relu,
      dense(10, 'linear'),
    ],
    trainingSize: 250,
    labelSmoothing: 0.1,
    optimizer: { type: 'momentum', momentum: 0.9, weightDecay: 0.01 },
    schedule: { type: 'one-cycle', warmup: 0.25 },
    learningRate: 0.1,
    clipNorm: 0.5,
    batchSize: 33,
    seed: 5,
  },
  'frozen convolution and batch norm, AdamW': {
    ...base,
    layers: [
      { ...conv({ kernel: 5, stride: 3, activation: 'linear' }), frozen: true } as LayerSpec,
      { ...norm, frozen: true } as LayerSpec,
      relu,
      conv({ filters: 5 }),
      { ...norm, frozen: true } as LayerSpec,
      { type: 'flatten' },
      { ...dense(12, 'tanh'), frozen: true } as LayerSpec,
      dense(10, 'linear'),
    ],
    trainingSize: 250,
    optimizer: { type: 'adamw', beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.05 },
    learningRate: 0.003,
    clipNorm: 0.5,
    batchSize: 33,
    seed: 8,
  },
  'sigmoid, quadratic, Nesterov, steps': {
    ...base,
    layers: [dense(16, 'sigmoid'), dense(10, 'sigmoid')],
    loss: 'quadratic',
    optimizer: { type: 'nesterov', momentum: 0.8, weightDecay: 0.001 },
    schedule: { type: 'step', every: 1, factor: 0.7 },
    trainingSize: 61,
    learningRate: 0.5,
    batchSize: 7,
  },
  'AdamW, pooled and dropped pixels, shifted only': {
    ...base,
    layers: [
      dropout(0.2),
      { type: 'average-pooling', size: 2, stride: 2 },
      dropout(0.1),
      norm,
      conv({ filters: 5, kernel: 3, stride: 2, padding: 'same', activation: 'gelu' }),
      { type: 'flatten' },
      dense(10, 'linear'),
    ],
    augmentation: { type: 'warp', rotation: 0, scale: 0, shear: 0, shift: 2, elastic: 0, flip: 0 },
    optimizer: { type: 'adamw', beta1: 0.8, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.1 },
    trainingSize: 900,
    validationSize: 100,
    learningRate: 0.01,
    batchSize: 20,
  },
  'RMSProp, linear outputs, quadratic': {
    ...base,
    layers: [conv({ filters: 4, stride: 3 }), { type: 'flatten' }, dense(10, 'linear')],
    loss: 'quadratic',
    optimizer: { type: 'rmsprop', rho: 0.9, epsilon: 1e-6, weightDecay: 0.01 },
    schedule: { type: 'constant' },
    learningRate: 0.001,
    batchSize: 20,
  },
  SGD: {
    ...base,
    layers: [dense(10, 'linear')],
    optimizer: { type: 'sgd', weightDecay: 0.01 },
    learningRate: 0.1,
    batchSize: 1003,
  },
  'pictures in colour, convolutions, batch norm, dropout, warped, standardised': {
    ...baseOf(oddImages),
    layers: [
      dropout(0.1),
      conv({ filters: 5, padding: 'same', activation: 'linear', bias: 'no' }), // Adam would make steps of its rounding
      norm,
      relu,
      { type: 'max-pooling', size: 2, stride: 2 },
      conv({ kernel: 2, stride: 2, activation: 'gelu' }),
      dropout(0.2),
      { type: 'flatten' },
      dense(4, 'linear'),
    ],
    input: 'standardised',
    augmentation: { type: 'warp', rotation: 20, scale: 0.1, shear: 0.2, shift: 2, elastic: 1.5, flip: 0.5 },
    trainingSize: 300,
    validationSize: 50,
    learningRate: 0.005,
    batchSize: 32,
  },
  'pictures in colour, flattened as they come in': {
    ...baseOf(oddImages),
    layers: [{ type: 'flatten' }, dense(9, 'tanh'), dense(4, 'sigmoid')],
    loss: 'quadratic',
    batchSize: 32,
  },
  'features, batch norm, dropout, standardised over all': {
    ...baseOf(oddFeatures),
    layers: [dropout(0.2), dense(12, 'relu'), norm, dropout(0.1), dense(3, 'linear')],
    input: 'standardised-all',
    trainingSize: 111,
    learningRate: 0.01,
    batchSize: 24,
  },
  'features as they are': {
    ...baseOf(oddFeatures),
    layers: [dense(3, 'linear')],
    learningRate: 0.001,
    batchSize: 24,
  },
}

/** Examples to train on. */
export const trainCountOf = ({ dataset }: Spec) =>
  dataset === mnist.id ? SIZE.trainCount : datasetOf({ dataset }).train

/** Values that are alike by themselves but for rounding must not be told apart: a tiny epsilon would magnify it. */
const calm = (layer: LayerSpec): LayerSpec =>
  layer.type === 'batch-normalisation' ? { ...layer, epsilon: Math.max(layer.epsilon, 1e-5) } : layer

/** Specs made up by fast-check, small enough for the reference backend. */
const madeOf = (dataset: Dataset, count: number): Spec[] =>
  fc
    .sample(arbitrarySpecOf(dataset), { seed: 20, numRuns: 20 * count })
    .map((spec): Spec => {
      const few = {
        trainingSize: trainCountOf(spec),
        validationSize: 0,
        evaluateEvery: 0,
        batchSize: 2 + (spec.batchSize % 7),
      }
      return { ...spec, ...few, layers: spec.layers.map(calm), learningRate: Math.min(spec.learningRate, 0.001) }
    })
    .filter((spec) => {
      const { layers, parameters } = summarise(spec)
      const positions = (shape: readonly number[]) => (shape.length > 1 ? shape[0] * shape[1] : 1)
      const products = layers.reduce((sum, layer) => sum + layer.parameters * positions(layer.outputShape), 0)
      return parameters < 200_000 && products < 2_000_000
    })
    .slice(0, count)
/** Specs made up by fast-check. */
export const made = [...madeOf(mnist, 20), ...oddSets.flatMap((dataset) => madeOf(dataset, 8))]
