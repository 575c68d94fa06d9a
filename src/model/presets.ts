// Presets: named specs with their sources, made for a data set out of recipes.ts.

import { mnist } from '../datasets'
import type { Dataset, Input } from '../datasets/dataset'
import { PLANE } from '../datasets/plane/plane'
import { valuesIn } from './examples'
import { flatten } from './recipe-words'
import { OWN, recipes, usual, type Recipe } from './recipes'
import { specIssues, type LayerSpec, type Spec } from './spec'

/** A named spec. */
export interface Preset extends Pick<Recipe, 'name' | 'title' | 'short' | 'detail' | 'note' | 'published' | 'card'> {
  /** Test accuracy in per cent that this preset reached here: see tests/bench/README.md. */
  readonly reached?: number
  readonly spec: Spec
}

/** Presets by data set, so that a preset is the same object each time. */
const made = new WeakMap<Dataset, readonly Preset[]>()

/** The presets of a data set: those whose network can take its examples, in the order of the page. */
export function presetsFor(dataset: Dataset): readonly Preset[] {
  const known = made.get(dataset)
  if (known) return known
  const presets = recipes
    .filter((recipe) => suits(recipe, dataset))
    .map((recipe) => prepared(recipe, dataset))
    .filter(({ spec }) => specIssues(spec).length === 0)
  made.set(dataset, presets)
  return presets
}

/** Whether a recipe is meant for a data set. One of a person's own has a starter of its own kind in place of MNIST's. */
function suits({ name, only }: Recipe, { id, plane, own, input }: Dataset): boolean {
  if (only === OWN) return own !== undefined && (name === 'own-table') === (input.kind === 'features')
  if (own && only === undefined) return name !== 'default'
  return only === (plane ? PLANE : undefined) || only === id
}

function prepared(recipe: Recipe, dataset: Dataset): Preset {
  const { name, title, short, detail, note, noteOnMnist, published, reached, card, only, spec: make } = recipe
  const { id, classes, train, input } = dataset
  const own: Omit<Spec, 'dataset'> = { ...usual, trainingSize: train, ...make(classes.length, dataset) }
  const written = dataset.abilities.draw || only === id || only === OWN
  const trainingSize = Math.min(own.trainingSize, train)
  const spec: Spec = {
    ...own,
    dataset: id,
    layers: withFlat(own.layers, input),
    trainingSize,
    validationSize: Math.min(own.validationSize, train - trainingSize),
    batchSize: Math.min(own.batchSize, trainingSize),
    ...(!written && { augmentation: usual.augmentation, styleShare: usual.styleShare }),
  }
  const sizes = [valuesIn(input), ...spec.layers.flatMap((layer) => (layer.type === 'dense' ? [layer.units] : []))]
  return {
    name,
    title,
    short,
    detail: detail.replace('SHAPE', sizes.join('-')),
    note: id === mnist.id && noteOnMnist ? noteOnMnist : note,
    ...(published && (id === mnist.id || only === id) && { published }),
    ...(reached && Object.hasOwn(reached, id) && { reached: reached[id] }),
    ...(card && { card }),
    spec,
  }
}

/** Dense layers read vectors and gray images; colour images are flattened first. */
function withFlat(layers: readonly LayerSpec[], input: Input): LayerSpec[] {
  const flat = input.kind === 'image' && input.channels > 1 && layers[0].type === 'dense'
  return flat ? [flatten(), ...layers] : [...layers]
}

/** The presets of MNIST, the data set of a fresh page. */
export const presets = presetsFor(mnist)

/** The preset of that name for a data set; undefined if there is none. `default` is the first one where none has that name. */
export function findPreset(name: string, dataset: Dataset = mnist): Preset | undefined {
  const presets = presetsFor(dataset)
  return presets.find((preset) => preset.name === name) ?? (name === 'default' ? presets[0] : undefined)
}
