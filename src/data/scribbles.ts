// Drawings of no digit, as people make them: shapes, signs, letters unlike digits, several digits at once. They teach a
// network, and measure, when to say that there is no digit.

import { rasterise, SIDE } from './drawing'
import { choose, way, write, type Draw, type Handwriting, type Skeleton } from './handwriting'
import { Random } from './random'
import { skeletons } from './skeletons'

/** Kinds to train on, and held-out kinds, to measure answers to kinds never seen. */
export type ScribbleGroup = 'training' | 'held-out'

/** Random streams 0 to 9 are the digits'. */
const STREAM: Readonly<Record<ScribbleGroup, number>> = { training: 10, 'held-out': 11 }

/** Straight lines, a stroke after the other: `x y x y ...`, each point free by a twelfth or so of the height. */
function lines(...strokes: readonly (readonly number[])[]): Draw {
  return (pen, v) => {
    for (const stroke of strokes) {
      for (let i = 0; i < stroke.length; i += 2) {
        const x = stroke[i] + v(-0.07, 0.07)
        const y = stroke[i + 1] + v(-0.07, 0.07)
        if (i === 0) pen.move(x, y)
        else pen.to(x, y, 1)
      }
    }
  }
}

/** A path through `count` places anywhere, in curves or in straight lines. */
function wandering(count: number, sharp: number): Draw {
  return (pen, v) => {
    pen.move(v(-0.2, 0.9), v(0, 1))
    const points = v(count * 0.6, count * 1.4)
    for (let i = 1; i < points; i++) pen.to(v(-0.2, 0.9), v(0, 1), sharp)
  }
}

/** Up and down from left to right. */
function wave(sharp: number): Draw {
  return (pen, v) => {
    const turns = Math.floor(v(4, 9))
    const [width, height] = [v(0.8, 1.6), v(0.2, 0.8)]
    pen.move(0, 0.5)
    for (let i = 1; i < turns; i++) {
      pen.to((width * i) / turns + v(-0.03, 0.03), 0.5 + (i % 2 === 0 ? 1 : -1) * height * v(0.35, 0.6), sharp)
    }
  }
}

/** `count` digits of any kind, in a row. */
function digits(count: number): Draw {
  return (pen, v) => {
    for (let i = 0; i < count; i++) {
      const first = pen.length
      const ways = skeletons[Math.floor(v(0, 10))]
      ways[Math.floor(v(0, ways.length))].draw(pen, v)
      const [width, shift] = [v(0.7, 1.1), i * v(0.75, 1.05)]
      pen.map((point) => (point.x = point.x * width + shift), first)
    }
  }
}

const circle: Draw = (pen, v) => pen.arc(0.35, 0.5, v(0.4, 0.6), 0.5, v(0, 1), v(0.95, 1.1))

/** Several drawings over each other. */
function together(...parts: readonly Draw[]): Draw {
  return (pen, v) => {
    for (const part of parts) part(pen, v)
  }
}

const dots: Draw = (pen, v) => {
  const count = Math.floor(v(1, 5))
  for (let i = 0; i < count; i++) {
    const [x, y] = [v(0, 0.8), v(0, 1)]
    pen.move(x, y)
    pen.to(x + v(-0.04, 0.04), y + v(-0.04, 0.04))
  }
}

/** A patch filled by a pen that goes to and fro. */
const blob: Draw = (pen, v) => {
  const [turns, half] = [Math.floor(v(10, 20)), v(0.25, 0.5)]
  pen.move(0, 0)
  for (let i = 1; i <= turns; i++) {
    const y = i / turns
    const reach = half * (0.3 + 2.8 * y * (1 - y))
    pen.to(0.35 + (i % 2 === 0 ? -1 : 1) * reach * v(0.8, 1.1), y + v(-0.05, 0.05), 0.5)
  }
}

const spiral: Draw = (pen, v) => {
  pen.arc(0.35, 0.5, 0.5, 0.5, v(0, 1), (v(0, 1) < 0.5 ? -1 : 1) * v(2.2, 3.6), v(0, 0.15))
}

const heart: Draw = (pen, v) => {
  const dip = v(0.15, 0.3)
  pen.move(0.4, dip)
  pen.to(0.2, v(-0.05, 0.05))
  pen.to(v(-0.12, 0), v(0.2, 0.35))
  pen.to(0.4, 1, 1)
  pen.to(v(0.8, 0.92), v(0.2, 0.35))
  pen.to(0.6, v(-0.05, 0.05))
  pen.to(0.4, dip, 0.5)
}

const face: Draw = (pen, v) => {
  circle(pen, v)
  pen.move(0.2, v(0.3, 0.4))
  pen.to(0.21, v(0.4, 0.45))
  pen.move(0.5, v(0.3, 0.4))
  pen.to(0.51, v(0.4, 0.45))
  pen.move(0.15, v(0.6, 0.7))
  pen.to(0.35, v(0.7, 0.85))
  pen.to(0.55, v(0.6, 0.7))
}

const person: Draw = together(
  (pen, v) => pen.arc(0.35, 0.15, v(0.1, 0.16), v(0.12, 0.16), v(0, 1), v(0.95, 1.1)),
  lines([0.35, 0.3, 0.35, 0.65], [0, 0.45, 0.7, 0.45], [0.1, 1, 0.35, 0.65, 0.6, 1]),
)

