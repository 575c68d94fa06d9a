// How an imported network goes on learning: the model's training configuration, as far as Inkling supports it.

import * as v from 'valibot'
import { partSchema } from '../../model/fields'
import { optimizerTypes } from '../../model/optimizers'
import type { Activation, Spec } from '../../model/spec'
import { cut } from '../error'
import { kerasOptimizers } from './optimizers'

type Settings = Pick<Spec, 'loss' | 'labelSmoothing' | 'optimizer' | 'learningRate'>

/** An optimizer with its learning rate. */
type Update = Pick<Settings, 'optimizer' | 'learningRate'>

/** Adam as Keras has it by default. */
const usual: Update = {
  optimizer: { type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
  learningRate: 0.001,
}

const configSchema = v.object({ loss: v.optional(v.unknown()), optimizer_config: v.optional(v.unknown()) })
/** Anything with a class and settings: an optimizer, or a loss. */
const objectSchema = v.object({ class_name: v.string(), config: v.unknown() })

/**
 * Loss and optimizer for a network that ends with a softmax or with an activation, and has so many classes.
 * @param config The training configuration, of any form: unreadable parts are replaced, and `notes` say so.
 */
export function readTraining(config: unknown, end: 'softmax' | Activation, classes: number, notes: string[]): Settings {
  const known = parsed(configSchema, config) ?? {}
  const [loss, lossNote] = lossOf(nameOf(known.loss), end)
  const [update, updateNote] = updateOf(known.optimizer_config)
  notes.push(...lossNote, ...updateNote)
  const smoothing = settingsOf(known.loss).get('labelsmoothing')
  return {
    loss,
    labelSmoothing: loss === 'cross-entropy' && isWithin(smoothing, 0, 0.9) ? smoothing : 0,
    ...(loss === 'quadratic' ? scaled(update, classes, notes) : update),
  }
}

/** Parses the value with a schema; undefined if it does not fit. */
function parsed<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> | undefined {
  const result = v.safeParse(schema, value)
  return result.success ? result.output : undefined
}

/** Names without what sets apart Keras's `mean_squared_error` and the class MeanSquaredError. */
const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '')

const crossEntropies = ['categoricalcrossentropy', 'sparsecategoricalcrossentropy']
const squares = ['meansquarederror', 'mse']

/** A softmax takes cross-entropy in Inkling, a sigmoid the quadratic loss, and linear outputs either. */
function lossOf(name: string | undefined, end: 'softmax' | Activation): [Spec['loss'], string[]] {
  const quadratic = end === 'sigmoid' || (end === 'linear' && squares.includes(plain(name ?? '')))
  const as = quadratic ? 'the quadratic loss' : 'cross-entropy'
  if (name === undefined) {
    return [quadratic ? 'quadratic' : 'cross-entropy', [`The file names no loss; the network learns by ${as}.`]]
  }
  const same = (quadratic ? squares : crossEntropies).includes(plain(name))
  return [quadratic ? 'quadratic' : 'cross-entropy', same ? [] : [`The network learns by ${as}, not by ${cut(name)}.`]]
}

/** Name of a loss: itself, of its class, or of the only one in a list or table of them. */
function nameOf(loss: unknown): string | undefined {
  if (typeof loss === 'string') return loss
  const output = parsed(objectSchema, loss)
  if (output) return output.class_name === 'function' ? nameOf(output.config) : output.class_name
  const [first, ...others] = typeof loss === 'object' && loss !== null ? (Object.values(loss) as unknown[]) : []
  return typeof first === 'string' && others.length === 0 ? first : undefined
}

/** The settings of an optimizer or loss, by plain names: Keras writes learning_rate, TensorFlow.js learningRate. */
function settingsOf(value: unknown): ReadonlyMap<string, unknown> {
  const config = parsed(objectSchema, value)?.config
  return new Map(
    Object.entries(typeof config === 'object' && config ? config : {}).map(([key, each]) => [plain(key), each]),
  )
}

const optimizerSchema = partSchema(optimizerTypes)

function updateOf(value: unknown): [Update, string[]] {
  const instead = 'Adam with the rate 0.001'
  const name = parsed(objectSchema, value)?.class_name
  if (name === undefined) return [usual, [`The file names no optimizer; the network learns by ${instead}.`]]
  const settings = settingsOf(value)
  const optimizer = optimizerOf(plain(name.replace(/^Custom>/, '')), settings)
  if (!optimizer || !v.is(optimizerSchema, optimizer)) {
    return [usual, [`The network learns by ${instead}: Inkling has no ${cut(name)} with these settings.`]]
  }
  const rate = settings.get('learningrate') ?? settings.get('lr')
  if (isWithin(rate, 0, 1000)) return [{ optimizer, learningRate: rate }, []]
  // A schedule, for example.
  const { learningRate } = kerasOptimizers[optimizer.type]
  return [{ optimizer, learningRate }, [`The learning rate could not be read; it is ${learningRate}.`]]
}

/** The optimizer of Inkling that steps like Keras's, not checked against limits; undefined if there is none. */
function optimizerOf(name: string, settings: ReadonlyMap<string, unknown>): object | undefined {
  for (const [type, row] of Object.entries(kerasOptimizers)) {
    const values = row.names.includes(name) ? row.read(settings) : undefined
    if (values) return { type, ...values }
  }
  return undefined
}

/**
 * Keras's mean squared error is the mean over the outputs, Inkling's quadratic loss half their sum: its gradient is half as many
 * times larger as there are outputs. Plain descent takes the same steps by a smaller rate; the other optimizers scale gradients away.
 */
function scaled({ optimizer, learningRate }: Update, classes: number, notes: string[]): Update {
  if (!kerasOptimizers[optimizer.type].proportional || classes === 2) return { optimizer, learningRate }
  const rate = (learningRate * 2) / classes
  const share = shares.get(classes) ?? `2 / ${classes}`
  notes.push(
    `The learning rate is ${Number(rate.toPrecision(6))}, ${share} of the file's: the quadratic loss sums over outputs where Keras takes the mean.`,
  )
  return { optimizer, learningRate: rate }
}

/** How messages name two parts, of which there may be many. */
const shares: ReadonlyMap<number, string> = new Map([
  [4, 'half'],
  [6, 'a third'],
  [8, 'a quarter'],
  [10, 'a fifth'],
])

const isWithin = (value: unknown, low: number, high: number): value is number =>
  typeof value === 'number' && value >= low && value <= high
