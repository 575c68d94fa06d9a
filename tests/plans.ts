// Small plans to run on a backend.

import { denseForward } from '../src/kernels/dense'
import type { Kernel } from '../src/kernels/kernel'
import { call, storageSize, type Buffer, type Plan } from '../src/kernels/plan'

/** A plan of one call on buffers of `size` floats. */
export function planOf(kernel: Kernel, size: number): Plan {
  const made = Object.keys(kernel.bindings).map((name, id): Buffer => ({ id, name, shape: [size], size, dtype: 'f32' }))
  const buffers = Object.fromEntries(made.map((buffer) => [buffer.name, buffer]))
  const train = [{ kernel, constants: { ROWS: size / 4, CHANNELS: 4, ACTIVATION: 3 }, buffers }]
  return { lists: { train, evaluate: [], validate: [], predict: [] }, buffers: made }
}

/** Two dense layers, so that there is something to choose, and to time: browsers' clocks tick every 5 us. */
export function densePlan(): Plan {
  const shapes = { parameters: [33 * 16 + 16], inputs: [2000, 33], hidden: [2000, 16], outputs: [2000, 16] }
  const buffers = Object.entries(shapes).map(([name, shape], id): Buffer => {
    return { id, name, shape, size: storageSize(shape) + 128, dtype: 'f32' }
  })
  const [parameters, inputs, hidden, outputs] = buffers
  const size = { ROWS: 2000, OUTPUTS: 16, WEIGHTS: 0, ACTIVATION: 1 }
  const train = [
    call(denseForward, { ...size, INPUTS: 33 }, { parameters, inputs, outputs: hidden }),
    call(denseForward, { ...size, INPUTS: 16 }, { parameters, inputs: hidden, outputs }),
  ]
  return { lists: { train, evaluate: train, validate: [], predict: [] }, buffers }
}
