// The model spec: plain JSON that the page edits, the worker trains, and links and files contain.

import * as v from 'valibot'
import { datasetOf, findDataset, mnist } from '../datasets'
import { augmentationTypes } from './augmentation'
import { shapeOf } from './examples'
import { numberSchema, oneOf, partSchema, type Values } from './fields'
import { isFrozen, layerSchema, typeOf, type LayerSpec } from './layers'
import { activationField, isTrained, type ParameterSpec } from './layers/layer'
import { optimizerTypes, type Optimizer } from './optimizers'
import { scheduleTypes } from './schedules'
import { countOf, isShape, type Shape } from './shape'

export type { Initialiser } from './layers/layer'
export type { LayerKind, LayerSpec } from './layers'
export type { Optimizer } from './optimizers'
export type { Schedule } from './schedules'

export type Activation = Values<{ activation: typeof activationField }>['activation']

/** Most examples of a training set. */
const MOST_EXAMPLES = 10_000_000
export const MOST_EPOCHS = 10_000

/** Most layers of a network. */
export const MAX_LAYERS = 32

const whole = (low: number, high: number) => numberSchema({ low, high, whole: true })
const real = (low: number, high: number) => numberSchema({ low, high, whole: false })

/**
 * How inputs are scaled. `unit`: bytes / 255, or features as they are. `standardised`: each pixel or feature to mean 0 and deviation 1
 * over the examples that are trained on. `standardised-all`: over the whole training set, for networks saved before
 * specs named their data set.
 */
export const inputScalings = ['unit', 'standardised', 'standardised-all'] as const
export const losses = ['cross-entropy', 'quadratic'] as const

const schema = v.strictObject({
  /** Id of the data set; see `completed` for specs without one. */
  dataset: v.custom<string>(
    (id) => typeof id === 'string' && findDataset(id) !== undefined,
    'is no data set that this Inkling has',
  ),
  input: oneOf(inputScalings),
  /** Number of training examples to train on, from the first on. */
  trainingSize: whole(1, MOST_EXAMPLES),
  /** Number of training examples to hold out, from the last on. They are evaluated beside the test set. */
  validationSize: whole(0, MOST_EXAMPLES),
  augmentation: partSchema(augmentationTypes),
  /** Share of the training examples that synthetic ones replace: see session/synthetic.ts. */
  styleShare: real(0, 1),
  layers: v.pipe(
    v.array(layerSchema, 'must be a list of layers'),
    v.minLength(1, 'must have at least one layer'),
    v.maxLength(MAX_LAYERS, `must have ${MAX_LAYERS} layers or fewer`),
  ),
  /**
   * `cross-entropy`: softmax and cross-entropy, averaged over the batch. `quadratic`: half the squared error summed over
   * the outputs, averaged over the batch (Nielsen, Neural Networks and Deep Learning, ch. 1, eq. 6).
   */
  loss: oneOf(losses),
  /** Share of the target that training spreads evenly over all classes (Szegedy et al. 2016, section 7). */
  labelSmoothing: real(0, 0.9),
  optimizer: partSchema(optimizerTypes),
  learningRate: real(0, 1000),
  schedule: partSchema(scheduleTypes),
  /** Largest norm of the whole gradient; larger ones are scaled down to it (Pascanu et al. 2013). 0: no limit. */
  clipNorm: real(0, 1000),
  batchSize: whole(1, MOST_EXAMPLES),
  epochs: whole(1, MOST_EPOCHS),
  seed: whole(0, 0xffff_ffff),
  /** Steps between evaluations of the test set, besides the one after each epoch; 0: none besides. */
  evaluateEvery: whole(0, 1_000_000),
})

/** A model and how to train it. See the schema above for units and limits. */
export type Spec = v.InferOutput<typeof schema>
export type Loss = Spec['loss']

/** An error in a spec. */
export interface SpecIssue {
  /** Path of the field, for example `layers.1.units`. */
  readonly field: string
  readonly message: string
}

/** The spec is not valid; `issues` names every wrong field. */
export class SpecError extends Error {
  override name = 'SpecError'
  constructor(readonly issues: readonly SpecIssue[]) {
    super(issues.map(({ field, message }) => `${field} ${message}`).join('; '))
  }
}

