// What lies in the zip of a data set.

import * as v from 'valibot'
import { MOST_SIDE, type Input } from '../../dataset'
import { FEWEST_CLASSES, MOST_CLASSES } from '../content'

export const PACKED_FORMAT = 'inkling-dataset'
export const PACKED_VERSION = 1

const whole = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most))
const names = (least: number, most: number) => v.pipe(v.array(v.string()), v.minLength(least), v.maxLength(most))

/** The content of `dataset.json`. */
export const packedSchema = v.object({
  format: v.literal(PACKED_FORMAT),
  version: v.literal(PACKED_VERSION),
  title: v.string(),
  classes: names(FEWEST_CLASSES, MOST_CLASSES),
  input: v.variant('kind', [
    v.object({
      kind: v.literal('image'),
      height: whole(1, MOST_SIDE),
      width: whole(1, MOST_SIDE),
      channels: v.picklist([1, 3]),
    }),
    v.object({ kind: v.literal('features'), names: names(1, 20_000) }),
  ]),
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
