// The layers of a Keras model in their order: a Sequential one, or a Functional one whose graph is a single chain.

import * as v from 'valibot'
import type { Dataset, Input } from '../../datasets/dataset'
import { valuesIn } from '../../model/examples'
import type { Shape } from '../../model/shape'
import { cut, FormatError, shown } from '../error'
import { checked, list, text } from './check'

/** A layer as the model's JSON has it. */
export interface KerasLayer {
  readonly name: string
  /** For example `Conv2D`. */
  readonly kind: string
  /** Its settings, not checked yet. */
  readonly config: unknown
}

/** A model's layers in order, without its input layer, and the shape of an input without the batch axis. */
export interface Chain {
  readonly inputShape: readonly number[]
  readonly layers: readonly KerasLayer[]
}

/** What messages call the model's description. */
const MODEL = 'is no model that Inkling knows: its modelTopology'

const layerSchema = v.object({
  class_name: text,
  config: v.object({ name: text }),
  inbound_nodes: v.nullish(list(v.unknown()), []),
})
type LayerJson = v.InferOutput<typeof layerSchema>

/** Where a layer's input comes from, or a model's: [layer, node, tensor, settings]. */
type Source = readonly unknown[]

const sequentialSchema = v.object({ layers: list(v.unknown()), build_input_shape: v.nullish(v.unknown()) })
const functionalSchema = v.object({
  layers: list(v.unknown()),
  input_layers: list(v.unknown()),
  output_layers: list(v.unknown()),
})
/** Keras 2 calls an input's shape batch_input_shape, Keras 3 batch_shape. */
const inputSchema = v.object({ batch_input_shape: v.nullish(v.unknown()), batch_shape: v.nullish(v.unknown()) })

/** How messages name a layer; what is wrong with it follows. */
export const named = ({ name, kind }: Pick<KerasLayer, 'name' | 'kind'>) =>
  `has the layer “${cut(name)}” (${cut(kind)}), which`

/** Reads a model's class and config. @throws FormatError where it is no chain of layers, or takes no examples of the data set */
export function readChain(kind: string, config: unknown, dataset: Dataset): Chain {
  switch (kind) {
    case 'Sequential':
      return sequential(config, dataset)
    case 'Functional':
    case 'Model':
      return functional(config, dataset)
    default:
      throw new FormatError(`is a model of the class ${cut(kind)}; Inkling reads Sequential and Functional ones`)
  }
}

function sequential(config: unknown, dataset: Dataset): Chain {
  const whole: unknown = Array.isArray(config) ? { layers: config } : config // a bare list in Keras before 2.2.3
  const { layers: unread, build_input_shape: built } = checked(sequentialSchema, whole, `${MODEL}.config`)
  const layers = readLayers(unread).map(({ layer }) => layer)
  const [first, ...rest] = layers
  const shape = first && (inputShapeOf(first) ?? built)
  return { inputShape: checkedShape(shape, dataset), layers: first?.kind === 'InputLayer' ? rest : layers }
}

function functional(config: unknown, dataset: Dataset): Chain {
  const { layers, input_layers, output_layers } = checked(functionalSchema, config, `${MODEL}.config`)
  const byName = new Map(readLayers(layers).map((entry) => [entry.layer.name, entry]))
  const input = onlyOne(input_layers, 'input')
  /** From the output back to the input. */
  const passed = new Map<string, KerasLayer>()
  let name = onlyOne(output_layers, 'output')
  for (;;) {
    const entry = byName.get(name)
    if (!entry) throw new FormatError(`has no layer “${cut(name)}”, but refers to it`)
    const { layer, inbound } = entry
    if (passed.has(name)) throw new FormatError(`${named(layer)} feeds itself in a circle`)
    passed.set(name, layer)
    if (name === input) break
    name = sourceOf(layer, inbound)
  }
  const aside = [...byName.values()].filter(({ layer }) => !passed.has(layer.name))
  if (aside.length > 0) {
    const others = aside.length > 1 ? `, one of ${aside.length} such layers` : ''
    throw new FormatError(
      `${named(aside[0].layer)} is not on the one way from input to output${others}; Inkling's networks do not branch`,
    )
  }
  const [first, ...rest] = [...passed.values()].reverse()
  if (first.kind !== 'InputLayer') throw new FormatError(`${named(first)} cannot be the input`)
  return { inputShape: checkedShape(inputShapeOf(first), dataset), layers: rest }
}

