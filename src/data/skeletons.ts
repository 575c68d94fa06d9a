// How people write the ten digits: for each digit the ways in use around the world, as control points with freedom in
// every one. A digit is 1 high (y down) and about 0.6 wide.

import type { Pen } from './pen'

/** A number evenly spread between two. */
export type Vary = (low: number, high: number) => number

/** One way to write a digit. */
export interface Skeleton {
  readonly name: string
  /** How often it is drawn, against the digit's other ways. */
  readonly weight: number
  readonly draw: (pen: Pen, vary: Vary) => void
}

/** A closed or nearly closed oval, begun anywhere. */
function oval(pen: Pen, v: Vary, from: number, sweep: number, end = 1): void {
  const half = v(0, 1) < 0.1 ? v(0.5, 0.9) : v(0.22, 0.5)
  pen.arc(0.35, 0.5, half, 0.5, from, sweep, end)
}

const zero: readonly Skeleton[] = [
  { name: 'from the top', weight: 4, draw: (pen, v) => oval(pen, v, v(-0.08, 0.1), -v(0.94, 1.08), v(0.9, 1.05)) },
  { name: 'clockwise', weight: 1.5, draw: (pen, v) => oval(pen, v, v(-0.2, 0.1), v(0.94, 1.1), v(0.85, 1.1)) },
  { name: 'from the side', weight: 1.5, draw: (pen, v) => oval(pen, v, v(0.5, 1), -v(0.95, 1.1), v(0.85, 1.1)) },
  { name: 'open', weight: 1, draw: (pen, v) => oval(pen, v, v(-0.12, 0.15), -v(0.78, 0.94), v(0.9, 1.1)) },
  { name: 'ends overlap', weight: 2, draw: (pen, v) => oval(pen, v, v(-0.1, 0.12), -v(1.05, 1.3), v(0.6, 1)) },
  { name: 'twice round', weight: 0.4, draw: (pen, v) => oval(pen, v, v(-0.1, 0.12), -v(1.4, 2), v(0.8, 1)) },
  {
    name: 'two halves',
    weight: 0.3,
    draw: (pen, v) => {
      const rx = v(0.25, 0.45)
      pen.arc(0.35, 0.5, rx, 0.5, v(-0.03, 0.06), -v(0.42, 0.54))
      pen.arc(0.35, 0.5, rx * v(0.9, 1.1), v(0.46, 0.52), v(-0.06, 0.05), v(0.42, 0.54))
    },
  },
  {
    name: 'led in',
    weight: 1,
    draw: (pen, v) => {
      pen.move(v(-0.1, 0.25), v(-0.08, 0.2))
      pen.arc(0.35, 0.5, v(0.25, 0.45), 0.5, v(0, 0.15), -v(0.85, 1.1), v(0.85, 1), false)
    },
  },
  {
    name: 'led in clockwise',
    weight: 0.5,
    draw: (pen, v) => {
      pen.move(v(-0.15, 0.1), v(0.1, 0.35))
      pen.arc(0.35, 0.5, v(0.25, 0.45), 0.5, v(-0.1, 0.02), v(0.75, 0.98), v(0.8, 1), false)
    },
  },
  {
    name: 'drop',
    weight: 1,
    draw: (pen, v) => {
      const half = v(0.22, 0.42)
      pen.move(v(0.25, 0.45), 0)
      pen.to(0.35 - half * v(0.8, 1), v(0.45, 0.65))
      pen.to(0.35, 1)
      pen.to(0.35 + half * v(0.8, 1.1), v(0.45, 0.65))
      pen.to(v(0.2, 0.5), v(-0.05, 0.1))
    },
  },
  {
    name: 'slashed',
    weight: 0.7,
    draw: (pen, v) => {
      oval(pen, v, v(-0.08, 0.1), -v(0.95, 1.08))
      pen.move(v(0.5, 0.8), v(-0.08, 0.25))
      pen.to(v(-0.1, 0.2), v(0.75, 1.08))
    },
  },
  {
    name: 'slashed in one stroke',
    weight: 0.3,
    draw: (pen, v) => {
      oval(pen, v, v(0, 0.12), -v(0.9, 1))
      pen.to(v(0.45, 0.65), v(0.02, 0.2), 0.7)
      pen.to(v(0, 0.25), v(0.75, 1))
    },
  },
]

/** The stem of a 1, down from (x, 0), with a hook or without. */
function stem(pen: Pen, v: Vary): void {
  const x = v(0.38, 0.42)
  if (v(0, 1) < 0.4) pen.to(x + v(-0.04, 0.04), v(0.4, 0.6))
  if (v(0, 1) < 0.12) {
    // Bent to the left, as a j.
    pen.to(x, v(0.85, 0.95))
    pen.to(x - v(0.1, 0.35), v(0.95, 1.02))
  } else pen.to(x, 1, 0.7)
}

