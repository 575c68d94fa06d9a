// Examples of a data set as they flow through a network; how they lie in data stores and input buffers is in datasets/layout.ts.

import type { Input } from '../datasets/dataset'
import type { Shape } from './shape'

export { packed, storedBytes, unpacked, valuesIn, type Example } from '../datasets/layout'

/** Shape of an example as it flows: [height, width], [height, width, 3] or [features]. */
export function shapeOf(input: Input): Shape {
  if (input.kind === 'features') return [input.names.length]
  const { height, width, channels } = input
  return channels === 1 ? [height, width] : [height, width, channels]
}
