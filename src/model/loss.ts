// The loss of a pass as calls: losses, hits and the gradient of the outputs, and the call that ends the step.

import { datasetOf } from '../datasets'
import * as kernels from '../kernels'
import { ACTIVATIONS } from '../kernels/activation'
import { call, type Buffer, type Call } from '../kernels/plan'
import type { BufferList } from './buffers'
import type { Pass } from './forward'
import type { Spec } from './spec'

/** Buffers and calls of a list's loss. */
interface LossCalls {
  /** Of the mean loss over the batch with respect to the outputs before their activation, [rows, classes]. */
  readonly gradient: Buffer<'f32'>
  /** Of each example, [rows]. */
  readonly losses: Buffer<'f32'>
  /** Sum of losses and of hits of the last `slots` steps, [2 slots]. */
  readonly history: Buffer<'f32'>
  /** Counts the step: the last call of the list. */
  readonly end: Call
}

/** Appends the loss to a pass of `rows` examples; buffers are named after the list `name`. `smoothing`: see Spec.labelSmoothing. */
export function lossOf(
  spec: Spec,
  { buffer }: BufferList,
  { calls, state, targets, output }: Pass,
  { name, rows, slots, smoothing }: { name: string; rows: number; slots: number; smoothing: number },
): LossCalls {
  const classes = datasetOf(spec).classes.length
  const gradient = buffer(`${name}/loss-gradient`, [rows, classes])
  const losses = buffer(`${name}/losses`, [rows])
  const hits = buffer(`${name}/hits`, [rows])
  const history = buffer(`${name}/history`, [2 * slots])
  const shape = kernels.lossConstants(rows, classes)
  const bound = { outputs: output.buffer, targets, gradient, losses, hits }
  calls.push(
    spec.loss === 'cross-entropy'
      ? call(kernels.softmaxCrossEntropy, { ...shape, SMOOTHING: smoothing }, bound)
      : call(kernels.quadratic, { ...shape, ACTIVATION: ACTIVATIONS[output.activation] }, bound),
  )
  const end = call(kernels.metrics, { ROWS: rows, SLOTS: slots }, { losses, hits, history, state })
  return { gradient, losses, history, end }
}
