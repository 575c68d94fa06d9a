// Parses JSON of a file that may be hostile.

import { cut, FormatError } from './error'

/** Deepest nesting of lists and objects: several times what the files of Inkling, safetensors and Keras have. */
const DEEPEST = 64

/** The tokens of valid JSON that locate its keys. */
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/g

/**
 * Parses JSON. Unlike JSON.parse it refuses an object with a duplicate key, because programs disagree on which of the values
 * counts, and anything nested deeper than 64.
 * @param what Name of the text in messages, which go on with `is no JSON`.
 * @throws FormatError
 */
export function parseJson(text: string, what: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new FormatError(`${what} is no JSON`)
  }
  checkKeys(text, what)
  return value
}

/** Walks through text that is known to be JSON. */
function checkKeys(text: string, what: string) {
  /** Keys so far of the open objects; undefined for lists. */
  const open: (Set<unknown> | undefined)[] = []
  let before = ''
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{') open.push(new Set())
    else if (token === '[') open.push(undefined)
    else if (token === '}' || token === ']') open.pop()
    else if (token === ':') {
      const key: unknown = JSON.parse(before)
      const keys = open.at(-1)
      if (keys?.has(key)) throw new FormatError(`${what} has “${cut(String(key))}” twice in one place`)
      keys?.add(key)
    } else before = token
    if (open.length > DEEPEST) throw new FormatError(`${what} is nested more than ${DEEPEST} levels deep`)
  }
}
