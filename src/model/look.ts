// The plan of a look inside: one image through the network, and which of its pixels speak for and against each class.

import { pad4 } from '../kernels/kernel'
import type { Buffer, Plan } from '../kernels/plan'
import { gatherInOrder } from './batch'
import { bufferList } from './buffers'
import { forwardPass, type Shared } from './forward'
import type { Flow } from './layers/layer'
import { layOut, type ModelParameter } from './parameters'
import { asMatrix, countOf } from './shape'
import { CLASSES, PIXELS, summarise, type Spec } from './spec'

/** A compiled look: a plan whose `predict` list shows the image to the network, and whose `evaluate` list goes back to the pixels. */
export interface LookPlan {
  readonly plan: Plan
  readonly parameters: readonly ModelParameter[]
  readonly buffers: {
    readonly parameters: Buffer<'f32'>
    readonly running: Buffer<'f32'>
    /** Mean and scale of every pixel, [2, PIXELS]; as in a run. */
    readonly statistics: Buffer<'f32'>
    /** The image as 784 packed bytes. */
    readonly image: Buffer<'u32'>
    /** Gradient of what is looked for with respect to the logits, [CLASSES, CLASSES]: write `identity()`, once. */
    readonly logits: Buffer<'f32'>
    /** What the network gets: the pixels, scaled as the spec has it; [1, PIXELS]. */
    readonly inputs: Buffer<'f32'>
    /** Gradient of each logit with respect to `inputs`, [CLASSES, PIXELS]; a logit is an output before its activation. */
    readonly gradients: Buffer<'f32'>
  }
  /** What comes out of each layer; what passes values on has the flow of the layer below. */
  readonly outputs: readonly Flow[]
}

/** Compiles a look at a network of a valid spec, outside training: dropout passes on, batch normalisation has its running statistics. */
export function compileLook(spec: Spec): LookPlan {
  const list = bufferList()
  const { buffer, buffers, make } = list
  const { list: parameters, size, runningSize } = layOut(summarise(spec).layers)
  let zeros: Buffer<'f32'> | undefined
  const shared: Shared = {
    parameters: buffer('parameters', [size]),
    running: buffer('running', [Math.max(runningSize, 4)]),
    statistics: buffer('statistics', [2 * PIXELS]),
    // As large as the parameters, and only batch normalisation asks for it.
    get gradients() {
      return (zeros ??= buffer('gradients', [size]))
    },
  }
  const image = make('image', [PIXELS], PIXELS / 4, 'u32')
  const labels = buffer('label', [1], 'u32')
  // Rows past the last example are the first one: every row of the pass back is the image.
  const forward = (name: 'predict' | 'evaluate', rows: number) =>
    forwardPass(spec, parameters, list, shared, name, rows, (bound) =>
      gatherInOrder(spec, rows, { images: image, labels, first: 0, count: 1 }, bound),
    )

  const shown = forward('predict', 1)
  const back = forward('evaluate', CLASSES)
  const logits = buffer('logit-gradient', [CLASSES, CLASSES])
  const gradients = back.built.reduceRight((gradient, layer) => layer.inputGradient(gradient), logits)
  return {
    plan: { lists: { train: [], validate: [], predict: shown.calls, evaluate: back.calls }, buffers },
    parameters,
    buffers: {
      parameters: shared.parameters,
      running: shared.running,
      statistics: shared.statistics,
      image,
      logits,
      inputs: shown.inputs,
      gradients,
    },
    outputs: shown.built.map(({ output }) => output),
  }
}

/** The identity as the buffer `logits` holds it: row c asks for logit c. */
export function identity(): Float32Array<ArrayBuffer> {
  const side = pad4(CLASSES)
  const values = new Float32Array(side * side)
  for (let c = 0; c < CLASSES; c++) values[c * side + c] = 1
  return values
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
 * What the ink of each pixel adds to each logit, to first order (gradient x input, Shrikumar et al. 2016), [CLASSES, PIXELS]: the
 * derivative with respect to the pixel's ink, from 0 (paper) to 1, times that ink. Ink and not the network's input, so that a
 * map means the same whatever the inputs are scaled to; paper says nothing. `gradients` are with respect to the network's inputs;
 * `scales` are those of standardised inputs, [PIXELS].
 */
export function saliencyOf(
  gradients: Float32Array,
  image: Uint8Array,
  scales: Float32Array | undefined,
): Float32Array<ArrayBuffer> {
  const saliency = new Float32Array(CLASSES * PIXELS)
  for (let c = 0; c < CLASSES; c++) {
    for (let p = 0; p < PIXELS; p++) {
      const at = c * PIXELS + p
      saliency[at] = gradients[at] * (image[p] / 255) * (scales ? scales[p] : 1)
    }
  }
  return saliency
}
