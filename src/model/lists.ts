// The lists of a run, each with its builder: a training step, a batch of an evaluation, a prediction.

import { datasetOf } from '../datasets'
import * as kernels from '../kernels'
import { call, type Buffer, type Call } from '../kernels/plan'
import { gatherInOrder, gatherToTrain, type Examples } from './batch'
import type { BufferList } from './buffers'
import { forwardPass, type Shared } from './forward'
import { fuse } from './fuse'
import { wholeStep } from './whole'
import { learns } from './layers'
import { lossOf } from './loss'
import { optimizerTypeOf } from './optimizers'
import type { ModelParameter } from './parameters'
import { countOf, rowSize } from './shape'
import { inputShapeOf, summarise, weightDecayOf, type Spec } from './spec'

/** Most rows of an evaluation batch: enough to fill a device. */
const EVALUATION_ROWS = 500
/** Floats of all layers' outputs in an evaluation batch: convolutional networks get fewer rows than dense ones. */
const EVALUATION_FLOATS = 4_000_000
/** Steps whose loss and hits the device remembers, and whose learning rates it knows; more than can be in flight. */
export const HISTORY_SLOTS = 4096

/**
 * How many calls a training step has: those of its layers, loss and optimizer (`separate`), fewer of them (`fused`, see fuse.ts), or two
 * (`whole`, see whole.ts). What has no such form has the next.
 */
export type StepForm = 'separate' | 'fused' | 'whole'

/** Arguments that the builders of all lists take. */
export interface ListParts {
  readonly spec: Spec
  readonly list: BufferList
  readonly parameters: readonly ModelParameter[]
  /** Floats of `shared.parameters` that learn: the first ones. */
  readonly learning: number
  readonly shared: Shared
  readonly form: StepForm
}

/** A pass over examples that are not trained on. */
export interface Evaluation {
  readonly list: 'evaluate' | 'validate'
  /** Examples in the set. */
  readonly count: number
  /** Rows of a batch; rows of NO_LABEL fill the last one of a pass. */
  readonly rows: number
  /** Batches in a pass. */
  readonly steps: number
  /** Loss and hits of every batch of a pass. */
  readonly history: Buffer<'f32'>
  /** [batches so far, -]. The next batch is this modulo `steps`. */
  readonly state: Buffer<'u32'>
  /** Labels of the last batch, [rows]. */
  readonly targets: Buffer<'u32'>
  /** The network's outputs for the last batch, [rows, classes]: logits; under the quadratic loss, outputs. */
  readonly outputs: Buffer<'f32'>
}

/** A training step: gather, forward, loss, backward, clip, update. */
export function trainingList(
  { spec, list, parameters, learning, shared, form }: ListParts,
  examples: Examples,
  synthetic: Examples | undefined,
) {
  const rows = spec.batchSize
  const pass = forwardPass(spec, parameters, list, shared, { name: 'train', training: true, rows }, (bound) =>
    gatherToTrain(spec, rows, examples, synthetic, bound),
  )
  const { calls, built } = pass
  const loss = lossOf(spec, list, pass, { name: 'train', rows, slots: HISTORY_SLOTS, smoothing: spec.labelSmoothing })

  // Backward, down to the lowest layer that learns.
  const lowest = spec.layers.findIndex(learns)
  let { gradient } = loss
  for (let i = built.length - 1; i >= lowest; i--) {
    if (learns(spec.layers[i])) built[i].parameterGradients?.(gradient)
    if (i > lowest) gradient = built[i].inputGradient(gradient)
  }

  const update = updateOf(spec, list, { ...shared, learning }, pass.state, HISTORY_SLOTS)
  calls.push(...update.calls, loss.end)
  const inForm: Readonly<Record<StepForm, () => readonly Call[]>> = {
    separate: () => calls,
    fused: () => fuse(calls, list, weightDecayOf(spec.optimizer)),
    whole: () => wholeStep(spec, calls, shared.parameters.size),
  }
  return { ...update, calls: inForm[form](), state: pass.state, history: loss.history }
}

/** The end of a step: clips the gradients if the spec wants that, and updates the parameters that learn. `slots`: of the ring of learning rates. */
export function updateOf(
  spec: Spec,
  { buffer }: BufferList,
  { parameters, gradients, learning: size }: Pick<Shared, 'parameters' | 'gradients'> & Pick<ListParts, 'learning'>,
  state: Buffer<'u32'>,
  slots: number,
) {
  const rates = buffer('rates', [slots])
  const clip = buffer('clip', [4])
  const decay = buffer('decay', [size])
  const calls: Call[] = []
  if (spec.clipNorm > 0) {
    const sums = buffer('train/squared-sums', [kernels.PARTS])
    calls.push(call(kernels.squaredSums, { COUNT: size, PARTS: kernels.PARTS }, { gradients, sums }))
    calls.push(call(kernels.clipFactor, { PARTS: kernels.PARTS, LIMIT: spec.clipNorm }, { sums, clip }))
  }
  const moments: Buffer<'f32'>[] = []
  const update = optimizerTypeOf(spec.optimizer).build(spec.optimizer, {
    kernels,
    buffers: { state, rates, clip, decay, gradients, parameters },
    size,
    slots,
    moment(name) {
      moments.push(buffer(name, [size]))
      return moments[moments.length - 1]
    },
  })
  calls.push(update)
  return { calls, rates, clip, decay, moments }
}

/** A batch of a pass over examples in their order, with its calls. */
export function evaluationList(
  { spec, list, parameters, shared }: ListParts,
  name: Evaluation['list'],
  examples: Examples,
): { readonly calls: readonly Call[]; readonly evaluation: Evaluation } {
  const { count } = examples
  const rows = Math.min(rowsToEvaluate(spec), count)
  const steps = Math.ceil(count / rows)
  const pass = forwardPass(spec, parameters, list, shared, { name, training: false, rows }, (bound) =>
    gatherInOrder(spec, rows, examples, bound),
  )
  const { history, end } = lossOf(spec, list, pass, { name, rows, slots: steps, smoothing: 0 })
  const { calls, state, targets, output } = pass
  const evaluation = { list: name, count, rows, steps, history, state, targets, outputs: output.buffer }
  return { calls: [...calls, end], evaluation }
}

function rowsToEvaluate(spec: Spec): number {
  const floats = summarise(spec).layers.reduce(
    (sum, { outputShape }) => sum + rowSize(outputShape),
    countOf(inputShapeOf(spec)),
  )
  return Math.max(20, Math.min(EVALUATION_ROWS, Math.floor(EVALUATION_FLOATS / floats)))
}

/** One example through the network. */
export function predictionList({ spec, list, parameters, shared }: ListParts) {
  const { input } = datasetOf(spec)
  const example = list.inputs('predict/example', input, 1)
  const labels = list.buffer('predict/label', [1], 'u32')
  const pass = forwardPass(spec, parameters, list, shared, { name: 'predict', training: false, rows: 1 }, (bound) =>
    gatherInOrder(spec, 1, { input, inputs: example, labels, first: 0, count: 1 }, bound),
  )
  return { calls: pass.calls, example, outputs: pass.output.buffer }
}
