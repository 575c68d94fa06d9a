// Reads the descriptor of a data set of one's own from a file or a database that this program may not have written.

import * as v from 'valibot'
import { MOST_SIDE, type Dataset } from '../dataset'
import { FEWEST_CLASSES, MOST_CLASSES } from './content'
import { isOwnId } from './id'

/** Most letters of a name in a descriptor, and most features. */
const MOST_LETTERS = 200
const MOST_FEATURES = 100_000

const whole = (low: number, high = Number.MAX_SAFE_INTEGER) =>
  v.pipe(v.number(), v.integer(), v.minValue(low), v.maxValue(high))
const name = v.pipe(v.string(), v.maxLength(MOST_LETTERS))
const side = whole(1, MOST_SIDE)

const schema = v.object({
  id: v.pipe(v.string(), v.check(isOwnId)),
  title: name,
  note: name,
  input: v.variant('kind', [
    v.object({ kind: v.literal('image'), height: side, width: side, channels: v.picklist([1, 3]) }),
    v.object({
      kind: v.literal('features'),
      names: v.pipe(v.array(name), v.minLength(1), v.maxLength(MOST_FEATURES)),
    }),
  ]),
  classes: v.pipe(v.array(name), v.minLength(FEWEST_CLASSES), v.maxLength(MOST_CLASSES)),
  train: whole(1),
  test: whole(1),
  abilities: v.object({ draw: v.boolean(), synthetic: v.literal(false), warp: v.boolean() }),
  own: v.object({ made: v.number(), bytes: whole(0) }),
  source: v.object({ work: name, by: name, home: name, licence: name, url: name }),
})

/** The descriptor that a value is; undefined if it is none of a data set of one's own. */
export function readDescriptor(value: unknown): Dataset | undefined {
  const result = v.safeParse(schema, value)
  return result.success ? result.output : undefined
}
