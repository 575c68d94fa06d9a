// Compiles a spec into the static plan of a run: three lists of kernel calls over named buffers.

import { ACTIVATIONS } from '../kernels/activation'
import { gather } from '../kernels/gather'
import type { Dtype } from '../kernels/kernel'
import { quadratic, softmaxCrossEntropy } from '../kernels/losses'
import { metrics } from '../kernels/metrics'
import { adam, adamConstants, sgd } from '../kernels/optimizers'
import { call, storageSize, type Buffer, type Call, type ListName, type Parameter, type Plan } from '../kernels/plan'
import { halfBits } from '../kernels/random'
import { layerTypes } from './layers'
import type { Builder, Built, Flow, Initial } from './layers/layer'
import { CLASSES, PIXELS, summarise, type Spec } from './spec'

/** Rows of an evaluation batch: enough to fill a device, few enough that one takes well under 100 ms on a CPU. */
export const EVALUATION_ROWS = 500
/** Steps whose loss and hits the device remembers; more than can be in flight. */
export const HISTORY_SLOTS = 4096

/** Names of the data stores that a plan reads. */
export const stores = {
  trainImages: 'train-images',
  trainLabels: 'train-labels',
  testImages: 'test-images',
  testLabels: 'test-labels',
} as const

/** How many examples there are. */
export interface DataSize {
  readonly trainCount: number
  readonly testCount: number
}

/** A parameter with how it starts. */
export interface ModelParameter extends Parameter {
  readonly initial: Initial
}

/** A compiled spec: the plan, and the buffers that the training loop reads and writes. */
export interface Model {
  readonly spec: Spec
  readonly plan: Plan
  readonly parameters: readonly ModelParameter[]
  readonly buffers: {
    readonly parameters: Buffer
    readonly gradients: Buffer
    /** What may change in mid-run: [learning rate]. */
    readonly settings: Buffer
    /** [step, seed] of the training list. */
    readonly state: Buffer
    /** Mean and scale of every pixel, [2, PIXELS]. */
    readonly statistics: Buffer
    /** Loss and hits of the last HISTORY_SLOTS steps. */
    readonly history: Buffer
    /** [step, seed] of the evaluation list; a pass is `evaluationSteps` long and starts at a multiple of it. */
    readonly evaluationState: Buffer
    /** Loss and hits of every batch of an evaluation pass. */
    readonly evaluationHistory: Buffer
    /** The drawing as 784 packed bytes. */
    readonly drawing: Buffer
    /** The network's outputs for the drawing: logits, or outputs where the loss is quadratic. */
    readonly outputs: Buffer
  }
  /** All that must be kept to go on from here later: parameters, the optimizer's moments, the step. */
  readonly snapshot: readonly Buffer[]
  /** Batches in an evaluation pass over the test set. */
  readonly evaluationSteps: number
}

