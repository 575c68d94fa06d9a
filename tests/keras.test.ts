// Networks out of Keras: what TensorFlow.js saves computes the same here, and what cannot be used is refused with the reason.

import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { readLayersModel } from '../src/formats/keras'
import { FormatError } from '../src/formats/safetensors'
import { toHalf } from '../src/formats/floats'
import { tensorsOf } from '../src/model/parameters'
import { difference } from './harness'
import { imageOf, predictInkling, predictKeras, randomise, save, type Json, type Saved } from './keras-models'

const { layers } = tfl
const images = [1, 2, 3].map(imageOf)

/** Both sum in 32-bit floats, in different orders: relative to the largest output. */
const TOLERANCE = 1e-5

const sequential = (...stack: tfl.layers.Layer[]) => tfl.sequential({ layers: stack })

/** The same layers as a graph. */
function functional(shape: number[], ...stack: tfl.layers.Layer[]): tfl.LayersModel {
  const input = tfl.input({ shape })
  const output = stack.reduce((flow, layer) => layer.apply(flow) as tf.SymbolicTensor, input)
  return tfl.model({ inputs: input, outputs: output })
}

/** Imports what a model saves to, and expects the same outputs of both. */
async function expectSame(model: tfl.LayersModel, { logits = false, scale = 1 / 255 } = {}) {
  randomise(model, 5)
  const { json, shards } = await save(model)
  const imported = readLayersModel(JSON.stringify(json), shards)
  const actual = await predictInkling(imported.network, images, logits)
  const expected = predictKeras(model, images, scale)
  expect(difference(actual.flat(), expected.flat())).toBeLessThanOrEqual(TOLERANCE)
  expect(difference(expected[0], expected[1]), 'images must tell outputs apart').toBeGreaterThan(1e-3)
  return imported
}

const conv = (args: object) => layers.conv2d({ filters: 3, kernelSize: 3, ...args })
const normalise = (args: object = {}) => layers.batchNormalization(args)

describe('a model of TensorFlow.js', () => {
  const inputShape = [28, 28, 1]
  it.each<[string, () => tfl.LayersModel, string]>([
    ['one dense layer', () => sequential(layers.dense({ units: 10, inputShape: [784] })), 'dense'],
    [
      'dense layers of every activation',
      () =>
        sequential(
          layers.dense({ units: 9, activation: 'relu', inputShape: [784] }),
          layers.dense({ units: 13, activation: 'tanh' }),
          layers.dense({ units: 17, activation: 'sigmoid' }),
          // Its names lack this one, which the library has.
          layers.dense({ units: 8, activation: 'gelu_new' as 'relu' }),
          layers.dense({ units: 10, activation: 'softmax' }),
        ),
      'dense dense dense dense dense',
    ],
    [
      'images without channels',
      () =>
        sequential(
          layers.flatten({ inputShape: [28, 28] }),
          layers.dropout({ rate: 0.3 }),
          layers.dense({ units: 10, useBias: false, activation: 'softmax' }),
        ),
      'flatten dropout dense',
    ],
    [
      'batch normalisation of a vector as it comes in',
      () => sequential(normalise({ inputShape: [784] }), layers.dense({ units: 10 })),
      'flatten batch-normalisation dense',
    ],
    [
      'every kind of layer',
      () =>
        sequential(
          conv({ filters: 5, kernelSize: 5, padding: 'same', activation: 'relu', inputShape }),
          normalise({ momentum: 0.9, epsilon: 0.01 }),
          layers.maxPooling2d({ poolSize: 2 }),
          conv({ filters: 7, useBias: false }),
          normalise({ scale: false }),
          layers.activation({ activation: 'tanh' }),
          layers.averagePooling2d({ poolSize: 3, strides: 2 }),
          conv({ filters: 6, kernelSize: 2, strides: 2, padding: 'same', activation: 'sigmoid' }),
          normalise({ center: false }),
          layers.reLU(),
          layers.dropout({ rate: 0.5 }),
          layers.flatten(),
          layers.dense({ units: 20 }),
          normalise(),
          layers.activation({ activation: 'relu' }),
          layers.dense({ units: 10 }),
          layers.softmax(),
        ),
      'conv2d batch-normalisation max-pooling conv2d batch-normalisation activation average-pooling conv2d ' +
        'batch-normalisation activation dropout flatten dense batch-normalisation activation dense',
    ],
    [
      'strides over odd sizes',
      () =>
        sequential(
          conv({ strides: 3, padding: 'same', inputShape }),
          conv({ kernelSize: 4, strides: 2, padding: 'same', filters: 4 }),
          layers.flatten(),
          layers.dense({ units: 10, activation: 'softmax' }),
        ),
      'conv2d conv2d flatten dense',
    ],
    [
      'pooling of pixels, with a padding that adds nothing',
      () =>
        sequential(
          layers.maxPooling2d({ poolSize: 2, padding: 'same', inputShape }),
          normalise(),
          layers.averagePooling2d({ poolSize: 1, strides: 2, padding: 'same' }),
          layers.flatten(),
          layers.dense({ units: 10 }),
        ),
      'max-pooling batch-normalisation average-pooling flatten dense',
    ],
    [
      'shapes taken anew',
      () =>
        sequential(
          layers.reshape({ targetShape: [28, 28, 1], inputShape: [784] }),
          conv({}),
          layers.reshape({ targetShape: [26 * 26 * 3] }),
          layers.flatten(),
          layers.reshape({ targetShape: [-1] }),
          layers.dense({ units: 10, activation: 'softmax' }),
        ),
      'conv2d flatten dense',
    ],
    [
      'an activation of its own behind the last layer',
      () =>
        sequential(
          layers.flatten({ inputShape: [28, 28] }),
          layers.dense({ units: 10 }),
          layers.activation({ activation: 'sigmoid' }),
        ),
      'flatten dense',
    ],
    [
      'a graph',
      () =>
        functional(
          [28, 28, 1],
          conv({ strides: 2, activation: 'relu' }),
          layers.flatten(),
          layers.dense({ units: 10, activation: 'softmax' }),
        ),
      'conv2d flatten dense',
    ],
  ])('of %s computes the same', async (_, make, kinds) => {
    const { network } = await expectSame(make())
    expect(network.spec.layers.map(({ type }) => type).join(' ')).toBe(kinds)
  })

  it('whose outputs are linear has the same logits', async () => {
    const model = sequential(layers.dense({ units: 12, inputShape: [784] }), layers.dense({ units: 10 }))
    await expectSame(model, { logits: true })
  })

  it('that scales bytes itself gets pixels that are scaled', async () => {
    const model = sequential(
      layers.rescaling({ scale: 1 / 255, inputShape: [28, 28, 1] }) as tfl.layers.Layer,
      layers.flatten(),
      layers.dense({ units: 10, activation: 'softmax' }),
    )
    const { notes } = await expectSame(model, { scale: 1 })
    expect(notes.join()).toContain('bytes / 255 already')
  })
})
