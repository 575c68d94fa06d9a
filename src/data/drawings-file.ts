// Files of labelled drawings, plain JSON:
//   { "format": "inkling-drawings", "version": 1, "drawings": [{ "label": 7, "strokes": [[[x, y], ...], ...] }] }
// or the list of drawings alone. Coordinates have any unit, y pointing down.

import * as v from 'valibot'
import type { Point, Stroke } from './drawing'
import { grouped } from './error'

const FORMAT = 'inkling-drawings'
const VERSION = 1

/** Most drawings that the page stores, and most strokes and points of one. */
export const MAX_DRAWINGS = 1_000
export const MAX_STROKES = 200
export const MAX_POINTS = 5_000
/** Most bytes of a file that the page reads. */
export const MAX_BYTES = 20_000_000

/** Coordinates are rounded to four decimals: 0.003 pixels of the 28 x 28 picture, for a drawing that fills the pad. */
const DECIMALS = 1e4
/** Margin on each side of the pad around a drawing of another unit, as a share of the pad. */
const MARGIN = 0.15
/** A drawing within the pad whose longer side is shorter would lose its shape by rounding. */
const SMALLEST = 0.02

/** A drawing in a file. */
export interface FileDrawing {
  /** Its digit, 0 to 9. */
  readonly label: number
  /** Its writer, if the file names one. */
  readonly writer?: string | number
  readonly strokes: readonly Stroke[]
}

type Pair = [x: number, y: number]

const pointSchema = v.custom<Pair>(
  (value) => Array.isArray(value) && value.length === 2 && value.every(Number.isFinite),
  ({ input }) => `is ${shown(input)}; a point is [x, y], two finite numbers`,
)
const strokeSchema = v.pipe(
  v.array(pointSchema, ({ input }) => `is ${shown(input)}; a stroke is a list of points [x, y]`),
  v.minLength(1, 'has no points'),
)
const drawingSchema = v.object(
  {
    label: v.custom<number>(
      (value) => Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 9,
      ({ input }) => `has the label ${shown(input)}; labels are 0 to 9`,
    ),
    writer: v.optional(
      v.union(
        [v.string(), v.number()],
        ({ input }) => `has the writer ${shown(input)}; a writer is a name or a number`,
      ),
    ),
    strokes: v.pipe(
      v.array(strokeSchema, ({ input }) => `has the strokes ${shown(input)}; strokes are a list of lists of points`),
      v.minLength(1, 'has no strokes'),
      v.check(
        (strokes) => sizeIssue(strokes) === undefined,
        ({ input }) => sizeIssue(input) ?? '',
      ),
    ),
  },
  ({ input }) => `needs a "label" and "strokes", and is ${shown(input)}`,
)

/** A drawing as JSON holds it. */
export type DrawingJson = v.InferOutput<typeof drawingSchema>

/** Why a drawing is too large to store, as the end of a sentence about it; undefined if it is not. */
export function sizeIssue(strokes: readonly (readonly unknown[])[]): string | undefined {
  const points = strokes.reduce((sum, { length }) => sum + length, 0)
  if (strokes.length > MAX_STROKES) return `has ${grouped(strokes.length)} strokes; at most ${MAX_STROKES} are kept`
  if (points > MAX_POINTS) return `has ${grouped(points)} points; at most ${grouped(MAX_POINTS)} are kept`
  return undefined
}

/**
 * Reads a file of drawings, of this format or a bare list, with unchanged coordinates.
 * @param name Name of the file in messages.
 * @param most Most drawings that it may have.
 * @throws Error that says what is wrong and where: `drawings.json: drawing 3 has the label 12; labels are 0 to 9.`
 */
export function parseDrawings(text: string, name = 'The file', most = MAX_DRAWINGS): FileDrawing[] {
  const refuse = (why: string) => new Error(`${name}: ${why}.`)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw refuse(`this is not JSON (${error instanceof Error ? error.message : String(error)})`)
  }
  const list = Array.isArray(json) ? json : unwrap(json, refuse)
  if (list.length === 0) throw refuse('there is no drawing in it')
  if (list.length > most) throw refuse(`it has ${grouped(list.length)} drawings; at most ${grouped(most)} are read`)
  return list.map((each: unknown, i) => {
    const result = v.safeParse(drawingSchema, each, { abortEarly: true })
    if (!result.success) throw refuse(`${placeOf(i, result.issues[0])} ${result.issues[0].message}`)
    return fromJson(result.output)
  })
}

