// Images of the data set as they lie on the device, or as a run is trained on them.

import type { Backend } from '../backends/types'
import { compileBatch, stores } from '../model/compile'
import { parseSpec, PIXELS, type Spec } from '../model/spec'
import type { Sample } from './protocol'
import type { Data } from './trainer'

/** See Session.samples. @throws SpecError, and what Backend.prepare and Program.read throw */
export async function trainingSamples(
  backend: Backend,
  data: Data,
  spec: Spec,
  count: number,
  turn: number,
): Promise<Sample[]> {
  const { plan, state, inputs, targets } = compileBatch(parseSpec(spec), count, data)
  const program = await backend.prepare(plan)
  try {
    program.write(state, Uint32Array.of(turn, spec.seed))
    program.run('train', 1)
    const [pixels, labels] = await Promise.all([program.read(inputs), program.read(targets)])
    return Array.from({ length: count }, (_, i) => ({
      pixels: Uint8Array.from(pixels.subarray(i * PIXELS, (i + 1) * PIXELS), (ink) => Math.round(255 * ink)),
      label: labels[i],
    }))
  } finally {
    program.dispose()
  }
}

/** Images of the test set by their numbers. @throws DeviceLostError */
export function testImages(backend: Backend, numbers: readonly number[]): Promise<Sample[]> {
  return Promise.all(
    numbers.map(async (number) => {
      const pixels = await backend.readStore(stores.testImages, number * PIXELS, PIXELS)
      const [label] = await backend.readStore(stores.testLabels, number, 1)
      return { pixels, label }
    }),
  )
}
