// Keras models for tests: made and saved by TensorFlow.js, and run beside what Inkling makes of the file.

import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { expect } from 'vitest'
import { createReference } from '../src/backends/reference'
import { datasetOf, mnist } from '../src/datasets'
import type { Dataset } from '../src/datasets/dataset'
import { storesOf } from '../src/datasets/stores'
import { readLayersModel, type Imported } from '../src/formats/keras'
import type { Network } from '../src/formats/network'
import { hash, normal } from '../src/kernels/random'
import { elementsOf } from '../src/kernels/plan'
import { compile } from '../src/model/compile'
import { packed, storedBytes, valuesIn, type Example } from '../src/model/examples'
import { difference } from './harness'

tf.env().set('IS_TEST', true) // else it advertises its binding for Node

/** A saved model: what model.json parses to, and its files of weights. */
export interface Saved {
  readonly json: Json
  readonly shards: Map<string, Uint8Array>
}

/** JSON that tests change as they like. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- its parts are reached by name, and a wrong name fails the test
export type Json = any

/** Both sum in 32-bit floats, in different orders: relative to the largest output. */
export const TOLERANCE = 1e-5

/** Layers one behind the other, as a graph. */
export function functional(shape: number[], ...stack: tfl.layers.Layer[]): tfl.LayersModel {
  const input = tfl.input({ shape })
  const output = stack.reduce((flow, layer) => layer.apply(flow) as tfl.SymbolicTensor, input)
  return tfl.model({ inputs: input, outputs: output })
}

/** Any values in all weights: also in biases and running statistics, which start as zeros and ones. */
export function randomise(model: tfl.LayersModel, seed: number): void {
  const weights = model.weights.map(({ shape, name }, w) => {
    const size = shape.reduce<number>((a, b) => a * (b ?? 1), 1)
    const value = (i: number) => {
      const x = normal(seed, w, i)
      if (name.includes('moving_variance')) return 0.2 + x * x
      return name.includes('kernel')
        ? x / Math.sqrt(size / (shape.at(-1) ?? 1))
        : 0.3 * x + (name.includes('gamma') ? 1 : 0)
    }
    return tf.tensor(
      Float32Array.from({ length: size }, (_, i) => value(i)),
      shape as number[],
    )
  })
  model.setWeights(weights)
}

/** Saves a model as its files would be, with the weights cut into shards of at most so many bytes. */
export async function save(
  model: tfl.LayersModel,
  { shardBytes = 4_000_000, includeOptimizer = false } = {},
): Promise<Saved> {
  let saved: Saved | undefined
  const handler = tf.io.withSaveHandler((artifacts) => {
    const { modelTopology, weightSpecs, weightData, trainingConfig, format } = artifacts
    const bytes = new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData))
    const paths = Array.from(
      { length: Math.max(1, Math.ceil(bytes.length / shardBytes)) },
      (_, i) => `./group1-shard${i + 1}.bin`,
    )
    const parts = paths.map((path, i) => [path.slice(2), bytes.slice(i * shardBytes, (i + 1) * shardBytes)] as const)
    const weightsManifest = [{ paths, weights: weightSpecs }]
    saved = {
      json: JSON.parse(JSON.stringify({ modelTopology, weightsManifest, trainingConfig, format })),
      shards: new Map(parts),
    }
    return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } })
  })
  await model.save(handler, { includeOptimizer })
  if (!saved) throw new Error('Nothing was saved.')
  return saved
}

/** An image of bytes, most of them zero as in MNIST. */
export const imageOf = (seed: number, { input }: Dataset = mnist): Uint8Array =>
  Uint8Array.from({ length: valuesIn(input) }, (_, i) => (hash(seed, 1, i) % 3 === 0 ? hash(seed, 2, i) % 256 : 0))

/** The model's outputs for images, whose bytes it takes times `scale`, or for features with a scale of 1. */
export function predictKeras(model: tfl.LayersModel, images: readonly Example[], scale = 1 / 255): number[][] {
  return tf.tidy(() => {
    const pixels = Float32Array.from(images.flatMap((image) => Array.from(image, (value) => value * scale)))
    const shape = [images.length, ...(model.inputs[0].shape.slice(1) as number[])]
    return (model.predict(tf.tensor(pixels, shape)) as tf.Tensor2D).arraySync()
  })
}