/** The list inside our own format. */
function unwrap(json: unknown, refuse: (why: string) => Error): readonly unknown[] {
  const { format, version, drawings } = (json ?? {}) as { readonly [key: string]: unknown }
  if (format !== FORMAT)
    throw refuse(`this is no file of drawings; it says "format": ${shown(format)}, not "${FORMAT}"`)
  if (typeof version === 'number' && version > VERSION) {
    throw refuse(`it is of version ${version}, newer than this page, which reads version ${VERSION}; reload the page`)
  }
  if (version !== VERSION) throw refuse(`it says "version": ${shown(version)}, not ${VERSION}`)
  if (!Array.isArray(drawings)) throw refuse(`its "drawings" are ${shown(drawings)}, not a list`)
  return drawings
}

/** Checks a drawing of a file or database; undefined if it is none. */
export function readDrawing(json: unknown): FileDrawing | undefined {
  const result = v.safeParse(drawingSchema, json, { abortEarly: true })
  return result.success ? fromJson(result.output) : undefined
}

/** The text of a file that parseDrawings reads, one line a drawing. */
export function writeDrawings(drawings: readonly FileDrawing[]): string {
  const lines = drawings.map((drawing) => JSON.stringify(drawingJson(drawing)))
  return `{ "format": "${FORMAT}", "version": ${VERSION}, "drawings": [\n${lines.join(',\n')}\n] }\n`
}

/** A drawing as JSON holds it. */
export function drawingJson({ label, writer, strokes }: FileDrawing): DrawingJson {
  const pairs = strokes.map((stroke) => stroke.map(({ x, y }): Pair => [x, y]))
  return { label, ...(writer !== undefined && { writer }), strokes: pairs }
}

function fromJson({ label, writer, strokes }: DrawingJson): FileDrawing {
  const points = strokes.map((stroke) => stroke.map(([x, y]) => ({ x, y })))
  return { label, ...(writer !== undefined && { writer }), strokes: points }
}

/**
 * Strokes for the pad's unit square, with four decimals. Drawings that leave the square, or are too small in it, are scaled into its
 * middle with their proportions; others stay in place.
 */
export function fitIntoPad(strokes: readonly Stroke[]): Stroke[] {
  const all = strokes.flat()
  const extent = (values: readonly number[]) =>
    values.reduce(([a, b], n) => [Math.min(a, n), Math.max(b, n)], [Infinity, -Infinity])
  const [left, right] = extent(all.map(({ x }) => x))
  const [top, bottom] = extent(all.map(({ y }) => y))
  // Halves first: the sum or difference of two huge numbers would overflow.
  const half = Math.max(right / 2 - left / 2, bottom / 2 - top / 2)
  const outside = Math.min(left, top) < 0 || Math.max(right, bottom) > 1
  const middle = { x: left / 2 + right / 2, y: top / 2 + bottom / 2 }
  const scaled = (distance: number) => 0.5 + (half > 0 ? (distance / half) * (0.5 - MARGIN) : 0)
  const place = ({ x, y }: Point): Point => ({ x: scaled(x - middle.x), y: scaled(y - middle.y) })
  const fits = !outside && (half === 0 || 2 * half >= SMALLEST)
  return strokes.map((stroke) => stroke.map((point) => roundPoint(fits ? point : place(point))))
}

/** Adding 0 turns a negative zero into a plain one: JSON does not distinguish them. */
const round = (value: number) => Math.round(value * DECIMALS) / DECIMALS + 0
const roundPoint = ({ x, y }: Point): Point => ({ x: round(x), y: round(y) })

/** `point 4 of stroke 2 of drawing 3`, counted from 1. */
function placeOf(drawing: number, issue: v.BaseIssue<unknown>): string {
  const [, stroke, point] = (issue.path ?? []).map(({ key }) => Number(key) + 1)
  return [
    ...(point === undefined ? [] : [`point ${point}`]),
    ...(stroke === undefined ? [] : [`stroke ${stroke}`]),
    `drawing ${drawing + 1}`,
  ].join(' of ')
}

/** A value as JSON; one that is nested too deep is only named. */
function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'missing'
  } catch {
    return 'nested too deep'
  }
}

/** A value in a message, cut if it is long. */
function shown(value: unknown): string {
  const text = textOf(value)
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
