// A pen for synthetic handwriting: turns a few control points a stroke into smooth curves like a hand's.

import type { Point } from './drawing'
import type { Random } from './random'

/** Most control points of a drawing. */
const MOST = 128

/** How a hand draws curves through control points. */
export interface Hand {
  /** Deviation of every control point from its place, in heights of a digit. */
  readonly jitter: number
  /** 0 leaves corners sharp, 1 draws them as curves. */
  readonly rounding: number
  /** Deviation of a curve's points, of low frequency, in heights of a digit. */
  readonly tremor: number
  /** Length of the mark that the pen leaves while it is lifted, in any direction, in heights of a digit. */
  readonly lift: number
  /** Points per height of a digit, as many as a pointing device reports. */
  readonly density: number
}

/**
 * Collects control points: `move` starts a stroke, `to` goes on through a point, `arc` along an ellipse. A digit is about
 * 1 high and 0.6 wide, x right, y down.
 */
export class Pen {
  private readonly x = new Float64Array(MOST)
  private readonly y = new Float64Array(MOST)
  /** 0 where a curve runs through smoothly, 1 where it turns in a corner. */
  private readonly sharp = new Float64Array(MOST)
  /** First control point of each stroke. */
  private readonly starts: number[] = []
  private count = 0

  /** An empty sheet. */
  clear(): void {
    this.count = 0
    this.starts.length = 0
  }

  /** Puts the pen down; a stroke without more points is a dot. */
  move(x: number, y: number): void {
    this.starts.push(this.count)
    this.add(x, y, 0)
  }

  /** Goes on through a point, in a corner where `sharp` is 1. */
  to(x: number, y: number, sharp = 0): void {
    this.add(x, y, sharp)
  }

  /**
   * Along an ellipse around (x, y), from `from` through `sweep`, in turns: 0 is at the top, 0.25 at the right, and a
   * positive sweep is clockwise. `end` is what the radii are multiplied by at its end: a spiral where it is not 1. The pen
   * is put down at its start where `begin` says so, else the stroke goes on to it.
   */
  arc(x: number, y: number, rx: number, ry: number, from: number, sweep: number, end = 1, begin = true): void {
    const steps = Math.max(2, Math.ceil(Math.abs(sweep) * 7))
    for (let i = 0; i <= steps; i++) {
      const radius = 1 + ((end - 1) * i) / steps
      const turn = from + (sweep * i) / steps
      const px = x + rx * radius * sine(turn)
      const py = y - ry * radius * sine(turn + 0.25)
      if (i === 0 && begin) this.move(px, py)
      else this.add(px, py, 0)
    }
  }

  /** Control points so far. */
  get length(): number {
    return this.count
  }

  /** Maps the control points from `first` on by a function that writes into its argument. */
  map(change: (point: { x: number; y: number }) => void, first = 0): void {
    const point = { x: 0, y: 0 }
    for (let i = first; i < this.count; i++) {
      point.x = this.x[i]
      point.y = this.y[i]
      change(point)
      this.x[i] = point.x
      this.y[i] = point.y
    }
  }

  /** The strokes as curves through the control points, drawn by a hand. */
  strokes(hand: Hand, random: Random): Point[][] {
    const { x, y } = this
    for (let i = 0; i < this.count; i++) {
      x[i] += hand.jitter * random.normal()
      y[i] += hand.jitter * random.normal()
    }
    return this.starts.map((start, i) => this.curve(start, this.starts[i + 1] ?? this.count, hand, random))
  }

  private add(x: number, y: number, sharp: number): void {
    if (this.count === MOST) throw new RangeError(`A drawing has at most ${MOST} control points`)
    this.x[this.count] = x
    this.y[this.count] = y
    this.sharp[this.count] = sharp
    this.count++
  }

  /**
   * Control points `start` to `end` - 1 as a centripetal Catmull-Rom spline (Yuksel, Schaefer & Keyser, Parameterization
   * and applications of Catmull-Rom curves, 2011), whose tangents are shortened where there is a corner.
   */
  private curve(start: number, end: number, hand: Hand, random: Random): Point[] {
    const { x, y } = this
    const points: Point[] = [{ x: x[start], y: y[start] }]
    // Tremor: noise with a random value at every third point, straight between.
    let [fromX, fromY, toX, toY, phase] = [0, 0, 0, 0, 3]
    let [tangentX, tangentY] = [0, 0] // of the segment's start, times the square root of its length
    let [chord, tangentScale] = [this.chord(start, end), 0]
    for (let i = start; i + 1 < end; i++) {
      const next = this.chord(i + 1, end)
      const [startX, startY] = [tangentX * tangentScale * chord, tangentY * tangentScale * chord]
      const dx = x[i + 1] - x[i]
      const dy = y[i + 1] - y[i]
      // Tangent of the end, per unit of parameter; the stroke's own end has none, and arrives straight.
      if (i + 2 < end) {
        const weight = 1 / (chord + next)
        tangentX = ((dx / chord) * next + ((x[i + 2] - x[i + 1]) / next) * chord) * weight
        tangentY = ((dy / chord) * next + ((y[i + 2] - y[i + 1]) / next) * chord) * weight
        tangentScale = 1 - this.sharp[i + 1] * (1 - hand.rounding)
      } else tangentScale = 0
      const [endX, endY] = [tangentX * tangentScale * chord, tangentY * tangentScale * chord]
      const steps = Math.max(2, Math.min(8, Math.ceil(chord * chord * hand.density)))
      for (let step = 1; step <= steps; step++) {
        const t = step / steps
        // Cubic Hermite basis.
        const end = t * t * (3 - 2 * t)
        const leave = t * (1 - t) * (1 - t)
        const arrive = t * t * (t - 1)
        if (phase === 3) {
          ;[fromX, fromY, phase] = [toX, toY, 0]
          toX = hand.tremor * random.normal()
          toY = hand.tremor * random.normal()
        }
        phase++
        points.push({
          x: x[i] + end * dx + leave * startX + arrive * endX + fromX + ((toX - fromX) * phase) / 3,
          y: y[i] + end * dy + leave * startY + arrive * endY + fromY + ((toY - fromY) * phase) / 3,
        })
      }
      chord = next
    }
    if (hand.lift > 0) {
      const { x, y } = points[points.length - 1]
      points.push({ x: x + hand.lift * random.normal(), y: y + hand.lift * random.normal() })
    }
    return points
  }

  /** Square root of the distance from control point `i` to the next: centripetal. Not zero. */
  private chord(i: number, end: number): number {
    if (i + 1 >= end) return 1
    const dx = this.x[i + 1] - this.x[i]
    const dy = this.y[i + 1] - this.y[i]
    return Math.sqrt(Math.sqrt(dx * dx + dy * dy) + 1e-6)
  }
}

/**
 * Sine of an angle in turns, to 1e-5: the Taylor series up to the ninth power, folded into a quarter. Engines round
 * `Math.sin` differently.
 */
function sine(turns: number): number {
  const folded = turns - Math.round(turns) // -0.5 ... 0.5
  const quarter = folded > 0.25 ? 0.5 - folded : folded < -0.25 ? -0.5 - folded : folded
  const angle = 2 * Math.PI * quarter
  const square = angle * angle
  return angle * (1 + (square / -6) * (1 + (square / -20) * (1 + (square / -42) * (1 - square / 72))))
}
