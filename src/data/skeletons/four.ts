// How people write a four.

import { way, type Skeleton } from '../handwriting'

/** The ways to write a four. */
export const four: readonly Skeleton[] = [
  way('open, two strokes', 3.5, (pen, v) => {
    const bar = v(0.45, 0.7)
    pen.move(v(0.1, 0.4), v(-0.05, 0.15))
    if (v(0, 1) < 0.4) pen.to(v(0.05, 0.2), bar * v(0.4, 0.65))
    pen.to(v(-0.05, 0.08), bar, v(0.5, 1))
    pen.to(v(0.55, 0.85), bar + v(-0.12, 0.06))
    const x = v(0.35, 0.6)
    pen.move(x + v(0, 0.15), v(-0.05, 0.4))
    pen.to(x + v(-0.12, 0.05), v(0.9, 1.1))
  }),
  way('short second stroke', 1.5, (pen, v) => {
    const bar = v(0.45, 0.72)
    pen.move(v(0.1, 0.5), v(-0.05, 0.05))
    pen.to(v(-0.12, 0.08), bar, v(0.5, 1))
    pen.to(v(0.5, 0.85), bar + v(-0.1, 0.06))
    const x = v(0.3, 0.5)
    pen.move(x + v(0, 0.1), bar - v(0.08, 0.3))
    pen.to(x + v(-0.08, 0.04), v(0.85, 1.05))
  }),
  way('round, two strokes', 1.5, (pen, v) => {
    const bar = v(0.4, 0.6)
    pen.move(v(0, 0.2), v(-0.02, 0.12))
    pen.to(v(-0.03, 0.05), bar * v(0.5, 0.8))
    pen.to(v(0.12, 0.25), bar)
    const x = v(0.45, 0.6)
    pen.to(x, bar - v(0, 0.15))
    pen.move(x + v(0, 0.1), v(-0.05, 0.25))
    pen.to(x - v(0, 0.15), v(0.92, 1.05))
  }),
  way('open, one stroke', 3, (pen, v) => {
    // Down, right, up a little, and down again: a bolt of lightning.
    const bar = v(0.4, 0.68)
    pen.move(v(0.1, 0.4), v(-0.05, 0.08))
    pen.to(v(-0.05, 0.1), bar, v(0.2, 1))
    const [x, y] = [v(0.35, 0.6), bar - v(0.04, 0.35)]
    if (v(0, 1) < 0.4) pen.to(x - v(0.08, 0.15), bar - v(0, 0.08))
    pen.to(x, y, v(0.4, 1))
    pen.to(x - v(0, 0.2), v(0.92, 1.05))
  }),
  way('narrow', 3, (pen, v) => {
    // The bar is but a notch between two stems.
    const [bar, x] = [v(0.48, 0.88), v(0.16, 0.4)]
    pen.move(v(0, 0.24), v(-0.05, 0.05))
    if (v(0, 1) < 0.5) pen.to(v(-0.04, 0.04), bar * v(0.6, 0.85))
    pen.to(v(-0.06, 0.06), bar, v(0, 1))
    const rise = v(0.02, 0.3)
    if (v(0, 1) < 0.5) {
      pen.to(x, bar - v(0, 0.12))
      pen.move(x + v(-0.04, 0.06), bar - rise - 0.04)
    } else {
      pen.to(x * 0.6, bar - v(0, 0.05))
      pen.to(x, bar - rise, v(0.5, 1))
    }
    if (v(0, 1) < 0.5) pen.to(x + v(-0.03, 0.05), (bar + 1) / 2)
    pen.to(x + v(-0.12, 0.12), v(0.97, 1.1))
  }),
  way('c and a stroke', 2, (pen, v) => {
    const [bar, x] = [v(0.5, 0.9), v(0.3, 0.55)]
    pen.move(v(0.1, 0.45), v(-0.05, 0.05))
    pen.to(v(-0.08, 0.1), bar * v(0.45, 0.75))
    pen.to(v(0.02, 0.15), bar * v(0.93, 1))
    pen.to(x + v(-0.08, 0.25), bar + v(-0.06, 0.03))
    pen.move(x + v(-0.05, 0.2), bar * v(0.02, 0.9))
    pen.to(x + v(-0.12, 0.04), v(0.98, 1.12))
  }),
  way('small head', 1.5, (pen, v) => {
    // A long slanted stem under a small bowl.
    const [bar, x] = [v(0.28, 0.48), v(0.35, 0.55)]
    pen.move(v(0.12, 0.4), v(-0.02, 0.06))
    pen.to(v(-0.02, 0.12), bar * v(0.5, 0.8), v(0, 0.5))
    pen.to(v(0.05, 0.2), bar, v(0, 0.8))
    pen.to(x + v(-0.05, 0.2), bar - v(0, 0.12))
    if (v(0, 1) < 0.6) pen.move(x + v(-0.03, 0.15), v(0, 0.22))
    else pen.to(x + v(-0.03, 0.12), v(0, 0.15), v(0.5, 1))
    pen.to(x - v(0, 0.4), 1)
  }),
  way('round, one stroke', 1, (pen, v) => {
    const bar = v(0.38, 0.58)
    pen.move(v(0, 0.22), v(-0.05, 0.12))
    pen.to(v(-0.03, 0.08), bar * v(0.6, 0.85))
    pen.to(v(0.15, 0.3), bar)
    const x = v(0.45, 0.62)
    pen.to(x, v(-0.05, 0.25), v(0.6, 1))
    pen.to(x - v(-0.02, 0.18), v(0.95, 1.05))
  }),
  way('loop at the corner', 1, (pen, v) => {
    const [bar, size] = [v(0.5, 0.7), v(0.4, 1.2)]
    pen.move(v(0.15, 0.45), v(-0.05, 0.05))
    pen.to(0.04, bar - 0.08 * size)
    pen.to(0, bar + 0.02)
    pen.to(-0.08 * size, bar)
    pen.to(0.02, bar - 0.08 * size)
    pen.to(v(0.55, 0.85), bar + v(-0.1, 0.05))
    const x = v(0.35, 0.55)
    pen.move(x + v(0, 0.12), v(0.05, 0.4))
    pen.to(x + v(-0.1, 0.04), v(0.9, 1.1))
  }),
  way('closed, two strokes', 2, (pen, v) => {
    const [bar, x] = [v(0.5, 0.72), v(0.42, 0.58)]
    pen.move(x + v(-0.06, 0.06), v(-0.05, 0.05))
    pen.to(v(-0.12, 0.08), bar, v(0.6, 1))
    pen.to(v(0.6, 0.95), bar + v(-0.12, 0.06))
    pen.move(x + v(-0.04, 0.06), v(-0.05, 0.15))
    pen.to(x + v(-0.12, 0.05), v(0.92, 1.08))
  }),
  way('closed, one stroke', 1.2, (pen, v) => {
    const [bar, x] = [v(0.45, 0.68), v(0.42, 0.6)]
    pen.move(x + v(-0.02, 0.3), bar + v(-0.08, 0.05))
    pen.to(v(-0.1, 0.08), bar, v(0.6, 1))
    pen.to(x, v(-0.05, 0.05), v(0.6, 1))
    pen.to(x - v(-0.03, 0.15), v(0.95, 1.05))
  }),
  way('sail', 1, (pen, v) => {
    // Down, right, and up to the top before the stem.
    const [bar, x] = [v(0.42, 0.65), v(0.45, 0.6)]
    pen.move(x - v(0, 0.12), v(-0.05, 0.12))
    pen.to(v(-0.1, 0.05), bar, v(0.5, 1))
    pen.to(x - v(-0.1, 0.1), bar - v(0, 0.1), v(0.4, 1))
    pen.to(x + v(0, 0.08), v(-0.05, 0.2), v(0.7, 1))
    pen.to(x - v(0, 0.15), v(0.95, 1.05))
  }),
]
