// Reads the descriptor of a data set of one's own from a file or a database that this program may not have written.

import * as v from 'valibot'
import type { Dataset } from '../dataset'
import { isOwnId } from './id'
import { isPadInput } from './pad-input'
import { classesSchema, inputSchema, nameSchema as name, whole } from './schemas'

const schema = v.pipe(
  v.object({
    id: v.pipe(v.string(), v.check(isOwnId)),
    title: name,
    note: name,
    input: inputSchema,
    classes: classesSchema,
    train: whole(1),
    test: whole(1),
    abilities: v.object({ draw: v.boolean(), synthetic: v.literal(false), warp: v.boolean() }),
    own: v.object({ made: v.number(), bytes: whole(0) }),
    source: v.object({ work: name, by: name, home: name, licence: name, url: name }),
  }),
  v.check(({ input, abilities }) => !abilities.draw || isPadInput(input)),
  v.check(({ input, abilities }) => !abilities.warp || input.kind === 'image'),
)

/** The descriptor that a value is; undefined if it is none of a data set of one's own. */
export function readDescriptor(value: unknown): Dataset | undefined {
  const result = v.safeParse(schema, value)
  return result.success ? result.output : undefined
}
