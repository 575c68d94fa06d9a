// Writes a data set of one's own into the stores of a device.

import type { Dataset } from '../dataset'
import { packed } from '../layout'
import type { ExampleCounts } from '../load'
import { storesOf, type Stores } from '../stores'
import type { Content } from './content'

/** Writes all examples and labels of a content into the stores of its data set. */
export function loadContent(dataset: Dataset, { input, train, test }: Content, stores: Stores): ExampleCounts {
  const names = storesOf(dataset)
  const write = (name: string, bytes: Uint8Array) => stores.store(name, bytes.length).write(0, bytes)
  write(names.trainInputs, packed(input, train.examples))
  write(names.trainLabels, train.labels)
  write(names.testInputs, packed(input, test.examples))
  write(names.testLabels, test.labels)
  return { trainCount: train.labels.length, testCount: test.labels.length }
}