/** All errors in a spec; an empty list if it is valid. */
export function specIssues(value: unknown): SpecIssue[] {
  const result = v.safeParse(schema, completed(value))
  if (!result.success) {
    return result.issues.map((issue) => ({
      field: v.getDotPath(issue) ?? 'spec',
      message: issue.type === 'strict_object' ? structural(issue) : issue.message,
    }))
  }
  return crossIssues(result.output)
}

/** Checks a spec and returns it typed, with a data set. @throws SpecError */
export function parseSpec(value: unknown): Spec {
  const issues = specIssues(value)
  if (issues.length > 0) throw new SpecError(issues)
  return completed(value) as Spec
}

/**
 * A spec with the fields that older links and files lack: without a data set they mean MNIST, and their warps flip nothing. Layers say
 * only that they are frozen, never that they are not, so that a spec without frozen layers is the same text as ever.
 */
function completed(value: unknown): unknown {
  const named = isNameless(value) ? { dataset: mnist.id, ...value } : value
  if (!isObject(named)) return named
  const spec = 'layers' in named && Array.isArray(named.layers) ? { ...named, layers: thawed(named.layers) } : named
  if (!('augmentation' in spec)) return spec
  const { augmentation } = spec
  const warps = isObject(augmentation) && 'type' in augmentation && augmentation.type === 'warp'
  return warps && !('flip' in augmentation) ? { ...spec, augmentation: { ...augmentation, flip: 0 } } : spec
}

/** Layers without `frozen: false`. */
const thawed = (layers: readonly unknown[]): readonly unknown[] =>
  layers.map((layer) => {
    if (!isObject(layer) || !('frozen' in layer) || layer.frozen !== false) return layer
    const { frozen: _, ...rest } = layer
    return rest
  })

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null
const isNameless = (value: unknown): value is object => isObject(value) && !Object.hasOwn(value, 'dataset')

/**
 * The same for the spec of a saved network. Before specs named their data set, inputs were standardised over the whole training set
 * whatever part of it was trained on: such a network keeps that input. @throws SpecError
 */
export function parseSavedSpec(value: unknown): Spec {
  const spec = parseSpec(value)
  const part = spec.trainingSize < datasetOf(spec).train
  return isNameless(value) && part && spec.input === 'standardised' ? { ...spec, input: 'standardised-all' } : spec
}

function structural(issue: v.BaseIssue<unknown>): string {
  if (issue.expected === 'never') return 'is not a known field'
  if (issue.received === 'undefined') return 'is missing'
  return 'must be an object'
}

/** Activations that the last layer may have under a loss, the usual one first. */
export const outputActivations = (loss: Loss): readonly ['linear'] | readonly ['sigmoid', 'linear'] =>
  loss === 'cross-entropy' ? ['linear'] : ['sigmoid', 'linear']

/** Weight decay of a spec's optimizer; 0 for optimizers without it. */
export const weightDecayOf = (optimizer: Optimizer): number => ('weightDecay' in optimizer ? optimizer.weightDecay : 0)

/** Rules that span fields. */
function crossIssues(spec: Spec): SpecIssue[] {
  const { layers } = summarise(spec)
  return [
    ...layerIssues(spec, layers),
    ...outputIssues(spec),
    ...frozenIssues(layers),
    ...abilityIssues(spec),
    ...sizeIssues(spec),
    ...batchIssues(spec, layers),
  ]
}

/** The first layer that cannot take its input. The summary ends before it. */
function layerIssues(spec: Spec, layers: readonly LayerSummary[]): SpecIssue[] {
  const at = layers.length
  const layer = spec.layers.at(at)
  const refusal = layer && typeOf(layer).refuse?.(layer, layers.at(-1)?.outputShape ?? inputShapeOf(spec))
  return refusal ? [{ field: `layers.${at}.${refusal.field}`, message: refusal.message }] : []
}

function outputIssues({ layers, loss, labelSmoothing, dataset }: Spec): SpecIssue[] {
  const issues: SpecIssue[] = []
  const { length: classes } = datasetOf({ dataset }).classes
  const at = layers.length - 1
  const last = layers[at]
  if (last.type !== 'dense') {
    return [{ field: `layers.${at}.type`, message: 'must be dense in the last layer, with one output per class' }]
  }
  if (last.units !== classes) {
    issues.push({ field: `layers.${at}.units`, message: `must be ${classes} in the last layer, one output per class` })
  }
  const allowed: readonly Activation[] = outputActivations(loss)
  if (!allowed.includes(last.activation)) {
    const why = loss === 'cross-entropy' ? ': cross-entropy applies the softmax itself' : ' with the quadratic loss'
    issues.push({
      field: `layers.${at}.activation`,
      message: `must be ${allowed.join(' or ')} in the last layer${why}`,
    })
  }
  if (labelSmoothing > 0 && loss !== 'cross-entropy') {
    issues.push({ field: 'labelSmoothing', message: 'must be 0 with the quadratic loss: it smooths cross-entropy' })
  }
  return issues
}

