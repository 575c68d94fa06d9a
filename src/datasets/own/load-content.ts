// Writes a content into the stores of a device.

import type { Dataset } from '../dataset'
import { packed } from '../layout'
import { storesOf, type Stores } from '../stores'
import type { Content } from './content'

/** Writes the contents of a data set into its stores. */
export function loadContent(dataset: Dataset, { input, train, test }: Content, stores: Stores) {
  const { trainInputs, trainLabels, testInputs, testLabels } = storesOf(dataset)
  const write = (name: string, bytes: Uint8Array) => stores.store(name, bytes.length).write(0, bytes)
  write(trainInputs, packed(input, train.examples))
  write(trainLabels, train.labels)
  write(testInputs, packed(input, test.examples))
  write(testLabels, test.labels)
  return { trainCount: train.labels.length, testCount: test.labels.length }
}
