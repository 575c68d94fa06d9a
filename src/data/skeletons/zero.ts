// How people write a zero.

import { way, type Skeleton, type Vary } from '../handwriting'
import type { Pen } from '../pen'

/** A closed or nearly closed oval, begun anywhere. */
function oval(pen: Pen, v: Vary, from: number, sweep: number, end = 1): void {
  const half = v(0, 1) < 0.1 ? v(0.5, 0.9) : v(0.22, 0.5)
  pen.arc(0.35, 0.5, half, 0.5, from, sweep, end)
}

/** The ways to write a zero. */
export const zero: readonly Skeleton[] = [
  way('from the top', 4, (pen, v) => oval(pen, v, v(-0.08, 0.1), -v(0.94, 1.08), v(0.9, 1.05))),
  way('clockwise', 1.5, (pen, v) => oval(pen, v, v(-0.2, 0.1), v(0.94, 1.1), v(0.85, 1.1))),
  way('from the side', 1.5, (pen, v) => oval(pen, v, v(0.5, 1), -v(0.95, 1.1), v(0.85, 1.1))),
  way('open', 1, (pen, v) => oval(pen, v, v(-0.12, 0.15), -v(0.78, 0.94), v(0.9, 1.1))),
  way('ends overlap', 2, (pen, v) => oval(pen, v, v(-0.1, 0.12), -v(1.05, 1.3), v(0.6, 1))),
  way('twice round', 0.4, (pen, v) => oval(pen, v, v(-0.1, 0.12), -v(1.4, 2), v(0.8, 1))),
  way('two halves', 0.3, (pen, v) => {
    const rx = v(0.25, 0.45)
    pen.arc(0.35, 0.5, rx, 0.5, v(-0.03, 0.06), -v(0.42, 0.54))
    pen.arc(0.35, 0.5, rx * v(0.9, 1.1), v(0.46, 0.52), v(-0.06, 0.05), v(0.42, 0.54))
  }),
  way('led in', 1, (pen, v) => {
    pen.move(v(-0.1, 0.25), v(-0.08, 0.2))
    pen.arc(0.35, 0.5, v(0.25, 0.45), 0.5, v(0, 0.15), -v(0.85, 1.1), v(0.85, 1), false)
  }),
  way('led in clockwise', 0.5, (pen, v) => {
    pen.move(v(-0.15, 0.1), v(0.1, 0.35))
    pen.arc(0.35, 0.5, v(0.25, 0.45), 0.5, v(-0.1, 0.02), v(0.75, 0.98), v(0.8, 1), false)
  }),
  way('drop', 1, (pen, v) => {
    const half = v(0.22, 0.42)
    pen.move(v(0.25, 0.45), 0)
    pen.to(0.35 - half * v(0.8, 1), v(0.45, 0.65))
    pen.to(0.35, 1)
    pen.to(0.35 + half * v(0.8, 1.1), v(0.45, 0.65))
    pen.to(v(0.2, 0.5), v(-0.05, 0.1))
  }),
  way('slashed', 0.7, (pen, v) => {
    oval(pen, v, v(-0.08, 0.1), -v(0.95, 1.08))
    pen.move(v(0.5, 0.8), v(-0.08, 0.25))
    pen.to(v(-0.1, 0.2), v(0.75, 1.08))
  }),
  way('slashed in one stroke', 0.3, (pen, v) => {
    oval(pen, v, v(0, 0.12), -v(0.9, 1))
    pen.to(v(0.45, 0.65), v(0.02, 0.2), 0.7)
    pen.to(v(0, 0.25), v(0.75, 1))
  }),
]
