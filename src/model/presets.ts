// Presets: named specs, each with where it comes from.

import type { Activation, Initialiser, LayerSpec, Spec } from './spec'

/** A named spec. */
export interface Preset {
  /** Used in links: `?preset=name`. */
  readonly name: string
  /** As the page shows it. */
  readonly title: string
  /** One line: where it comes from and what to expect. */
  readonly note: string
  /** Test accuracy in per cent that its source published, or the goal where it is our own. */
  readonly published?: { readonly accuracy: number; readonly text: string }
  readonly spec: Spec
}

const dense = (units: number, activation: Activation, initialiser: Initialiser): LayerSpec => ({
  type: 'dense',
  units,
  activation,
  initialiser,
})

const sgd = { type: 'sgd', weightDecay: 0 } as const
const adam = { type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const

/** What most presets have in common. */
const usual = {
  input: 'unit',
  trainingSize: 60_000,
  validationSize: 0,
  loss: 'cross-entropy',
  labelSmoothing: 0,
  schedule: { type: 'constant' },
  clipNorm: 0,
  seed: 1,
  evaluateEvery: 0,
} as const

export const presets: readonly Preset[] = [
  {
    name: 'default',
    title: '784-128-10 ReLU, softmax, Adam',
    note: 'A modern small network: one hidden layer, about 97.8% in ten epochs.',
    spec: {
      ...usual,
      layers: [dense(128, 'relu', 'he'), dense(10, 'linear', 'glorot')],
      optimizer: adam,
      learningRate: 0.001,
      batchSize: 64,
      epochs: 10,
      evaluateEvery: 250,
    },
  },
  {
    name: 'notebook',
    title: '784-40-10 sigmoid, MSE, SGD',
    note: 'The classic notebook network: batch 10, rate 0.1, weights randn / sqrt(fan-in); 95.7% after 30 epochs and 7 minutes in NumPy.',
    spec: {
      ...usual,
      layers: [dense(40, 'sigmoid', 'lecun-normal'), dense(10, 'sigmoid', 'lecun-normal')],
      loss: 'quadratic',
      optimizer: sgd,
      learningRate: 0.1,
      batchSize: 10,
      epochs: 30,
    },
  },
  {
    name: 'two-hidden',
    title: '784-100-30-10 sigmoid, softmax',
    note: 'Two hidden layers of sigmoids under a softmax, the network of many first C programs; 97.1% published.',
    spec: {
      ...usual,
      layers: [dense(100, 'sigmoid', 'glorot'), dense(30, 'sigmoid', 'glorot'), dense(10, 'linear', 'glorot')],
      optimizer: { type: 'momentum', momentum: 0.9, weightDecay: 0 },
      learningRate: 0.1,
      batchSize: 64,
      epochs: 20,
    },
  },
  {
    name: 'tiny',
    title: '784-16-16-10 sigmoid, MSE, batch 1',
    note: 'The network of a famous explainer video, one image at a time; about 90% published.',
    spec: {
      ...usual,
      layers: [
        dense(16, 'sigmoid', 'lecun-normal'),
        dense(16, 'sigmoid', 'lecun-normal'),
        dense(10, 'sigmoid', 'lecun-normal'),
      ],
      loss: 'quadratic',
      optimizer: sgd,
      learningRate: 0.1,
      batchSize: 1,
      epochs: 10,
    },
  },
  {
    name: 'softmax',
    title: 'Softmax regression, no hidden layer, standardised',
    note: 'No hidden layer at all: ten templates, one per digit, on standardised pixels; about 92%.',
    spec: {
      ...usual,
      input: 'standardised',
      layers: [dense(10, 'linear', 'zero')],
      optimizer: sgd,
      learningRate: 0.01,
      batchSize: 100,
      epochs: 10,
    },
  },
]

/** The preset of that name, or nothing. */
export function findPreset(name: string): Preset | undefined {
  return presets.find((preset) => preset.name === name)
}