/** Checks that every layer has a class and a name of its own. */
function readLayers(layers: readonly unknown[]): { layer: KerasLayer; inbound: LayerJson['inbound_nodes'] }[] {
  const names = new Set<string>()
  return layers.map((value, i) => {
    const {
      class_name: kind,
      config,
      inbound_nodes: inbound,
    } = checked(layerSchema, value, `has a layer ${i + 1} that`)
    const layer = { name: config.name, kind, config: (value as { config: unknown }).config }
    if (names.has(layer.name)) throw new FormatError(`has two layers named “${cut(layer.name)}”`)
    names.add(layer.name)
    return { layer, inbound }
  })
}

/** The one layer that a functional model begins or ends with: [[name, 0, 0]], or in Keras 3 [name, 0, 0]. */
function onlyOne(layers: readonly unknown[], end: 'input' | 'output'): string {
  const sources: readonly unknown[] = typeof layers[0] === 'string' ? [layers] : layers
  const [source] = sources
  if (sources.length !== 1) throw new FormatError(`has ${sources.length} ${end}s; Inkling's networks have one`)
  if (!Array.isArray(source) || typeof source[0] !== 'string')
    throw new FormatError(`has the ${end} ${shown(source)}, which names no layer`)
  return source[0]
}

/** The one layer that feeds another. */
function sourceOf(layer: KerasLayer, inbound: LayerJson['inbound_nodes']): string {
  if (inbound.length !== 1)
    throw new FormatError(`${named(layer)} is used ${inbound.length} times; Inkling's layers are used once`)
  const sources = sourcesOf(inbound[0])
  if (sources.length !== 1)
    throw new FormatError(`${named(layer)} takes ${sources.length} inputs; Inkling's layers take one`)
  const [name, node, tensor] = sources[0]
  if (typeof name !== 'string' || node !== 0 || tensor !== 0)
    throw new FormatError(`${named(layer)} takes its input from ${shown(sources[0])}`)
  return name
}

/** Keras 2 has a list of sources, Keras 3 the call's arguments, of which a layer's input is the first. */
function sourcesOf(node: unknown): readonly Source[] {
  const sources: readonly unknown[] = Array.isArray(node) ? node : argumentsOf(node)
  return sources.map((source) => (Array.isArray(source) ? source : []))
}

const argumentSchema = v.object({
  args: v.array(v.object({ config: v.object({ keras_history: v.array(v.unknown()) }) })),
})

function argumentsOf(node: unknown): readonly unknown[] {
  const result = v.safeParse(argumentSchema, node)
  return result.success ? result.output.args.map(({ config }) => config.keras_history) : []
}

function inputShapeOf(layer: KerasLayer | undefined): unknown {
  if (!layer) return undefined
  const { batch_input_shape, batch_shape } = checked(inputSchema, layer.config, named(layer))
  return batch_input_shape ?? batch_shape
}

/** Checks the shape of an input, whose first axis is the batch. */
function checkedShape(shape: unknown, { title, input }: Dataset): readonly number[] {
  const forms = inputForms(input)
  const found = forms.find((form) => Array.isArray(shape) && form.join() === shape.slice(1).join())
  if (found) return found
  const given =
    shape === undefined || shape === null
      ? 'does not say which shape its input has'
      : `takes inputs of shape ${shown(shape)}`
  const what =
    input.kind === 'image' ? `images of ${input.height} × ${input.width} pixels` : `${input.names.length} features`
  const shapes = forms.map((form) => `[${['null', ...form].join(', ')}]`)
  const last = shapes.pop()
  const all = shapes.length > 0 ? `${shapes.join(', ')} or ${last}` : last
  throw new FormatError(`${given}; those of ${title} are ${what}: ${all}`)
}

/** Shapes in which Keras models take an example, without the batch axis: all have the same values in the same order. */
export function inputForms(input: Input): readonly Shape[] {
  const flat = [valuesIn(input)]
  if (input.kind === 'features') return [flat]
  const { height, width, channels } = input
  return channels === 1 ? [[height, width, 1], [height, width], flat] : [[height, width, channels], flat]
}
