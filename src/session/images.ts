// Examples of the data set as they lie on the device, or as a run is trained on them.

import type { Backend } from '../backends/types'
import { datasetOf } from '../datasets'
import type { Dataset } from '../datasets/dataset'
import { stores } from '../datasets/stores'
import { compileBatch } from '../model/compile'
import { shapeOf, storedBytes, unpacked } from '../model/examples'
import { valuesOf } from '../model/look'
import { rowSize } from '../model/shape'
import { parseSpec, type Spec } from '../model/spec'
import type { Data } from './data'
import type { Sample } from './protocol'

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

/** Examples of the test set by their numbers. @throws DeviceLostError */
export function testExamples(backend: Backend, { input }: Dataset, numbers: readonly number[]): Promise<Sample[]> {
  const bytes = storedBytes(input)
  return Promise.all(
    numbers.map(async (number) => {
      const stored = await backend.readStore(stores.testInputs, number * bytes, bytes)
      const [label] = await backend.readStore(stores.testLabels, number, 1)
      return { example: unpacked(input, stored, 1), label }
    }),
  )
}
