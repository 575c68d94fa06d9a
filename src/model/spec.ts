// The model spec: plain JSON that the page edits, the worker trains, and links and files hold.

import * as v from 'valibot'
import { augmentationTypes } from './augmentation'
import { numberSchema, oneOf, partSchema, type Values } from './fields'
import { layerSchema, typeOf, type LayerSpec } from './layers'
import { activationField, isTrained, type ParameterSpec } from './layers/layer'
import { optimizerTypes, type Optimizer } from './optimizers'
import { scheduleTypes } from './schedules'
import { asMatrix, countOf, isShape, type Shape } from './shape'

export type { Initialiser } from './layers/layer'
export type { LayerKind, LayerSpec } from './layers'
export type { Optimizer } from './optimizers'
export type { Schedule } from './schedules'

export type Activation = Values<{ activation: typeof activationField }>['activation']

/** Height and width of an image. */
export const IMAGE: Shape = [28, 28]
/** Pixels of an image. */
export const PIXELS = 784
/** Classes: the ten digits. */
export const CLASSES = 10
/** Images in the training set. */
export const TRAINING_IMAGES = 60_000

/** Most layers of a network. */
export const MAX_LAYERS = 32

const whole = (low: number, high: number) => numberSchema({ low, high, whole: true })
const real = (low: number, high: number) => numberSchema({ low, high, whole: false })

export const inputScalings = ['unit', 'standardised'] as const
export const losses = ['cross-entropy', 'quadratic'] as const

const schema = v.strictObject({
  /** Pixels as bytes / 255, or standardised per pixel over all 60,000 training images. */
  input: oneOf(inputScalings),
  /** The first so many of the training images are trained on. */
  trainingSize: whole(1, TRAINING_IMAGES),
  /** The last so many of the training images are held out, and evaluated beside the test set. */
  validationSize: whole(0, TRAINING_IMAGES - 1),
  augmentation: partSchema(augmentationTypes),
  /** Share of the training images that synthetic handwriting stands in for: see data/styles.ts. */
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
  /** Share of the target that is spread evenly over all classes in training (Szegedy et al. 2016, section 7). */
  labelSmoothing: real(0, 0.9),
  optimizer: partSchema(optimizerTypes),
  learningRate: real(0, 1000),
  schedule: partSchema(scheduleTypes),
  /** Largest norm of the whole gradient; larger ones are scaled down to it (Pascanu et al. 2013). 0: no limit. */
  clipNorm: real(0, 1000),
  batchSize: whole(1, TRAINING_IMAGES),
  epochs: whole(1, 10_000),
  seed: whole(0, 0xffff_ffff),
  /** Steps between evaluations on the test set; 0 evaluates after each epoch only. Each epoch is evaluated anyway. */
  evaluateEvery: whole(0, 1_000_000),
})

/** A model and how to train it. See the schema above for units and limits. */
export type Spec = v.InferOutput<typeof schema>
export type Loss = Spec['loss']

/** One thing wrong with a spec. */
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

/** Everything wrong with a spec, or an empty list. */
export function specIssues(value: unknown): SpecIssue[] {
  const result = v.safeParse(schema, value)
  if (!result.success) {
    return result.issues.map((issue) => ({
      field: v.getDotPath(issue) ?? 'spec',
      message: issue.type === 'strict_object' ? structural(issue) : issue.message,
    }))
  }
  return crossIssues(result.output)
}

/** Checks a spec and returns it typed. @throws SpecError */
export function parseSpec(value: unknown): Spec {
  const issues = specIssues(value)
  if (issues.length > 0) throw new SpecError(issues)
  return value as Spec
}

function structural(issue: v.BaseIssue<unknown>): string {
  if (issue.expected === 'never') return 'is not a known field'
  if (issue.received === 'undefined') return 'is missing'
  return 'must be an object'
}

/** Activations that the last layer may have under a loss, the usual one first. */
export const outputActivations = (loss: Loss): readonly ['linear'] | readonly ['sigmoid', 'linear'] =>
  loss === 'cross-entropy' ? ['linear'] : ['sigmoid', 'linear']

/** Weight decay of a spec's optimizer; those that have none decay nothing. */
export const weightDecayOf = (optimizer: Optimizer): number => ('weightDecay' in optimizer ? optimizer.weightDecay : 0)

/** Rules that span fields. */
function crossIssues(spec: Spec): SpecIssue[] {
  const { layers } = summarise(spec)
  return [...layerIssues(spec, layers), ...outputIssues(spec), ...sizeIssues(spec), ...batchIssues(spec, layers)]
}

/** The first layer that cannot take what comes to it, at which the summary ends. */
function layerIssues(spec: Spec, layers: readonly LayerSummary[]): SpecIssue[] {
  const at = layers.length
  const layer = spec.layers.at(at)
  const refusal = layer && typeOf(layer).refuse?.(layer, layers.at(-1)?.outputShape ?? IMAGE)
  return refusal ? [{ field: `layers.${at}.${refusal.field}`, message: refusal.message }] : []
}

function outputIssues({ layers, loss, labelSmoothing }: Spec): SpecIssue[] {
  const issues: SpecIssue[] = []
  const at = layers.length - 1
  const last = layers[at]
  if (last.type !== 'dense') {
    return [{ field: `layers.${at}.type`, message: 'must be dense in the last layer, with one output per digit' }]
  }
  if (last.units !== CLASSES) {
    issues.push({ field: `layers.${at}.units`, message: `must be ${CLASSES} in the last layer, one output per digit` })
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

function sizeIssues({ trainingSize, validationSize, batchSize }: Spec): SpecIssue[] {
  const issues: SpecIssue[] = []
  const left = TRAINING_IMAGES - trainingSize
  if (validationSize > left) {
    const most = left.toLocaleString('en')
    const message = `must be ${most} or less, what training leaves of the 60,000 images: lower the training images to hold out more`
    issues.push({ field: 'validationSize', message })
  }
  if (batchSize > trainingSize) {
    const message = `must be ${trainingSize.toLocaleString('en')} or less, the number of training images`
    issues.push({ field: 'batchSize', message })
  }
  return issues
}

/** The variance of a single value is zero: batch normalisation needs more (as PyTorch has it). */
function batchIssues({ batchSize }: Spec, layers: readonly LayerSummary[]): SpecIssue[] {
  const single = layers.some(
    ({ spec: { type }, inputShape }) => type === 'batch-normalisation' && asMatrix(inputShape).positions === 1,
  )
  if (!single || batchSize > 1) return []
  return [{ field: 'batchSize', message: 'must be 2 or more with batch norm, which would see a single value' }]
}

/** A layer's place in the network. */
export interface LayerSummary {
  readonly spec: LayerSpec
  readonly inputShape: Shape
  readonly outputShape: Shape
  readonly parameterSpecs: readonly ParameterSpec[]
  /** Number of trained parameters. */
  readonly parameters: number
}

/**
 * Shapes and parameters of every layer, in order, and the number of all trained parameters. In a stack that cannot be
 * (someone is typing), the list ends before the first layer that makes no sense.
 */
export function summarise(spec: Spec): { layers: LayerSummary[]; parameters: number } {
  const layers: LayerSummary[] = []
  let inputShape = IMAGE
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
