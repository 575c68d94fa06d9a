// Replays the training list of a model on the reference kernels in float64, where rounding is out of the way.

import type { Floats } from '../src/kernels/kernel'
import { pad4 } from '../src/kernels/kernel'
import type { Buffer, Call } from '../src/kernels/plan'
import { compile, stores, type Model } from '../src/model/compile'
import { PIXELS, type Spec } from '../src/model/spec'

/** A small data set by formula. */
export interface TinyData {
  readonly examples: number
  /** 0 to 255. */
  byte(example: number, pixel: number): number
  label(example: number): number
}

/** A model in float64 on a tiny data set, which is both training and test set. */
export function inFloat64(spec: Spec, { examples, byte, label }: TinyData) {
  const model = compile(spec, { trainCount: examples, testCount: examples })
  const arrays = model.plan.buffers.map(({ size, dtype }) =>
    dtype === 'u32' ? new Uint32Array(size) : new Float64Array(size),
  )
  for (const { id, store } of model.plan.buffers) {
    const bytes = new Uint8Array(arrays[id].buffer)
    if (store === stores.trainImages) {
      for (let i = 0; i < examples * PIXELS; i++) bytes[i] = byte(Math.floor(i / PIXELS), i % PIXELS)
    } else if (store === stores.trainLabels) {
      for (let i = 0; i < examples; i++) bytes[i] = label(i)
    }
  }
  const array = ({ id }: Buffer) => arrays[id] as Floats
  array(model.buffers.statistics).fill(1, PIXELS)
  array(model.buffers.settings)[0] = spec.learningRate
  array(model.buffers.state)[1] = spec.seed
  const bind = ({ kernel, constants, buffers }: Call) => {
    const bound = Object.fromEntries(Object.entries(buffers).map(([name, { id }]) => [name, arrays[id]]))
    return () => kernel.reference(constants, bound)
  }
  return { model, array, calls: model.plan.lists.train.map(bind) }
}

/** Places of a parameter's values in the parameter buffer, in row-major order of its logical shape. */
export function placesOf({ shape, offset }: Model['parameters'][number]): number[] {
  const columns = shape[shape.length - 1]
  const count = shape.reduce((a, b) => a * b)
  return Array.from({ length: count }, (_, i) => offset + Math.floor(i / columns) * pad4(columns) + (i % columns))
}
