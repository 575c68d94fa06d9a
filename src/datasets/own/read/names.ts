// Names that a person's files give: made safe to show, told apart, and put in order.

/** Most characters of a name. */
const MOST_CHARACTERS = 60

/** Control characters, marks that turn the direction of text, and halves of characters. */
const unwanted = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** A name without control characters, of at most 60 characters. Anything else stays as it is: a name is text, never markup. */
export function cleaned(name: string): string {
  return shortened(name.replace(/\s/gu, ' ').replace(unwanted, '').replace(/ +/g, ' ').trim())
}

function shortened(name: string, most = MOST_CHARACTERS): string {
  const characters = [...name]
  return characters.length <= most ? name : `${characters.slice(0, most - 1).join('')}…`
}

/** Cleaned names, no two alike: of equal ones the second becomes `name (2)`. Cleaning them again changes none. */
export function distinctNames(names: readonly string[], without = 'no name'): string[] {
  const taken = new Set<string>()
  /** The last number that was given to names of one start. */
  const last = new Map<string, number>()
  return names.map((name) => {
    const start = cleaned(name) || without
    let distinct = start
    for (let n = last.get(start) ?? 2; taken.has(distinct); n++) {
      const suffix = ` (${n})`
      distinct = shortened(start, MOST_CHARACTERS - suffix.length) + suffix
      last.set(start, n + 1)
    }
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
