// Changes to a drawing that keep its digit: another place on the pad, small, large, turned, another pen.

import { PEN_WIDTH, type Point, type Stroke } from '../data/drawing'

/** A change by name; strokes lie in the pad's unit square before and after. */
interface Perturbation {
  readonly name: string
  readonly penWidth: number
  apply(strokes: readonly Stroke[]): readonly Stroke[]
}

/** Points are rounded to whole pixels of a pad this wide: otherwise a small drawing would be finer than a person can draw. */
const PAD_PIXELS = 500

const corner = (name: string, x: 0 | 1, y: 0 | 1): Perturbation => ({
  name,
  penWidth: PEN_WIDTH,
  apply: (strokes) => {
    const { left, right, top, bottom } = extent(strokes)
    return moved(strokes, x === 0 ? -left : 1 - right, y === 0 ? -top : 1 - bottom)
  },
})

/** Scaled so far, or as far as the pad allows. */
const size = (name: string, factor: number): Perturbation => ({
  name,
  penWidth: PEN_WIDTH,
  apply: (strokes) => {
    const { left, right, top, bottom } = extent(strokes)
    const scale = Math.min(factor, 1 / Math.max(right - left, bottom - top))
    return aroundMiddle(strokes, (x, y) => ({ x: scale * x, y: scale * y }))
  },
})

const turn = (name: string, degrees: number): Perturbation => {
  const [cosine, sine] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)]
  return {
    name,
    penWidth: PEN_WIDTH,
    apply: (strokes) => aroundMiddle(strokes, (x, y) => ({ x: cosine * x - sine * y, y: sine * x + cosine * y })),
  }
}

const pen = (name: string, factor: number): Perturbation => ({
  name,
  penWidth: factor * PEN_WIDTH,
  apply: (strokes) => strokes,
})

export const perturbations: readonly Perturbation[] = [
  corner('top left', 0, 0),
  corner('top right', 1, 0),
  corner('bottom left', 0, 1),
  corner('bottom right', 1, 1),
  size('35% size', 0.35),
  size('150% size', 1.5),
  turn('15° clockwise', 15),
  turn('15° anticlockwise', -15),
  pen('thin pen (60%)', 0.6),
  pen('thick pen (150%)', 1.5),
]

function extent(strokes: readonly Stroke[]) {
  const points = strokes.flat()
  const xs = points.map(({ x }) => x)
  const ys = points.map(({ y }) => y)
  return { left: Math.min(...xs), right: Math.max(...xs), top: Math.min(...ys), bottom: Math.max(...ys) }
}

/** Maps points around the middle of their box, then moves them back onto the pad where they have left it. */
function aroundMiddle(strokes: readonly Stroke[], map: (x: number, y: number) => Point): readonly Stroke[] {
  const { left, right, top, bottom } = extent(strokes)
  const [middleX, middleY] = [(left + right) / 2, (top + bottom) / 2]
  const mapped = strokes.map((stroke) =>
    stroke.map(({ x, y }) => {
      const point = map(x - middleX, y - middleY)
      return { x: point.x + middleX, y: point.y + middleY }
    }),
  )
  const after = extent(mapped)
  return moved(mapped, inside(after.left, after.right), inside(after.top, after.bottom))
}

/** How far to move an extent so that it lies between 0 and 1, or in their middle where it is longer. */
function inside(low: number, high: number): number {
  if (high - low > 1) return 0.5 - (low + high) / 2
  return low < 0 ? -low : high > 1 ? 1 - high : 0
}

/** Moved, onto whole pixels, and held by the pad's edge as the page does it. */
function moved(strokes: readonly Stroke[], dx: number, dy: number): readonly Stroke[] {
  const place = (value: number) => Math.max(0, Math.min(1, Math.round(value * PAD_PIXELS) / PAD_PIXELS))
  return strokes.map((stroke) => stroke.map(({ x, y }) => ({ x: place(x + dx), y: place(y + dy) })))
}
