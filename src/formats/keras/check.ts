// Checks parts of a Keras model's JSON, with messages that name the wrong field and what it should be.

import * as v from 'valibot'
import { FormatError, shown } from '../error'

// A schema's message is what `checked` says behind the value that is wrong.
export const text = v.string('; it must be text')
export const yesOrNo = v.boolean('; it must be true or false')
export const number = v.pipe(v.number('; it must be a number'), v.finite('; it must be finite'))
export const count = v.pipe(
  v.number('; it must be a whole number'),
  v.safeInteger('; it must be a whole number'),
  v.minValue(0, '; it must not be negative'),
)
export const list = <S extends v.GenericSchema>(items: S) => v.array(items, '; it must be a list')

/**
 * Parses a value with a schema; fields that the schema does not name are dropped.
 * @param what Begins the message, which goes on with `has no units` or `has units -1; it must not be negative`.
 * @throws FormatError
 */
export function checked<S extends v.GenericSchema>(schema: S, value: unknown, what: string): v.InferOutput<S> {
  const result = v.safeParse(schema, value, { abortEarly: true })
  if (result.success) return result.output
  const [issue] = result.issues
  const path = v.getDotPath(issue)
  if (path === null) throw new FormatError(`${what} is ${shown(issue.input)}, and must be an object with fields`)
  if (issue.received === 'undefined') throw new FormatError(`${what} has no ${path}`)
  const wanted = issue.type === 'object' ? '; it must be an object with fields' : issue.message
  throw new FormatError(`${what} has ${path} ${shown(issue.input)}${wanted}`)
}
