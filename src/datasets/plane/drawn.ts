// Points that a person draws. The id of their data set holds them all, three characters each, so that a link to it has them, too.

import type { Point } from '../../data/drawing'

/** A point of a class. */
export interface LabelledPoint extends Point {
  readonly label: number
}

/** Fewest and most points of a data set. With fewer, none would be left to test with; with more, links would be too long for some. */
export const DRAWN = { least: 6, most: 400, classes: 5 } as const

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
/** Places along an axis. */
const PLACES = 128

/** Points as they are in an id: x and y in 7 bits each, the class in 4, as base64url digits (RFC 4648, section 5). `reach`: of the plane. */
export function encoded(points: readonly LabelledPoint[], reach: number): string {
  const along = (value: number) => Math.round(((value + reach) / (2 * reach)) * (PLACES - 1))
  return points
    .map(({ x, y, label }) => {
      const bits = (along(x) << 11) | (along(y) << 4) | label
      return ALPHABET[bits >> 12] + ALPHABET[(bits >> 6) & 63] + ALPHABET[bits & 63]
    })
    .join('')
}

/** The reverse. Undefined for text that no points give, and for too few, too many, or points of one class alone. */
export function decoded(text: string, reach: number): readonly LabelledPoint[] | undefined {
  if (text.length % 3 !== 0) return undefined
  const points: LabelledPoint[] = []
  const from = (place: number) => (place / (PLACES - 1)) * 2 * reach - reach
  for (let i = 0; i < text.length; i += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => ALPHABET.indexOf(text[i + k]))
    const bits = (a << 12) | (b << 6) | c
    const label = bits & 15
    if (a < 0 || b < 0 || c < 0 || label >= DRAWN.classes) return undefined
    points.push({ x: from(bits >> 11), y: from((bits >> 4) & (PLACES - 1)), label })
  }
  return whyTooFew(points) === undefined && points.length <= DRAWN.most ? points : undefined
}

/** What is missing before a network can learn from points, in words; undefined where nothing is. */
export function whyTooFew(points: readonly LabelledPoint[]): string | undefined {
  if (new Set(points.map(({ label }) => label)).size < 2) return 'Draw points of two colours at least.'
  const missing = DRAWN.least - points.length
  return missing > 0 ? `Draw ${missing} more ${missing === 1 ? 'point' : 'points'}.` : undefined
}

/** Points to begin with: two clouds. */
export const STARTER: readonly LabelledPoint[] = [
  [-3, 2, 0],
  [-2, 3.5, 0],
  [-3.5, 0.5, 0],
  [-1.5, 1.5, 0],
  [-4, 2.5, 0],
  [-2.5, 1, 0],
  [3, -2, 1],
  [2, -3.5, 1],
  [3.5, -0.5, 1],
  [1.5, -1.5, 1],
  [4, -2.5, 1],
  [2.5, -1, 1],
].map(([x, y, label]) => ({ x, y, label }))

/**
 * Which points are for testing: of each class as many in a hundred as `test`, spread over the order in which they were drawn. A class keeps
 * one to train on at least, and one point at least is for testing.
 */
export function splitOf(points: readonly LabelledPoint[], test: number) {
  const seen = new Map<number, number>()
  const isTest = points.map(({ label }) => {
    const before = seen.get(label) ?? 0
    seen.set(label, before + 1)
    return before > 0 && Math.floor((before * test) / 100) > Math.floor(((before - 1) * test) / 100)
  })
  // Of six points or more and two classes or more, one is not the first of its class, unless there are more classes than DRAWN allows.
  if (!isTest.includes(true)) isTest[points.findLastIndex((_, i) => !isFirst(points, i))] = true
  return { train: points.filter((_, i) => !isTest[i]), test: points.filter((_, i) => isTest[i]) }
}

const isFirst = (points: readonly LabelledPoint[], at: number): boolean =>
  points.findIndex(({ label }) => label === points[at].label) === at
