// Changes of the data set in the plane that a spec learns from.

import { findDataset } from '../../datasets'
import { planeId, type Plane } from '../../datasets/plane/plane'
import type { Spec } from '../../model/spec'

/** The spec on other points of the plane, with as many classes: all of them are trained on. */
export function onPlane(spec: Spec, plane: Plane): Spec {
  const dataset = planeId(plane)
  const trainingSize = findDataset(dataset)?.train ?? spec.trainingSize
  return { ...spec, dataset, trainingSize, validationSize: 0, batchSize: Math.min(spec.batchSize, trainingSize) }
}
