// The table of presets: their specs and sources. A new preset is an entry in the list.

import { mnist } from '../datasets'
import { fashionMnist } from '../datasets/fashion-mnist'
import type { Dataset } from '../datasets/dataset'
import { PLANE } from '../datasets/plane/plane'
import {
  adam,
  adamw,
  batchNorm,
  conv,
  dense,
  dropout,
  flatten,
  maxPooling,
  normalised,
  oneCycle,
  output,
  sgd,
  warps,
} from './recipe-words'
import type { Spec } from './spec'

/** Fields that a recipe may leave out. */
type Common = keyof typeof usual | 'trainingSize'

/** A preset before its data set is known. */
export interface Recipe {
  /** Used in links: `?preset=name`. */
  readonly name: string
  /** Title on the page, for a newcomer. */
  readonly title: string
  /** The same where there is little room. */
  readonly short: string
  /**
   * Shape, output and optimizer in a few words of the field. SHAPE in it stands for the sizes of a dense network: inputs and units a
   * layer, joined by hyphens.
   */
  readonly detail: string
  /** Source, in one line. */
  readonly note: string
  /** Replaces `note` for MNIST. */
  readonly noteOnMnist?: string
  /** Id of the only data set that it is for, or PLANE, or OWN; by default any but points in the plane. */
  readonly only?: string
  /**
   * Test accuracy in per cent that its source published, or our goal, and a few words on it. Holds for the only data set that the
   * recipe is for, else for MNIST.
   */
  readonly published?: { readonly accuracy: number; readonly text: string }
  /** Test accuracy in per cent that it reached here, by id of the data set: see tests/bench/README.md. */
  readonly reached?: Readonly<Record<string, number>>
  /** Among the few that a newcomer chooses from: its place there, and one line on it. */
  readonly card?: { readonly place: number; readonly text: string }
  /** The spec, without the fields that have their usual value. Warps and synthetic examples suit handwriting alone. */
  readonly spec: (
    classes: number,
    dataset: Pick<Dataset, 'input' | 'train'>,
  ) => Omit<Spec, 'dataset' | Common> & Partial<Pick<Spec, Common>>
}

/** In place of an id: any data set that a person made or brought. */
export const OWN = 'own'

