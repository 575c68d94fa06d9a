// How people write a seven.

import { way, type Skeleton, type Vary } from '../handwriting'
import type { Pen } from '../pen'

/** Top of a 7, to its right end. */
function topOfSeven(pen: Pen, v: Vary): void {
  const style = v(0, 1)
  if (style < 0.35) {
    // A serif.
    const x = v(-0.05, 0.08)
    pen.move(x + v(-0.04, 0.05), v(0.15, 0.32))
    pen.to(x, v(0, 0.12), v(0.3, 1))
  } else if (style < 0.5) {
    // A wave.
    pen.move(v(-0.06, 0.04), v(0.05, 0.25))
    pen.to(v(0.12, 0.2), v(-0.02, 0.08))
    pen.to(v(0.28, 0.38), v(0.06, 0.14))
  } else if (style < 0.6) {
    // A hook.
    pen.move(v(0, 0.1), v(-0.05, 0.02))
    pen.to(v(-0.05, 0.06), v(0.1, 0.22), 0.5)
  } else pen.move(v(-0.1, 0.08), v(-0.03, 0.12))
  if (v(0, 1) < 0.3) pen.to(v(0.25, 0.35), v(-0.02, 0.08))
}

/** The foot of a stem: bare, or turned to the left, or, below a bar, to the right (without one that were a 2). */
function footOfSeven(pen: Pen, v: Vary, x: number, barred: boolean): void {
  const style = v(0, 1)
  if (style < 0.08) pen.to(x - v(0.06, 0.2), 1 - v(-0.03, 0.06), 0.3)
  else if (style < 0.35 && barred) pen.to(x + v(0.06, 0.28), 1 - v(-0.04, 0.12), v(0, 0.9))
}

function straightSeven(pen: Pen, v: Vary, barred: boolean): void {
  topOfSeven(pen, v)
  pen.to(v(0.5, 0.72), v(-0.03, 0.1), v(0.6, 1))
  const x = v(0.05, 0.45)
  pen.to(x, 1)
  footOfSeven(pen, v, x, barred)
}

function curvedSeven(pen: Pen, v: Vary, barred: boolean): void {
  topOfSeven(pen, v)
  pen.to(v(0.5, 0.7), v(-0.02, 0.1), v(0.2, 1))
  pen.to(v(0.32, 0.48), v(0.36, 0.5))
  const x = v(0.12, 0.38)
  pen.to(x, 1)
  footOfSeven(pen, v, x, barred)
}

function roundSeven(pen: Pen, v: Vary, barred: boolean): void {
  // No corner: the top bends over into the stem.
  topOfSeven(pen, v)
  pen.to(v(0.3, 0.45), v(-0.04, 0.04))
  pen.to(v(0.5, 0.65), v(0.12, 0.3))
  pen.to(v(0.35, 0.58), v(0.5, 0.7))
  const x = v(-0.05, 0.35)
  pen.to(x, 1)
  footOfSeven(pen, v, x, barred)
}

function barOfSeven(pen: Pen, v: Vary): void {
  const y = v(0.36, 0.8)
  const x = v(0.25, 0.45)
  const tilt = v(-0.18, 0.16)
  const left = x - v(0.15, 0.42)
  if (v(0, 1) < 0.25) {
    // With a serif, as the top may have.
    pen.move(left + v(-0.05, 0.05), y + v(0.08, 0.2))
    pen.to(left, y - tilt / 2, v(0, 0.8))
  } else pen.move(left, y - tilt / 2)
  if (v(0, 1) < 0.2) pen.to(x, y + v(-0.03, 0.03))
  pen.to(x + v(0.15, 0.55), y + tilt / 2)
}

/** The ways to write a seven. */
export const seven: readonly Skeleton[] = [
  way('straight', 2, (pen, v) => straightSeven(pen, v, false)),
  way('curved', 1.2, (pen, v) => curvedSeven(pen, v, false)),
  way('round', 0.4, (pen, v) => roundSeven(pen, v, false)),
  way('straight with a bar', 2.5, (pen, v) => {
    straightSeven(pen, v, true)
    barOfSeven(pen, v)
  }),
  way('curved with a bar', 2.5, (pen, v) => {
    curvedSeven(pen, v, true)
    barOfSeven(pen, v)
  }),
  way('round with a bar', 2, (pen, v) => {
    roundSeven(pen, v, true)
    barOfSeven(pen, v)
  }),
]
