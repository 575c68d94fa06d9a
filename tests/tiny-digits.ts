// A small made-up data set for tests: digits of a sort, ten noisy patterns, most pixels zero; learnable in a few steps.

import type { Backend } from '../src/backends/types'
import { hash } from '../src/kernels/random'
import { mnist } from '../src/datasets'
import { storesOf } from '../src/datasets/stores'

const stores = storesOf(mnist)

/** Pixels of an image, and classes. */
export const PIXELS = 784
export const CLASSES = 10

/** Neither fits a batch. */
export const SIZE = { trainCount: 1003, testCount: 777 }

const labelOf = (example: number) => hash(7, example, 0) % 10

function pixel(example: number, p: number): number {
  if (hash(5, labelOf(example), p) % 7 === 0) return 55 + (hash(6, example, p) % 200)
  return hash(6, example, p) % 40 === 0 ? 200 : 0
}

/** Stands in for synthetic digits. */
export const SYNTHETIC = { inputs: 'synthetic-inputs', labels: 'synthetic-labels', count: 101 }

/** Puts training set, test set and synthetic digits into the backend's data stores. */
export function fillStores(backend: Backend): void {
  fill(backend, SYNTHETIC.inputs, SYNTHETIC.labels, SYNTHETIC.count, SIZE.trainCount + SIZE.testCount)
  fill(backend, stores.trainInputs, stores.trainLabels, SIZE.trainCount, 0)
  fill(backend, stores.testInputs, stores.testLabels, SIZE.testCount, SIZE.trainCount)
}

function fill(backend: Backend, images: string, labels: string, count: number, first: number) {
  const pixels = new Uint8Array(count * PIXELS).map((_, at) => pixel(first + Math.floor(at / PIXELS), at % PIXELS))
  backend.store(images, pixels.length).write(0, pixels)
  backend.store(labels, count).write(
    0,
    new Uint8Array(count).map((_, i) => labelOf(first + i)),
  )
}
