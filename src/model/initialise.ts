// The first parameters of a run: a function of the spec's seed alone, the same for every backend.

import { pad4 } from '../kernels/kernel'
import { normal, Stream, uniform } from '../kernels/random'
import type { Model } from './compile'

/** Fills the parameter buffer of a model; padding is zero. Every parameter has a random stream of its own. */
export function initialParameters(model: Model): Float32Array<ArrayBuffer> {
  const values = new Float32Array(model.buffers.parameters.size)
  model.parameters.forEach(({ shape, offset, initial }, number) => {
    const stream = Stream.weights + number
    if (initial.kind === 'zero') return
    const columns = shape[shape.length - 1]
    const rows = shape.reduce((a, b) => a * b, 1) / columns
    for (let i = 0; i < rows * columns; i++) {
      const at = offset + Math.floor(i / columns) * pad4(columns) + (i % columns)
      values[at] =
        initial.kind === 'normal'
          ? initial.deviation * normal(model.spec.seed, stream, i)
          : initial.limit * (2 * uniform(model.spec.seed, stream, i) - 1)
    }
  })
  return values
}
