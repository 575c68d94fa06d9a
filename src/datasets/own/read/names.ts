// Names that a person's files give: made safe to show, told apart, and put in order.

/** Most characters of a name. */
const MOST_CHARACTERS = 60

/** Control characters, marks that turn the direction of text, and halves of characters. */
const unwanted = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** A name without control characters, of at most 60 characters. Anything else stays as it is: a name is text, never markup. */
export function cleaned(name: string): string {
  const characters = [...name.replace(/\s+/gu, ' ').replace(unwanted, '').trim()]
  if (characters.length <= MOST_CHARACTERS) return characters.join('')
  return `${characters.slice(0, MOST_CHARACTERS - 1).join('')}…`
}

/** Cleaned names, no two alike: of equal ones the second becomes `name (2)`. */
export function distinctNames(names: readonly string[], without = 'no name'): string[] {
  const taken = new Set<string>()
  return names.map((name) => {
    const start = cleaned(name) || without
    let distinct = start
    for (let n = 2; taken.has(distinct); n++) distinct = `${start} (${n})`
    taken.add(distinct)
    return distinct
  })
}

const collator = new Intl.Collator('en', { numeric: true })

/** Order of names as people expect it: 2 before 10. */
export function naturally(a: string, b: string): number {
  const order = collator.compare(a, b)
  return order !== 0 ? order : a < b ? -1 : a > b ? 1 : 0
}

/** The last part of a path, cleaned. */
export const baseName = (path: string): string => cleaned(path.replace(/\/+$/, '').split('/').pop() ?? path)

/** A title for a data set out of the name of a file or folder: without its ends, with spaces. */
export function titleFrom(path: string): string {
  const name = baseName(path).replace(/(\.(csv|tsv|tab|txt|data|zip|gz|idx|ubyte))+$/i, '')
  return cleaned(name.replace(/[_\s]+/g, ' ')) || 'My data'
}