/** Compiles a valid spec (see parseSpec). */
export function compile(spec: Spec, { trainCount, testCount }: DataSize): Model {
  const buffers: Buffer[] = []
  function buffer(name: string, shape: readonly number[], dtype: Dtype = 'f32', store?: string): Buffer {
    const made = { id: buffers.length, name, shape, size: storageSize(shape), dtype, ...(store && { store }) }
    buffers.push(made)
    return made
  }
  const images = (name: string, count: number) => buffer(name, [(count * PIXELS) / 4], 'u32', name)
  const labels = (name: string, count: number) => buffer(name, [Math.ceil(count / 4)], 'u32', name)

  const { parameters: parameterList, offsets, size } = layOut(spec)
  const parameters = buffer('parameters', [size])
  const gradients = buffer('gradients', [size])
  const settings = buffer('settings', [4])
  const statistics = buffer('statistics', [2 * PIXELS])

  /** Appends gather and forward pass, reading `count` examples. */
  function forward(
    list: ListName,
    rows: number,
    count: number,
    shuffle: boolean,
    imageData: Buffer,
    labelData: Buffer,
  ) {
    const calls: Call[] = []
    const state = buffer(`${list}/state`, [4], 'u32')
    const inputs = buffer(`${list}/inputs`, [rows, PIXELS])
    const targets = buffer(`${list}/targets`, [rows], 'u32')
    const constants = { ROWS: rows, PIXELS, COUNT: count, SHUFFLE: shuffle ? 1 : 0, HALF_BITS: halfBits(count) }
    calls.push(call(gather, constants, { state, images: imageData, labels: labelData, statistics, inputs, targets }))

    let flow: Flow = { buffer: inputs, width: PIXELS, activation: 'linear', saved: inputs }
    const built: Built[] = []
    spec.layers.forEach((layer, i) => {
      const builder: Builder = {
        list,
        rows,
        parameters,
        gradients,
        buffer: (name, shape) => buffer(`${list}/layers.${i}/${name}`, shape),
        call: (kernel, constants, bound) => calls.push(call(kernel, constants, bound)),
      }
      const layerCalls = layerTypes[layer.type].build(layer, builder, flow, offsets[i])
      built.push(layerCalls)
      flow = layerCalls.output
    })
    return { calls, state, targets, built, output: flow }
  }

  /** Appends loss and metrics; returns the gradient of the loss and the history. */
  function loss(list: ListName, rows: number, slots: number, pass: ReturnType<typeof forward>) {
    const gradient = buffer(`${list}/loss-gradient`, [rows, CLASSES])
    const losses = buffer(`${list}/losses`, [rows])
    const hits = buffer(`${list}/hits`, [rows])
    const history = buffer(`${list}/history`, [2 * slots])
    const { calls, state, targets, output } = pass
    const size = { ROWS: rows, CLASSES }
    const results = { targets, gradient, losses, hits }
    if (spec.loss === 'cross-entropy') {
      calls.push(call(softmaxCrossEntropy, size, { logits: output.buffer, ...results }))
    } else {
      const constants = { ...size, ACTIVATION: ACTIVATIONS[output.activation] }
      calls.push(call(quadratic, constants, { outputs: output.buffer, ...results }))
    }
    calls.push(call(metrics, { ROWS: rows, SLOTS: slots }, { losses, hits, history, state }))
    return { gradient, history }
  }

  const trainImages = images(stores.trainImages, trainCount)
  const trainLabels = labels(stores.trainLabels, trainCount)
  const train = forward('train', spec.batchSize, trainCount, true, trainImages, trainLabels)
  const trainLoss = loss('train', spec.batchSize, HISTORY_SLOTS, train)
  let gradient: Buffer | undefined = trainLoss.gradient
  for (let i = train.built.length - 1; i >= 0 && gradient; i--) gradient = train.built[i].backward(gradient, i > 0)
  const moments: Buffer[] = []
  if (spec.optimizer.type === 'adam') {
    const first = buffer('first-moment', [size])
    const second = buffer('second-moment', [size])
    moments.push(first, second)
    const constants = adamConstants(size, spec.optimizer.beta1, spec.optimizer.beta2, spec.optimizer.epsilon)
    train.calls.push(call(adam, constants, { settings, state: train.state, gradients, first, second, parameters }))
  } else {
    const velocity = buffer('velocity', [size])
    moments.push(velocity)
    const constants = { COUNT: size, MOMENTUM: spec.optimizer.momentum }
    train.calls.push(call(sgd, constants, { settings, gradients, velocity, parameters }))
  }

  const testImages = images(stores.testImages, testCount)
  const testLabels = labels(stores.testLabels, testCount)
  const evaluationSteps = Math.ceil(testCount / EVALUATION_ROWS)
  const evaluate = forward('evaluate', EVALUATION_ROWS, testCount, false, testImages, testLabels)
  const evaluateLoss = loss('evaluate', EVALUATION_ROWS, evaluationSteps, evaluate)

  const drawing = buffer('predict/drawing', [PIXELS / 4], 'u32')
  const predict = forward('predict', 1, 1, false, drawing, buffer('predict/label', [1], 'u32'))

  return {
    spec,
    plan: {
      lists: { train: train.calls, evaluate: evaluate.calls, predict: predict.calls },
      buffers,
      parameters: parameterList,
    },
    parameters: parameterList,
    buffers: {
      parameters,
      gradients,
      settings,
      state: train.state,
      statistics,
      history: trainLoss.history,
      evaluationState: evaluate.state,
      evaluationHistory: evaluateLoss.history,
      drawing,
      outputs: predict.output.buffer,
    },
    snapshot: [parameters, ...moments, train.state],
    evaluationSteps,
  }
}

/** Places every parameter in the one parameter buffer, one after the other under the padding rule. */
function layOut(spec: Spec): { parameters: ModelParameter[]; offsets: number[]; size: number } {
  const parameters: ModelParameter[] = []
  const offsets: number[] = []
  let size = 0
  summarise(spec).layers.forEach(({ parameterSpecs }, i) => {
    offsets.push(size)
    for (const { name, shape, initial } of parameterSpecs) {
      parameters.push({ name: `layers.${i}.${name}`, shape, offset: size, initial })
      size += storageSize(shape)
    }
  })
  return { parameters, offsets, size }
}
