// What presets have in the place of a value that is missing or does not fit: what the settings offer.

import { datasetOf } from '../../datasets'
import type { LayerKind, LayerSpec } from '../../model/layers'
import { presetsFor, type Preset } from '../../model/presets'
import type { Spec } from '../../model/spec'

/** The preset of the data set that is most like a spec: in the kinds of its layers, then in its other fields. */
export function presetLike(spec: Spec): Preset {
  const [first, ...others] = presetsFor(datasetOf(spec))
  const nearer = (a: Preset, b: Preset) => (distance(b.spec, spec) < distance(a.spec, spec) ? b : a)
  return others.reduce(nearer, first)
}

/** A hidden layer of a kind as presets have it: the one most like the spec, then those for newcomers; undefined if none has. */
export function layerLike(spec: Spec, type: LayerKind): LayerSpec | undefined {
  const place = ({ card }: Preset) => card?.place ?? Infinity
  const known = presetsFor(datasetOf(spec)).toSorted((a, b) => (place(a) === place(b) ? 0 : place(a) - place(b)))
  const layers = [presetLike(spec), ...known].map((preset) => preset.spec.layers)
  return layers.flatMap((layers) =>
    layers.slice(0, -1).filter((layer, at) => layer.type === type && stands(layers, at)),
  )[0]
}

/** A layer below a batch normalisation is half of a pair, without activation and bias. */
const stands = (layers: readonly LayerSpec[], at: number): boolean => layers[at + 1].type !== 'batch-normalisation'

function distance(a: Spec, b: Spec): number {
  const places = Array.from({ length: Math.max(a.layers.length, b.layers.length) }, (_, at) => at)
  const kinds = places.filter((at) => a.layers.at(at)?.type !== b.layers.at(at)?.type).length
  const fields = Object.keys(b) as (keyof Spec)[]
  return (
    kinds + fields.filter((field) => JSON.stringify(a[field]) !== JSON.stringify(b[field])).length / (fields.length + 1)
  )
}