/** Something must learn. */
function frozenIssues(layers: readonly LayerSummary[]): SpecIssue[] {
  const at = layers.findLastIndex(({ parameters }) => parameters > 0)
  if (at < 0 || layers.some(({ spec, parameters }) => parameters > 0 && !isFrozen(spec))) return []
  const message = 'must be off in at least one layer: nothing learns where all are frozen'
  return [{ field: `layers.${at}.frozen`, message }]
}

/** A spec may ask only for what its data set can do. */
function abilityIssues(spec: Spec): SpecIssue[] {
  const { title, abilities } = datasetOf(spec)
  const issues: SpecIssue[] = []
  if (spec.augmentation.type !== 'none' && !abilities.warp) {
    issues.push({ field: 'augmentation', message: `must be none: ${title} cannot be warped` })
  }
  if (spec.styleShare > 0 && !abilities.synthetic) {
    issues.push({ field: 'styleShare', message: `must be 0: there are no synthetic examples of ${title}` })
  }
  return issues
}

function sizeIssues(spec: Spec): SpecIssue[] {
  const { trainingSize, validationSize, batchSize } = spec
  const { train, input } = datasetOf(spec)
  const noun = input.kind === 'image' ? 'images' : 'examples'
  const issues: SpecIssue[] = []
  if (trainingSize > train) {
    issues.push({ field: 'trainingSize', message: `must be ${train.toLocaleString('en')} or less` })
  }
  const left = Math.max(0, train - trainingSize)
  if (validationSize > left) {
    const most = left.toLocaleString('en')
    const message = `must be ${most} or less, what training leaves of the ${train.toLocaleString('en')} ${noun}: lower the training ${noun} to hold out more`
    issues.push({ field: 'validationSize', message })
  }
  if (batchSize > trainingSize) {
    const message = `must be ${trainingSize.toLocaleString('en')} or less, the number of training ${noun}`
    issues.push({ field: 'batchSize', message })
  }
  return issues
}

/** Some layers cannot learn from a batch of one. */
function batchIssues({ batchSize }: Spec, layers: readonly LayerSummary[]): SpecIssue[] {
  for (const { spec, inputShape } of layers) {
    const { title, leastRows } = typeOf(spec)
    const least = leastRows?.(inputShape) ?? 1
    if (batchSize >= least) continue
    const message = `must be ${least} or more with ${title.toLowerCase()}, which would see a single value`
    return [{ field: 'batchSize', message }]
  }
  return []
}

/** Shape of the first layer's input. */
export const inputShapeOf = (spec: Pick<Spec, 'dataset'>): Shape => shapeOf(datasetOf(spec).input)

/** A layer's place in the network. */
export interface LayerSummary {
  readonly spec: LayerSpec
  readonly inputShape: Shape
  readonly outputShape: Shape
  readonly parameterSpecs: readonly ParameterSpec[]
  /** Number of parameters that training changes, or would if the layer were not frozen. */
  readonly parameters: number
}

/**
 * Shapes and parameters of every layer, in order, and the number of all parameters, those of frozen layers too. For an invalid
 * stack (while someone types), the list ends before the first invalid layer.
 */
export function summarise(spec: Pick<Spec, 'dataset' | 'layers'>): { layers: LayerSummary[]; parameters: number } {
  const layers: LayerSummary[] = []
  let inputShape = inputShapeOf(spec)
  for (const layer of spec.layers) {
    const type = typeOf(layer)
    if (type.refuse?.(layer, inputShape)) break
    const outputShape = type.outputShape(layer, inputShape)
    const parameterSpecs = type.parameters?.(layer, inputShape) ?? []
    if (!isShape(outputShape)) break
    const parameters = parameterSpecs.reduce((sum, { shape, role }) => sum + (isTrained(role) ? countOf(shape) : 0), 0)
    layers.push({ spec: layer, inputShape, outputShape, parameterSpecs, parameters })
    inputShape = outputShape
  }
  return { layers, parameters: layers.reduce((sum, { parameters }) => sum + parameters, 0) }
}