function flaggedOne(pen: Pen, v: Vary, width: number, height: number): void {
  pen.move(0.4 - width, height)
  if (v(0, 1) < 0.5) pen.to(0.4 - width * v(0.25, 0.7), height * v(0.3, 0.85))
  pen.to(0.4, 0, v(0.5, 1))
  stem(pen, v)
}

function foot(pen: Pen, v: Vary): void {
  const y = v(0.95, 1.03)
  pen.move(0.4 - v(0.15, 0.42), y + v(-0.05, 0.05))
  pen.to(0.4 + v(0.15, 0.42), y + v(-0.05, 0.05))
}

const one: readonly Skeleton[] = [
  {
    name: 'plain',
    weight: 2,
    draw: (pen, v) => {
      pen.move(0.4, 0)
      stem(pen, v)
    },
  },
  { name: 'short flag', weight: 2.5, draw: (pen, v) => flaggedOne(pen, v, v(0.08, 0.28), v(0.08, 0.3)) },
  { name: 'long flag', weight: 3, draw: (pen, v) => flaggedOne(pen, v, v(0.15, 0.55), v(0.25, 0.6)) },
  { name: 'flag to the foot', weight: 0.8, draw: (pen, v) => flaggedOne(pen, v, v(0.15, 0.65), v(0.55, 0.95)) },
  { name: 'flag along the stem', weight: 0.8, draw: (pen, v) => flaggedOne(pen, v, v(0.02, 0.14), v(0.2, 0.6)) },
  {
    name: 'flat flag',
    weight: 0.2,
    draw: (pen, v) => flaggedOne(pen, v, v(0.2, 0.4), v(0.02, 0.2)),
  },
  {
    name: 'foot and flag',
    weight: 2.5,
    draw: (pen, v) => {
      flaggedOne(pen, v, v(0.1, 0.38), v(0.1, 0.42))
      foot(pen, v)
    },
  },
  {
    name: 'foot',
    weight: 0.6,
    draw: (pen, v) => {
      pen.move(0.4, 0)
      stem(pen, v)
      foot(pen, v)
    },
  },
  {
    name: 'foot in one stroke',
    weight: 0.6,
    draw: (pen, v) => {
      flaggedOne(pen, v, v(0.1, 0.35), v(0.1, 0.4))
      if (v(0, 1) < 0.5) pen.to(v(0.1, 0.3), v(0.97, 1.03), 1)
      pen.to(v(0.5, 0.8), v(0.93, 1.04), 0.5)
    },
  },
  {
    name: 'curved flag',
    weight: 2.2,
    draw: (pen, v) => {
      // Bent over at the top, by a flag as long as a third of the stem or more.
      const [width, height] = [v(0.2, 0.6), v(0.12, 0.5)]
      pen.move(0.4 - width, height)
      if (v(0, 1) < 0.4) pen.to(0.4 - width * 0.85, height + v(-0.06, 0.04))
      pen.to(0.4 - width * v(0.3, 0.65), height * v(0.25, 0.85))
      pen.to(0.4, 0, v(0, 0.9))
      pen.to(0.4 + v(-0.04, 0.06), v(0.2, 0.5))
      pen.to(0.4 - v(-0.02, 0.25), 1)
    },
  },
  {
    name: 'looped top',
    weight: 0.4,
    draw: (pen, v) => {
      pen.move(v(0.2, 0.38), v(0.3, 0.55))
      pen.to(v(0.22, 0.34), v(0.1, 0.25))
      pen.to(0.4, v(-0.03, 0.03), v(0, 0.5))
      pen.to(0.4 + v(0, 0.05), v(0.25, 0.4))
      pen.to(0.4 - v(-0.02, 0.15), 1)
    },
  },
  {
    name: 'hook before the flag',
    weight: 0.7,
    draw: (pen, v) => {
      const width = v(0.2, 0.5)
      pen.move(0.4 - width, v(0.05, 0.25))
      pen.to(0.4 - width * v(0.6, 0.9), v(0.22, 0.4), 0.3)
      pen.to(0.4, 0, 1)
      stem(pen, v)
    },
  },
]

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

