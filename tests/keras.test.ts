// Networks out of Keras: what TensorFlow.js saves computes the same here.

import * as tfl from '@tensorflow/tfjs-layers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { difference } from './harness'
import { conv, expectSame, functional, normalise, sequential } from './keras-models'

const { layers } = tfl

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
          layers.reshape({ targetShape: [2028] }),
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
    const { network, expected } = await expectSame(make())
    expect(network.spec.layers.map(({ type }) => type).join(' ')).toBe(kinds)
    expect(difference(expected[0], expected[1]), 'the images must tell outputs apart').toBeGreaterThan(1e-3)
  })

  it('that scales bytes itself gets scaled pixels', async () => {
    const model = sequential(
      layers.rescaling({ scale: 1 / 255, inputShape: [28, 28, 1] }) as tfl.layers.Layer,
      layers.flatten(),
      layers.dense({ units: 10, activation: 'softmax' }),
    )
    const { notes } = await expectSame(model, { scale: 1 })
    expect(notes.join()).toContain('bytes / 255 already')
  })

  it('of any supported layers computes the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyLayer, { minLength: 1, maxLength: 6 }), fc.boolean(), async (makers, graph) => {
        const stack: tfl.layers.Layer[] = []
        let side = 28
        for (const { make, needs, leaves } of makers) {
          if (side < needs) continue
          stack.push(make())
          side = leaves(side)
        }
        const rest = [layers.flatten(), layers.dense({ units: 10, activation: 'softmax' })]
        // A model of pooling and the like alone begins with pixels; batch normalisation of them is for another test.
        const first = conv({ filters: 2, inputShape: [28, 28, 1], padding: 'same' })
        await expectSame(
          graph ? functional([28, 28, 1], first, ...stack, ...rest) : sequential(first, ...stack, ...rest),
        )
      }),
      { numRuns: 25 },
    )
  })
})

/** A layer over square images, the least side that it takes, and the side that it leaves. */
interface Maker {
  make: () => tfl.layers.Layer
  needs: number
  leaves: (side: number) => number
}

const same = (side: number) => side
const activation = fc.constantFrom('relu', 'sigmoid', 'tanh', 'linear', 'gelu_new') as fc.Arbitrary<'relu'>
const anyConv = fc
  .record({
    filters: fc.integer({ min: 1, max: 5 }),
    kernelSize: fc.integer({ min: 1, max: 6 }),
    strides: fc.integer({ min: 1, max: 3 }),
    padding: fc.constantFrom('same' as const, 'valid' as const),
    useBias: fc.boolean(),
    activation,
  })
  .map((args): Maker => {
    const { kernelSize, strides, padding } = args
    return padding === 'same'
      ? { make: () => layers.conv2d(args), needs: 1, leaves: (side) => Math.ceil(side / strides) }
      : {
          make: () => layers.conv2d(args),
          needs: kernelSize,
          leaves: (side) => Math.floor((side - kernelSize) / strides) + 1,
        }
  })
const anyPooling = fc
  .record({ poolSize: fc.integer({ min: 1, max: 4 }), strides: fc.integer({ min: 1, max: 3 }), largest: fc.boolean() })
  .map(({ poolSize, strides, largest }): Maker => {
    const make = () => (largest ? layers.maxPooling2d : layers.averagePooling2d)({ poolSize, strides })
    return { make, needs: poolSize, leaves: (side) => Math.floor((side - poolSize) / strides) + 1 }
  })
const anyNormalisation = fc
  .record({ center: fc.boolean(), scale: fc.boolean(), epsilon: fc.double({ min: 1e-5, max: 0.1, noNaN: true }) })
  .map((args): Maker => ({ make: () => layers.batchNormalization(args), needs: 1, leaves: same }))
const anyLayer: fc.Arbitrary<Maker> = fc.oneof(
  anyConv,
  anyPooling,
  anyNormalisation,
  activation.map((activation): Maker => ({ make: () => layers.activation({ activation }), needs: 1, leaves: same })),
  fc.constant<Maker>({ make: () => layers.dropout({ rate: 0.4 }), needs: 1, leaves: same }),
)
