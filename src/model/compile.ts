// Compiles a spec into the static plan of a run: lists of kernel calls over named buffers.

import { datasetOf } from '../datasets'
import { storesOf } from '../datasets/stores'
import type { Buffer, Plan } from '../kernels/plan'
import { gatherToTrain } from './batch'
import { bufferList, type ExampleStores } from './buffers'
import { evaluationList, predictionList, trainingList, type Evaluation, type ListParts, type StepForm } from './lists'
import { layOut, type ModelParameter } from './parameters'
import { rowSize } from './shape'
import { inputShapeOf, summarise, type Spec } from './spec'
import { canBeWhole, flowFloats } from './whole'

export { HISTORY_SLOTS, type Evaluation, type StepForm } from './lists'

/** How many examples there are. */
export interface DataSize {
  readonly trainCount: number
  readonly testCount: number
  /** Stores of the synthetic examples. Without them, all examples come from the training set. */
  readonly synthetic?: ExampleStores
}

/** A compiled spec: the plan, and the buffers that the training loop reads and writes. */
export interface Model {
  readonly spec: Spec
  readonly plan: Plan
  /** Where parameters lie in the buffer `parameters`, and those whose role is `running` in the buffer `running`. */
  readonly parameters: readonly ModelParameter[]
  readonly buffers: {
    readonly parameters: Buffer<'f32'>
    /** In the order of `parameters`, and zero where those are frozen; more behind them where a step is `whole`. */
    readonly gradients: Buffer<'f32'>
    readonly running: Buffer<'f32'>
    /** Weight decay of every parameter that learns. */
    readonly decay: Buffer<'f32'>
    /** Learning rate of step s at s % HISTORY_SLOTS; written ahead of the steps. */
    readonly rates: Buffer<'f32'>
    /** [factor for all gradients, their norm]. The norm is written only if the spec clips it. */
    readonly clip: Buffer<'f32'>
    /** [step, seed] of the training list. */
    readonly state: Buffer<'u32'>
    /** Mean and scale of every value of an example, [2, values] as they flow. */
    readonly statistics: Buffer<'f32'>
    /** Loss and hits of the last HISTORY_SLOTS steps. */
    readonly history: Buffer<'f32'>
    /** The example to predict, packed as examples.ts has it. */
    readonly example: Buffer
    /** The network's outputs for it: logits, or outputs where the loss is quadratic. */
    readonly outputs: Buffer<'f32'>
  }
  /** The state of a run: parameters, running statistics, the optimizer's moments, the step. */
  readonly snapshot: readonly Buffer[]
  /** Examples trained on: an epoch. */
  readonly trainCount: number
  readonly test: Evaluation
  /** Of the held-out examples, if there are any. */
  readonly validation: Evaluation | undefined
}

/** A plan that gathers one training batch, and nothing else. */
export interface Batch {
  readonly plan: Plan<'gather'>
  /** [step, seed] */
  readonly state: Buffer<'u32'>
  /** A flow of examples: bytes / 255, or features as they are, whatever scaling the spec has. */
  readonly inputs: Buffer<'f32'>
  /** Labels, [rows]. */
  readonly targets: Buffer<'u32'>
}

/** Compiles the first call of a training step alone, for a batch of `rows`. */
export function compileBatch(spec: Spec, rows: number, data: DataSize): Batch {
  const list = bufferList()
  const shape = inputShapeOf(spec)
  const bound = {
    state: list.buffer('state', [4], 'u32'),
    statistics: list.buffer('statistics', [2 * rowSize(shape)]),
    inputs: list.flow('inputs', rows, shape, 'f32'),
    targets: list.buffer('targets', [rows], 'u32'),
  }
  const { trained, synthetic } = examplesOf(spec, data, list)
  const gather = [gatherToTrain({ ...spec, input: 'unit' }, rows, trained, synthetic, bound)]
  return { ...bound, plan: { lists: { gather }, buffers: list.buffers } }
}

/** The examples that a spec asks for. Of a smaller data set, all there are. */
function examplesOf(spec: Spec, data: DataSize, { examplesIn }: ReturnType<typeof bufferList>) {
  const dataset = datasetOf(spec)
  const { input } = dataset
  const stores = storesOf(dataset)
  const all = examplesIn(input, { inputs: stores.trainInputs, labels: stores.trainLabels, count: data.trainCount })
  const trained = { ...all, count: Math.min(spec.trainingSize, data.trainCount) }
  const held = Math.min(spec.validationSize, data.trainCount - trained.count)
  return {
    trained,
    held: held > 0 ? { ...all, first: data.trainCount - held, count: held } : undefined,
    synthetic: spec.styleShare > 0 && data.synthetic ? examplesIn(input, data.synthetic) : undefined,
  }
}

/**
 * Compiles a valid spec (see parseSpec) for a data set. Of a set that is smaller than the spec asks for, uses all examples. `form`: of a
 * training step.
 */
export function compile(spec: Spec, data: DataSize, { form: wanted = 'separate' }: { form?: StepForm } = {}): Model {
  const form = wanted === 'whole' && !canBeWhole(spec) ? 'fused' : wanted
  const list = bufferList()
  const { buffer, buffers, examplesIn } = list
  const { list: parameters, size, learning, runningSize } = layOut(summarise(spec).layers)
  const shared = {
    parameters: buffer('parameters', [size]),
    gradients: buffer('gradients', [size + (form === 'whole' ? flowFloats(spec) : 0)]),
    running: buffer('running', [Math.max(runningSize, 4)]),
    statistics: buffer('statistics', [2 * rowSize(inputShapeOf(spec))]),
  }
  const making: ListParts = { spec, list, parameters, learning, shared, form }
  const { trained, held, synthetic } = examplesOf(spec, data, list)
  const dataset = datasetOf(spec)
  const stores = storesOf(dataset)
  const tested = examplesIn(dataset.input, {
    inputs: stores.testInputs,
    labels: stores.testLabels,
    count: data.testCount,
  })

  const { calls: train, moments, ...training } = trainingList(making, trained, synthetic)
  const { calls: evaluate, evaluation: test } = evaluationList(making, 'evaluate', tested)
  const validation = held && evaluationList(making, 'validate', held)
  const { calls: predict, example, outputs } = predictionList(making)
  return {
    spec,
    plan: { lists: { train, evaluate, validate: validation?.calls ?? [], predict }, buffers },
    parameters,
    buffers: { ...shared, ...training, example, outputs },
    snapshot: [shared.parameters, shared.running, ...moments, training.state],
    trainCount: trained.count,
    test,
    validation: validation?.evaluation,
  }
}
