// Errors of files that cannot be used.

/** The file cannot be used. The message says why, in words for a person, and follows the file's name. */
export class FormatError extends Error {
  override name = 'FormatError'
}

/** Most characters of a value that a message shows. */
const MOST_SHOWN = 60

/** Text of a file in a message: on one line, and cut if it is long. */
export function cut(text: string): string {
  const head = text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text
  return head.replace(/[\p{Cc}\u2028\u2029]/gu, ' ')
}

/** A value of a file in a message, as JSON. */
export function shown(value: unknown): string {
  try {
    return cut(JSON.stringify(value) ?? 'nothing')
  } catch {
    return 'something nested too deep' // or in a circle, which no file has
  }
}
