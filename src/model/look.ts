// The plan of a look inside: one example through the network, and which of its values speak for and against each class.

import { ACTIVATIONS, derivative, type ActivationName } from '../kernels/activation'
import { pad4 } from '../kernels/kernel'
import type { Buffer, Plan } from '../kernels/plan'
import { datasetOf } from '../datasets'
import { gatherInOrder } from './batch'
import { bufferList, type BufferList } from './buffers'
import { forwardPass, type Shared } from './forward'
import type { Example } from './examples'
import type { Flow } from './layers/layer'
import { layOut, type ModelParameter } from './parameters'
import { asMatrix, countOf, rowSize, type Shape } from './shape'
import { inputShapeOf, summarise, type Spec } from './spec'

/**
 * A compiled look. `forward` shows an example to the network; `answer` goes from one of its outputs back to the example, `backward`
 * from all of them.
 */
export interface LookPlan {
  readonly plan: Plan<'forward' | 'answer' | 'backward'>
  readonly parameters: readonly ModelParameter[]
  readonly buffers: {
    readonly parameters: Buffer<'f32'>
    readonly running: Buffer<'f32'>
    /** Mean and scale of every value of an example, as in a run. */
    readonly statistics: Buffer<'f32'>
    /** The example, packed as examples.ts has it. */
    readonly example: Buffer
    /** Gradient with respect to the logits of each look, [classes, classes]: write `identity(classes)`, once. */
    readonly logits: Buffer<'f32'>
    /** Gradient with respect to the logits of `answer`, [1, classes]: write 1 at the class to explain. */
    readonly answer: Buffer<'f32'>
    /** The network's input: the example, scaled as the spec says; a flow of one row. */
    readonly inputs: Buffer<'f32'>
    /** Gradient of each logit with respect to `inputs`, a flow of a row a class; a logit is an output before its activation. */
    readonly gradients: Buffer<'f32'>
  }
  /** Outputs of each layer. A layer that passes values on shares the flow of the layer below. */
  readonly outputs: readonly Flow[]
  /** Gradients of the logit of `answer`: with respect to the inputs, then to each layer's output before its activation. */
  readonly slopes: readonly Buffer<'f32'>[]
}

/** The buffers of what a network has learnt, for passes outside training. */
export function learntBuffers(
  spec: Spec,
  { buffer }: BufferList,
): { readonly parameters: readonly ModelParameter[]; readonly shared: Shared } {
  const { list: parameters, size, runningSize } = layOut(summarise(spec).layers)
  let zeros: Buffer<'f32'> | undefined
  const shared: Shared = {
    parameters: buffer('parameters', [size]),
    running: buffer('running', [Math.max(runningSize, 4)]),
    statistics: buffer('statistics', [2 * rowSize(inputShapeOf(spec))]),
    // As large as the parameters, and only batch normalisation reads it.
    get gradients() {
      return (zeros ??= buffer('gradients', [size]))
    },
  }
  return { parameters, shared }
}

/** Compiles a look at a network of a valid spec, outside training: dropout passes on, batch normalisation uses its running statistics. */
export function compileLook(spec: Spec): LookPlan {
  const list = bufferList()
  const { buffer, buffers } = list
  const { input, classes } = datasetOf(spec)
  const { parameters, shared } = learntBuffers(spec, list)
  const example = list.inputs('example', input, 1)
  const labels = buffer('label', [1], 'u32')
  // Rows past the last example repeat the first: every row of the backward pass is the example.
  const pass = (name: 'forward' | 'answer' | 'backward', rows: number) =>
    forwardPass(spec, parameters, list, shared, { name, training: false, rows }, (bound) =>
      gatherInOrder(spec, rows, { input, inputs: example, labels, first: 0, count: 1 }, bound),
    )

  const forward = pass('forward', 1)
  const answer = pass('answer', 1)
  const answerGradient = buffer('answer-gradient', [1, classes.length])
  const slopes = [answerGradient]
  for (const layer of answer.built.toReversed()) slopes.unshift(layer.inputGradient(slopes[0]))
  const backward = pass('backward', classes.length)
  const logits = buffer('logit-gradient', [classes.length, classes.length])
  const gradients = backward.built.reduceRight((gradient, layer) => layer.inputGradient(gradient), logits)
  return {
    plan: { lists: { forward: forward.calls, answer: answer.calls, backward: backward.calls }, buffers },
    parameters,
    buffers: {
      parameters: shared.parameters,
      running: shared.running,
      statistics: shared.statistics,
      example,
      logits,
      answer: answerGradient,
      inputs: forward.inputs,
      gradients,
    },
    outputs: forward.built.map(({ output }) => output),
    slopes,
  }
}

/** The identity as the buffer `logits` holds it: row c asks for logit c. */
export function identity(classes: number): Float32Array<ArrayBuffer> {
  const side = pad4(classes)
  const values = new Float32Array(side * side)
  for (let c = 0; c < classes; c++) values[c * side + c] = 1
  return values
}

/**
 * Contribution of each output of a layer to a logit, to first order: its value times the derivative with respect to it. `slopes` are the
 * derivatives before the activation, `saved` what the activation saved. An output whose activation is flat contributes nothing.
 */
export function supportOf(
  activation: ActivationName,
  values: Float32Array,
  saved: Float32Array,
  slopes: Float32Array,
): Float32Array<ArrayBuffer> {
  return Float32Array.from(values, (value, i) => {
    const slope = derivative(ACTIVATIONS[activation], saved[i])
    return slope === 0 ? 0 : (value * slopes[i]) / slope
  })
}

/** The values of a flow's first row in row-major order, without padding. */
export function valuesOf({ shape }: Pick<Flow, 'shape'>, stored: Float32Array): Float32Array<ArrayBuffer> {
  const { positions, channels } = asMatrix(shape)
  const values = new Float32Array(countOf(shape))
  const stride = pad4(channels)
  for (let position = 0; position < positions; position++) {
    const from = position * stride
    values.set(stored.subarray(from, from + channels), position * channels)
  }
  return values
}

/**
 * Contribution of each value of an example to each logit, to first order (gradient x input, Shrikumar et al. 2016), [classes, values] in
 * row-major order without padding: the derivative with respect to the value, an image's byte / 255 or a feature, times that value. It is
 * not with respect to the network's input, so that a map means the same for any scaling of inputs, and paper contributes nothing. `gradients`
 * are with respect to the network's inputs, a flow of a row a class; `scales` are those of standardised inputs, a flow.
 */
export function saliencyOf(
  shape: Shape,
  gradients: Float32Array,
  example: Example,
  scales: Float32Array | undefined,
): Float32Array<ArrayBuffer> {
  const [row, count] = [rowSize(shape), countOf(shape)]
  const classes = Math.floor(gradients.length / row)
  const most = example instanceof Uint8Array ? 255 : 1
  const factors = scales && valuesOf({ shape }, scales)
  const saliency = new Float32Array(classes * count)
  for (let c = 0; c < classes; c++) {
    const slopes = valuesOf({ shape }, gradients.subarray(c * row, (c + 1) * row))
    for (let i = 0; i < count; i++)
      saliency[c * count + i] = slopes[i] * (example[i] / most) * (factors ? factors[i] : 1)
  }
  return saliency
}