const two: readonly Skeleton[] = [
  {
    name: 'corner',
    weight: 3.5,
    draw: (pen, v) => {
      bowOfTwo(pen, v)
      const [x, y] = [v(-0.05, 0.08), v(0.93, 1.02)]
      pen.to(x, y, v(0.6, 1))
      baseOfTwo(pen, v, x, y)
    },
  },
  {
    name: 'loop',
    weight: 3,
    draw: (pen, v) => {
      bowOfTwo(pen, v)
      const [x, y, size] = [v(-0.02, 0.12), v(0.9, 1.02), v(0.5, 1.3)]
      pen.to(x + 0.12 * size, y - 0.05 * size)
      pen.to(x, y)
      pen.to(x - 0.09 * size, y - 0.1 * size)
      pen.to(x + 0.05 * size, y - 0.18 * size)
      pen.to(v(0.28, 0.45), y - v(0.02, 0.12))
      pen.to(v(0.5, 0.85), y + v(-0.1, 0.12))
    },
  },
  {
    name: 'z',
    weight: 1.5,
    draw: (pen, v) => {
      const y = v(0, 0.2)
      pen.move(v(-0.08, 0.1), y)
      if (v(0, 1) < 0.5) pen.to(v(0.2, 0.35), v(-0.02, 0.06))
      pen.to(v(0.5, 0.65), v(0, 0.14), v(0.2, 1))
      if (v(0, 1) < 0.5) pen.to(v(0.3, 0.45), v(0.45, 0.6))
      const [x, bottom] = [v(-0.05, 0.15), v(0.92, 1)]
      pen.to(x, bottom, v(0.3, 1))
      baseOfTwo(pen, v, x, bottom)
    },
  },
  {
    name: 'round foot',
    weight: 1.5,
    draw: (pen, v) => {
      bowOfTwo(pen, v)
      pen.to(v(0.08, 0.25), v(0.72, 0.85))
      pen.to(v(0.05, 0.25), v(0.92, 1))
      pen.to(v(0.35, 0.5), v(0.96, 1.05))
      pen.to(v(0.55, 0.85), v(0.9, 1.05))
    },
  },
  {
    name: 'base to both sides',
    weight: 0.6,
    draw: (pen, v) => {
      bowOfTwo(pen, v)
      const y = v(0.92, 1)
      const x = v(0.1, 0.35)
      pen.to(x, y - v(0.02, 0.1))
      pen.to(x - v(0.1, 0.35), y, v(0.6, 1))
      pen.to(v(0.5, 0.75), y + v(-0.06, 0.06))
    },
  },
  {
    name: 'hardly a foot',
    weight: 0.7,
    draw: (pen, v) => {
      bowOfTwo(pen, v)
      const x = v(0.05, 0.25)
      pen.to(x, v(0.88, 0.97), v(0, 0.8))
      pen.to(x + v(0.12, 0.3), v(0.93, 1.06))
    },
  },
  {
    name: 'swan',
    weight: 1,
    draw: (pen, v) => {
      // A small head, a long straight neck.
      pen.move(v(0.05, 0.25), v(0.15, 0.35))
      pen.to(v(0.2, 0.35), v(-0.02, 0.05))
      pen.to(v(0.45, 0.55), v(0.14, 0.25))
      pen.to(v(0.3, 0.42), v(0.45, 0.6))
      const [x, y] = [v(-0.02, 0.15), v(0.93, 1.02)]
      pen.to(x, y, v(0.4, 1))
      baseOfTwo(pen, v, x, y)
    },
  },
]

