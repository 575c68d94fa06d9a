// The examples of a data set as data.safetensors, which train.py reads where no published files hold them.

import type { Dataset } from '../../datasets/dataset'
import type { Content } from '../../datasets/own/content'
import { shapeOf } from '../../model/examples'
import { writeSafetensors } from '../safetensors'

/** Tensors `train.inputs`, `train.labels`, `test.inputs` and `test.labels`, in Inkling's order: bytes, and features as 32-bit floats. */
export function examplesFile({ input }: Pick<Dataset, 'input'>, { train, test }: Content): Uint8Array<ArrayBuffer> {
  const parts = [
    ['train', train],
    ['test', test],
  ] as const
  const inputs = parts.map(([part, { examples, labels }]) => {
    const [name, shape] = [`${part}.inputs`, [labels.length, ...shapeOf(input)]]
    return examples instanceof Uint8Array
      ? { name, shape, values: examples, dtype: 'U8' as const }
      : { name, shape, values: examples }
  })
  const labels = parts.map(([part, { labels }]) => ({
    name: `${part}.labels`,
    shape: [labels.length],
    values: labels,
    dtype: 'U8' as const,
  }))
  return writeSafetensors({ tensors: [...inputs, ...labels], metadata: {} })
}
