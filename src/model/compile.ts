// Compiles a spec into the static plan of a run: lists of kernel calls over named buffers.

import * as kernels from '../kernels'
import { ACTIVATIONS } from '../kernels/activation'
import { call, type Buffer, type Call, type ListName, type Plan } from '../kernels/plan'
import { gatherInOrder, gatherToTrain, type Examples } from './batch'
import { bufferList, type ExampleStores } from './buffers'
import { forwardPass, type Pass } from './forward'
import { optimizerTypeOf } from './optimizers'
import { layOut, type ModelParameter } from './parameters'
import { rowSize } from './shape'
import { CLASSES, PIXELS, summarise, type Spec } from './spec'

/** Most rows of an evaluation batch: enough to fill a device. */
const EVALUATION_ROWS = 500
/** Floats of all layers' outputs in an evaluation batch: convolutional networks get fewer rows than dense ones. */
const EVALUATION_FLOATS = 4_000_000
/** Steps whose loss and hits the device remembers, and whose learning rates it knows; more than can be in flight. */
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
  /** Where a spec's share of synthetic digits comes from; without it there are only those of the training set. */
  readonly styles?: ExampleStores
}

/** A pass over a set of examples that are not trained on. */
export interface Evaluation {
  readonly list: 'evaluate' | 'validate'
  /** Examples in the set. */
  readonly count: number
  /** Rows of a batch; the last one of a pass may be filled up with rows of NO_LABEL. */
  readonly rows: number
  /** Batches in a pass. */
  readonly steps: number
  /** Loss and hits of every batch of a pass. */
  readonly history: Buffer<'f32'>
  /** [batches so far, -]: the next batch is this modulo `steps`. */
  readonly state: Buffer<'u32'>
  /** Labels of the last batch, [rows]. */
  readonly targets: Buffer<'u32'>
  /** The network's outputs for the last batch, [rows, CLASSES]: logits, or outputs where the loss is quadratic. */
  readonly outputs: Buffer<'f32'>
}

/** A compiled spec: the plan, and the buffers that the training loop reads and writes. */
export interface Model {
  readonly spec: Spec
  readonly plan: Plan
  /** Where parameters lie in the buffer `parameters`, and those whose role is `running` in the buffer `running`. */
  readonly parameters: readonly ModelParameter[]
  readonly buffers: {
    readonly parameters: Buffer<'f32'>
    readonly gradients: Buffer<'f32'>
    readonly running: Buffer<'f32'>
    /** Weight decay of every parameter. */
    readonly decay: Buffer<'f32'>
    /** Learning rate of step s at s % HISTORY_SLOTS; written ahead of the steps. */
    readonly rates: Buffer<'f32'>
    /** [factor of all gradients, their norm]; the norm is there where a spec clips. */
    readonly clip: Buffer<'f32'>
    /** [step, seed] of the training list. */
    readonly state: Buffer<'u32'>
    /** Mean and scale of every pixel, [2, PIXELS]. */
    readonly statistics: Buffer<'f32'>
    /** Loss and hits of the last HISTORY_SLOTS steps. */
    readonly history: Buffer<'f32'>
    /** The drawing as 784 packed bytes. */
    readonly drawing: Buffer<'u32'>
    /** The network's outputs for the drawing: logits, or outputs where the loss is quadratic. */
    readonly outputs: Buffer<'f32'>
  }
  /** All that must be kept to go on from here later: parameters, running statistics, the optimizer's moments, the step. */
  readonly snapshot: readonly Buffer[]
  /** Images trained on: an epoch. */
  readonly trainCount: number
  readonly test: Evaluation
  /** Of the held-out images, if there are any. */
  readonly validation: Evaluation | undefined
}

/** A plan that only gathers a batch to train on, as its `train` list. */
export interface Batch {
  readonly plan: Plan
  /** [step, seed] */
  readonly state: Buffer<'u32'>
  /** Pixels from 0 to 1, [rows, PIXELS], whatever scaling the spec has. */
  readonly inputs: Buffer<'f32'>
  /** Labels, [rows]. */
  readonly targets: Buffer<'u32'>
}

/** Compiles the first call of a training step alone, for a batch of `rows`. */
export function compileBatch(spec: Spec, rows: number, data: DataSize): Batch {
  const { buffers, buffer, examplesIn } = bufferList()
  const bound = {
    state: buffer('state', [4], 'u32'),
    statistics: buffer('statistics', [2 * PIXELS]),
    inputs: buffer('inputs', [rows, PIXELS]),
    targets: buffer('targets', [rows], 'u32'),
  }
  const training = examplesIn({ images: stores.trainImages, labels: stores.trainLabels, count: data.trainCount })
  const examples = { ...training, count: Math.min(spec.trainingSize, data.trainCount) }
  const styles = spec.styleShare > 0 && data.styles ? examplesIn(data.styles) : undefined
  const call = gatherToTrain({ ...spec, input: 'unit' }, rows, examples, styles, bound)
  return { ...bound, plan: { lists: { train: [call], evaluate: [], validate: [], predict: [] }, buffers } }
}

