// Networks with every kind of layer, and what they look at, for tests of what inspectors tell of them.

import type { ActivationName } from '../src/kernels/activation'
import { hash, uniform } from '../src/kernels/random'
import { presets } from '../src/model/presets'
import { parseSpec, type LayerSpec, type Spec } from '../src/model/spec'
import { PIXELS } from './tiny-digits'

export const dense = (units: number, activation: ActivationName): LayerSpec => ({
  type: 'dense',
  units,
  activation,
  initialiser: 'glorot',
  bias: 'yes',
})
const conv = (filters: number, kernel: number, rest: Partial<Extract<LayerSpec, { type: 'conv2d' }>> = {}) =>
  ({
    type: 'conv2d',
    filters,
    kernel,
    stride: 1,
    padding: 'valid',
    activation: 'tanh',
    initialiser: 'glorot',
    bias: 'yes',
    ...rest,
  }) satisfies LayerSpec
const flatten: LayerSpec = { type: 'flatten' }
const dropout: LayerSpec = { type: 'dropout', rate: 0.5 }
const batchNorm: LayerSpec = { type: 'batch-normalisation', momentum: 0.1, epsilon: 1e-3 }
const maxPooling = (size = 2, stride = 2): LayerSpec => ({ type: 'max-pooling', size, stride })
const averagePooling = (size = 2, stride = 2): LayerSpec => ({ type: 'average-pooling', size, stride })
const activation = (activation: ActivationName): LayerSpec => ({ type: 'activation', activation })
export const output = dense(10, 'linear')

/** Networks with every kind of layer, and every way in which the pixels may be read first. */
export const networks: Record<string, Partial<Spec>> = {
  'softmax regression': { layers: [output] },
  'dense, standardised inputs': { layers: [dense(12, 'tanh'), dense(7, 'gelu'), output], input: 'standardised' },
  'sigmoid outputs': { layers: [dense(9, 'sigmoid'), dense(10, 'sigmoid')], loss: 'quadratic' },
  'convolutions and max pooling': {
    layers: [
      conv(3, 5, { padding: 'same' }),
      maxPooling(),
      conv(5, 4, { stride: 3 }),
      flatten,
      dense(6, 'tanh'),
      output,
    ],
  },
  'strided convolution of pixels, same padding': {
    layers: [conv(4, 6, { stride: 5, padding: 'same', activation: 'gelu' }), flatten, output],
  },
  'batch normalisation of images and vectors': {
    layers: [
      conv(3, 7, { stride: 3, activation: 'linear', bias: 'no' }),
      batchNorm,
      activation('tanh'),
      averagePooling(3, 2),
      flatten,
      dense(6, 'linear'),
      batchNorm,
      activation('sigmoid'),
      dropout,
      output,
    ],
  },
  'dropout and an activation of pixels first': {
    layers: [dropout, activation('tanh'), conv(2, 5, { stride: 4 }), dropout, flatten, output],
    input: 'standardised',
  },
  'pooling of pixels first': { layers: [averagePooling(4, 3), maxPooling(2, 1), flatten, dense(8, 'gelu'), output] },
}
export const specOf = (partial: Partial<Spec>): Spec =>
  parseSpec({ ...presets[0].spec, augmentation: { type: 'none' }, styleShare: 0, batchSize: 20, ...partial })

/** Ink in places. */
export const image = Uint8Array.from({ length: PIXELS }, (_, p) =>
  hash(3, 1, p) % 3 === 0 ? 40 + (hash(3, 2, p) % 216) : 0,
)
export const mean = Float32Array.from({ length: PIXELS }, (_, p) => uniform(4, 1, p))
export const deviation = Float32Array.from({ length: PIXELS }, (_, p) => 0.3 + uniform(4, 2, p))
