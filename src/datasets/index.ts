// The data sets, by id. A new one is a file beside this one and an entry here.

import type { Dataset } from './dataset'
import { fashionMnist } from './fashion-mnist'
import { mnist } from './mnist'
import { planeDataset, planeDatasets } from './plane/dataset'

export { mnist }

const known = new Map<string, Dataset>([mnist, fashionMnist].map((dataset) => [dataset.id, dataset]))

/** The program's data sets, in the order of the page, and those that were added to it. Of those in the plane the usual one of each shape. */
export const allDatasets = (): readonly Dataset[] => [
  ...[...known.values()].filter(({ own }) => !own),
  ...planeDatasets(),
]

/** The data set of that id; undefined if there is none. */
export const findDataset = (id: string): Dataset | undefined => known.get(id) ?? planeDataset(id)

/** The data set that a valid spec names. @throws Error if there is none */
export function datasetOf({ dataset: id }: { readonly dataset: string }): Dataset {
  const dataset = findDataset(id)
  if (!dataset) throw new Error(`There is no data set ${id}.`)
  return dataset
}

/** Data sets of one's own that this thread knows of. */
export const ownDatasets = (): readonly Dataset[] => [...known.values()].filter(({ own }) => own)

/** Adds a data set that a file or a record describes, unless this thread knows it: then it keeps its title. */
export function learnOf(dataset: Dataset): void {
  if (!findDataset(dataset.id)) known.set(dataset.id, dataset)
}

/**
 * Adds a data set that is not part of the program, in this thread. One of a person's own takes the place of itself: it may have another title.
 * @throws Error if its id is taken
 */
export function addDataset(dataset: Dataset): void {
  const other = findDataset(dataset.id)
  if (other && other !== dataset && !dataset.own) throw new Error(`There is a data set ${dataset.id} already.`)
  known.set(dataset.id, dataset)
}
