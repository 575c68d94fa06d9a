// Images of the data set as they lie on the device, or as a run is trained on them.

import type { Backend } from '../../backends/types'
import { compileBatch, stores } from '../../model/compile'
import type { PixelStatistics } from '../../model/initialise'
import { parseSpec, PIXELS } from '../../model/spec'
import type { Present } from '../present'
import type { Sample, SamplesRequest } from '../protocol'
import { RequestError } from '../queue'
import type { Data } from '../trainer'
import type { Inspector } from './inspector'

/** See Inspections.samples. */
export const samplesInspector: Inspector<'samples'> = {
  async inspect({ host }, request) {
    const data = await host.dataFor(request.spec)
    const backend = host.device?.backend
    return data && backend && trainingSamples(backend, data, request)
  },
}

/** @throws SpecError, and what Backend.prepare and Program.read throw */
async function trainingSamples(backend: Backend, data: Data, { spec, count, turn }: SamplesRequest): Promise<Sample[]> {
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

/** See Inspections.testImages. @throws DeviceLostError, and RequestError where there is none of a number */
export async function testImages(
  { backend, data: { testCount } }: Present,
  numbers: readonly number[],
): Promise<Sample[]> {
  const wrong = numbers.find((number) => !Number.isInteger(number) || number < 0 || number >= testCount)
  if (wrong !== undefined) {
    throw new RequestError(`There is no test image ${wrong}: they are numbered from 0 to ${testCount - 1}.`)
  }
  return Promise.all(
    numbers.map(async (number) => {
      const pixels = await backend.readStore(stores.testImages, number * PIXELS, PIXELS)
      const [label] = await backend.readStore(stores.testLabels, number, 1)
      return { pixels, label }
    }),
  )
}

/** See Inspections.pixelStatistics. */
export function pixelStatistics({ data: { mean, deviation } }: Present): Promise<PixelStatistics> {
  return Promise.resolve({ mean, deviation })
}
