// What every library must do to be measured, and the data that it does it with.

import { mnist } from '../../../src/datasets'
import { loadDataset, type LoadOptions } from '../../../src/datasets/load'
import { storesOf } from '../../../src/datasets/stores'
import type { Workload } from '../workloads'
import { CLASSES, PIXELS } from '../../tiny-digits'

/** A network made ready in one library on one backend. */
export interface Contestant {
  /** What it runs on, as far as the library tells. */
  readonly device: string
  /** Batches in a pass over the test set's 10,000 images. */
  readonly evaluationBatches: number
  /** Trains so many steps and waits until the last one is done: a real read-back. */
  train(steps: number): Promise<void>
  /** Goes on over the test set for so many batches, waits, and returns the right answers of the last pass. */
  evaluate(batches: number): Promise<number>
  /** Runs one image through the network and reads the outputs. */
  predict(): Promise<void>
}

/** Where to find the data, and how much of it to get ready. */
export interface Source {
  /** Absolute URL of the folder with the data files. */
  readonly base: string
  /** Training images wanted; a library that keeps the data set as bytes may have more. */
  readonly images: number
}

/** The one function of a contestant's module. @throws when the library cannot run the workload there */
export type Prepare = (workload: Workload, backend: string, source: Source) => Promise<Contestant>

/** MNIST as the libraries want it: pixels from 0 to 1, labels as one-hot rows in training. */
export interface Digits {
  /** [count, 784] and [count, 10], decoded before anything is measured. */
  readonly images: Float32Array<ArrayBuffer>
  readonly targets: Float32Array<ArrayBuffer>
  /** The test set, cut into batches of so many images and decoded now; only evaluations need it. */
  test(rows: number): { readonly images: Float32Array<ArrayBuffer>; readonly labels: Int32Array<ArrayBuffer> }[]
  /** The first test image. */
  readonly digit: Float32Array<ArrayBuffer>
}

/** Loads MNIST as Inkling does. */
export async function loadDigits({ base, images: count }: Source): Promise<Digits> {
  const bytes: Record<string, Uint8Array<ArrayBuffer>> = {}
  const stores: LoadOptions['stores'] = {
    store(name, byteLength) {
      const array = (bytes[name] = new Uint8Array(byteLength))
      return { write: (offset, chunk) => array.set(chunk, offset) }
    },
    drop: () => {},
  }
  const { testCount } = await loadDataset(mnist, { base, stores })
  const names = storesOf(mnist)
  const decode = (name: string, from: number, to: number) => {
    const pixels = bytes[name].subarray(from * PIXELS, to * PIXELS)
    const values = new Float32Array(pixels.length)
    for (let i = 0; i < pixels.length; i++) values[i] = pixels[i] / 255
    return values
  }
  const targets = new Float32Array(count * CLASSES)
  for (let i = 0; i < count; i++) targets[i * CLASSES + bytes[names.trainLabels][i]] = 1
  return {
    images: decode(names.trainInputs, 0, count),
    targets,
    test: (rows) =>
      Array.from({ length: testCount / rows }, (_, i) => ({
        images: decode(names.testInputs, i * rows, (i + 1) * rows),
        labels: Int32Array.from(bytes[names.testLabels].subarray(i * rows, (i + 1) * rows)),
      })),
    digit: decode(names.testInputs, 0, 1),
  }
}

/** A training batch, copied for a library that takes arrays over. */
export interface Batch {
  readonly images: Float32Array<ArrayBuffer>
  readonly targets: Float32Array<ArrayBuffer>
}

/** The training set batch by batch, round and round; what does not fill a batch is left out. */
export function batchesOf({ images, targets }: Digits, size: number): () => Batch {
  const count = Math.floor(targets.length / CLASSES / size)
  let next = 0
  return () => {
    const [from, to] = [next * size, (next + 1) * size]
    next = (next + 1) % count
    return {
      images: images.slice(from * PIXELS, to * PIXELS),
      targets: targets.slice(from * CLASSES, to * CLASSES),
    }
  }
}

/** Uniform Glorot numbers (Glorot & Bengio 2010) for a weight of a given size. */
export function glorot(inputs: number, outputs: number, count: number): Float32Array<ArrayBuffer> {
  const limit = Math.sqrt(6 / (inputs + outputs))
  return Float32Array.from({ length: count }, () => limit * (2 * Math.random() - 1))
}

/** Images of an evaluation batch of the peers, and such batches in the test set. */
export function evaluationSize({ convolutional }: Workload): { readonly rows: number; readonly batches: number } {
  const rows = convolutional ? 500 : 1000
  return { rows, batches: 10_000 / rows }
}
