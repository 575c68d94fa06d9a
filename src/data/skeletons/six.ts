// How people write a six.

import { way, type Skeleton, type Vary } from '../handwriting'
import type { Pen } from '../pen'

/** The loop of a 6 from its bottom on. */
function loopOfSix(pen: Pen, v: Vary, bottom: number): void {
  const [top, right] = [v(0.42, 0.66), v(0.42, 0.62)]
  pen.to(right, (top + bottom) / 2 + v(-0.05, 0.06))
  const style = v(0, 1)
  pen.to(v(0.2, 0.34), top)
  if (style < 0.55) pen.to(v(-0.02, 0.1), top + (bottom - top) * v(0.25, 0.6))
  else if (style < 0.75) pen.to(v(-0.25, 0.02), top + v(0, 0.2))
  else if (style < 0.9) {
    pen.to(v(0.1, 0.18), top + (bottom - top) * v(0.3, 0.5))
    pen.to(v(0.15, 0.3), bottom - v(0.05, 0.15))
  }
}

/** The ways to write a six. */
export const six: readonly Skeleton[] = [
  way('curved', 4, (pen, v) => {
    pen.move(v(0.35, 0.65), v(-0.03, 0.1))
    pen.to(v(0.15, 0.28), v(0.2, 0.35))
    pen.to(v(-0.03, 0.08), v(0.55, 0.75))
    pen.to(v(0.18, 0.32), 1)
    loopOfSix(pen, v, 1)
  }),
  way('straight', 2.5, (pen, v) => {
    pen.move(v(0.05, 0.55), v(-0.05, 0.02))
    pen.to(v(-0.03, 0.08), v(0.6, 0.8), v(0, 0.5))
    pen.to(v(0.15, 0.3), v(0.97, 1.02))
    loopOfSix(pen, v, 1)
  }),
  way('pointed', 0.8, (pen, v) => {
    pen.move(v(0.1, 0.55), v(-0.05, 0.02))
    pen.to(v(-0.02, 0.12), v(0.92, 1), v(0.5, 1))
    if (v(0, 1) < 0.5) pen.to(v(0.2, 0.35), v(0.96, 1.02))
    loopOfSix(pen, v, 1)
  }),
  way('hooked', 1.2, (pen, v) => {
    pen.move(v(0.45, 0.65), v(0.08, 0.25))
    pen.to(v(0.3, 0.48), v(-0.04, 0.04))
    pen.to(v(0, 0.15), v(0.25, 0.42))
    pen.to(v(-0.04, 0.06), v(0.62, 0.78))
    pen.to(v(0.18, 0.32), 1)
    loopOfSix(pen, v, 1)
  }),
  way('small loop', 0.8, (pen, v) => {
    pen.move(v(0.3, 0.7), v(-0.03, 0.05))
    pen.to(v(0, 0.15), v(0.4, 0.55))
    pen.to(v(-0.02, 0.08), v(0.75, 0.85))
    pen.to(v(0.15, 0.25), 1)
    pen.to(v(0.3, 0.45), v(0.82, 0.9))
    pen.to(v(0.15, 0.25), v(0.66, 0.76))
    pen.to(v(-0.1, 0.1), v(0.75, 0.9))
  }),
  way('wide', 0.8, (pen, v) => {
    pen.move(v(0.55, 0.9), v(-0.03, 0.1))
    pen.to(v(0.2, 0.35), v(0.15, 0.3))
    pen.to(v(-0.05, 0.05), v(0.6, 0.78))
    pen.to(v(0.3, 0.4), 1)
    pen.to(v(0.6, 0.75), v(0.72, 0.85))
    pen.to(v(0.3, 0.45), v(0.5, 0.65))
    if (v(0, 1) < 0.7) pen.to(v(0, 0.2), v(0.6, 0.8))
  }),
]
