// The presets of data sets of one's own. Their sizes follow from the data: steps from the number of examples, poolings from the side of the pictures.

import type { Dataset } from '../datasets/dataset'
import { OWN, type Recipe } from './recipe'
import { adam, adamw, conv, dense, dropout, flatten, maxPooling, oneCycle, output, warps } from './recipe-words'
import type { LayerSpec, Spec } from './spec'

/** Examples below which a batch is small, so that an epoch has several steps. */
const FEW = 2000
/** Steps of a run on few examples, and fewest and most epochs of any. */
const STEPS = 400
const EPOCHS = [6, 400] as const

/** How long to train: some steps on few examples, some epochs on many. */
function length({ train }: Dataset): Pick<Spec, 'batchSize' | 'epochs'> {
  const batchSize = Math.min(train, train < FEW ? 16 : 64)
  const epochs = Math.ceil((STEPS * batchSize) / train)
  return { batchSize, epochs: Math.max(EPOCHS[0], Math.min(EPOCHS[1], epochs)) }
}

/** Photographs: shifted by a part of their side, turned and scaled a little, never mirrored: that is for the person to say. */
const photographed = (side: number) =>
  ({ type: 'warp', rotation: 8, scale: 0.1, shear: 0.05, shift: side / 20, elastic: 0, flip: 0 }) as const

const warpFor = ({ abilities, input }: Dataset, drawn: (typeof warps)[keyof typeof warps]) =>
  input.kind === 'image' ? (abilities.draw ? drawn : photographed(input.width)) : ({ type: 'none' } as const)

/** Convolutions and poolings until some 7 places a side are left. */
function convolutions({ input }: Dataset): LayerSpec[] {
  let side = input.kind === 'image' ? Math.min(input.height, input.width) : 0
  const layers: LayerSpec[] = []
  for (let filters = 8; side >= 8 && filters <= 32; filters *= 2) {
    layers.push(conv(filters, filters === 8 ? 5 : 3, { padding: 'same' }), maxPooling())
    side = Math.floor(side / 2)
  }
  return layers
}

export const ownRecipes: readonly Recipe[] = [
  {
    name: 'own-convolution',
    only: OWN,
    imagesOnly: true,
    title: 'Small convolution for your pictures',
    short: 'Small CNN',
    detail: 'convolutions of 8, 16 and 32 filters, softmax, AdamW',
    card: { place: 3, text: 'Small windows slide over your pictures.' },
    note: 'Convolutions with max pooling and one dense layer, for as many classes and pixels as your pictures have.',
    spec: (classes, dataset) => ({
      augmentation: warpFor(dataset, warps.cnn),
      layers: [...convolutions(dataset), flatten(), dropout(0.1), dense(48, 'relu', 'he'), output(classes)],
      optimizer: adamw(0.02),
      learningRate: 0.003,
      schedule: oneCycle,
      ...length(dataset),
    }),
  },
  {
    name: 'own-dense',
    only: OWN,
    title: 'One hidden layer of 64 neurons',
    short: 'One layer',
    detail: 'SHAPE ReLU, softmax, Adam',
    card: { place: 2, text: 'One hidden layer: a good first network.' },
    note: 'One hidden layer, on inputs that are scaled to the same spread.',
    spec: (classes, dataset) => ({
      input: 'standardised',
      augmentation: warpFor(dataset, warps.dense),
      layers: [dense(64, 'relu', 'he'), output(classes)],
      optimizer: adam,
      learningRate: 0.003,
      schedule: { type: 'cosine', warmup: 0 },
      ...length(dataset),
    }),
  },
  {
    name: 'own-softmax',
    only: OWN,
    title: 'Softmax: no hidden layer',
    short: 'Softmax',
    detail: 'SHAPE softmax, standardised, Adam',
    card: { place: 1, text: 'One template for each class, no more.' },
    note: 'No hidden layer at all: one template a class.',
    spec: (classes, dataset) => ({
      input: 'standardised',
      layers: [dense(classes, 'linear', 'zero')],
      optimizer: adam,
      learningRate: 0.01,
      ...length(dataset),
    }),
  },
]
