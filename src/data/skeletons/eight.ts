// How people write a eight.

import { way, type Skeleton, type Vary } from '../handwriting'
import type { Pen } from '../pen'

/** An 8 in one stroke, begun at the top right and leaving it to the left; mirrored, the other way. */
function eightFromTop(pen: Pen, v: Vary, side: 1 | -1, gap: number): void {
  const waist = v(0.38, 0.56)
  const [upper, lower] = [v(0.16, 0.34), v(0.2, 0.38)]
  const x = (offset: number) => 0.32 + side * offset
  pen.move(x(upper * v(0.4, 1.1)), v(0.02, 0.16))
  pen.to(x(v(-0.06, 0.06)), v(-0.03, 0.03))
  pen.to(x(-upper), waist * v(0.4, 0.6))
  pen.to(x(v(-0.06, 0.04)), waist)
  pen.to(x(lower), waist + (1 - waist) * v(0.4, 0.65))
  pen.to(x(v(-0.06, 0.06)), 1)
  pen.to(x(-lower), waist + (1 - waist) * v(0.4, 0.65))
  pen.to(x(v(-0.02, 0.06)), waist + v(-0.03, 0.05))
  pen.to(x(upper * v(0.7, 1.15) + gap * 0.5), waist * v(0.25, 0.6) - gap * 0.2)
  if (gap < 0.05 && v(0, 1) < 0.6) pen.to(x(upper * v(0.1, 0.8)), v(-0.04, 0.08))
}

/** The ways to write a eight. */
export const eight: readonly Skeleton[] = [
  way('one stroke', 4, (pen, v) => eightFromTop(pen, v, 1, 0)),
  way('one stroke, mirrored', 1.2, (pen, v) => eightFromTop(pen, v, -1, 0)),
  way('open top', 2, (pen, v) => eightFromTop(pen, v, 1, v(0.1, 0.6))),
  way('open top, mirrored', 0.5, (pen, v) => eightFromTop(pen, v, -1, v(0.1, 0.5))),
  way('two loops', 1.2, (pen, v) => {
    const waist = v(0.38, 0.55)
    const upper = waist / 2 + v(-0.02, 0.04)
    const lower = (1 - waist) / 2 + v(-0.02, 0.04)
    pen.arc(0.32, upper, v(0.15, 0.32), upper, v(0, 1), -v(0.9, 1.12))
    pen.arc(
      0.32 + v(-0.08, 0.08),
      1 - lower,
      v(0.18, 0.38),
      lower,
      v(-0.15, 0.15),
      (v(0, 1) < 0.7 ? -1 : 1) * v(0.9, 1.12),
    )
  }),
  way('s closed by a line', 1.5, (pen, v) => {
    pen.move(v(0.42, 0.65), v(0.05, 0.25))
    pen.to(v(0.2, 0.4), v(-0.03, 0.03))
    pen.to(v(0, 0.12), v(0.14, 0.25))
    pen.to(v(0.22, 0.36), v(0.38, 0.5))
    pen.to(v(0.45, 0.6), v(0.7, 0.82))
    pen.to(v(0.2, 0.35), 1)
    pen.to(v(-0.02, 0.15), v(0.75, 0.92), v(0, 0.8))
    pen.to(v(0.45, 0.75), v(-0.04, 0.2))
  }),
  way('from the waist', 1, (pen, v) => {
    const waist = v(0.4, 0.55)
    pen.move(v(-0.2, 0.3), waist + v(-0.05, 0.06))
    if (v(0, 1) < 0.5) pen.to(v(0.3, 0.4), waist)
    pen.to(v(0.5, 0.62), waist * v(0.4, 0.6))
    pen.to(v(0.25, 0.38), v(-0.02, 0.03))
    pen.to(v(0.02, 0.14), waist * v(0.4, 0.6))
    pen.to(v(0.28, 0.38), waist + v(-0.02, 0.04))
    pen.to(v(0.5, 0.64), v(0.68, 0.8))
    pen.to(v(0.25, 0.38), 1)
    pen.to(v(0, 0.14), v(0.68, 0.8))
    pen.to(v(0.2, 0.4), waist + v(-0.04, 0.08))
  }),
  way('flag to the side', 0.6, (pen, v) => {
    // In from the left at the waist, round the top loop, down through the waist and round the foot.
    const waist = v(0.36, 0.56)
    pen.move(v(-0.35, 0), waist + v(-0.08, 0.08))
    pen.to(v(0.35, 0.5), waist - v(-0.02, 0.1))
    pen.to(v(0.48, 0.62), waist * v(0.3, 0.5))
    pen.to(v(0.25, 0.4), v(-0.03, 0.03))
    pen.to(v(0.08, 0.2), waist * v(0.4, 0.6))
    pen.to(v(0.35, 0.5), v(0.65, 0.8))
    pen.to(v(0.25, 0.4), 1)
    pen.to(v(0.08, 0.22), v(0.7, 0.85))
    if (v(0, 1) < 0.6) pen.to(v(0.25, 0.4), waist)
  }),
  way('open at the left', 0.6, (pen, v) => {
    // Like a 3 whose foot closes: clockwise round the top, then round the lower loop.
    const waist = v(0.36, 0.52)
    pen.move(v(0, 0.2), v(0.1, 0.25))
    pen.to(v(0.2, 0.4), v(-0.03, 0.03))
    pen.to(v(0.45, 0.6), waist * v(0.35, 0.6))
    pen.to(v(0.2, 0.35), waist)
    pen.to(v(0, 0.12), v(0.68, 0.82))
    pen.to(v(0.25, 0.38), 1)
    pen.to(v(0.5, 0.64), v(0.68, 0.82))
    pen.to(v(0.2, 0.36), waist + v(-0.03, 0.06))
    if (v(0, 1) < 0.5) pen.to(v(0, 0.15), waist * v(0.4, 0.7))
  }),
  way('ribbon', 1.5, (pen, v) => {
    // A narrow downstroke that turns round at the foot and comes back beside itself or across.
    const [half, lean] = [v(0, 0.16), v(0, 1) < 0.5 ? v(0, 0.6) : 0]
    const to = (x: number, y: number) => pen.to(x + lean * (0.5 - y), y)
    pen.move(v(0.4, 0.75) + lean * 0.4, v(0, 0.25))
    to(v(0.25, 0.4), v(-0.03, 0.03))
    to(v(0.03, 0.18), v(0.12, 0.28))
    to(v(0.18, 0.28), v(0.45, 0.6))
    to(0.22 + half, v(0.8, 0.92))
    to(0.22, 1)
    to(0.22 - half, v(0.8, 0.92))
    to(v(0.22, 0.34), v(0.45, 0.6))
    to(v(0.42, 0.6), v(0.1, 0.28))
    if (v(0, 1) < 0.5) to(v(0.3, 0.5), v(-0.05, 0.05))
  }),
  way('ends apart at the left', 1, (pen, v) => {
    // Over the top, down to a narrow foot, and back up through the downstroke.
    const foot = v(0.03, 0.16)
    pen.move(v(-0.02, 0.15), v(0.15, 0.5))
    pen.to(v(0.18, 0.38), v(-0.03, 0.05))
    pen.to(v(0.45, 0.58), v(0.1, 0.28))
    pen.to(v(0.28, 0.42), v(0.5, 0.65))
    const x = v(0.15, 0.35)
    pen.to(x - foot, v(0.82, 0.92))
    pen.to(x, 1)
    pen.to(x + foot, v(0.8, 0.9))
    pen.to(v(0.26, 0.38), v(0.5, 0.65))
    pen.to(v(-0.1, 0.18), v(0.1, 0.6))
  }),
]
