// Contents of a run's buffers before its first step: a function of the spec and the data's statistics, the same on every
// backend.

import { pad4 } from '../kernels/kernel'
import { eachPlace, type Buffer } from '../kernels/plan'
import { normal, Stream, uniform } from '../kernels/random'
import type { Model } from './compile'
import type { Initial } from './layers/layer'
import type { Learnt } from './parameters'
import { isStandardised } from './batch'
import { asMatrix, rowSize } from './shape'
import { inputShapeOf, weightDecayOf, type Spec } from './spec'

/** Mean and standard deviation of every value of an example, without padding: of an image as byte / 255. */
export interface InputStatistics {
  readonly mean: Float32Array
  /** 1 for a value that never changes. */
  readonly deviation: Float32Array
}

/** Contents of every buffer that does not start at zero. */
export function initialContents(
  model: Model,
  inputs: InputStatistics | undefined,
): readonly (readonly [Buffer, Float32Array | Uint32Array])[] {
  const { parameters, running, decay, clip, statistics, state } = model.buffers
  return [
    [parameters, initialParameters(model)],
    [running, initialRunning(model)],
    [decay, decays(model)],
    [clip, Float32Array.of(1)],
    [statistics, scaling(model.spec, inputs)],
    [state, Uint32Array.of(0, model.spec.seed)],
  ]
}

/** The trained parameters; padding is zero. Every parameter has a random stream of its own. */
export function initialParameters(model: Model): Float32Array<ArrayBuffer> {
  const values = new Float32Array(model.buffers.parameters.size)
  model.parameters.forEach(({ shape, offset, role, initial }, number) => {
    if (role === 'running') return
    const value = valueOf(initial, model.spec.seed, Stream.weights + number)
    eachPlace(shape, (place, i) => (values[offset + place] = value(i)))
  })
  return values
}

function valueOf(initial: Initial, seed: number, stream: number): (element: number) => number {
  switch (initial.kind) {
    case 'constant':
      return () => initial.value
    case 'normal':
      return (i) => initial.deviation * normal(seed, stream, i)
    case 'uniform':
      return (i) => initial.limit * (2 * uniform(seed, stream, i) - 1)
  }
}

function initialRunning(model: Model): Float32Array<ArrayBuffer> {
  const values = new Float32Array(model.buffers.running.size)
  for (const { shape, offset, role, initial } of model.parameters) {
    if (role !== 'running' || initial.kind !== 'constant') continue
    eachPlace(shape, (place) => (values[offset + place] = initial.value))
  }
  return values
}

/** What a network has learnt before its first step. */
export const freshLearnt = (model: Model): Learnt => ({
  parameters: initialParameters(model),
  running: initialRunning(model),
})

/** Weight decay of every parameter that learns: only weights decay. */
function decays(model: Model): Float32Array<ArrayBuffer> {
  const values = new Float32Array(model.buffers.decay.size)
  const decay = weightDecayOf(model.spec.optimizer)
  if (decay === 0) return values
  for (const { shape, offset, role, frozen } of model.parameters) {
    if (role === 'weights' && !frozen) eachPlace(shape, (place) => (values[offset + place] = decay))
  }
  return values
}

/**
 * Mean and scale of every value, as gather kernels read them for standardised inputs; empty for other inputs.
 * @throws Error if inputs are standardised and there are no statistics
 */
export function scaling(spec: Spec, inputs: InputStatistics | undefined): Float32Array<ArrayBuffer> {
  const shape = inputShapeOf(spec)
  const row = rowSize(shape)
  const values = new Float32Array(2 * row)
  if (!isStandardised(spec)) return values
  if (!inputs) throw new Error('The statistics of the inputs are missing.')
  const { positions, channels } = asMatrix(shape)
  for (let position = 0; position < positions; position++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = position * channels + channel
      const to = position * pad4(channels) + channel
      values[to] = inputs.mean[from]
      values[row + to] = 1 / inputs.deviation[from]
    }
  }
  return values
}
