// How people write a one.

import { way, type Skeleton, type Vary } from '../handwriting'
import type { Pen } from '../pen'

/** The stem of a 1, down from (0.4, 0), upright or slanted. @returns where it ends */
function stem(pen: Pen, v: Vary): number {
  const x = v(0, 1) < 0.3 ? v(0.05, 0.4) : v(0.38, 0.42)
  if (v(0, 1) < 0.4) pen.to((0.4 + x) / 2 + v(-0.04, 0.04), v(0.4, 0.6))
  if (v(0, 1) < 0.12) {
    // Bent to the left, as a j.
    pen.to(x, v(0.85, 0.95))
    pen.to(x - v(0.1, 0.35), v(0.95, 1.02))
  } else pen.to(x, 1, 0.7)
  return x
}

function flaggedOne(pen: Pen, v: Vary, width: number, height: number): number {
  if (v(0, 1) < 0.25) {
    // A hook to begin with.
    pen.move(0.4 - width + v(0, 0.12), height - v(0.02, 0.14))
    pen.to(0.4 - width, height)
  } else pen.move(0.4 - width, height)
  if (v(0, 1) < 0.5) pen.to(0.4 - width * v(0.25, 0.7), height * v(0.3, 0.85))
  pen.to(0.4, 0, v(0.5, 1))
  return stem(pen, v)
}

function foot(pen: Pen, v: Vary, x: number): void {
  const y = v(0.95, 1.03)
  pen.move(x - v(0.15, 0.42), y + v(-0.05, 0.05))
  pen.to(x + v(0, 0.42), y + v(-0.05, 0.05))
}

/** The ways to write a one. */
export const one: readonly Skeleton[] = [
  way('plain', 1.2, (pen, v) => {
    pen.move(0.4, 0)
    stem(pen, v)
  }),
  way('short flag', 2.5, (pen, v) => flaggedOne(pen, v, v(0.08, 0.28), v(0.08, 0.3))),
  // A flag rises more steeply than the top of a 7.
  way('long flag', 3.5, (pen, v) => {
    const width = v(0.15, 0.6)
    flaggedOne(pen, v, width, Math.max(0.22, width * v(0.5, 1.3)))
  }),
  way('flag to the foot', 0.8, (pen, v) => flaggedOne(pen, v, v(0.15, 0.65), v(0.55, 0.95))),
  way('flag along the stem', 0.8, (pen, v) => flaggedOne(pen, v, v(0.02, 0.14), v(0.2, 0.6))),
  way('flat flag', 0.2, (pen, v) => flaggedOne(pen, v, v(0.2, 0.4), v(0.02, 0.2))),
  way('foot and flag', 2.5, (pen, v) => {
    foot(pen, v, flaggedOne(pen, v, v(0.1, 0.38), v(0.1, 0.42)))
  }),
  way('foot', 0.6, (pen, v) => {
    pen.move(0.4, 0)
    foot(pen, v, stem(pen, v))
  }),
  way('foot in one stroke', 0.6, (pen, v) => {
    flaggedOne(pen, v, v(0.1, 0.35), v(0.1, 0.4))
    if (v(0, 1) < 0.5) pen.to(v(0.1, 0.3), v(0.97, 1.03), 1)
    pen.to(v(0.5, 0.8), v(0.93, 1.04), 0.5)
  }),
  way('curved flag', 2.8, (pen, v) => {
    // Bent over at the top, by a flag as long as a third of the stem or more.
    const width = v(0.2, 0.65)
    const height = width * v(0.5, 1.2)
    pen.move(0.4 - width, height)
    if (v(0, 1) < 0.4) pen.to(0.4 - width * 0.85, height + v(-0.06, 0.04))
    pen.to(0.4 - width * v(0.3, 0.65), height * v(0.25, 0.85))
    pen.to(0.4, 0, v(0, 0.9))
    pen.to(0.4 + v(-0.06, 0.06), v(0.15, 0.4))
    pen.to(0.4 - v(-0.02, 0.45), 1)
  }),
  way('looped top', 0.4, (pen, v) => {
    pen.move(v(0.2, 0.38), v(0.3, 0.55))
    pen.to(v(0.22, 0.34), v(0.1, 0.25))
    pen.to(0.4, v(-0.03, 0.03), v(0, 0.5))
    pen.to(0.4 + v(0, 0.05), v(0.25, 0.4))
    pen.to(0.4 - v(-0.02, 0.15), 1)
  }),
  way('hook before the flag', 0.5, (pen, v) => {
    const width = v(0.2, 0.5)
    pen.move(0.4 - width, v(0.05, 0.25))
    pen.to(0.4 - width * v(0.6, 0.9), v(0.22, 0.4), 0.3)
    pen.to(0.4, 0, 1)
    stem(pen, v)
  }),
]
