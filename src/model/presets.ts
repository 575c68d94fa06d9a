// Presets: named specs with their sources. A new one is an entry in the list.

import { mnist } from '../datasets'
import { fashionMnist } from '../datasets/fashion-mnist'
import type { Dataset, Input } from '../datasets/dataset'
import { valuesIn } from './examples'
import { specIssues, type Activation, type Initialiser, type LayerSpec, type Spec } from './spec'

/** A named spec. */
export interface Preset {
  /** Used in links: `?preset=name`. */
  readonly name: string
  /** Title on the page. */
  readonly title: string
  /** Source, in one line. */
  readonly note: string
  /** Test accuracy in per cent that its source published, or our goal, and a few words on it. */
  readonly published?: { readonly accuracy: number; readonly text: string }
  readonly spec: Spec
}

/** Fields that a recipe may leave out. */
type Common = keyof typeof usual | 'trainingSize'

/** A preset before its data set is known. */
interface Recipe extends Omit<Preset, 'spec'> {
  /** SHAPE in it stands for the sizes of a dense network: inputs and units a layer, joined by hyphens. What was published holds for MNIST. */
  readonly title: string
  /** Id of the only data set that it is for; by default any. */
  readonly only?: string
  /** Replaces `note` for MNIST. */
  readonly noteOnMnist?: string
  /** The spec, without the fields that have their usual value. Warps and synthetic examples suit handwriting alone. */
  readonly spec: (classes: number) => Omit<Spec, 'dataset' | Common> & Partial<Pick<Spec, Common>>
}

// Functions, so that no two layers are the same object: an editor tells layers apart by identity.
const dense = (
  units: number,
  activation: Activation,
  initialiser: Initialiser,
  bias: 'yes' | 'no' = 'yes',
): LayerSpec => ({ type: 'dense', units, activation, initialiser, bias })

const conv = (
  filters: number,
  kernel: number,
  {
    stride = 1,
    padding = 'valid',
    activation = 'relu',
    bias = 'yes',
  }: Partial<Extract<LayerSpec, { type: 'conv2d' }>> = {},
): LayerSpec => ({ type: 'conv2d', filters, kernel, stride, padding, activation, initialiser: 'he', bias })
const maxPooling = (): LayerSpec => ({ type: 'max-pooling', size: 2, stride: 2 })
const flatten = (): LayerSpec => ({ type: 'flatten' })
const dropout = (rate: number): LayerSpec => ({ type: 'dropout', rate })
const batchNorm = (): LayerSpec => ({ type: 'batch-normalisation', momentum: 0.1, epsilon: 1e-5 })
/** Batch normalisation and ReLU, after a layer that is linear and has no bias. */
const normalised = (): LayerSpec[] => [batchNorm(), { type: 'activation', activation: 'relu' }]

/** The last layer, under a softmax. */
const output = (classes: number) => dense(classes, 'linear', 'glorot')

