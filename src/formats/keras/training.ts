// How an imported network goes on learning: what the model's training configuration says, as far as Inkling has the same.

import * as v from 'valibot'
import { partSchema } from '../../model/fields'
import { optimizerTypes, type Optimizer } from '../../model/optimizers'
import { CLASSES, type Activation, type Spec } from '../../model/spec'
import { cut } from '../error'

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
 * Loss and optimizer for a network that ends with a softmax or with an activation.
 * @param config The training configuration, which may be anything: what cannot be read is replaced, and `notes` say so.
 */
export function readTraining(config: unknown, end: 'softmax' | Activation, notes: string[]): Settings {
  const known = parsed(configSchema, config) ?? {}
  const [loss, lossNote] = lossOf(nameOf(known.loss), end)
  const [update, updateNote] = updateOf(known.optimizer_config)
  notes.push(...lossNote, ...updateNote)
  const smoothing = settingsOf(known.loss).get('labelsmoothing')
  return {
    loss,
    labelSmoothing: loss === 'cross-entropy' && isWithin(smoothing, 0, 0.9) ? smoothing : 0,
    ...(loss === 'quadratic' ? scaled(update, notes) : update),
  }
}

/** The value as a schema has it, or nothing where it is otherwise. */
function parsed<S extends v.GenericSchema>(schema: S, value: unknown): v.InferOutput<S> | undefined {
  const result = v.safeParse(schema, value)
  return result.success ? result.output : undefined
}

/** Names without what sets apart Keras's `mean_squared_error` and the class MeanSquaredError. */
const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '')

const crossEntropies = ['categoricalcrossentropy', 'sparsecategoricalcrossentropy']
const squares = ['meansquarederror', 'mse']

/** A softmax has cross-entropy in Inkling, a sigmoid the quadratic loss, and linear outputs may have both. */
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
  // A schedule, for example. These are Keras's own rates.
  const learningRate = ['sgd', 'momentum', 'nesterov'].includes(optimizer.type) ? 0.01 : 0.001
  return [{ optimizer, learningRate }, [`The learning rate could not be read; it is ${learningRate}.`]]
}

/** An optimizer of Inkling's that steps as Keras's does, not checked against limits; nothing where there is none. */
function optimizerOf(name: string, settings: ReadonlyMap<string, unknown>): object | undefined {
  const value = (fallback: number, ...names: string[]) =>
    names.map((name) => settings.get(name)).find((each) => typeof each === 'number') ?? fallback
  const on = (...names: string[]) => names.some((name) => settings.get(name) === true)
  const betas = { beta1: value(0.9, 'beta1'), beta2: value(0.999, 'beta2') }
  const epsilon = value(1e-7, 'epsilon')
  switch (name) {
    case 'sgd':
    case 'momentum': {
      const momentum = value(0, 'momentum')
      if (momentum === 0) return { type: 'sgd', weightDecay: 0 }
      return { type: on('nesterov', 'usenesterov') ? 'nesterov' : 'momentum', momentum, weightDecay: 0 }
    }
    case 'rmsprop': {
      if (value(0, 'momentum') !== 0 || on('centered')) return undefined
      // TensorFlow.js says decay for rho; in Keras that is of the learning rate, and stands beside rho.
      return { type: 'rmsprop', rho: value(0.9, 'rho', 'decay'), epsilon, weightDecay: 0 }
    }
    case 'adam':
      return on('amsgrad') ? undefined : { type: 'adam', ...betas, epsilon }
    case 'adamw':
      return on('amsgrad') ? undefined : { type: 'adamw', ...betas, epsilon, weightDecay: value(0.004, 'weightdecay') }
    default:
      return undefined
  }
}

/**
 * Keras's mean squared error is the mean over the outputs, Inkling's quadratic loss half their sum: its gradient is half as many
 * times larger as there are outputs. Plain descent takes the same steps by a smaller rate; the other optimizers scale gradients away.
 */
function scaled({ optimizer, learningRate }: Update, notes: string[]): Update {
  if (!isDescent(optimizer)) return { optimizer, learningRate }
  const rate = (learningRate * 2) / CLASSES
  notes.push(
    `The learning rate is ${Number(rate.toPrecision(6))}, a fifth of the file's: the quadratic loss sums over outputs where Keras takes the mean.`,
  )
  return { optimizer, learningRate: rate }
}

const isDescent = ({ type }: Optimizer) => type === 'sgd' || type === 'momentum' || type === 'nesterov'

const isWithin = (value: unknown, low: number, high: number): value is number =>
  typeof value === 'number' && value >= low && value <= high