/** Usual values of fields. */
export const usual = {
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

/** Steps that a small network of one's own data learns in, and fewest and most epochs for them. */
const OWN_STEPS = 3000
const OWN_EPOCHS = { least: 5, most: 400 } as const
/** Most units of a layer for a table, however many columns it has. */
const MOST_OWN_UNITS = 128

/** Epochs that make about OWN_STEPS steps of so many examples. */
const epochsFor = (train: number, batchSize: number): number => {
  const steps = Math.max(1, Math.floor(train / batchSize))
  return Math.min(OWN_EPOCHS.most, Math.max(OWN_EPOCHS.least, Math.round(OWN_STEPS / steps)))
}

export const recipes: readonly Recipe[] = [
  {
    name: 'own-pictures',
    only: OWN,
    title: 'Small convolution for your pictures',
    short: 'Small CNN',
    detail: 'convolutions of 16 and 32 filters, max pooling, dropout, AdamW',
    card: { place: 4, text: 'Small windows slide over the picture.' },
    note: 'Two convolutions, three for larger pictures, each followed by max pooling; as many epochs as make some 3,000 steps.',
    spec: (classes, { input, train }) => {
      const large = input.kind === 'image' && Math.min(input.height, input.width) > 40
      const batchSize = train < 300 ? 16 : 32
      const small = input.kind === 'image' && Math.min(input.height, input.width) < 8
      return {
        augmentation: { type: 'warp', rotation: 6, scale: 0.08, shear: 0.03, shift: 1.5, elastic: 0, flip: 0 },
        layers: [
          conv(16, 3, { padding: 'same' }),
          ...(small ? [] : [maxPooling()]),
          conv(32, 3, { padding: 'same' }),
          ...(small ? [] : [maxPooling()]),
          ...(large ? [conv(48, 3, { padding: 'same' }), maxPooling()] : []),
          flatten(),
          dropout(0.2),
          dense(64, 'relu', 'he'),
          output(classes),
        ],
        optimizer: adamw(0.02),
        learningRate: 0.003,
        schedule: oneCycle,
        batchSize,
        epochs: epochsFor(train, batchSize),
      }
    },
  },
  {
    name: 'own-table',
    only: OWN,
    title: 'Two layers for your table',
    short: 'Two layers',
    detail: 'SHAPE ReLU, standardised, softmax, AdamW',
    card: { place: 2, text: 'Two hidden layers, for columns of any unit.' },
    note: 'Every column is brought to mean 0 and deviation 1, so that units do not matter; as many epochs as make some 3,000 steps.',
    spec: (classes, { input, train }) => {
      const columns = input.kind === 'features' ? input.names.length : MOST_OWN_UNITS
      const units = Math.min(MOST_OWN_UNITS, Math.max(16, 8 * Math.ceil((2 * columns) / 8)))
      return {
        input: 'standardised',
        layers: [dense(units, 'relu', 'he'), dense(16, 'relu', 'he'), output(classes)],
        optimizer: adamw(0.02),
        learningRate: 0.003,
        schedule: { type: 'cosine', warmup: 0 },
        batchSize: 16,
        epochs: epochsFor(train, 16),
      }
    },
  },
  {
    name: 'default',
    title: 'Starter network, 192 neurons',
    short: 'Starter',
    detail: 'SHAPE ReLU, softmax, Adam',
    card: { place: 2, text: 'One hidden layer: a good first network.' },
    reached: { [mnist.id]: 98.3, [fashionMnist.id]: 89.3 },
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
    title: 'Small convolution: best in a minute',
    short: 'Small CNN',
    detail: 'two convolutions, 8 and 24 filters, softmax, AdamW',
    card: { place: 4, text: 'Small windows slide over the picture.' },
    reached: { [mnist.id]: 99.5 },
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
    title: 'Softmax: no hidden layer',
    short: 'Softmax',
    detail: 'SHAPE softmax, standardised, momentum',
    card: { place: 1, text: 'One template for each answer, no more.' },
    reached: { [mnist.id]: 92.5, [fashionMnist.id]: 84.5 },
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
    title: 'The network of a famous video, 16 and 16 neurons',
    short: 'Video network',
    detail: 'SHAPE sigmoid, MSE, batch 1',
    reached: { [mnist.id]: 94.8 },
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
    title: 'The classic notebook, 40 neurons',
    short: 'Notebook',
    detail: 'SHAPE sigmoid, MSE, SGD',
    reached: { [mnist.id]: 95.9 },
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
    title: 'Two layers, 100 and 30 neurons',
    short: 'Two layers',
    detail: 'SHAPE sigmoid, softmax, Nesterov',
    card: { place: 3, text: 'The second builds on what the first finds.' },
    reached: { [mnist.id]: 97.9, [fashionMnist.id]: 88.7 },
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
    title: 'Two large layers, 256 and 128 neurons',
    short: 'Two large layers',
    detail: 'SHAPE, batch norm, dropout, AdamW',
    reached: { [mnist.id]: 98.4 },
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
    title: 'LeNet-5, the classic of 1998',
    short: 'LeNet-5',
    detail: 'two convolutions, three dense layers, AdamW',
    reached: { [mnist.id]: 99.3 },
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
    title: 'Small convolution of Keras',
    short: 'Small Keras CNN',
    detail: 'two convolutions, 32 and 64 filters, dropout, Adam',
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
    title: 'Large convolution of Keras',
    short: 'Keras CNN',
    detail: 'two convolutions, 32 and 64 filters, a dense layer of 128, Adam',
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
    title: 'Best: three convolutions',
    short: 'Best CNN',
    detail: 'three convolutions, batch norm, dropout, AdamW',
    card: { place: 5, text: 'Three layers of windows: best, and slow.' },
    reached: { [mnist.id]: 99.6 },
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
    title: 'Small convolution for clothes',
    short: 'Clothes CNN',
    detail: 'two convolutions, 32 and 112 filters, batch norm, AdamW',
    card: { place: 4, text: 'Small windows slide over the picture.' },
    reached: { [fashionMnist.id]: 92.9 },
    note: 'Our own: two convolutions with batch norm and max pooling, light warps, 87,722 parameters.',
    only: fashionMnist.id,
    published: { accuracy: 92.5, text: 'by two convolutions with fewer than 100,000 parameters' },
    spec: (classes) => ({
      augmentation: { type: 'warp', rotation: 0, scale: 0.05, shear: 0, shift: 1, elastic: 0, flip: 0 },
      layers: [
        conv(32, 3, { padding: 'same', activation: 'linear', bias: 'no' }),
        ...normalised(),
        maxPooling(),
        conv(112, 3, { padding: 'same', activation: 'linear', bias: 'no' }),
        ...normalised(),
        maxPooling(),
        flatten(),
        dropout(0.3),
        output(classes),
      ],
      labelSmoothing: 0.05,
      optimizer: adamw(0.05),
      learningRate: 0.004,
      schedule: oneCycle,
      batchSize: 64,
      epochs: 36,
    }),
  },
  {
    name: 'plane',
    only: PLANE,
    title: 'Two layers of 16 neurons',
    short: 'Two layers',
    detail: 'SHAPE tanh, softmax, Adam',
    card: { place: 2, text: 'It bends around every shape here.' },
    note: 'Two hidden layers that bend smoothly: enough for the spiral with x and y alone.',
    spec: (classes) => ({
      layers: [dense(16, 'tanh', 'glorot'), dense(16, 'tanh', 'glorot'), output(classes)],
      optimizer: adam,
      learningRate: 0.01,
      schedule: { type: 'cosine', warmup: 0 },
      batchSize: 32,
      epochs: 3000,
    }),
  },
  {
    name: 'plane-line',
    only: PLANE,
    title: 'No hidden layer: a straight line',
    short: 'Straight line',
    detail: 'SHAPE softmax, Adam',
    card: { place: 1, text: 'It draws one straight line, no more.' },
    note: 'No hidden layer at all: it draws one straight line between two classes. Give it x² and y², and the line becomes a circle.',
    spec: (classes) => ({
      layers: [output(classes)],
      optimizer: adam,
      learningRate: 0.02,
      batchSize: 32,
      epochs: 100,
    }),
  },
  {
    name: 'plane-small',
    only: PLANE,
    title: 'The famous playground, 4 and 2 neurons',
    short: 'Playground',
    detail: 'SHAPE tanh, softmax, SGD, batch 10',
    card: { place: 3, text: 'It has so few neurons that you can follow each.' },
    note: 'The first network of TensorFlow Playground: layers of 4 and 2 neurons, plain gradient descent with a rate of 0.03, batches of 10.',
    spec: (classes) => ({
      layers: [dense(4, 'tanh', 'glorot'), dense(2, 'tanh', 'glorot'), output(classes)],
      optimizer: sgd,
      learningRate: 0.03,
      batchSize: 10,
      epochs: 500,
    }),
  },
  {
    name: 'plane-relu',
    only: PLANE,
    title: 'One layer of 32 neurons that fold',
    short: 'One wide layer',
    detail: 'SHAPE ReLU, softmax, Adam',
    card: { place: 4, text: 'It draws straight pieces that meet at folds.' },
    note: 'One wide layer of ReLU: each neuron folds the plane along a line, and the decision boundary is made of straight pieces.',
    spec: (classes) => ({
      layers: [dense(32, 'relu', 'he'), output(classes)],
      optimizer: adam,
      learningRate: 0.02,
      batchSize: 32,
      epochs: 300,
    }),
  },
]
