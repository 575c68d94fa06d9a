// Changes and describes the stack of layers for the editor. All facts about a kind of layer come from model/layers.

import { datasetOf } from '../../datasets'
import { choice, initialPart, titleOf, whole, type Field } from '../../model/fields'
import { layerTypes, typeOf, type LayerKind, type LayerSpec } from '../../model/layers'
import { activationField, type LayerType } from '../../model/layers/layer'
import type { Shape } from '../../model/shape'
import { valuesIn } from '../../model/examples'
import { outputActivations, summarise, type Spec } from '../../model/spec'
import { layerLike } from './alike'

type Layers = readonly LayerSpec[]

/** The parts of a layer type that the editor uses. */
export type LayerKindShown = Pick<LayerType, 'title' | 'fields' | 'words'>

/** The kinds of layer to choose from, with their titles. */
export const layerKinds = Object.entries(layerTypes).map(([type, { title }]) => [type as LayerKind, title] as const)

/** The kind of the layer at a place. The output layer has only the choices that the classes and the loss leave. */
export function kindAt({ dataset, layers, loss }: Spec, at: number): LayerKindShown {
  const kind = typeOf(layers[at])
  if (at < layers.length - 1) return kind
  const allowed: readonly string[] = outputActivations(loss)
  // Under cross-entropy the layer is linear and the loss applies the softmax. People look for the softmax here.
  const options =
    loss === 'cross-entropy'
      ? ([['linear', 'Softmax']] as const)
      : activationField.options.filter(([activation]) => allowed.includes(activation))
  const { length: classes } = datasetOf({ dataset }).classes
  const units = whole('Units', classes, classes, classes)
  const activation = choice('Activation', options, options[0][0])
  return {
    title: 'Output',
    fields: { ...kind.fields, units, activation },
    words(layer) {
      const [, ...rest] = kind.words?.(layer) ?? []
      return [titleOf(activation, String(layer['activation'])), ...rest]
    },
  }
}

/** Whether a field has more than one possible value. */
export const leavesChoice = (field: Field): boolean =>
  field.kind === 'number' ? field.low < field.high : field.kind === 'flag' || field.options.length > 1

/** Changes one value of a layer. A flag that is not set is left out, as everywhere. */
export const withValue = (layers: Layers, at: number, name: string, value: unknown): LayerSpec[] =>
  layers.map((layer, i) => (i === at ? (changed(layer, name, value) as LayerSpec) : layer))

const changed = (layer: LayerSpec, name: string, value: unknown): object =>
  value === false
    ? Object.fromEntries(Object.entries(layer).filter(([each]) => each !== name))
    : { ...layer, [name]: value }

export const withoutLayer = (layers: Layers, at: number): LayerSpec[] => layers.filter((_, i) => i !== at)

/** Moves a layer to another place. */
export const withMoved = (layers: Layers, from: number, to: number): LayerSpec[] =>
  withoutLayer(layers, from).toSpliced(to, 0, layers[from])

/** Adds a layer of a kind below the output: a copy of the last hidden one of that kind, else of one in a preset. Returns its index too. */
export function withNewLayer(spec: Spec, type: LayerKind): { layers: LayerSpec[]; at: number } {
  const hidden = spec.layers.slice(0, -1)
  const own = hidden.findLast((layer) => layer.type === type)
  const layer = { ...(own ?? layerLike(spec, type) ?? initialPart(layerTypes, type)) }
  const at = placeFor(spec, layer)
  return { layers: spec.layers.toSpliced(at, 0, layer), at }
}

/**
 * The last place below the output where the new layer is valid and every valid layer stays valid. If there is none, the last
 * place where the new one is valid: then the message stands at the layer that needs another one before it.
 */
function placeFor(spec: Spec, layer: LayerSpec): number {
  const output = spec.layers.length - 1
  const places = spec.layers.map((_, at) => output - at)
  const sensible = (at: number) => summarise({ ...spec, layers: spec.layers.toSpliced(at, 0, layer) }).layers.length
  const before = summarise(spec).layers.length
  return places.find((at) => sensible(at) > before) ?? places.find((at) => sensible(at) > at) ?? output
}

/** `26 × 26 × 32`. */
export const formatShape = (shape: Shape): string => shape.map((size) => size.toLocaleString('en')).join(' × ')

/** A layer in a few words: those of its kind, or its values without unchanged numbers (the first always counts). */
export function describe(layer: LayerSpec, kind: LayerKindShown): string {
  const own = kind.words?.(layer)
  if (own) return own.join(' · ').replaceAll('NaN', '?')
  const values = new Map<string, unknown>(Object.entries(layer))
  const words = Object.entries(kind.fields).map(([name, field], i) => {
    const value = values.get(name)
    if (field.kind === 'choice') return titleOf(field, String(value))
    if (field.kind === 'flag') return value === true ? field.label.toLowerCase() : undefined
    return i === 0 || value !== field.initial ? `${field.label} ${text(value)}` : undefined
  })
  return words.filter((word) => word !== undefined).join(' · ')
}

/** A network in short: `256-128-4`, or a list of its layers if not all are dense. */
export function shapeOf({ dataset, layers }: Spec): string {
  const inputs = valuesIn(datasetOf({ dataset }).input)
  if (layers.every(({ type }) => type === 'dense')) return [inputs, ...layers.map(firstValue)].join('-')
  return layers.map((layer) => [typeOf(layer).title.toLowerCase(), firstValue(layer)].join(' ').trim()).join(', ')
}

/** The most telling value of a layer: its first, if that is a whole number. */
function firstValue(layer: LayerSpec): string {
  const [name, field] = Object.entries(typeOf(layer).fields)[0] ?? []
  return name !== undefined && field?.kind === 'number' && field.whole
    ? text(new Map(Object.entries(layer)).get(name))
    : ''
}

/** A number as it is typed; a question mark for a blank field. */
const text = (value: unknown): string => (Number.isNaN(value) ? '?' : String(value))