/** The network's outputs for images or features as the page has them: after the softmax, where it has one, unless told otherwise. */
export async function predictInkling(
  { spec, learnt }: Network,
  images: readonly Example[],
  logits = false,
): Promise<number[][]> {
  const backend = createReference()
  const { input, classes } = datasetOf(spec)
  for (const name of Object.values(storesOf(datasetOf(spec)))) backend.store(name, 2 * storedBytes(input))
  const { plan, buffers } = compile({ ...spec, batchSize: 2 }, { trainCount: 2, testCount: 1 })
  const program = await backend.prepare(plan)
  program.write(buffers.parameters, learnt.parameters)
  program.write(buffers.running, learnt.running)
  const outputs: number[][] = []
  for (const image of images) {
    program.write(buffers.example, elementsOf(buffers.example, packed(input, image).buffer))
    program.run('predict', 1)
    const values = [...(await program.read(buffers.outputs, 0, classes.length))]
    outputs.push(spec.loss === 'cross-entropy' && !logits ? softmax(values) : values)
  }
  return outputs
}

function softmax(values: readonly number[]): number[] {
  const exponentials = values.map((value) => Math.exp(value - Math.max(...values)))
  const sum = exponentials.reduce((a, b) => a + b)
  return exponentials.map((value) => value / sum)
}

/** Three examples of a data set. */
const examplesOf = (dataset: Dataset): Example[] =>
  [1, 2, 3].map((seed) =>
    dataset.input.kind === 'image'
      ? imageOf(seed, dataset)
      : Float32Array.from({ length: valuesIn(dataset.input) }, (_, i) => normal(seed, 1, i)),
  )

/** Layers one behind the other. */
export const sequential = (...stack: tfl.layers.Layer[]) => tfl.sequential({ layers: stack })

/** Imports what a model saves to as one for a data set, and expects the same outputs of both. */
export async function expectSame(
  model: tfl.LayersModel,
  {
    scale = 1 / 255,
    shardBytes = 20_000,
    dataset = mnist,
  }: { scale?: number; shardBytes?: number; dataset?: Dataset } = {},
) {
  const examples = examplesOf(dataset)
  randomise(model, 5)
  const { json, shards } = await save(model, { shardBytes })
  const logits = !JSON.stringify(json.modelTopology.config.layers.at(-1)).match(/softmax/i)
  const imported = readLayersModel(JSON.stringify(json), shards, dataset)
  const actual = await predictInkling(imported.network, examples, logits)
  const expected = predictKeras(model, examples, scale)
  expect(difference(actual.flat(), expected.flat())).toBeLessThanOrEqual(TOLERANCE)
  return { ...imported, expected }
}

/** A convolution of a few filters. */
export const conv = (args: object) => tfl.layers.conv2d({ filters: 3, kernelSize: 3, ...args })
export const normalise = (args: object = {}) => tfl.layers.batchNormalization(args)

// --- a small model's files, and changes of them ---

/** Bytes of a shard of the small model, which has two. */
export const SHARD = 1_500

/** A small network of the usual parts, as a graph of layers `c`, `n`, `p`, `f` and `d`, with its outputs for images. */
export async function saveSmall(images: readonly Uint8Array[]): Promise<{ saved: Saved; expected: number[][] }> {
  const { layers } = tfl
  const model = functional(
    [28, 28, 1],
    layers.conv2d({ filters: 4, kernelSize: 3, strides: 3, activation: 'relu', name: 'c' }),
    layers.batchNormalization({ name: 'n' }),
    layers.maxPooling2d({ poolSize: 2, name: 'p' }),
    layers.flatten({ name: 'f' }),
    layers.dense({ units: 10, activation: 'softmax', name: 'd' }),
  )
  randomise(model, 9)
  model.compile({ optimizer: tf.train.adam(0.002), loss: 'categoricalCrossentropy' })
  return {
    saved: await save(model, { shardBytes: SHARD, includeOptimizer: true }),
    expected: predictKeras(model, images),
  }
}

/** A copy to be changed; shards stay the same until they are replaced. */
export const copyOf = ({ json, shards }: Saved): Saved => ({ json: structuredClone(json), shards: new Map(shards) })

/** Imports files as a page would. */
export const read = ({ json, shards }: Saved): Imported => readLayersModel(JSON.stringify(json), shards)

/** A layer of a model, by its name. */
export const layer = ({ json }: Saved, name: string): Json =>
  json.modelTopology.config.layers.find((each: Json) => each.config.name === name)

/** A weight in the manifest. */
export const weight = ({ json }: Saved, name: string): Json =>
  json.weightsManifest[0].weights.find((each: Json) => each.name === name)

/** Makes a layer one of another kind. */
export const become = (name: string, kind: string, config: object) => (file: Saved) => {
  const changed = layer(file, name)
  changed.class_name = kind
  changed.config = { name, ...config }
}
