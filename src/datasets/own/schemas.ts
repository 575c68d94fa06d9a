// Schemas of what descriptors and packed data sets have in common.

import * as v from 'valibot'
import { MOST_SIDE } from '../dataset'
import { FEWEST_CLASSES, MOST_CLASSES, MOST_FEATURES, MOST_LETTERS } from './content'

/** A whole number. */
export const whole = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most))

/** A name of at most 200 letters. */
export const nameSchema = v.pipe(v.string(), v.maxLength(MOST_LETTERS))

/** Different names of classes. */
export const classesSchema = v.pipe(
  v.array(nameSchema),
  v.minLength(FEWEST_CLASSES),
  v.maxLength(MOST_CLASSES),
  v.check((names) => new Set(names).size === names.length, 'Two classes have one name'),
)

const side = whole(1, MOST_SIDE)

/** What the examples are. */
export const inputSchema = v.variant('kind', [
  v.object({ kind: v.literal('image'), height: side, width: side, channels: v.picklist([1, 3]) }),
  v.object({
    kind: v.literal('features'),
    names: v.pipe(v.array(nameSchema), v.minLength(1), v.maxLength(MOST_FEATURES)),
  }),
])