const sgd = { type: 'sgd', weightDecay: 0 } as const
const adam = { type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const
const adamw = (weightDecay: number) => ({ ...adam, type: 'adamw', weightDecay }) as const
const oneCycle = { type: 'one-cycle', warmup: 0.25 } as const

/**
 * Strengths about as large as differences between people's digits. Dense networks need larger turns, because they know nothing of
 * neighbouring pixels. A CNN gains by elastic warps: on MNIST 0.1 points, seed 1 of `best-in-a-minute`.
 */
const warps = {
  dense: { type: 'warp', rotation: 22, scale: 0.1, shear: 0.05, shift: 1, elastic: 0 },
  cnn: { type: 'warp', rotation: 13, scale: 0.1, shear: 0.1, shift: 1, elastic: 1 },
} as const

/** Usual values of fields. */
const usual = {
  input: 'unit',
  validationSize: 0,
  augmentation: { type: 'none' },
  styleShare: 0,
  loss: 'cross-entropy',
  labelSmoothing: 0,
  schedule: { type: 'constant' },
  clipNorm: 0,
  seed: 1,
  evaluateEvery: 0,
} as const satisfies Partial<Spec>

const recipes: readonly Recipe[] = [
  {
    name: 'default',
    title: 'SHAPE ReLU, softmax, Adam',
    note: 'A modern small network with one hidden layer.',
    noteOnMnist:
      'A modern small network: one hidden layer, made to read what you draw by warped and synthetic digits among those of MNIST.',
    spec: (classes) => ({
      augmentation: warps.dense,
      styleShare: 0.3,
      layers: [dense(192, 'relu', 'he'), output(classes)],
      optimizer: adam,
      learningRate: 0.002,
      schedule: { type: 'cosine', warmup: 0 },
      batchSize: 64,
      epochs: 10,
      evaluateEvery: 250,
    }),
  },
  {
    name: 'best-in-a-minute',
    only: mnist.id,
    title: 'Best in a minute: a small CNN',
    note: 'Our own: two convolutions with max pooling and two dense layers, 63,698 parameters, made for a minute on two CPU cores and for reading what you draw.',
    published: { accuracy: 98.31, text: 'by a CNN after 60 s on a machine with two virtual cores' },
    spec: (classes) => ({
      augmentation: warps.cnn,
      styleShare: 0.15,
      layers: [
        conv(8, 5, { padding: 'same' }),
        maxPooling(),
        conv(24, 5),
        maxPooling(),
        flatten(),
        dropout(0.05),
        dense(96, 'relu', 'he'),
        output(classes),
      ],
      labelSmoothing: 0.05,
      optimizer: adamw(0.02),
      learningRate: 0.004,
      schedule: oneCycle,
      batchSize: 64,
      epochs: 9,
    }),
  },
  {
    name: 'softmax',
    title: 'Softmax regression, standardised',
    note: 'No hidden layer at all: one template a class. For plain gradient descent: SGD, all examples in one batch, more epochs.',
    noteOnMnist:
      'No hidden layer at all: ten templates, one per digit. For plain gradient descent: SGD, batch size 60,000, more epochs.',
    published: { accuracy: 88, text: 'by a linear classifier (LeCun et al. 1998)' },
    spec: (classes) => ({
      input: 'standardised',
      layers: [dense(classes, 'linear', 'zero')],
      optimizer: { type: 'momentum', momentum: 0.9, weightDecay: 0.001 },
      learningRate: 0.01,
      schedule: { type: 'cosine', warmup: 0 },
      batchSize: 100,
      epochs: 5,
    }),
  },
  {
    name: 'tiny',
    title: 'SHAPE sigmoid, MSE, batch 1',
    note: 'The network of a famous explainer video, trained one image at a time.',
    published: { accuracy: 90, text: 'approximately' },
    spec: (classes) => ({
      layers: [
        dense(16, 'sigmoid', 'lecun-normal'),
        dense(16, 'sigmoid', 'lecun-normal'),
        dense(classes, 'sigmoid', 'lecun-normal'),
      ],
      loss: 'quadratic',
      optimizer: sgd,
      learningRate: 0.1,
      batchSize: 1,
      epochs: 10,
    }),
  },
  {
    name: 'notebook',
    title: 'SHAPE sigmoid, MSE, SGD',
    note: 'The classic notebook network: batch 10, rate 0.1, weights randn / sqrt(fan-in), the first 50,000 images.',
    published: { accuracy: 95.69, text: 'after 30 epochs and 7 minutes in NumPy' },
    spec: (classes) => ({
      trainingSize: 50_000,
      layers: [dense(40, 'sigmoid', 'lecun-normal'), dense(classes, 'sigmoid', 'lecun-normal')],
      loss: 'quadratic',
      optimizer: sgd,
      learningRate: 0.1,
      batchSize: 10,
      epochs: 30,
    }),
  },
  {
    name: 'two-hidden',
    title: 'SHAPE sigmoid, softmax',
    note: 'Two hidden layers of sigmoids under a softmax, the network of many first C programs.',
    published: { accuracy: 97.14, text: 'with 99.74% of the training set' },
    spec: (classes) => ({
      layers: [dense(100, 'sigmoid', 'glorot'), dense(30, 'sigmoid', 'glorot'), output(classes)],
      optimizer: { type: 'nesterov', momentum: 0.9, weightDecay: 0.00001 },
      learningRate: 0.3,
      schedule: oneCycle,
      batchSize: 64,
      epochs: 10,
    }),
  },
  {
    name: 'dense-large',
    title: 'SHAPE, batch norm, dropout',
    note: 'As far as dense layers go without more images: batch norm and dropout under AdamW and one cycle of the learning rate.',
    published: { accuracy: 98.2, text: 'by a larger dense network' },
    spec: (classes) => ({
      layers: [
        dense(256, 'linear', 'he', 'no'),
        ...normalised(),
        dropout(0.2),
        dense(128, 'linear', 'he', 'no'),
        ...normalised(),
        dropout(0.2),
        output(classes),
      ],
      optimizer: adamw(0.02),
      learningRate: 0.01,
      schedule: oneCycle,
      batchSize: 128,
      epochs: 6,
    }),
  },
  {
    name: 'lenet',
    title: 'LeNet-5 style CNN',
    note: 'Two convolutions and three dense layers in the sizes of LeNet-5, with ReLU and max pooling: 61,706 parameters.',
    published: { accuracy: 99.05, text: 'after 20 epochs, with tanh and average pooling (LeCun et al. 1998)' },
    spec: (classes) => ({
      layers: [
        conv(6, 5, { padding: 'same' }),
        maxPooling(),
        conv(16, 5),
        maxPooling(),
        flatten(),
        dense(120, 'relu', 'he'),
        dense(84, 'relu', 'he'),
        output(classes),
      ],
      optimizer: adamw(0.02),
      learningRate: 0.004,
      schedule: oneCycle,
      batchSize: 64,
      epochs: 5,
    }),
  },
  {
    name: 'keras-small',
    title: 'Small Keras CNN',
    note: 'The “Simple MNIST convnet” of the Keras examples: 34,826 parameters, a tenth of the images held out.',
    published: { accuracy: 99.1, text: 'approximately, after 15 epochs' },
    spec: (classes) => ({
      trainingSize: 54_000,
      validationSize: 6_000,
      layers: [conv(32, 3), maxPooling(), conv(64, 3), maxPooling(), flatten(), dropout(0.5), output(classes)],
      optimizer: adam,
      learningRate: 0.001,
      batchSize: 128,
      epochs: 15,
    }),
  },
  {
    name: 'keras',
    title: 'Keras example CNN',
    note: 'mnist_cnn.py, for years the first network of many: 1.2 million parameters, nearly all in one dense layer. The source used Adadelta.',
    published: { accuracy: 99.25, text: 'after 12 epochs' },
    spec: (classes) => ({
      layers: [
        conv(32, 3),
        conv(64, 3),
        maxPooling(),
        dropout(0.25),
        flatten(),
        dense(128, 'relu', 'he'),
        dropout(0.5),
        output(classes),
      ],
      optimizer: adam,
      learningRate: 0.001,
      batchSize: 128,
      epochs: 12,
    }),
  },
  {
    name: 'best',
    only: mnist.id,
    title: 'Best: 99.6% in ten epochs',
    note: 'Our own: three convolutions with batch norm, dropout, label smoothing, AdamW and one cycle, 131,786 parameters; reads 99% of what people draw. Wants a graphics processor.',
    published: { accuracy: 99.5, text: 'the goal, in as few images as possible' },
    spec: (classes) => ({
      augmentation: { ...warps.cnn, rotation: 12 },
      styleShare: 0.15,
      layers: [
        conv(24, 5),
        batchNorm(),
        maxPooling(),
        dropout(0.05),
        conv(48, 3),
        batchNorm(),
        conv(48, 3),
        batchNorm(),
        maxPooling(),
        flatten(),
        dropout(0.2),
        dense(128, 'relu', 'he'),
        output(classes),
      ],
      labelSmoothing: 0.1,
      optimizer: adamw(0.05),
      learningRate: 0.005,
      schedule: oneCycle,
      batchSize: 64,
      epochs: 10,
    }),
  },
  {
    name: 'fashion',
    title: 'Clothes: a small CNN',
    note: 'Our own: two convolutions with batch norm and max pooling, light warps, 75,242 parameters.',
    only: fashionMnist.id,
    published: { accuracy: 92.5, text: 'by two convolutions with fewer than 100,000 parameters' },
    spec: (classes) => ({
      augmentation: { type: 'warp', rotation: 3, scale: 0.05, shear: 0.02, shift: 1, elastic: 0 },
      layers: [
        conv(32, 3, { padding: 'same', activation: 'linear', bias: 'no' }),
        ...normalised(),
        maxPooling(),
        dropout(0.1),
        conv(96, 3, { padding: 'same', activation: 'linear', bias: 'no' }),
        ...normalised(),
        maxPooling(),
        flatten(),
        dropout(0.4),
        output(classes),
      ],
      labelSmoothing: 0.1,
      optimizer: adamw(0.05),
      learningRate: 0.004,
      schedule: oneCycle,
      batchSize: 64,
      epochs: 15,
    }),
  },
]

/** Presets by data set, so that a preset is the same object each time. */
const made = new WeakMap<Dataset, readonly Preset[]>()

/** The presets of a data set: those whose network can take its examples, in the order of the page. */
export function presetsFor(dataset: Dataset): readonly Preset[] {
  const known = made.get(dataset)
  if (known) return known
  const presets = recipes
    .filter(({ only }) => only === undefined || only === dataset.id)
    .map((recipe) => prepared(recipe, dataset))
    .filter(({ spec }) => specIssues(spec).length === 0)
  made.set(dataset, presets)
  return presets
}

function prepared({ name, title, note, noteOnMnist, published, only, spec: make }: Recipe, dataset: Dataset): Preset {
  const { id, classes, train, input } = dataset
  const own: Omit<Spec, 'dataset'> = { ...usual, trainingSize: train, ...make(classes.length) }
  const written = dataset.abilities.draw || only === id
  const trainingSize = Math.min(own.trainingSize, train)
  const spec: Spec = {
    ...own,
    dataset: id,
    layers: withFlat(own.layers, input),
    trainingSize,
    validationSize: Math.min(own.validationSize, train - trainingSize),
    batchSize: Math.min(own.batchSize, trainingSize),
    ...(!written && { augmentation: usual.augmentation, styleShare: usual.styleShare }),
  }
  const sizes = [valuesIn(input), ...spec.layers.flatMap((layer) => (layer.type === 'dense' ? [layer.units] : []))]
  return {
    name,
    title: title.replace('SHAPE', sizes.join('-')),
    note: id === mnist.id && noteOnMnist ? noteOnMnist : note,
    ...(published && (id === mnist.id || only === id) && { published }),
    spec,
  }
}

/** Dense layers read vectors and gray images; colour images are flattened first. */
function withFlat(layers: readonly LayerSpec[], input: Input): LayerSpec[] {
  const flat = input.kind === 'image' && input.channels > 1 && layers[0].type === 'dense'
  return flat ? [flatten(), ...layers] : [...layers]
}

/** The presets of MNIST, the data set of a fresh page. */
export const presets = presetsFor(mnist)

/** The preset of that name for a data set; undefined if there is none. */
export function findPreset(name: string, dataset: Dataset = mnist): Preset | undefined {
  return presetsFor(dataset).find((preset) => preset.name === name)
}
