// The model spec: plain JSON that the page edits, the worker trains, and links and files hold.

import * as v from 'valibot'
import { layerSchema, layerTypes, type LayerSpec } from './layers'
import type { Activation } from './layers/dense'
import type { ParameterSpec } from './layers/layer'

export { activations, initialisers, type Activation, type Initialiser } from './layers/dense'
export type { LayerSpec } from './layers'

/** Pixels of an image; MNIST is 28 x 28. */
export const PIXELS = 784
/** Classes: the ten digits. */
export const CLASSES = 10
/** Largest batch: its inputs (4 bytes a pixel) stay well under WebGPU's default 128 MiB binding limit. */
export const MAX_BATCH = 10_000

/** Most layers of a network. */
export const MAX_LAYERS = 16

const whole = (low: number, high: number) =>
  v.pipe(
    v.number('must be a number'),
    v.integer('must be a whole number'),
    v.minValue(low, `must be ${low} or more`),
    v.maxValue(high, `must be ${high.toLocaleString('en')} or less`),
  )

const between = (low: number, high: number) =>
  v.pipe(
    v.number('must be a number'),
    v.finite('must be a finite number'),
    v.minValue(low, `must be ${low} or more`),
    v.maxValue(high, `must be ${high} or less`),
  )

const oneOf = <const T extends readonly string[]>(values: T) =>
  v.picklist(values, `must be one of ${values.join(', ')}`)

export const inputScalings = ['unit', 'standardised'] as const
export const losses = ['cross-entropy', 'quadratic'] as const

const optimizerSchema = v.variant(
  'type',
  [
    v.strictObject({ type: v.literal('sgd'), momentum: between(0, 0.9999) }),
    v.strictObject({
      type: v.literal('adam'),
      beta1: between(0, 0.9999),
      beta2: between(0, 0.999999),
      epsilon: between(1e-12, 1),
    }),
  ],
  'must be one of sgd, adam',
)

const schema = v.strictObject({
  /** Pixels as bytes / 255, or standardised per pixel over the training set. */
  input: oneOf(inputScalings),
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
  optimizer: optimizerSchema,
  learningRate: between(0, 1000),
  batchSize: whole(1, MAX_BATCH),
  epochs: whole(1, 10_000),
  seed: whole(0, 0xffff_ffff),
  /** Steps between evaluations on the test set; 0 evaluates after each epoch only. Each epoch is evaluated anyway. */
  evaluateEvery: whole(0, 1_000_000),
})

/** A model and how to train it. See the schema above for units and limits. */
export type Spec = v.InferOutput<typeof schema>
export type Optimizer = Spec['optimizer']
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

/** Rules that span fields. */
function crossIssues(spec: Spec): SpecIssue[] {
  const issues: SpecIssue[] = []
  const at = spec.layers.length - 1
  const last = spec.layers[at]
  if (last.units !== CLASSES) {
    issues.push({ field: `layers.${at}.units`, message: `must be ${CLASSES} in the last layer, one output per digit` })
  }
  const allowed: readonly Activation[] = outputActivations(spec.loss)
  if (!allowed.includes(last.activation)) {
    const why =
      spec.loss === 'cross-entropy' ? ': cross-entropy applies the softmax itself' : ' with the quadratic loss'
    issues.push({
      field: `layers.${at}.activation`,
      message: `must be ${allowed.join(' or ')} in the last layer${why}`,
    })
  }
  return issues
}

/** A layer's place in the network. */
export interface LayerSummary {
  readonly spec: LayerSpec
  readonly inputShape: readonly number[]
  readonly outputShape: readonly number[]
  readonly parameterSpecs: readonly ParameterSpec[]
  /** Number of parameters. */
  readonly parameters: number
}

/** Shapes and parameters of every layer, in order, and the number of all parameters. */
export function summarise(spec: Spec): { layers: LayerSummary[]; parameters: number } {
  let inputShape: readonly number[] = [PIXELS]
  const layers = spec.layers.map((layer): LayerSummary => {
    const type = layerTypes[layer.type]
    const outputShape = type.outputShape(layer, inputShape)
    const parameterSpecs = type.parameters(layer, inputShape)
    const parameters = parameterSpecs.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0)
    const summary = { spec: layer, inputShape, outputShape, parameterSpecs, parameters }
    inputShape = outputShape
    return summary
  })
  return { layers, parameters: layers.reduce((sum, { parameters }) => sum + parameters, 0) }
}
