// Which parts of a buffer a call writes: buffers of the whole network hold parts of every layer, one after the other.

import { pad4 } from '../kernels/kernel'
import { storageSize, type Call } from '../kernels/plan'
import type { Model } from '../model/compile'

/** A run of elements, and the layer that it belongs to; all of a buffer where `start` and `count` are left out. */
export interface Part {
  readonly layer: number | undefined
  readonly start?: number
  readonly count?: number
}

/** The parts of a buffer that a call writes, each with its layer: buffers of the whole network have parts of all layers. */
export function partsOf(
  { parameters, buffers, snapshot }: Model,
  { layer, constants, buffers: bound }: Call,
  id: number,
): readonly Part[] {
  if (bound['outputGradient']?.id === id) {
    // A head's scores lie behind its gradient, and are thousands of times as large.
    const count = pad4(constants['ROWS']) * pad4(constants['OUTPUTS'])
    return [
      { layer, start: 0, count },
      { layer: undefined, start: count, count: pad4(constants['ROWS']) },
    ]
  }
  const isRunning = id === buffers.running.id
  // Moments are laid out as the parameters are.
  const ofAll =
    isRunning || id === buffers.gradients.id || snapshot.some((buffer) => buffer.id === id && id !== buffers.state.id)
  if (!ofAll) return [{ layer }]
  return parameters
    .filter(({ role, frozen }) => !frozen && (role === 'running') === isRunning)
    .map(({ layer, offset, shape }) => ({ layer, start: offset, count: storageSize(shape) }))
    .filter((part) => layer === undefined || part.layer === layer)
}
