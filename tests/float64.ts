// Replays the training list of a model on the reference kernels in float64, where rounding is out of the way.

import type { Floats } from '../src/kernels/kernel'
import { eachPlace, type Buffer, type Call } from '../src/kernels/plan'
import { mnist } from '../src/datasets'
import { storesOf } from '../src/datasets/stores'
import { compile, HISTORY_SLOTS, type Model } from '../src/model/compile'
import { initialContents } from '../src/model/initialise'
import { rateAt } from '../src/model/schedules'
import { weightDecayOf, type Spec } from '../src/model/spec'
import { PIXELS } from './tiny-digits'

const stores = storesOf(mnist)

/** A small data set by formula. */
export interface TinyData {
  readonly examples: number
  /** 0 to 255. */
  byte(example: number, pixel: number): number
  label(example: number): number
}

/** A model in float64 on a tiny data set, which is both training and test set: its calls in training and evaluation. */
export function inFloat64(spec: Spec, { examples, byte, label }: TinyData) {
  const model = compile(spec, { trainCount: examples, testCount: examples })
  const arrays = model.plan.buffers.map(({ size, dtype }) =>
    dtype === 'u32' ? new Uint32Array(size) : new Float64Array(size),
  )
  for (const { id, store } of model.plan.buffers) {
    const bytes = new Uint8Array(arrays[id].buffer)
    if (store === stores.trainInputs || store === stores.testInputs) {
      for (let i = 0; i < examples * PIXELS; i++) bytes[i] = byte(Math.floor(i / PIXELS), i % PIXELS)
    } else if (store === stores.trainLabels || store === stores.testLabels) {
      for (let i = 0; i < examples; i++) bytes[i] = label(i)
    }
  }
  const array = ({ id }: Buffer) => arrays[id] as Floats
  const none = { mean: new Float32Array(PIXELS), deviation: new Float32Array(PIXELS).fill(1) }
  for (const [buffer, contents] of initialContents(model, none)) arrays[buffer.id].set(contents)
  // Float32 on its way to a device; here the decay keeps its digits.
  const decay = weightDecayOf(spec.optimizer)
  array(model.buffers.decay).forEach((value, i, decays) => (decays[i] = value > 0 ? decay : 0))
  const steps = Math.ceil((spec.epochs * examples) / spec.batchSize)
  for (let step = 0; step < Math.min(steps, HISTORY_SLOTS); step++) {
    const moment = { step, steps, stepsPerEpoch: examples / spec.batchSize }
    array(model.buffers.rates)[step] = rateAt(spec.learningRate, spec.schedule, moment)
  }
  const bind = ({ kernel, constants, buffers }: Call) => {
    const bound = Object.fromEntries(Object.entries(buffers).map(([name, { id }]) => [name, arrays[id]]))
    return () => kernel.reference(constants, bound)
  }
  const { train, evaluate } = model.plan.lists
  return {
    model,
    array,
    calls: train.map(bind),
    kernels: train.map(({ kernel }) => kernel.name),
    evaluate: evaluate.map(bind),
  }
}

/** Places of a parameter's values in its buffer, in row-major order of its logical shape. */
export function placesOf({ shape, offset }: Model['parameters'][number]): number[] {
  const places: number[] = []
  eachPlace(shape, (place) => places.push(offset + place))
  return places
}
