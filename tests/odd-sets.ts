// Two made-up data sets of odd shapes for tests: small pictures in colour, and vectors of features. Both are learnable in a few steps.

import type { Backend } from '../src/backends/types'
import { addDataset } from '../src/datasets'
import type { Dataset, Input } from '../src/datasets/dataset'
import { storesOf } from '../src/datasets/stores'
import { hash, normal } from '../src/kernels/random'
import { packed, valuesIn, type Example } from '../src/model/examples'
import type { InputStatistics } from '../src/model/initialise'

const source = {
  work: 'Examples made up for a test',
  by: 'this test',
  home: 'https://example.com/',
  licence: 'MIT',
  url: 'https://example.com/licence',
}

/** Pictures of 20 x 12 pixels in three colours, of four classes. The counts fit no batch. */
export const oddImages: Dataset = {
  id: 'odd-images',
  title: 'Odd pictures',
  note: 'Pictures made up for a test.',
  input: { kind: 'image', height: 20, width: 12, channels: 3 },
  classes: ['north', 'east', 'south', '"west" & more'],
  train: 403,
  test: 101,
  abilities: { draw: false, synthetic: false, warp: true },
  source,
}

/** Vectors of five features, of three classes. The counts fit no batch. */
export const oddFeatures: Dataset = {
  id: 'odd-features',
  title: 'Odd features',
  note: 'Vectors made up for a test.',
  input: { kind: 'features', names: ['length', 'width', 'mass', 'age', 'hue'] },
  classes: ['ash', 'birch', 'cedar'],
  train: 307,
  test: 89,
  abilities: { draw: false, synthetic: false, warp: false },
  source,
}

/** Both sets; specs may name them where this file is imported. */
export const oddSets: readonly Dataset[] = [oddImages, oddFeatures]
oddSets.forEach(addDataset)

/** Examples one after the other without padding, and their labels. */
export interface OddExamples {
  readonly inputs: Example
  readonly labels: Uint8Array
}

/** The examples of a part of one of the sets. The same each time, and no two alike. */
export function oddExamples({ input, classes, train, test }: Dataset, part: 'train' | 'test'): OddExamples {
  const [first, count] = part === 'train' ? [0, train] : [train, test]
  const labelOf = (example: number) => hash(17, classes.length, first + example) % classes.length
  const values = valuesIn(input)
  const valueOf = input.kind === 'image' ? byteOf : featureOf
  const inputs = input.kind === 'image' ? new Uint8Array(count * values) : new Float32Array(count * values)
  for (let example = 0; example < count; example++) {
    const label = labelOf(example)
    for (let i = 0; i < values; i++) inputs[example * values + i] = valueOf(first + example, label, i)
  }
  return { inputs, labels: Uint8Array.from({ length: count }, (_, example) => labelOf(example)) }
}

/** A pattern of the class with noise over it; a fifth of the values are never anything but zero. */
function byteOf(example: number, label: number, i: number): number {
  if (hash(18, 9, i) % 5 === 0) return 0
  const noise = hash(19, example, i)
  if (hash(18, label, i) % 4 === 0) return 60 + (noise % 190)
  return noise % 6 === 0 ? noise % 180 : 0
}

/** Clouds around a point of the class. Features have other middles and sizes than each other; the last one tells nothing, and never changes. */
function featureOf(example: number, label: number, i: number): number {
  if (i === 4) return 2.5
  const size = 10 ** (i - 1)
  const middle = normal(20, label, i) * 1.5
  return Math.fround(size * (middle + 3 + 0.6 * normal(21, example, i)))
}

/** Puts the training and the test examples of one of the sets into the backend's data stores. */
export function fillOddStores(backend: Backend, dataset: Dataset): void {
  const stores = storesOf(dataset)
  const write = (name: string, bytes: Uint8Array) => backend.store(name, bytes.length).write(0, bytes)
  for (const part of ['train', 'test'] as const) {
    const { inputs, labels } = oddExamples(dataset, part)
    write(part === 'train' ? stores.trainInputs : stores.testInputs, packed(dataset.input, inputs))
    write(part === 'train' ? stores.trainLabels : stores.testLabels, labels)
  }
}

/** Mean and deviation of every value over the first `count` examples, by definition; the deviation is 1 where a value never changes. */
export function statisticsOf(input: Input, examples: Example, count: number): InputStatistics {
  const values = valuesIn(input)
  const most = input.kind === 'image' ? 255 : 1
  const [mean, deviation] = [new Float32Array(values), new Float32Array(values)]
  for (let i = 0; i < values; i++) {
    const each = Array.from({ length: count }, (_, example) => examples[example * values + i] / most)
    const middle = each.reduce((a, b) => a + b, 0) / count
    mean[i] = middle
    deviation[i] = each.every((x) => x === each[0])
      ? 1
      : Math.sqrt(each.reduce((sum, x) => sum + (x - middle) ** 2, 0) / count)
  }
  return { mean, deviation }
}

/** The statistics of one of the sets, over the first `count` of its training examples. */
export const oddStatistics = (dataset: Dataset, count = dataset.train): InputStatistics =>
  statisticsOf(dataset.input, oddExamples(dataset, 'train').inputs, count)
