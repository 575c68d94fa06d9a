// How people write a nine.

import { way, type Skeleton, type Vary } from '../handwriting'
import type { Pen } from '../pen'

/** The head of a 9 up to where its stem begins, at the right; as small as a bead in `small` of all. */
function headOfNine(pen: Pen, v: Vary, small: number): void {
  const [low, left] = v(0, 1) < small ? [v(0.18, 0.36), v(-0.06, 0.26)] : [v(0.36, 0.62), v(-0.06, 0.12)]
  const style = v(0, 1)
  if (style < 0.2) {
    // Begun inside the loop.
    pen.move(v(0.3, 0.45), v(0.12, 0.24))
    pen.to(v(0.42, 0.5), v(0.02, 0.1))
  } else if (style < 0.32) {
    // Begun beyond where the stem will be.
    pen.move(v(0.55, 0.8), v(0.05, 0.3))
    pen.to(v(0.4, 0.55), v(0, 0.08))
  } else pen.move(v(0.4, 0.56), v(0.03, 0.2))
  pen.to(v(0.2, 0.36), v(-0.03, 0.03))
  pen.to(left, low * v(0.4, 0.65))
  pen.to(v(0.18, 0.32), low)
  pen.to(v(0.42, 0.52), low * v(0.5, 0.75))
}

/** A 9 with an open head, like a y. */
function openHeadOfNine(pen: Pen, v: Vary): void {
  const low = v(0.3, 0.5)
  pen.move(v(0.1, 0.42), v(-0.04, 0.06))
  pen.to(v(-0.02, 0.12), low * v(0.4, 0.7))
  pen.to(v(0.18, 0.32), low)
  pen.to(v(0.42, 0.52), low * v(0.4, 0.7))
}

/** A 9 from the right of its head on, the loop closed or left open: the stem and its tail. */
function tailOfNine(pen: Pen, v: Vary, tail: 'straight' | 'hooked' | 'long' | 'curled'): void {
  if (v(0, 1) < 0.75) pen.to(v(0.46, 0.6), v(-0.02, 0.22), v(0.3, 1))
  const right = v(0.44, 0.64)
  if (tail === 'straight') {
    if (v(0, 1) < 0.5) pen.to(v(0.4, 0.56), v(0.45, 0.6))
    pen.to(v(-0.05, 0.62), 1)
  } else if (tail === 'hooked') {
    pen.to(right, v(0.5, 0.8))
    pen.to(v(0.2, 0.4), v(0.95, 1.02))
    pen.to(v(-0.2, 0.12), v(0.78, 1))
  } else if (tail === 'long') {
    // Swept far to the left, flat or rising.
    pen.to(right, v(0.5, 0.8))
    pen.to(right - v(0.02, 0.25), v(0.93, 1), v(0, 0.9))
    pen.to(v(-0.45, 0.05), v(0.88, 1.04))
  } else {
    pen.to(right, v(0.55, 0.7))
    pen.to(v(0.25, 0.4), 1)
    pen.to(v(0, 0.12), v(0.82, 0.92))
    pen.to(v(0.08, 0.25), v(0.68, 0.8))
  }
}

/** A closed loop that is left at its foot, out to the right. */
function lassoNine(pen: Pen, v: Vary, direction: 1 | -1, from: number, turns: number): void {
  const [x, height] = [v(0.22, 0.42), v(0.18, 0.48)]
  const half = height * v(0.35, 0.8)
  pen.arc(x, height / 2, half, height / 2, from, direction * turns, v(0.4, 1))
  pen.to(x + v(0, 0.14), height * v(0.9, 1.2))
  const right = x + v(0.05, 0.35)
  pen.to(right, v(0.6, 0.82))
  const style = v(0, 1)
  if (style < 0.7) {
    pen.to(right - v(0.06, 0.25), v(0.92, 1.01), v(0, 0.7))
    pen.to(v(-0.25, 0.15), v(0.88, 1.03))
  } else pen.to(right - v(0, 0.3), 1)
}

