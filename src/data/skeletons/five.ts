// How people write a five.

import { way, type Skeleton, type Vary } from '../handwriting'
import type { Pen } from '../pen'
import { bowl } from './three'

/** A 5 from the top of its stem on: down, and round the bowl. */
function fiveFromStem(pen: Pen, v: Vary, x: number): void {
  const y = v(0.34, 0.54)
  const foot = x - v(-0.02, 0.1)
  if (v(0, 1) < 0.3) pen.to(x - 0.02, y * 0.5)
  pen.to(foot, y, v(0.5, 1))
  bowl(pen, v, foot, y - v(0, 0.1))
}

/** The ways to write a five. */
export const five: readonly Skeleton[] = [
  way('two strokes', 4, (pen, v) => {
    const x = v(0.02, 0.2)
    pen.move(x, v(-0.02, 0.1))
    fiveFromStem(pen, v, x)
    pen.move(x + v(-0.06, 0.1), v(-0.05, 0.1))
    pen.to(v(0.5, 0.9), v(-0.14, 0.08))
  }),
  way('bar across', 1.2, (pen, v) => {
    const x = v(0.15, 0.35)
    pen.move(x, v(-0.05, 0.05))
    fiveFromStem(pen, v, x)
    pen.move(x - v(0.08, 0.35), v(-0.02, 0.12))
    pen.to(v(0.55, 0.85), v(-0.1, 0.08))
  }),
  way('one stroke', 2.5, (pen, v) => {
    const x = v(0.05, 0.2)
    pen.move(v(0.5, 0.8), v(-0.08, 0.1))
    pen.to(x, v(-0.02, 0.1), v(0.4, 1))
    fiveFromStem(pen, v, x)
  }),
  way('s', 2, (pen, v) => {
    pen.move(v(0.5, 0.8), v(-0.08, 0.12))
    pen.to(v(0.25, 0.4), v(-0.02, 0.06))
    pen.to(v(0, 0.12), v(0.16, 0.28))
    pen.to(v(0.2, 0.4), v(0.4, 0.52))
    pen.to(v(0.5, 0.68), v(0.62, 0.78))
    pen.to(v(0.25, 0.42), v(0.96, 1.03))
    pen.to(v(-0.15, 0.1), v(0.85, 1.02))
  }),
  way('diagonal s', 0.8, (pen, v) => {
    pen.move(v(0.5, 0.8), v(-0.05, 0.1))
    pen.to(v(0.05, 0.25), v(0.1, 0.3), v(0.2, 0.9))
    pen.to(v(0.45, 0.6), v(0.5, 0.68), v(0, 0.7))
    if (v(0, 1) < 0.5) pen.to(v(0.35, 0.5), v(0.85, 0.95))
    pen.to(v(-0.1, 0.25), v(0.93, 1.05))
  }),
]
