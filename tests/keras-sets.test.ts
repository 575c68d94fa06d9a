// Networks out of Keras for other data sets than MNIST.

import * as tfl from '@tensorflow/tfjs-layers'
import { describe, expect, it } from 'vitest'
import type { Dataset } from '../src/datasets/dataset'
import { readLayersModel } from '../src/formats/keras'
import { conv, expectSame, functional, normalise, save, sequential } from './keras-models'
import { oddFeatures, oddImages } from './odd-sets'

const { layers } = tfl

describe('a model for another data set', () => {
  const colours = { dataset: oddImages }
  const features = { dataset: oddFeatures, scale: 1 }
  const softmax = (units: number) => layers.dense({ units, activation: 'softmax' })
  it.each<[string, () => tfl.LayersModel, Parameters<typeof expectSame>[1], string]>([
    [
      'coloured images',
      () =>
        sequential(
          conv({ inputShape: [20, 12, 3], padding: 'same', strides: 2, activation: 'relu' }),
          normalise(),
          layers.maxPooling2d({ poolSize: 2 }),
          layers.flatten(),
          softmax(4),
        ),
      colours,
      'conv2d batch-normalisation max-pooling flatten dense',
    ],
    [
      'coloured images normalised and pooled as they come in',
      () =>
        functional(
          [20, 12, 3],
          normalise(),
          layers.averagePooling2d({ poolSize: 4, padding: 'same' }),
          layers.flatten(),
          softmax(4),
        ),
      colours,
      'batch-normalisation average-pooling flatten dense',
    ],
    [
      'coloured images as vectors',
      () => sequential(layers.dense({ units: 6, activation: 'relu', inputShape: [720] }), softmax(4)),
      colours,
      'flatten dense dense',
    ],
    [
      'coloured images as vectors that are normalised',
      () => sequential(normalise({ inputShape: [720] }), softmax(4)),
      colours,
      'flatten batch-normalisation dense',
    ],
    [
      'coloured images taken out of vectors and back',
      () =>
        sequential(
          layers.reshape({ targetShape: [20, 12, 3], inputShape: [720] }),
          conv({ padding: 'same' }),
          layers.reshape({ targetShape: [720] }),
          softmax(4),
        ),
      colours,
      'conv2d flatten dense',
    ],
    [
      'features',
      () =>
        sequential(
          normalise({ inputShape: [5] }),
          layers.reshape({ targetShape: [5] }),
          layers.dense({ units: 7, activation: 'tanh' }),
          softmax(3),
        ),
      features,
      'batch-normalisation dense dense',
    ],
  ])('of %s computes the same', async (_, make, options, kinds) => {
    const { network, notes } = await expectSame(make(), options)
    expect(network.spec.dataset).toBe(options?.dataset?.id)
    expect(network.spec.layers.map(({ type }) => type).join(' ')).toBe(kinds)
    expect(notes.join(' ')).not.toMatch(/MNIST|digit/)
  })

  it('says which features it expects', async () => {
    const { json, shards } = await save(sequential(layers.dense({ units: 3, inputShape: [5] })))
    const { notes } = readLayersModel(json, shards, oddFeatures)
    expect(notes).toContain(
      'Features go in as they are in Odd features, in this order: length, width, mass, age, hue: the model should have learnt from such.',
    )
    expect(notes).toContain('It goes on learning from Odd features as it is, as in Keras.')
  })

  it.each<[string, () => tfl.LayersModel, Dataset, string]>([
    [
      'takes other inputs',
      () => sequential(layers.dense({ units: 4, inputShape: [784] })),
      oddImages,
      'takes inputs of shape [null,784]; those of Odd pictures are images of 20 × 12 pixels: [null, 20, 12, 3] or [null, 720]',
    ],
    [
      'takes too many features',
      () => sequential(layers.dense({ units: 3, inputShape: [6] })),
      oddFeatures,
      'takes inputs of shape [null,6]; those of Odd features are 5 features: [null, 5]',
    ],
    [
      'has other outputs',
      () => sequential(layers.dense({ units: 10, inputShape: [5] })),
      oddFeatures,
      'has 10 outputs; Odd features has 3 classes, with an output for each',
    ],
    [
      'scales features',
      () =>
        sequential(
          layers.rescaling({ scale: 1 / 255, inputShape: [5] }) as tfl.layers.Layer,
          layers.dense({ units: 3 }),
        ),
      oddFeatures,
      "which scales features; Inkling's go in as they are",
    ],
  ])('that %s is refused', async (_, make, dataset, reason) => {
    const { json, shards } = await save(make())
    expect(() => readLayersModel(json, shards, dataset)).toThrow(reason)
  })
})
