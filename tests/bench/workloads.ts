// The four networks that everything is measured on, in words that every contestant understands.

import type { LayerSpec, Spec } from '../../src/model/spec'

export const workloadNames = ['W1', 'W2', 'W3', 'W4'] as const
export type WorkloadName = (typeof workloadNames)[number]

/** A network and how it is trained on MNIST. */
export interface Workload {
  readonly name: WorkloadName
  readonly title: string
  /** Units of the dense layers from the inputs to the ten classes; the convolutional network has its own form. */
  readonly sizes: readonly number[]
  readonly convolutional: boolean
  /** Of the hidden layers. */
  readonly activation: 'sigmoid' | 'relu'
  /** `quadratic`: half the squared error of sigmoid outputs, summed over the classes, averaged over the batch. */
  readonly loss: 'quadratic' | 'cross-entropy'
  readonly optimizer: 'sgd' | 'adam'
  readonly learningRate: number
  readonly batchSize: number
  /**
   * Floating-point operations of a training step for one image, two per multiply-add: forward pass, weight gradients, and
   * input gradients of all layers but the first.
   */
  readonly flops: number
}

/** Filters of the two 3 x 3 convolutions of W4, each followed by ReLU and 2 x 2 max pooling (valid padding, stride 1). */
export const FILTERS = [32, 64] as const
/** Floats of an image behind the second pooling: 5 x 5 x 64. */
export const FEATURES = 1600
/** Share of the features that W4 drops in training. */
export const DROPOUT = 0.5

export const workloads: Readonly<Record<WorkloadName, Workload>> = {
  W1: {
    name: 'W1',
    title: '784-40-10 sigmoid, MSE, SGD, batch 10',
    sizes: [784, 40, 10],
    convolutional: false,
    activation: 'sigmoid',
    loss: 'quadratic',
    optimizer: 'sgd',
    learningRate: 3,
    batchSize: 10,
    flops: 127_840,
  },
  W2: {
    name: 'W2',
    title: '784-100-30-10 sigmoid, softmax cross-entropy, SGD, batch 64',
    sizes: [784, 100, 30, 10],
    convolutional: false,
    activation: 'sigmoid',
    loss: 'cross-entropy',
    optimizer: 'sgd',
    learningRate: 0.5,
    batchSize: 64,
    flops: 333_400,
  },
  W3: {
    name: 'W3',
    title: '784-512-256-10 ReLU, softmax cross-entropy, Adam, batch 256',
    sizes: [784, 512, 256, 10],
    convolutional: false,
    activation: 'relu',
    loss: 'cross-entropy',
    optimizer: 'adam',
    learningRate: 0.001,
    batchSize: 256,
    flops: 2_407_424,
  },
  W4: {
    name: 'W4',
    title:
      'convolution 3x3x32, max pooling, convolution 3x3x64, max pooling, dropout 0.5, dense 10; softmax cross-entropy, Adam, batch 128',
    sizes: [FEATURES, 10],
    convolutional: true,
    activation: 'relu',
    loss: 'cross-entropy',
    optimizer: 'adam',
    learningRate: 0.001,
    batchSize: 128,
    flops: 14_256_384,
  },
}

/** The workload as Inkling's own spec; `epochs` never ends a measurement. */
export function specOf({ sizes, convolutional, activation, loss, ...workload }: Workload): Spec {
  const initialiser = activation === 'relu' ? 'he' : 'glorot'
  const outputs = sizes.slice(1)
  const dense = outputs.map((units, i): LayerSpec => {
    const last = i === outputs.length - 1
    const output = loss === 'quadratic' ? 'sigmoid' : 'linear'
    return { type: 'dense', units, activation: last ? output : activation, initialiser, bias: 'yes' }
  })
  const convolutions = FILTERS.flatMap((filters): LayerSpec[] => [
    { type: 'conv2d', filters, kernel: 3, stride: 1, padding: 'valid', activation, initialiser, bias: 'yes' },
    { type: 'max-pooling', size: 2, stride: 2 },
  ])
  const features: LayerSpec[] = [...convolutions, { type: 'flatten' }, { type: 'dropout', rate: DROPOUT }]
  return {
    dataset: 'mnist',
    input: 'unit',
    trainingSize: 60_000,
    validationSize: 0,
    augmentation: { type: 'none' },
    styleShare: 0,
    layers: convolutional ? [...features, ...dense] : dense,
    loss,
    labelSmoothing: 0,
    optimizer:
      workload.optimizer === 'sgd'
        ? { type: 'sgd', weightDecay: 0 }
        : { type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    learningRate: workload.learningRate,
    schedule: { type: 'constant' },
    clipNorm: 0,
    batchSize: workload.batchSize,
    epochs: 10_000,
    seed: 1,
    evaluateEvery: 0,
  }
}
