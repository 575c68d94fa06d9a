// What tests of runs that diverge share.

import { presets } from '../src/model/presets'
import { type Spec } from '../src/model/spec'
import type { Data } from '../src/session/data'
import { SIZE } from './tiny-digits'

/** The tiny digits. */
export const data: Data = SIZE

/** A dense layer. */
export const dense = (units: number, activation: 'relu' | 'linear' | 'gelu' | 'tanh' = 'relu') =>
  ({ type: 'dense', units, activation, initialiser: 'he', bias: 'yes' }) as const

/** A spec with a learning rate that is far too high. */
export const base: Spec = {
  ...presets[0].spec,
  augmentation: { type: 'none' },
  styleShare: 0,
  layers: [dense(12), dense(12), dense(10, 'linear')],
  optimizer: { type: 'sgd', weightDecay: 0 },
  schedule: { type: 'constant' },
  clipNorm: 0,
  learningRate: 1000,
  batchSize: 20,
  epochs: 50,
  evaluateEvery: 7,
}

/** Whether a value is not finite. */
export const isBad = (values: ArrayLike<number>) => Array.from(values).some((value) => !Number.isFinite(value))
