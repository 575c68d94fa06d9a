// Networks out of Keras: layers models as TensorFlow.js saves them and tensorflowjs_converter makes them, a model.json and files of
// weights (https://www.tensorflow.org/js/guide/save_load). Only plain parsing: nothing of the file is run.

import * as v from 'valibot'
import { mnist } from '../../datasets'
import type { Dataset } from '../../datasets/dataset'
import { findPreset } from '../../model/presets'
import { MAX_LAYERS, type Activation, type LayerSpec, type Spec } from '../../model/spec'
import { cut, FormatError } from '../error'
import { parseJson } from '../json'
import { checkSpec, fill, type Network } from '../network'
import { readChain } from './chain'
import { checked, text } from './check'
import { translate } from './layers'
import type { Stack } from './stack'
import { readTraining } from './training'
import { readWeights } from './weights'

/** Result of an import. */
export interface Imported {
  readonly network: Network
  /** What differs from Keras or was missing in the file: whole sentences for a person. */
  readonly notes: readonly string[]
}

/** Longest model.json that is read, in characters: networks of 32 layers have less than a tenth. */
const MOST_TEXT = 4_000_000
const NO_MODEL = 'is no Keras model of TensorFlow.js: it'

const modelSchema = v.object({
  modelTopology: v.unknown(),
  weightsManifest: v.unknown(),
  trainingConfig: v.optional(v.unknown()),
  format: v.optional(v.unknown()),
})
/** With its model in model_config, or as the model itself. */
const topologySchema = v.object({ model_config: v.optional(v.unknown()), training_config: v.optional(v.unknown()) })
const classSchema = v.object({ class_name: text, config: v.unknown() })

/**
 * Reads a layers model whose inputs are examples of a data set, images as pixels from 0 to 1, with an output for each of its classes.
 * @param model The text of model.json, or its parsed value.
 * @param shards Files of weights by the names, or last parts of the paths, that model.json gives them.
 * @param dataset The data set to go on learning from, which the model does not name.
 * @throws FormatError that says why the model cannot be used, to follow its name
 */
export function readLayersModel(
  model: unknown,
  shards: ReadonlyMap<string, Uint8Array>,
  dataset: Dataset = mnist,
): Imported {
  const json = typeof model === 'string' ? parseText(model) : model
  const { modelTopology, weightsManifest, trainingConfig, format } = checked(modelSchema, json, NO_MODEL)
  if (format === 'graph-model') {
    throw new FormatError('is a graph model, which has no layers any more: convert the Keras model to a layers model')
  }
  const topology = checked(topologySchema, modelTopology, `${NO_MODEL} has a modelTopology that`)
  const { class_name, config } = checked(
    classSchema,
    topology.model_config ?? modelTopology,
    `${NO_MODEL} has a modelTopology that`,
  )
  const chain = readChain(class_name, config, dataset)
  const weights = readWeights(weightsManifest, shards)
  const stack = translate(chain, weights, dataset.input)
  const left = weights.left()
  if (left.length > 0) throw new FormatError(`has the weights ${cut(left[0])}, which belong to none of its layers`)

  const notes = [...stack.notes]
  const { layers, end } = ended(stack, dataset)
  const training = readTraining(trainingConfig ?? topology.training_config, end, dataset.classes.length, notes)
  if (!stack.rescaled) notes.push(`${inputNote(dataset)}: the model should have learnt from such.`)
  if (weights.optimizer) notes.push("The optimizer's own state is left out: it starts anew.")
  notes.push(learningNote(dataset))
  const spec = checkSpec({ ...usual(dataset), layers, ...training })
  return { network: { spec, learnt: fill(spec, stack.tensors) }, notes }
}

/** How examples go in. */
function inputNote({ title, input, abilities }: Dataset): string {
  if (input.kind === 'features')
    return `Features go in as they are in ${title}, in this order: ${input.names.join(', ')}`
  return `Pixels go in from 0 to 1, ${abilities.draw ? 'white on black, ' : ''}as in ${title}`
}

/** How it goes on, where there would be other ways. */
function learningNote({ title, abilities: { warp, synthetic } }: Dataset): string {
  const without = [...(warp ? ['no warped images'] : []), ...(synthetic ? ['no synthetic digits'] : [])]
  return `It goes on learning from ${title} as it is, as in Keras${without.length > 0 ? `: ${without.join(', ')}` : ''}.`
}

function parseText(model: string): unknown {
  if (model.length > MOST_TEXT)
    throw new FormatError(`${NO_MODEL} has ${model.length} characters, and ${MOST_TEXT} are read`)
  return parseJson(model, NO_MODEL)
}

/** Settings that a model does not contain: those of the default preset, but with unchanged examples and a constant learning rate. */
function usual(dataset: Dataset): Omit<Spec, 'layers'> {
  const preset = findPreset('default', dataset)
  if (!preset) throw new Error(`There is no default preset of ${dataset.title}.`)
  return {
    ...preset.spec,
    input: 'unit',
    augmentation: { type: 'none' },
    styleShare: 0,
    schedule: { type: 'constant' },
  }
}

/** The layers, with an activation behind the last dense one merged into it, and the activation of the outputs. */
function ended(
  { layers, softmax }: Stack,
  { title, classes }: Dataset,
): { layers: readonly LayerSpec[]; end: 'softmax' | Activation } {
  const merged = merge(layers)
  const last = merged.at(-1)
  if (!last) throw new FormatError('has no layers that learn')
  if (last.type !== 'dense') {
    throw new FormatError(
      `ends with a layer that Inkling calls ${last.type}; the last one must be Dense, with an activation or without`,
    )
  }
  if (last.units !== classes.length)
    throw new FormatError(`has ${last.units} outputs; ${title} has ${classes.length} classes, with an output for each`)
  if (merged.length > MAX_LAYERS)
    throw new FormatError(`has ${merged.length} layers; Inkling's networks have ${MAX_LAYERS} at most`)
  if (softmax && last.activation !== 'linear')
    throw new FormatError(`ends with a softmax of ${last.activation} outputs; Inkling's is of linear ones`)
  if (!softmax && last.activation !== 'linear' && last.activation !== 'sigmoid') {
    throw new FormatError(
      `ends with ${last.activation} outputs; Inkling's networks end with softmax, sigmoid or linear ones`,
    )
  }
  return { layers: merged, end: softmax ? 'softmax' : last.activation }
}

function merge(layers: readonly LayerSpec[]): readonly LayerSpec[] {
  const [dense, activation] = layers.slice(-2)
  if (dense?.type !== 'dense' || dense.activation !== 'linear' || activation?.type !== 'activation') return layers
  return [...layers.slice(0, -2), { ...dense, activation: activation.activation }]
}
