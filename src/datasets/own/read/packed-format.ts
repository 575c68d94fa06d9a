// What lies in the zip of a data set.

import * as v from 'valibot'
import type { Input } from '../../dataset'
import { classesSchema, inputSchema, whole } from '../schemas'

export const PACKED_FORMAT = 'inkling-dataset'
export const PACKED_VERSION = 1

/** The content of `dataset.json`. */
export const packedSchema = v.object({
  format: v.literal(PACKED_FORMAT),
  version: v.literal(PACKED_VERSION),
  title: v.string(),
  classes: classesSchema,
  input: inputSchema,
  train: whole(1, 2 ** 30),
  test: whole(1, 2 ** 30),
})

/** What `dataset.json` says. */
export type PackedHeader = v.InferOutput<typeof packedSchema>

/** Names of the four files. */
export function packedFiles(input: Input) {
  const examples = input.kind === 'features' ? 'features-idx2-float' : `images-idx${input.channels === 1 ? 3 : 4}-ubyte`
  return {
    train: { examples: `train-${examples}`, labels: 'train-labels-idx1-ubyte' },
    test: { examples: `t10k-${examples}`, labels: 't10k-labels-idx1-ubyte' },
  } as const
}
