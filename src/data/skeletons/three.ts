// How people write a three.

import { way, type Skeleton, type Vary } from '../handwriting'
import type { Pen } from '../pen'

/** The lower bowl of a 3 (or a 5), from (x, y) on. */
export function bowl(pen: Pen, v: Vary, x: number, y: number): void {
  const right = v(0.5, 0.72)
  pen.to(x + (right - x) * v(0.55, 0.75), y + (1 - y) * v(0.04, 0.16))
  pen.to(right, y + (1 - y) * v(0.4, 0.6))
  const style = v(0, 1)
  if (style < 0.5) {
    pen.to(v(0.25, 0.42), v(0.96, 1.03))
    pen.to(v(-0.12, 0.1), v(0.82, 0.98))
  } else if (style < 0.8) {
    // Straight out to the left.
    pen.to(v(0.35, 0.5), v(0.9, 1))
    pen.to(v(-0.15, 0.25), v(0.94, 1.06))
  } else if (style < 0.9) {
    // Curled up.
    pen.to(v(0.25, 0.42), 1)
    pen.to(v(0, 0.1), v(0.82, 0.92))
    pen.to(v(0.05, 0.2), v(0.68, 0.78))
  } else {
    pen.to(v(0.3, 0.5), v(0.92, 1))
  }
}

/** The upper bow of a 3, to where it turns right of its middle; `flat` begins with a bar. */
function bowOfThree(pen: Pen, v: Vary, waist: number): void {
  const style = v(0, 1)
  if (style < 0.2) {
    pen.move(v(0.15, 0.3), v(0.2, 0.32))
    pen.to(v(0, 0.1), v(0.12, 0.22))
  } else if (style < 0.35) {
    pen.move(v(-0.02, 0.12), v(-0.02, 0.08))
    pen.to(v(0, 0.15), v(0.08, 0.2), 0.4)
  } else pen.move(v(-0.1, 0.12), v(0.05, 0.25))
  pen.to(v(0.2, 0.38), v(-0.02, 0.04))
  pen.to(v(0.45, 0.62), waist * v(0.35, 0.6))
}

/** The ways to write a three. */
export const three: readonly Skeleton[] = [
  way('round', 3.5, (pen, v) => {
    const waist = v(0.32, 0.56)
    bowOfThree(pen, v, waist)
    const x = v(0.12, 0.38)
    pen.to(x, waist, v(0.7, 1))
    bowl(pen, v, x, waist)
  }),
  way('loop', 2, (pen, v) => {
    const waist = v(0.36, 0.56)
    bowOfThree(pen, v, waist)
    const [x, size] = [v(0.12, 0.3), v(0.4, 1.4)]
    pen.to(x + 0.1 * size, waist)
    pen.to(x - 0.03 * size, waist + 0.02 * size)
    pen.to(x - 0.02 * size, waist - 0.08 * size)
    pen.to(x + 0.12 * size, waist - 0.05 * size)
    bowl(pen, v, x + 0.1, waist)
  }),
  way('flat top', 2, (pen, v) => {
    pen.move(v(-0.08, 0.1), v(-0.02, 0.12))
    if (v(0, 1) < 0.3) pen.to(v(0.2, 0.3), v(-0.02, 0.03))
    pen.to(v(0.45, 0.65), v(-0.03, 0.08), v(0.5, 1))
    const [x, y] = [v(0.12, 0.35), v(0.3, 0.5)]
    pen.to(x, y, v(0.7, 1))
    bowl(pen, v, x, y)
  }),
  way('shallow notch', 1.2, (pen, v) => {
    const waist = v(0.36, 0.52)
    bowOfThree(pen, v, waist)
    const x = v(0.32, 0.45)
    pen.to(x, waist, v(0, 0.8))
    bowl(pen, v, x, waist)
  }),
  way('tall', 1.8, (pen, v) => {
    // A small head and a long straight lower part, with a bowl that hardly turns.
    const waist = v(0.22, 0.42)
    if (v(0, 1) < 0.5) {
      pen.move(v(-0.05, 0.15), v(-0.02, 0.1))
      pen.to(v(0.38, 0.6), v(-0.03, 0.06), v(0.3, 1))
    } else bowOfThree(pen, v, waist)
    const x = v(0.2, 0.48)
    pen.to(x, waist, v(0, 1))
    pen.to(x + v(0.04, 0.3), waist + v(0.1, 0.22))
    pen.to(x + v(0, 0.2), v(0.75, 0.92))
    pen.to(v(-0.12, 0.25), v(0.93, 1.05), v(0, 0.5))
  }),
  way('slanted foot', 1.2, (pen, v) => {
    // A small lower bow that leaves straight to the lower left.
    const waist = v(0.38, 0.64)
    bowOfThree(pen, v, waist)
    const x = v(0.22, 0.46)
    pen.to(x, waist, v(0, 1))
    pen.to(x + v(0.05, 0.2), waist + v(0.07, 0.18))
    pen.to(v(-0.1, 0.22), v(0.94, 1.03))
  }),
  way('half a bowl', 0.4, (pen, v) => {
    const waist = v(0.36, 0.6)
    bowOfThree(pen, v, waist)
    pen.to(v(0.08, 0.3), waist, v(0.5, 1))
    pen.to(v(0.35, 0.55), waist + (1 - waist) * v(0.4, 0.65))
    pen.to(v(0.3, 0.6), v(0.94, 1.02))
  }),
  way('deep notch', 0.7, (pen, v) => {
    const waist = v(0.4, 0.56)
    bowOfThree(pen, v, waist)
    pen.to(v(0.25, 0.35), waist * 0.95)
    const x = v(-0.02, 0.12)
    pen.to(x, waist, 1)
    bowl(pen, v, x, waist)
  }),
]
