// The shapes in which Keras models take examples.

import type { Input } from '../../datasets/dataset'
import { valuesIn } from '../../model/examples'
import type { Shape } from '../../model/shape'

/** Shapes of an example, without the batch axis: all have the same values in the same order. */
export function inputForms(input: Input): readonly Shape[] {
  const flat = [valuesIn(input)]
  if (input.kind === 'features') return [flat]
  const { height, width, channels } = input
  return channels === 1 ? [[height, width, 1], [height, width], flat] : [[height, width, channels], flat]
}
