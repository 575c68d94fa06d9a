// Changes of the data set in the plane that a spec learns from.

import { datasetOf } from '../../datasets'
import { planeId, type Plane } from '../../datasets/plane/plane'
import { findPreset } from '../../model/presets'
import type { Spec } from '../../model/spec'
import { presetOf } from './config'

/** The spec on other points of the plane, all of which are trained on. A preset stays that preset. */
export function onPlane(spec: Spec, plane: Plane): Spec {
  const id = planeId(plane)
  const dataset = datasetOf({ dataset: id })
  const preset = findPreset(presetOf(spec)?.name ?? '', dataset)
  if (preset) return { ...preset.spec, seed: spec.seed, epochs: spec.epochs }
  const last = spec.layers[spec.layers.length - 1]
  const output = last.type === 'dense' ? { ...last, units: dataset.classes.length } : last
  return {
    ...spec,
    dataset: id,
    trainingSize: dataset.train,
    validationSize: 0,
    batchSize: Math.min(spec.batchSize, dataset.train),
    layers: [...spec.layers.slice(0, -1), output],
  }
}
