// What must be known of a person's own data sets before the page reads an address that names one.

import { addDataset } from '../../../datasets'
import { listKept } from '../../../datasets/own/kept'

/** Adds the data sets that this browser keeps. A browser that keeps nothing has none. */
export async function knowKept(): Promise<void> {
  for (const dataset of await listKept().catch(() => [])) addDataset(dataset)
}