/** The lower bowl of a 3 (or a 5), from (x, y) on. */
function bowl(pen: Pen, v: Vary, x: number, y: number): void {
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

const three: readonly Skeleton[] = [
  {
    name: 'round',
    weight: 3.5,
    draw: (pen, v) => {
      const waist = v(0.32, 0.56)
      bowOfThree(pen, v, waist)
      const x = v(0.12, 0.38)
      pen.to(x, waist, v(0.7, 1))
      bowl(pen, v, x, waist)
    },
  },
  {
    name: 'loop',
    weight: 2,
    draw: (pen, v) => {
      const waist = v(0.36, 0.56)
      bowOfThree(pen, v, waist)
      const [x, size] = [v(0.12, 0.3), v(0.4, 1.4)]
      pen.to(x + 0.1 * size, waist)
      pen.to(x - 0.03 * size, waist + 0.02 * size)
      pen.to(x - 0.02 * size, waist - 0.08 * size)
      pen.to(x + 0.12 * size, waist - 0.05 * size)
      bowl(pen, v, x + 0.1, waist)
    },
  },
  {
    name: 'flat top',
    weight: 2,
    draw: (pen, v) => {
      pen.move(v(-0.08, 0.1), v(-0.02, 0.12))
      if (v(0, 1) < 0.3) pen.to(v(0.2, 0.3), v(-0.02, 0.03))
      pen.to(v(0.45, 0.65), v(-0.03, 0.08), v(0.5, 1))
      const [x, y] = [v(0.12, 0.35), v(0.3, 0.5)]
      pen.to(x, y, v(0.7, 1))
      bowl(pen, v, x, y)
    },
  },
  {
    name: 'shallow notch',
    weight: 1.2,
    draw: (pen, v) => {
      const waist = v(0.36, 0.52)
      bowOfThree(pen, v, waist)
      const x = v(0.32, 0.45)
      pen.to(x, waist, v(0, 0.8))
      bowl(pen, v, x, waist)
    },
  },
  {
    name: 'tall',
    weight: 1.8,
    draw: (pen, v) => {
      // A small head and a long straight lower part, with a bowl that hardly turns.
      const waist = v(0.22, 0.42)
      if (v(0, 1) < 0.5) {
        pen.move(v(-0.05, 0.15), v(-0.02, 0.1))
        pen.to(v(0.38, 0.6), v(-0.03, 0.06), v(0.3, 1))
      } else bowOfThree(pen, v, waist)
      const x = v(0.2, 0.48)
      pen.to(x, waist, v(0.3, 1))
      pen.to(x + v(0.04, 0.3), waist + v(0.1, 0.22))
      pen.to(x + v(0, 0.2), v(0.75, 0.92))
      pen.to(v(-0.12, 0.25), v(0.93, 1.05), v(0, 0.5))
    },
  },
  {
    name: 'half a bowl',
    weight: 0.4,
    draw: (pen, v) => {
      const waist = v(0.36, 0.6)
      bowOfThree(pen, v, waist)
      pen.to(v(0.08, 0.3), waist, v(0.5, 1))
      pen.to(v(0.35, 0.55), waist + (1 - waist) * v(0.4, 0.65))
      pen.to(v(0.3, 0.6), v(0.94, 1.02))
    },
  },
  {
    name: 'deep notch',
    weight: 0.7,
    draw: (pen, v) => {
      const waist = v(0.4, 0.56)
      bowOfThree(pen, v, waist)
      pen.to(v(0.25, 0.35), waist * 0.95)
      const x = v(-0.02, 0.12)
      pen.to(x, waist, 1)
      bowl(pen, v, x, waist)
    },
  },
]

const four: readonly Skeleton[] = [
  {
    name: 'open, two strokes',
    weight: 3.5,
    draw: (pen, v) => {
      const bar = v(0.45, 0.7)
      pen.move(v(0.1, 0.4), v(-0.05, 0.15))
      if (v(0, 1) < 0.4) pen.to(v(0.05, 0.2), bar * v(0.4, 0.65))
      pen.to(v(-0.05, 0.08), bar, v(0.5, 1))
      pen.to(v(0.55, 0.85), bar + v(-0.12, 0.06))
      const x = v(0.35, 0.6)
      pen.move(x + v(0, 0.15), v(-0.05, 0.4))
      pen.to(x + v(-0.12, 0.05), v(0.9, 1.1))
    },
  },
  {
    name: 'short second stroke',
    weight: 1.5,
    draw: (pen, v) => {
      const bar = v(0.45, 0.72)
      pen.move(v(0.1, 0.5), v(-0.05, 0.05))
      pen.to(v(-0.12, 0.08), bar, v(0.5, 1))
      pen.to(v(0.5, 0.85), bar + v(-0.1, 0.06))
      const x = v(0.3, 0.5)
      pen.move(x + v(0, 0.1), bar - v(0.08, 0.3))
      pen.to(x + v(-0.08, 0.04), v(0.85, 1.05))
    },
  },
  {
    name: 'round, two strokes',
    weight: 1.5,
    draw: (pen, v) => {
      const bar = v(0.4, 0.6)
      pen.move(v(0, 0.2), v(-0.02, 0.12))
      pen.to(v(-0.03, 0.05), bar * v(0.5, 0.8))
      pen.to(v(0.12, 0.25), bar)
      const x = v(0.45, 0.6)
      pen.to(x, bar - v(0, 0.15))
      pen.move(x + v(0, 0.1), v(-0.05, 0.25))
      pen.to(x - v(0, 0.15), v(0.92, 1.05))
    },
  },
  {
    name: 'open, one stroke',
    weight: 3,
    draw: (pen, v) => {
      // Down, right, up a little, and down again: a bolt of lightning.
      const bar = v(0.4, 0.68)
      pen.move(v(0.1, 0.4), v(-0.05, 0.08))
      pen.to(v(-0.05, 0.1), bar, v(0.2, 1))
      const [x, y] = [v(0.35, 0.6), bar - v(0.04, 0.35)]
      if (v(0, 1) < 0.4) pen.to(x - v(0.08, 0.15), bar - v(0, 0.08))
      pen.to(x, y, v(0.4, 1))
      pen.to(x - v(0, 0.2), v(0.92, 1.05))
    },
  },
  {
    name: 'narrow',
    weight: 3,
    draw: (pen, v) => {
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
    },
  },
  {
    name: 'c and a stroke',
    weight: 1.5,
    draw: (pen, v) => {
      const [bar, x] = [v(0.5, 0.9), v(0.3, 0.55)]
      pen.move(v(0.1, 0.45), v(-0.05, 0.05))
      pen.to(v(-0.08, 0.1), bar * v(0.45, 0.75))
      pen.to(v(0.02, 0.15), bar * v(0.93, 1))
      pen.to(x + v(-0.08, 0.25), bar + v(-0.06, 0.03))
      pen.move(x + v(-0.05, 0.2), bar - v(0.08, 0.45))
      pen.to(x + v(-0.12, 0.04), v(0.98, 1.12))
    },
  },
  {
    name: 'small head',
    weight: 1,
    draw: (pen, v) => {
      // A long slanted stem under a small bowl.
      const [bar, x] = [v(0.28, 0.48), v(0.35, 0.55)]
      pen.move(v(0.12, 0.4), v(-0.02, 0.06))
      pen.to(v(-0.02, 0.12), bar * v(0.5, 0.8), v(0, 0.5))
      pen.to(v(0.05, 0.2), bar, v(0, 0.8))
      pen.to(x + v(-0.05, 0.2), bar - v(0, 0.12))
      if (v(0, 1) < 0.6) pen.move(x + v(-0.03, 0.15), v(0, 0.22))
      else pen.to(x + v(-0.03, 0.12), v(0, 0.15), v(0.5, 1))
      pen.to(x - v(0, 0.4), 1)
    },
  },
  {
    name: 'round, one stroke',
    weight: 1,
    draw: (pen, v) => {
      const bar = v(0.38, 0.58)
      pen.move(v(0, 0.22), v(-0.05, 0.12))
      pen.to(v(-0.03, 0.08), bar * v(0.6, 0.85))
      pen.to(v(0.15, 0.3), bar)
      const x = v(0.45, 0.62)
      pen.to(x, v(-0.05, 0.25), v(0.6, 1))
      pen.to(x - v(-0.02, 0.18), v(0.95, 1.05))
    },
  },
  {
    name: 'loop at the corner',
    weight: 1,
    draw: (pen, v) => {
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
    },
  },
  {
    name: 'closed, two strokes',
    weight: 2,
    draw: (pen, v) => {
      const [bar, x] = [v(0.5, 0.72), v(0.42, 0.58)]
      pen.move(x + v(-0.06, 0.06), v(-0.05, 0.05))
      pen.to(v(-0.12, 0.08), bar, v(0.6, 1))
      pen.to(v(0.6, 0.95), bar + v(-0.12, 0.06))
      pen.move(x + v(-0.04, 0.06), v(-0.05, 0.15))
      pen.to(x + v(-0.12, 0.05), v(0.92, 1.08))
    },
  },
  {
    name: 'closed, one stroke',
    weight: 1.2,
    draw: (pen, v) => {
      const [bar, x] = [v(0.45, 0.68), v(0.42, 0.6)]
      pen.move(x + v(-0.02, 0.3), bar + v(-0.08, 0.05))
      pen.to(v(-0.1, 0.08), bar, v(0.6, 1))
      pen.to(x, v(-0.05, 0.05), v(0.6, 1))
      pen.to(x - v(-0.03, 0.15), v(0.95, 1.05))
    },
  },
  {
    name: 'sail',
    weight: 1,
    draw: (pen, v) => {
      // Down, right, and up to the top before the stem.
      const [bar, x] = [v(0.42, 0.65), v(0.45, 0.6)]
      pen.move(x - v(0, 0.12), v(-0.05, 0.12))
      pen.to(v(-0.1, 0.05), bar, v(0.5, 1))
      pen.to(x - v(-0.1, 0.1), bar - v(0, 0.1), v(0.4, 1))
      pen.to(x + v(0, 0.08), v(-0.05, 0.2), v(0.7, 1))
      pen.to(x - v(0, 0.15), v(0.95, 1.05))
    },
  },
]

/** A 5 from the top of its stem on: down, and round the bowl. */
function fiveFromStem(pen: Pen, v: Vary, x: number): void {
  const y = v(0.34, 0.54)
  const foot = x - v(-0.02, 0.1)
  if (v(0, 1) < 0.3) pen.to(x - 0.02, y * 0.5)
  pen.to(foot, y, v(0.5, 1))
  bowl(pen, v, foot, y - v(0, 0.1))
}

const five: readonly Skeleton[] = [
  {
    name: 'two strokes',
    weight: 4,
    draw: (pen, v) => {
      const x = v(0.02, 0.2)
      pen.move(x, v(-0.02, 0.1))
      fiveFromStem(pen, v, x)
      pen.move(x + v(-0.06, 0.1), v(-0.05, 0.1))
      pen.to(v(0.5, 0.9), v(-0.14, 0.08))
    },
  },
  {
    name: 'bar across',
    weight: 1.2,
    draw: (pen, v) => {
      const x = v(0.15, 0.35)
      pen.move(x, v(-0.05, 0.05))
      fiveFromStem(pen, v, x)
      pen.move(x - v(0.08, 0.35), v(-0.02, 0.12))
      pen.to(v(0.55, 0.85), v(-0.1, 0.08))
    },
  },
  {
    name: 'one stroke',
    weight: 2.5,
    draw: (pen, v) => {
      const x = v(0.05, 0.2)
      pen.move(v(0.5, 0.8), v(-0.08, 0.1))
      pen.to(x, v(-0.02, 0.1), v(0.4, 1))
      fiveFromStem(pen, v, x)
    },
  },
  {
    name: 's',
    weight: 2,
    draw: (pen, v) => {
      pen.move(v(0.5, 0.8), v(-0.08, 0.12))
      pen.to(v(0.25, 0.4), v(-0.02, 0.06))
      pen.to(v(0, 0.12), v(0.16, 0.28))
      pen.to(v(0.2, 0.4), v(0.4, 0.52))
      pen.to(v(0.5, 0.68), v(0.62, 0.78))
      pen.to(v(0.25, 0.42), v(0.96, 1.03))
      pen.to(v(-0.15, 0.1), v(0.85, 1.02))
    },
  },
  {
    name: 'diagonal s',
    weight: 0.8,
    draw: (pen, v) => {
      pen.move(v(0.5, 0.8), v(-0.05, 0.1))
      pen.to(v(0.05, 0.25), v(0.1, 0.3), v(0.2, 0.9))
      pen.to(v(0.45, 0.6), v(0.5, 0.68), v(0, 0.7))
      if (v(0, 1) < 0.5) pen.to(v(0.35, 0.5), v(0.85, 0.95))
      pen.to(v(-0.1, 0.25), v(0.93, 1.05))
    },
  },
]

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

const six: readonly Skeleton[] = [
  {
    name: 'curved',
    weight: 4,
    draw: (pen, v) => {
      pen.move(v(0.35, 0.65), v(-0.03, 0.1))
      pen.to(v(0.15, 0.28), v(0.2, 0.35))
      pen.to(v(-0.03, 0.08), v(0.55, 0.75))
      pen.to(v(0.18, 0.32), 1)
      loopOfSix(pen, v, 1)
    },
  },
  {
    name: 'straight',
    weight: 2.5,
    draw: (pen, v) => {
      pen.move(v(0.05, 0.55), v(-0.05, 0.02))
      pen.to(v(-0.03, 0.08), v(0.6, 0.8), v(0, 0.5))
      pen.to(v(0.15, 0.3), v(0.97, 1.02))
      loopOfSix(pen, v, 1)
    },
  },
  {
    name: 'pointed',
    weight: 0.8,
    draw: (pen, v) => {
      pen.move(v(0.1, 0.55), v(-0.05, 0.02))
      pen.to(v(-0.02, 0.12), v(0.92, 1), v(0.5, 1))
      if (v(0, 1) < 0.5) pen.to(v(0.2, 0.35), v(0.96, 1.02))
      loopOfSix(pen, v, 1)
    },
  },
  {
    name: 'hooked',
    weight: 1.2,
    draw: (pen, v) => {
      pen.move(v(0.45, 0.65), v(0.08, 0.25))
      pen.to(v(0.3, 0.48), v(-0.04, 0.04))
      pen.to(v(0, 0.15), v(0.25, 0.42))
      pen.to(v(-0.04, 0.06), v(0.62, 0.78))
      pen.to(v(0.18, 0.32), 1)
      loopOfSix(pen, v, 1)
    },
  },
  {
    name: 'small loop',
    weight: 0.8,
    draw: (pen, v) => {
      pen.move(v(0.3, 0.7), v(-0.03, 0.05))
      pen.to(v(0, 0.15), v(0.4, 0.55))
      pen.to(v(-0.02, 0.08), v(0.75, 0.85))
      pen.to(v(0.15, 0.25), 1)
      pen.to(v(0.3, 0.45), v(0.82, 0.9))
      pen.to(v(0.15, 0.25), v(0.66, 0.76))
      pen.to(v(-0.1, 0.1), v(0.75, 0.9))
    },
  },
  {
    name: 'wide',
    weight: 0.8,
    draw: (pen, v) => {
      pen.move(v(0.55, 0.9), v(-0.03, 0.1))
      pen.to(v(0.2, 0.35), v(0.15, 0.3))
      pen.to(v(-0.05, 0.05), v(0.6, 0.78))
      pen.to(v(0.3, 0.4), 1)
      pen.to(v(0.6, 0.75), v(0.72, 0.85))
      pen.to(v(0.3, 0.45), v(0.5, 0.65))
      if (v(0, 1) < 0.7) pen.to(v(0, 0.2), v(0.6, 0.8))
    },
  },
]

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

/** What a 7 has at the foot of its stem: nothing, or a turn to either side. */
function footOfSeven(pen: Pen, v: Vary, x: number): void {
  const style = v(0, 1)
  if (style < 0.22) pen.to(x + v(0.06, 0.28), 1 - v(-0.04, 0.12), v(0, 0.9))
  else if (style < 0.3) pen.to(x - v(0.06, 0.2), 1 - v(-0.03, 0.06), 0.3)
}

function straightSeven(pen: Pen, v: Vary): void {
  topOfSeven(pen, v)
  pen.to(v(0.5, 0.72), v(-0.06, 0.08), v(0.6, 1))
  const x = v(0.05, 0.45)
  pen.to(x, 1)
  footOfSeven(pen, v, x)
}

function curvedSeven(pen: Pen, v: Vary): void {
  topOfSeven(pen, v)
  pen.to(v(0.5, 0.7), v(-0.04, 0.1), v(0.2, 1))
  pen.to(v(0.32, 0.48), v(0.36, 0.5))
  const x = v(0.12, 0.38)
  pen.to(x, 1)
  footOfSeven(pen, v, x)
}

function roundSeven(pen: Pen, v: Vary): void {
  // No corner: the top bends over into the stem.
  topOfSeven(pen, v)
  pen.to(v(0.3, 0.45), v(-0.04, 0.04))
  pen.to(v(0.5, 0.65), v(0.12, 0.3))
  pen.to(v(0.35, 0.58), v(0.5, 0.7))
  const x = v(-0.05, 0.35)
  pen.to(x, 1)
  footOfSeven(pen, v, x)
}

function barOfSeven(pen: Pen, v: Vary): void {
  const y = v(0.36, 0.76)
  const x = v(0.25, 0.45)
  const tilt = v(-0.1, 0.06)
  const left = x - v(0.15, 0.42)
  if (v(0, 1) < 0.25) {
    // With a serif, as the top may have.
    pen.move(left + v(-0.05, 0.05), y + v(0.08, 0.2))
    pen.to(left, y - tilt / 2, v(0, 0.8))
  } else pen.move(left, y - tilt / 2)
  if (v(0, 1) < 0.2) pen.to(x, y + v(-0.03, 0.03))
  pen.to(x + v(0.15, 0.55), y + tilt / 2)
}

function barred(draw: Skeleton['draw']): Skeleton['draw'] {
  return (pen, v) => {
    draw(pen, v)
    barOfSeven(pen, v)
  }
}

const seven: readonly Skeleton[] = [
  { name: 'straight', weight: 2, draw: straightSeven },
  { name: 'curved', weight: 1.2, draw: curvedSeven },
  { name: 'round', weight: 0.6, draw: roundSeven },
  { name: 'straight with a bar', weight: 2.5, draw: barred(straightSeven) },
  { name: 'curved with a bar', weight: 2.5, draw: barred(curvedSeven) },
  { name: 'round with a bar', weight: 1.5, draw: barred(roundSeven) },
]

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

const eight: readonly Skeleton[] = [
  { name: 'one stroke', weight: 4, draw: (pen, v) => eightFromTop(pen, v, 1, 0) },
  { name: 'one stroke, mirrored', weight: 1.2, draw: (pen, v) => eightFromTop(pen, v, -1, 0) },
  { name: 'open top', weight: 2, draw: (pen, v) => eightFromTop(pen, v, 1, v(0.1, 0.6)) },
  { name: 'open top, mirrored', weight: 0.5, draw: (pen, v) => eightFromTop(pen, v, -1, v(0.1, 0.5)) },
  {
    name: 'two loops',
    weight: 1.2,
    draw: (pen, v) => {
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
    },
  },
  {
    name: 's closed by a line',
    weight: 1.5,
    draw: (pen, v) => {
      pen.move(v(0.42, 0.65), v(0.05, 0.25))
      pen.to(v(0.2, 0.4), v(-0.03, 0.03))
      pen.to(v(0, 0.12), v(0.14, 0.25))
      pen.to(v(0.22, 0.36), v(0.38, 0.5))
      pen.to(v(0.45, 0.6), v(0.7, 0.82))
      pen.to(v(0.2, 0.35), 1)
      pen.to(v(-0.02, 0.15), v(0.75, 0.92), v(0, 0.8))
      pen.to(v(0.45, 0.75), v(-0.04, 0.2))
    },
  },
  {
    name: 'from the waist',
    weight: 1,
    draw: (pen, v) => {
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
    },
  },
  {
    name: 'flag to the side',
    weight: 0.6,
    draw: (pen, v) => {
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
    },
  },
  {
    name: 'open at the left',
    weight: 0.6,
    draw: (pen, v) => {
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
    },
  },
  {
    name: 'ribbon',
    weight: 1.5,
    draw: (pen, v) => {
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
    },
  },
  {
    name: 'ends apart at the left',
    weight: 1,
    draw: (pen, v) => {
      // Over the top, down to a narrow foot, and back up through the downstroke.
      const foot = v(0.03, 0.16)
      pen.move(v(-0.02, 0.15), v(0.2, 0.4))
      pen.to(v(0.18, 0.38), v(-0.03, 0.05))
      pen.to(v(0.45, 0.58), v(0.1, 0.28))
      pen.to(v(0.28, 0.42), v(0.5, 0.65))
      const x = v(0.15, 0.35)
      pen.to(x - foot, v(0.82, 0.92))
      pen.to(x, 1)
      pen.to(x + foot, v(0.8, 0.9))
      pen.to(v(0.26, 0.38), v(0.5, 0.65))
      pen.to(v(-0.08, 0.18), v(0.1, 0.45))
    },
  },
]

/** The head of a 9 up to where its stem begins, at the right. */
function headOfNine(pen: Pen, v: Vary): void {
  const small = v(0, 1) < 0.4
  const [low, left] = small ? [v(0.18, 0.36), v(-0.06, 0.26)] : [v(0.34, 0.56), v(-0.06, 0.12)]
  const style = v(0, 1)
  if (style < 0.2) {
    // Begun inside the loop.
    pen.move(v(0.3, 0.45), v(0.12, 0.24))
    pen.to(v(0.42, 0.5), v(0.02, 0.1))
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

const nine: readonly Skeleton[] = [
  {
    name: 'straight',
    weight: 3,
    draw: (pen, v) => {
      headOfNine(pen, v)
      tailOfNine(pen, v, 'straight')
    },
  },
  {
    name: 'hooked',
    weight: 2.5,
    draw: (pen, v) => {
      headOfNine(pen, v)
      tailOfNine(pen, v, 'hooked')
    },
  },
  {
    name: 'long tail',
    weight: 2,
    draw: (pen, v) => {
      headOfNine(pen, v)
      tailOfNine(pen, v, 'long')
    },
  },
  {
    name: 'curled',
    weight: 0.5,
    draw: (pen, v) => {
      headOfNine(pen, v)
      tailOfNine(pen, v, 'curled')
    },
  },
  {
    name: 'open head',
    weight: 1.5,
    draw: (pen, v) => {
      openHeadOfNine(pen, v)
      const tail = v(0, 1)
      tailOfNine(pen, v, tail < 0.3 ? 'straight' : tail < 0.7 ? 'hooked' : 'long')
    },
  },
  {
    name: 'two strokes',
    weight: 1,
    draw: (pen, v) => {
      const low = v(0.35, 0.55)
      pen.arc(0.28, low / 2, v(0.22, 0.32), low / 2, v(0.05, 0.25), -v(0.75, 1.05))
      pen.move(v(0.48, 0.6), v(-0.03, 0.2))
      const tail = v(0, 1)
      tailOfNine(pen, v, tail < 0.5 ? 'straight' : tail < 0.8 ? 'hooked' : 'long')
    },
  },
  {
    name: 'wide head',
    weight: 1,
    draw: (pen, v) => {
      const [low, right] = [v(0.14, 0.42), v(0.5, 0.85)]
      pen.move(right - v(0, 0.12), v(0, 0.12))
      pen.to(v(0.2, 0.4), v(-0.02, 0.05))
      pen.to(v(-0.15, 0.05), low * v(0.55, 0.9))
      pen.to(v(0.1, 0.3), low)
      pen.to(right, low * v(0.1, 0.5), v(0.2, 1))
      if (v(0, 1) < 0.5) pen.to(right - v(0.05, 0.2), v(0.4, 0.6))
      pen.to(v(-0.05, 0.45), 1)
    },
  },
  {
    name: 'like a 3',
    weight: 2,
    draw: (pen, v) => {
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
    },
  },
  {
    name: 'lasso',
    weight: 2,
    draw: (pen, v) => lassoNine(pen, v, -1, v(0, 0.15), v(1, 1.5)),
  },
  {
    name: 'lasso, clockwise',
    weight: 1.2,
    draw: (pen, v) => lassoNine(pen, v, 1, v(-0.6, -0.35), v(1, 1.2)),
  },
  {
    name: 'clockwise',
    weight: 0.6,
    draw: (pen, v) => {
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
    },
  },
  {
    name: 'bow and cup',
    weight: 0.6,
    draw: (pen, v) => {
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
    },
  },
]

/** The ways to write each digit. */
export const skeletons: readonly (readonly Skeleton[])[] = [zero, one, two, three, four, five, six, seven, eight, nine]
