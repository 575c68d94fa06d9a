// Loads a data set of one's own from the browser's database into stores.

import { MissingDataError } from '../../data/error'
import type { Dataset } from '../dataset'
import type { Stores } from '../stores'
import { checkContent } from './check'
import { loadContent } from './load-content'
import { readKept } from './kept'

/** @throws MissingDataError if the browser does not have it, DataError if its examples do not suit its descriptor, and what the database and the stores throw */
export async function loadOwn(dataset: Dataset, stores: Stores) {
  const content = await readKept(dataset.id)
  if (!content) {
    throw new MissingDataError(
      dataset.title,
      'is not in this browser. Bring the zip that it was saved to (Data, Bring files), or choose other data.',
    )
  }
  checkContent(dataset, content)
  return loadContent(dataset, content, stores)
}