/** Compiles a valid spec (see parseSpec) for a data set; one that is smaller than the spec asks for is used up. */
export function compile(spec: Spec, data: DataSize): Model {
  const list = bufferList()
  const { buffers, make, buffer, examplesIn } = list
  const { layers } = summarise(spec)
  const { list: parameterList, size, runningSize } = layOut(layers)
  const parameters = buffer('parameters', [size])
  const gradients = buffer('gradients', [size])
  const running = buffer('running', [Math.max(runningSize, 4)])
  const decay = buffer('decay', [size])
  const rates = buffer('rates', [HISTORY_SLOTS])
  const clip = buffer('clip', [4])
  const statistics = buffer('statistics', [2 * PIXELS])
  const styles = spec.styleShare > 0 && data.styles ? examplesIn(data.styles) : undefined

  /** Appends gather and forward pass. */
  const forward = (name: ListName, rows: number, examples: Examples) =>
    forwardPass(spec, parameterList, list, { parameters, gradients, running, statistics }, name, rows, (bound) =>
      name === 'train'
        ? gatherToTrain(spec, rows, examples, styles, bound)
        : gatherInOrder(spec, rows, examples, bound),
    )

  /** Appends the loss; returns its gradient, and the call that ends the step. */
  function loss(list: ListName, rows: number, slots: number, pass: Pass) {
    const gradient = buffer(`${list}/loss-gradient`, [rows, CLASSES])
    const losses = buffer(`${list}/losses`, [rows])
    const hits = buffer(`${list}/hits`, [rows])
    const history = buffer(`${list}/history`, [2 * slots])
    const { calls, state, targets, output } = pass
    const results = { targets, gradient, losses, hits }
    if (spec.loss === 'cross-entropy') {
      const constants = { ROWS: rows, CLASSES, SMOOTHING: list === 'train' ? spec.labelSmoothing : 0 }
      calls.push(call(kernels.softmaxCrossEntropy, constants, { logits: output.buffer, ...results }))
    } else {
      const constants = { ROWS: rows, CLASSES, ACTIVATION: ACTIVATIONS[output.activation] }
      calls.push(call(kernels.quadratic, constants, { outputs: output.buffer, ...results }))
    }
    const end = call(kernels.metrics, { ROWS: rows, SLOTS: slots }, { losses, hits, history, state })
    return { gradient, history, end }
  }

  const training = examplesIn({ images: stores.trainImages, labels: stores.trainLabels, count: data.trainCount })
  const trainCount = Math.min(spec.trainingSize, data.trainCount)
  const train = forward('train', spec.batchSize, { ...training, count: trainCount })
  const trainLoss = loss('train', spec.batchSize, HISTORY_SLOTS, train)
  // Backward down to the lowest layer that has something to learn.
  const lowest = layers.findIndex(({ parameters }) => parameters > 0)
  let { gradient } = trainLoss
  for (let i = train.built.length - 1; i >= lowest; i--) {
    train.built[i].parameterGradients?.(gradient)
    if (i > lowest) gradient = train.built[i].inputGradient(gradient)
  }
  if (spec.clipNorm > 0) {
    const sums = buffer('train/squared-sums', [kernels.PARTS])
    train.calls.push(call(kernels.squaredSums, { COUNT: size, PARTS: kernels.PARTS }, { gradients, sums }))
    train.calls.push(call(kernels.clipFactor, { PARTS: kernels.PARTS, LIMIT: spec.clipNorm }, { sums, clip }))
  }
  const moments: Buffer[] = []
  const update = optimizerTypeOf(spec.optimizer).build(spec.optimizer, {
    kernels,
    buffers: { state: train.state, rates, clip, decay, gradients, parameters },
    size,
    slots: HISTORY_SLOTS,
    moment(name) {
      moments.push(buffer(name, [size]))
      return moments[moments.length - 1]
    },
  })
  train.calls.push(update, trainLoss.end)

  const floats = layers.reduce((sum, { outputShape }) => sum + rowSize(outputShape), PIXELS)
  const evaluationRows = Math.max(20, Math.min(EVALUATION_ROWS, Math.floor(EVALUATION_FLOATS / floats)))
  const lists = { train: train.calls, evaluate: [] as Call[], validate: [] as Call[], predict: [] as Call[] }

  function evaluation(list: Evaluation['list'], examples: Examples): Evaluation {
    const { count } = examples
    const rows = Math.min(evaluationRows, count)
    const steps = Math.ceil(count / rows)
    const pass = forward(list, rows, examples)
    const { history, end } = loss(list, rows, steps, pass)
    lists[list] = [...pass.calls, end]
    return { list, count, rows, steps, history, state: pass.state, targets: pass.targets, outputs: pass.output.buffer }
  }

  const test = evaluation(
    'evaluate',
    examplesIn({ images: stores.testImages, labels: stores.testLabels, count: data.testCount }),
  )
  const held = Math.min(spec.validationSize, data.trainCount - trainCount)
  const validation =
    held > 0 ? evaluation('validate', { ...training, first: data.trainCount - held, count: held }) : undefined

  const drawing = make('predict/drawing', [PIXELS], PIXELS / 4, 'u32')
  const predict = forward('predict', 1, {
    images: drawing,
    labels: buffer('predict/label', [1], 'u32'),
    first: 0,
    count: 1,
  })
  lists.predict = predict.calls

  return {
    spec,
    plan: { lists, buffers },
    parameters: parameterList,
    buffers: {
      parameters,
      gradients,
      running,
      decay,
      rates,
      clip,
      state: train.state,
      statistics,
      history: trainLoss.history,
      drawing,
      outputs: predict.output.buffer,
    },
    snapshot: [parameters, running, ...moments, train.state],
    trainCount,
    test,
    validation,
  }
}