/** Kinds of drawings of no digit, by group. No kind is in both. */
export const scribbles: Readonly<Record<ScribbleGroup, readonly Skeleton[]>> = {
  training: [
    way('wandering curve', 2, wandering(9, 0)),
    way('wandering lines', 2, wandering(9, 1)),
    way('zigzag', 1.5, wave(1)),
    way('dots', 1, dots),
    way('level line', 1, lines([-0.3, 0.5, 1, 0.5])),
    way('level lines', 0.7, lines([-0.3, 0.3, 1, 0.3], [-0.3, 0.7, 1, 0.7])),
    way('upright lines', 0.7, lines([0.1, 0, 0.1, 1], [0.6, 0, 0.6, 1])),
    way('cross', 1, lines([0, 0.1, 0.8, 0.9], [0.8, 0.1, 0, 0.9])),
    way('plus', 1, lines([0.35, 0, 0.35, 1], [-0.15, 0.5, 0.85, 0.5])),
    way('asterisk', 0.7, lines([0.35, 0, 0.35, 1], [-0.1, 0.25, 0.8, 0.75], [0.8, 0.25, -0.1, 0.75])),
    way('star', 1, lines([0.05, 1, 0.35, 0, 0.65, 1, -0.12, 0.38, 0.82, 0.38, 0.05, 1])),
    way('arrow', 1, lines([-0.2, 0.5, 0.9, 0.5], [0.55, 0.2, 0.9, 0.5, 0.55, 0.8])),
    way('upright arrow', 0.7, lines([0.35, 1, 0.35, 0], [0.05, 0.35, 0.35, 0, 0.65, 0.35])),
    way('box', 1, lines([-0.15, 0, 0.9, 0, 0.9, 0.9, -0.15, 0.9, -0.15, 0])),
    way('triangle', 1, lines([0.4, 0, 0.9, 0.9, -0.1, 0.9, 0.4, 0])),
    way('blob', 1.5, blob),
    way('crossed circle', 0.7, together(circle, lines([0.35, 0, 0.35, 1], [-0.15, 0.5, 0.85, 0.5]))),
    way('two digits', 3, digits(2)),
    way('A', 0.8, lines([0, 1, 0.35, 0, 0.7, 1], [0.12, 0.65, 0.58, 0.65])),
    way('E', 0.8, lines([0.6, 0, 0, 0, 0, 1, 0.6, 1], [0, 0.5, 0.5, 0.5])),
    way('H', 0.8, lines([0, 0, 0, 1], [0.6, 0, 0.6, 1], [0, 0.5, 0.6, 0.5])),
    way('K', 0.8, lines([0, 0, 0, 1], [0.55, 0, 0, 0.5, 0.6, 1])),
    way('M', 0.8, lines([0, 1, 0.05, 0, 0.4, 0.6, 0.75, 0, 0.8, 1])),
    way('X and a bar', 0.4, lines([0, 0, 0.8, 1], [0.8, 0, 0, 1], [0, 0, 0.8, 0])),
  ],
  'held-out': [
    way('spiral', 1, spiral),
    way('waves', 1, wave(0)),
    way('heart', 1, heart),
    way('face', 1, face),
    way('person', 1, person),
    way('tick', 1, lines([-0.2, 0.6, 0.1, 1, 0.9, 0])),
    way('hash', 1, lines([0.2, 0, 0.1, 1], [0.6, 0, 0.5, 1], [-0.1, 0.35, 0.8, 0.35], [-0.1, 0.7, 0.8, 0.7])),
    way('house', 1, lines([0, 0.4, 0, 1, 0.8, 1, 0.8, 0.4, 0, 0.4, 0.4, 0, 0.8, 0.4])),
    way('diamond', 1, lines([0.4, 0, 0.85, 0.5, 0.4, 1, -0.05, 0.5, 0.4, 0])),
    way('crossed box', 1, lines([0, 0, 0.8, 0, 0.8, 0.9, 0, 0.9, 0, 0, 0.8, 0.9], [0.8, 0, 0, 0.9])),
    way('three digits', 1, digits(3)),
    way('N', 1, lines([0, 1, 0, 0, 0.65, 1, 0.65, 0])),
    way('R', 1, lines([0, 1, 0, 0, 0.5, 0.05, 0.55, 0.4, 0.05, 0.5, 0.6, 1])),
    way('W', 1, lines([-0.1, 0, 0.15, 1, 0.4, 0.35, 0.65, 1, 0.9, 0])),
    way('F', 1, lines([0.6, 0, 0, 0, 0, 1], [0, 0.45, 0.5, 0.45])),
  ],
}

/** A drawing of no digit. `seed` and `index` are whole numbers, of which the lowest 32 bits count. */
export function nonDigit(seed: number, index: number, group: ScribbleGroup = 'training'): Handwriting {
  const random = new Random(seed, index, STREAM[group])
  return write(choose(scribbles[group], random), random)
}

/** Name of the kind that `nonDigit` takes for the same arguments. */
export function nonDigitName(seed: number, index: number, group: ScribbleGroup = 'training'): string {
  return choose(scribbles[group], new Random(seed, index, STREAM[group])).name
}

/** `count` drawings of no digit as pictures: count x 784 bytes, row by row, 0 paper, 255 ink. */
export function nonDigitImages(count: number, seed: number, group: ScribbleGroup = 'training'): Uint8Array {
  const images = new Uint8Array(count * SIDE * SIDE)
  for (let i = 0; i < count; i++) {
    const { strokes, penWidth } = nonDigit(seed, i, group)
    images.set(rasterise(strokes, penWidth), i * SIDE * SIDE)
  }
  return images
}
