// Examples of the data set as the device stores them, or as a training batch shows them.

import type { Backend } from '../../backends/types'
import { datasetOf } from '../../datasets'
import { storesOf } from '../../datasets/stores'
import { compileBatch } from '../../model/compile'
import { shapeOf, storedBytes, unpacked } from '../../model/examples'
import type { InputStatistics } from '../../model/initialise'
import { valuesOf } from '../../model/look'
import { rowSize } from '../../model/shape'
import { parseSpec } from '../../model/spec'
import type { Data } from '../data'
import type { Present } from '../present'
import type { Sample, SamplesRequest } from '../protocol'
import { RequestError } from '../queue'
import type { Inspector } from './inspector'

/** See Inspections.samples. */
export const samplesInspector: Inspector<'samples'> = {
  async inspect({ host }, request) {
    const data = await host.dataThere(request.spec)
    const { backend } = host
    return data && backend && trainingSamples(backend, data, request)
  },
}

/** @throws SpecError, and what Backend.prepare and Program.read throw */
async function trainingSamples(backend: Backend, data: Data, { spec, count, turn }: SamplesRequest): Promise<Sample[]> {
  const { plan, state, inputs, targets } = compileBatch(parseSpec(spec), count, data)
  const program = await backend.prepare(plan)
  try {
    program.write(state, Uint32Array.of(turn, spec.seed))
    program.run('gather', 1)
    const [flow, labels] = await Promise.all([program.read(inputs), program.read(targets)])
    const { input } = datasetOf(spec)
    const shape = shapeOf(input)
    const row = rowSize(shape)
    return Array.from({ length: count }, (_, i) => {
      const values = valuesOf({ shape }, flow.subarray(i * row, (i + 1) * row))
      const example = input.kind === 'image' ? Uint8Array.from(values, (ink) => Math.round(255 * ink)) : values
      return { example, label: labels[i] }
    })
  } finally {
    program.dispose()
  }
}

/** See Inspections.testImages. @throws DeviceLostError, and RequestError for a number without an image */
export async function testImages({ backend, trainer }: Present, numbers: readonly number[]): Promise<Sample[]> {
  const { testCount } = trainer.data
  const wrong = numbers.find((number) => !Number.isInteger(number) || number < 0 || number >= testCount)
  if (wrong !== undefined) {
    throw new RequestError(`There is no test image ${wrong}: they are numbered from 0 to ${testCount - 1}.`)
  }
  const dataset = datasetOf(trainer.model.spec)
  const { input } = dataset
  const [stores, bytes] = [storesOf(dataset), storedBytes(input)]
  return Promise.all(
    numbers.map(async (number) => {
      const stored = await backend.readStore(stores.testInputs, number * bytes, bytes)
      const [label] = await backend.readStore(stores.testLabels, number, 1)
      return { example: unpacked(input, stored, 1), label }
    }),
  )
}

/** See Inspections.pixelStatistics. */
export const pixelStatistics = ({ trainer }: Present): Promise<InputStatistics | undefined> =>
  Promise.resolve(trainer.data.statistics)
