// Loads a data set of one's own from the browser's database into stores.

import { MissingDataError } from '../../data/error'
import type { Dataset } from '../dataset'
import { packed } from '../layout'
import { storesOf, type Stores } from '../stores'
import type { Content } from './content'
import { readKept } from './kept'

/** @throws MissingDataError if the browser does not have it, and what the database and the stores throw */
export async function loadOwn(dataset: Dataset, stores: Stores) {
  const content = await readKept(dataset.id)
  if (!content) {
    throw new MissingDataError(
      dataset.title,
      'is not in this browser any more. Choose other data, or bring the file that you exported it to',
    )
  }
  return loadContent(dataset, content, stores)
}

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
