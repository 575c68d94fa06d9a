// What the buffers of a run hold before its first step: a function of the spec and the data's statistics, the same for every
// backend.

import { eachPlace, type Buffer } from '../kernels/plan'
import { normal, Stream, uniform } from '../kernels/random'
import type { Model } from './compile'
import type { Initial } from './layers/layer'
import { PIXELS, weightDecayOf } from './spec'

/** Mean and standard deviation of every pixel over the training images, as byte / 255; [784] each. */
export interface PixelStatistics {
  readonly mean: Float32Array
  readonly deviation: Float32Array
}

/** Contents of every buffer that does not start at zero. */
export function initialContents(
  model: Model,
  pixels: PixelStatistics,
): readonly (readonly [Buffer, Float32Array | Uint32Array])[] {
  const { parameters, running, decay, clip, statistics, state } = model.buffers
  return [
    [parameters, initialParameters(model)],
    [running, initialRunning(model)],
    [decay, decays(model)],
    [clip, Float32Array.of(1)],
    [statistics, scaling(model, pixels)],
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

/** Weight decay of every parameter: only weights decay. */
function decays(model: Model): Float32Array<ArrayBuffer> {
  const values = new Float32Array(model.buffers.decay.size)
  const decay = weightDecayOf(model.spec.optimizer)
  if (decay === 0) return values
  for (const { shape, offset, role } of model.parameters) {
    if (role === 'weights') eachPlace(shape, (place) => (values[offset + place] = decay))
  }
  return values
}

/** Mean and scale of every pixel as the gather kernel wants them where inputs are standardised; else it reads none. */
export function scaling({ spec }: Model, { mean, deviation }: PixelStatistics): Float32Array<ArrayBuffer> {
  const values = new Float32Array(2 * PIXELS)
  if (spec.input === 'standardised') {
    values.set(mean)
    deviation.forEach((value, i) => (values[PIXELS + i] = 1 / value))
  }
  return values
}
