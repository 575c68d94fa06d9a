// The data set of a run on its device, and examples that come from elsewhere.

import { datasetOf } from '../datasets'
import type { DataSize } from '../model/compile'
import { packed, valuesIn, type Example } from '../model/examples'
import type { InputStatistics } from '../model/initialise'
import type { Spec } from '../model/spec'
import { RequestError } from './queue'

/** The data set on the device, as a run of some spec needs it. */
export interface Data extends DataSize {
  /** Over the examples that the spec standardises with, if it does. */
  readonly statistics?: InputStatistics
}

/** An example as the buffer of a program holds it. @throws RequestError if it is no example of the spec's data set */
export function storedExample(spec: Pick<Spec, 'dataset'>, example: Example): Float32Array | Uint32Array {
  const { title, input } = datasetOf(spec)
  const values = valuesIn(input)
  const fits = input.kind === 'image' ? example instanceof Uint8Array : example instanceof Float32Array
  if (!fits || example.length !== values) {
    const unit = input.kind === 'image' ? 'bytes' : 'values'
    throw new RequestError(`An example of ${title} has ${values} ${unit}, this one ${example.length}.`)
  }
  const { buffer } = packed(input, example)
  return input.kind === 'image' ? new Uint32Array(buffer) : new Float32Array(buffer)
}
