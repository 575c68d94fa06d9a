// How people write a two.

import { way, type Skeleton, type Vary } from '../handwriting'
import type { Pen } from '../pen'

/** The base of a 2, from its lower left corner to the right. */
function baseOfTwo(pen: Pen, v: Vary, x: number, y: number): void {
  const right = v(0.5, 0.85)
  const end = y + v(-0.14, 0.1)
  const style = v(0, 1)
  if (style < 0.4) {
    pen.to((x + right) / 2, (y + end) / 2 + v(-0.03, 0.03))
    pen.to(right, end)
  } else if (style < 0.75) {
    pen.to(x + (right - x) * v(0.2, 0.35), y - v(0.04, 0.14))
    pen.to(x + (right - x) * v(0.6, 0.75), y + v(-0.02, 0.08))
    pen.to(right, end - v(0, 0.12))
  } else if (style < 0.9) {
    pen.to((x + right) / 2, y + v(0, 0.06))
    pen.to(right, y - v(0.05, 0.2))
  } else {
    pen.to(right * 0.9, end)
    pen.to(right, end + v(-0.2, 0.1), 0.8)
  }
}

/** The bow of a 2 down to its neck. */
function bowOfTwo(pen: Pen, v: Vary): void {
  const top = v(0.2, 0.36)
  const style = v(0, 1)
  if (style < 0.25) {
    // A curl to begin with.
    pen.move(v(0.12, 0.25), v(0.25, 0.42))
    pen.to(v(0, 0.08), v(0.14, 0.3))
  } else if (style < 0.4) {
    pen.move(v(0.1, 0.25), v(0.12, 0.3))
    pen.to(v(0, 0.1), v(0.2, 0.4), 0.4)
  } else pen.move(v(-0.05, 0.12), v(0.1, 0.42))
  pen.to(v(0.2, 0.36), v(-0.02, 0.04))
  pen.to(v(0.5, 0.64), top)
  pen.to(v(0.36, 0.5), v(0.5, 0.64))
}

/** The ways to write a two. */
export const two: readonly Skeleton[] = [
  way('corner', 3.5, (pen, v) => {
    bowOfTwo(pen, v)
    const [x, y] = [v(-0.05, 0.08), v(0.93, 1.02)]
    pen.to(x, y, v(0.6, 1))
    baseOfTwo(pen, v, x, y)
  }),
  way('loop', 3, (pen, v) => {
    bowOfTwo(pen, v)
    const [x, y, size] = [v(-0.02, 0.12), v(0.9, 1.02), v(0.5, 1.3)]
    pen.to(x + 0.12 * size, y - 0.05 * size)
    pen.to(x, y)
    pen.to(x - 0.09 * size, y - 0.1 * size)
    pen.to(x + 0.05 * size, y - 0.18 * size)
    pen.to(v(0.28, 0.45), y - v(0.02, 0.12))
    pen.to(v(0.5, 0.85), y + v(-0.1, 0.12))
  }),
  way('z', 1.5, (pen, v) => {
    const y = v(0, 0.2)
    pen.move(v(-0.08, 0.1), y)
    if (v(0, 1) < 0.5) pen.to(v(0.2, 0.35), v(-0.02, 0.06))
    pen.to(v(0.5, 0.65), v(0, 0.14), v(0.2, 1))
    if (v(0, 1) < 0.5) pen.to(v(0.3, 0.45), v(0.45, 0.6))
    const [x, bottom] = [v(-0.05, 0.15), v(0.92, 1)]
    pen.to(x, bottom, v(0.3, 1))
    baseOfTwo(pen, v, x, bottom)
  }),
  way('round foot', 1.5, (pen, v) => {
    bowOfTwo(pen, v)
    pen.to(v(0.08, 0.25), v(0.72, 0.85))
    pen.to(v(0.05, 0.25), v(0.92, 1))
    pen.to(v(0.35, 0.5), v(0.96, 1.05))
    pen.to(v(0.55, 0.85), v(0.9, 1.05))
  }),
  way('base to both sides', 0.6, (pen, v) => {
    bowOfTwo(pen, v)
    const y = v(0.92, 1)
    const x = v(0.1, 0.35)
    pen.to(x, y - v(0.02, 0.1))
    pen.to(x - v(0.1, 0.35), y, v(0.6, 1))
    pen.to(v(0.5, 0.75), y + v(-0.06, 0.06))
  }),
  way('hardly a foot', 0.7, (pen, v) => {
    bowOfTwo(pen, v)
    const x = v(0.05, 0.25)
    pen.to(x, v(0.88, 0.97), v(0, 0.8))
    pen.to(x + v(0.12, 0.3), v(0.93, 1.06))
  }),
  way('swan', 1.4, (pen, v) => {
    // A small head, a long straight neck.
    pen.move(v(0.05, 0.34), v(0.12, 0.42))
    pen.to(v(0.2, 0.35), v(-0.02, 0.05))
    pen.to(v(0.45, 0.55), v(0.14, 0.25))
    pen.to(v(0.3, 0.42), v(0.45, 0.6))
    const [x, y] = [v(-0.02, 0.15), v(0.93, 1.02)]
    pen.to(x, y, v(0.4, 1))
    baseOfTwo(pen, v, x, y)
  }),
]
