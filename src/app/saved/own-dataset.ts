// The descriptor of a person's own data set, kept beside a spec that names it: the set itself may be deleted or changed before the spec is read.

import { datasetOf, findDataset, learnOf } from '../../datasets'
import type { Dataset } from '../../datasets/dataset'
import { readDescriptor } from '../../datasets/own/descriptor'
import { isOwnId } from '../../datasets/own/id'
import type { Spec } from '../../model/spec'

/** What is stored beside a spec: nothing for data sets of the program. */
export interface BesideSpec {
  readonly dataset?: Dataset
}

/** The descriptor to store beside a valid spec. */
export function besideSpec(spec: Pick<Spec, 'dataset'>): BesideSpec {
  const dataset = datasetOf(spec)
  return dataset.own ? { dataset } : {}
}

/** Adds the data set that a stored value describes, unless it is known. Call it before the spec beside it is parsed. */
export function know(value: unknown): void {
  const dataset = readDescriptor(value)
  if (dataset) learnOf(dataset)
}

/** Whether a stored spec, of any form, names a person's own data set that is not known. */
export function isOfUnknown(spec: unknown): boolean {
  const { dataset } = Object(spec) as { dataset?: unknown }
  return typeof dataset === 'string' && isOwnId(dataset) && !findDataset(dataset)
}
