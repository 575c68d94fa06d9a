// The plan of a walk through a step: one example forward, its loss, back through every layer, and the update, all of them kept.

import { datasetOf } from '../datasets'
import type { Buffer, Plan } from '../kernels/plan'
import { gatherInOrder } from './batch'
import { bufferList } from './buffers'
import { forwardPass, type Shared } from './forward'
import { learns } from './layers'
import type { Flow } from './layers/layer'
import { HISTORY_SLOTS, updateOf } from './lists'
import { lossOf } from './loss'
import { layOut, type ModelParameter } from './parameters'
import { rowSize } from './shape'
import { inputShapeOf, summarise, type Spec } from './spec'

/**
 * A compiled walk. Buffers that a run has too have its names: parameters, running, statistics, rates, clip, decay, train/state and the
 * optimizer's moments. Write the run's contents to them.
 */
interface WalkPlan {
  readonly plan: Plan<'walk'>
  readonly parameters: readonly ModelParameter[]
  readonly buffers: {
    /** The updated parameters, after the walk. */
    readonly parameters: Buffer<'f32'>
    /** The example, packed as examples.ts has it. */
    readonly example: Buffer
    /** [label], a byte. */
    readonly label: Buffer<'u32'>
    /** The network's input, a flow of one row. */
    readonly inputs: Buffer<'f32'>
    /** Loss of the example, [1]. */
    readonly losses: Buffer<'f32'>
    /** Gradient of the loss, as the parameters lie; zero where those are frozen. */
    readonly gradients: Buffer<'f32'>
    /** [factor for all gradients]. */
    readonly clip: Buffer<'f32'>
  }
  /** What the optimizer keeps of earlier steps; after the walk, with this one. */
  readonly moments: readonly Buffer<'f32'>[]
  /** Outputs of each layer. A layer that passes values on shares the flow of the layer below. */
  readonly outputs: readonly Flow[]
  /** Gradients of the loss with respect to each layer's output before its activation. */
  readonly slopes: readonly Buffer<'f32'>[]
}

/**
 * Compiles a walk through a step of a valid spec with a batch of one example. As outside training, dropout passes on and batch
 * normalisation uses its running statistics: it has none of a single example.
 */
export function compileWalk(spec: Spec): WalkPlan {
  const list = bufferList()
  const { buffer, buffers } = list
  const { input } = datasetOf(spec)
  const { list: parameters, size, learning, runningSize } = layOut(summarise(spec).layers)
  const gradients = buffer('gradients', [size])
  let zeros: Buffer<'f32'> | undefined
  let back = true
  const shared: Shared = {
    parameters: buffer('parameters', [size]),
    running: buffer('running', [Math.max(runningSize, 4)]),
    statistics: buffer('statistics', [2 * rowSize(inputShapeOf(spec))]),
    // Batch normalisation reads zeros on its way back, and writes where the optimizer reads.
    get gradients() {
      return back ? (zeros ??= buffer('zeros', [size])) : gradients
    },
  }
  const example = list.inputs('example', input, 1)
  const label = buffer('label', [1], 'u32')
  const pass = forwardPass(spec, parameters, list, shared, { name: 'walk', training: false, rows: 1 }, (bound) =>
    gatherInOrder(spec, 1, { input, inputs: example, labels: label, first: 0, count: 1 }, bound),
  )
  const { calls, built } = pass
  const loss = lossOf(spec, list, pass, { name: 'walk', rows: 1, slots: 1, smoothing: spec.labelSmoothing })
  const slopes = [loss.gradient]
  for (const layer of built.slice(1).toReversed()) slopes.unshift(layer.inputGradient(slopes[0]))
  back = false
  built.forEach((layer, i) => learns(spec.layers[i]) && layer.parameterGradients?.(slopes[i]))
  const state = buffer('train/state', [4], 'u32')
  const { parameters: learnt } = shared
  const update = updateOf(spec, list, { parameters: learnt, gradients, learning }, state, HISTORY_SLOTS)
  return {
    plan: { lists: { walk: [...calls, ...update.calls] }, buffers },
    parameters,
    buffers: {
      parameters: learnt,
      example,
      label,
      inputs: pass.inputs,
      losses: loss.losses,
      gradients,
      clip: update.clip,
    },
    moments: update.moments,
    outputs: built.map(({ output }) => output),
    slopes,
  }
}