/** The ways to write a nine. */
export const nine: readonly Skeleton[] = [
  way('straight', 5, (pen, v) => {
    headOfNine(pen, v, 0.2)
    tailOfNine(pen, v, 'straight')
  }),
  way('hooked', 2.5, (pen, v) => {
    headOfNine(pen, v, 0.5)
    tailOfNine(pen, v, 'hooked')
  }),
  way('long tail', 2, (pen, v) => {
    headOfNine(pen, v, 0.5)
    tailOfNine(pen, v, 'long')
  }),
  way('curled', 0.5, (pen, v) => {
    headOfNine(pen, v, 0.5)
    tailOfNine(pen, v, 'curled')
  }),
  way('open head', 1.5, (pen, v) => {
    openHeadOfNine(pen, v)
    const tail = v(0, 1)
    tailOfNine(pen, v, tail < 0.3 ? 'straight' : tail < 0.7 ? 'hooked' : 'long')
  }),
  way('two strokes', 1, (pen, v) => {
    const low = v(0.35, 0.55)
    pen.arc(0.28, low / 2, v(0.22, 0.32), low / 2, v(0.05, 0.25), -v(0.75, 1.05))
    pen.move(v(0.48, 0.6), v(-0.03, 0.2))
    const tail = v(0, 1)
    tailOfNine(pen, v, tail < 0.5 ? 'straight' : tail < 0.8 ? 'hooked' : 'long')
  }),
  way('wide head', 1, (pen, v) => {
    const [low, right] = [v(0.14, 0.42), v(0.5, 0.85)]
    pen.move(right - v(0, 0.12), v(0, 0.12))
    pen.to(v(0.2, 0.4), v(-0.02, 0.05))
    pen.to(v(-0.15, 0.05), low * v(0.55, 0.9))
    pen.to(v(0.1, 0.3), low)
    pen.to(right + v(0, 0.15), low * v(0, 0.5), v(0.2, 1))
    if (v(0, 1) < 0.3) pen.to(right - v(0.05, 0.2), v(0.4, 0.6))
    pen.to(v(-0.3, 0.45), 1)
  }),
  way('like a 3', 2, (pen, v) => {
    // The loop closes at its middle, and the tail leaves from there, round to the right.
    const low = v(0.18, 0.48)
    pen.move(v(0.36, 0.55), low * v(0.05, 0.4))
    pen.to(v(0.2, 0.36), v(-0.03, 0.03))
    pen.to(v(-0.02, 0.15), low * v(0.4, 0.65))
    pen.to(v(0.15, 0.3), low)
    const x = v(0.36, 0.5)
    pen.to(x, low * v(0.4, 0.8), v(0.3, 1))
    pen.to(x + v(0, 0.18), v(0.55, 0.8))
    pen.to(v(0.2, 0.4), v(0.94, 1.02))
    pen.to(v(-0.25, 0.12), v(0.82, 1.02))
  }),
  way('lasso', 2, (pen, v) => lassoNine(pen, v, -1, v(0, 0.15), v(1, 1.5))),
  way('lasso, clockwise', 1.2, (pen, v) => lassoNine(pen, v, 1, v(-0.6, -0.35), v(1, 1.2))),
  way('clockwise', 0.6, (pen, v) => {
    const low = v(0.25, 0.5)
    pen.move(v(0.4, 0.8), low * v(0.7, 1))
    pen.to(v(0.15, 0.32), low)
    pen.to(v(-0.03, 0.1), low * v(0.4, 0.65))
    pen.to(v(0.2, 0.36), v(-0.02, 0.04))
    pen.to(v(0.42, 0.58), low * v(0.4, 0.6))
    const x = v(0.4, 0.58)
    pen.to(x, v(0.5, 0.75))
    if (v(0, 1) < 0.3) {
      pen.to(x - v(0.1, 0.25), 1)
      pen.to(v(-0.1, 0.1), v(0.8, 0.98))
    } else pen.to(v(0, 0.5), 1)
  }),
  way('bow and cup', 0.6, (pen, v) => {
    // A long bow at the right, and a cup that closes the head.
    const low = v(0.3, 0.55)
    pen.move(v(0.02, 0.25), v(0, 0.12))
    pen.to(v(0.32, 0.45), v(-0.03, 0.06))
    pen.to(v(0.52, 0.64), v(0.25, 0.45))
    pen.to(v(0.42, 0.55), v(0.7, 0.85))
    pen.to(v(-0.05, 0.25), v(0.93, 1.03))
    pen.move(v(0.02, 0.25), v(0.05, 0.2))
    pen.to(v(0.05, 0.2), low * v(0.6, 0.9))
    pen.to(v(0.22, 0.35), low)
    pen.to(v(0.42, 0.58), low * v(0.4, 0.8))
  }),
]
