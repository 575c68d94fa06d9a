// Paints the plane: what the network answers everywhere, the points over it, and the place that it reads.

import type { Point } from '../../../data/drawing'
import { REACH } from '../../../datasets/plane/plane'
import type { LabelledPoint } from '../../../datasets/plane/drawn'
import type { Surface } from '../../../session/protocol'

/** Red, green and blue from 0 to 255. */
export type Colour = readonly [number, number, number]

/** How the plane is painted. */
export interface PlaneStyle {
  /** Of the classes in order. */
  readonly classes: readonly Colour[]
  readonly sheet: Colour
  readonly ink: Colour
  /** Of a neuron's outputs below and above zero. */
  readonly below: Colour
  readonly above: Colour
}

/** A colour of a style sheet, in whatever notation, as three numbers. */
export function colourOf(context: CanvasRenderingContext2D, text: string): Colour {
  context.fillStyle = text // which reads as #rrggbb
  const value = parseInt(String(context.fillStyle).slice(1, 7), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}

const css = ([r, g, b]: Colour, opacity = 1): string => `rgb(${r} ${g} ${b} / ${opacity})`

/** Writes red, green, blue and opacity of every place: the answers' colours, paler where the network is less sure. */
export function writeAnswers(pixels: Uint8ClampedArray, surface: Surface, { classes, sheet }: PlaneStyle): void {
  const count = classes.length
  // Outputs that are no probabilities may lie beside 0 and 1.
  const answers = surface.answers.map((share) => Math.max(0, Math.min(1, share)))
  for (let place = 0; place < answers.length / count; place++) {
    let top = 0
    for (let c = 0; c < count; c++) top = Math.max(top, answers[place * count + c])
    const strength = 0.1 + 0.6 * Math.max(0, (top - 1 / count) / (1 - 1 / count))
    for (let part = 0; part < 3; part++) {
      let mixed = 0
      let sum = 0
      for (let c = 0; c < count; c++) {
        // Squares: where two classes are as likely, the colour is between theirs, and elsewhere nearly the answer's own.
        const share = answers[place * count + c] ** 2
        mixed += share * classes[c][part]
        sum += share
      }
      pixels[4 * place + part] = sum > 0 ? sheet[part] + strength * (mixed / sum - sheet[part]) : sheet[part]
    }
    pixels[4 * place + 3] = 255
  }
}

/** The same of a neuron's outputs: the sheet's colour at zero, and full colour at the largest magnitude. */
export function writeNeuron(
  pixels: Uint8ClampedArray,
  values: Float32Array,
  { sheet, below, above }: PlaneStyle,
): void {
  const most = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-12)
  values.forEach((value, place) => {
    const colour = value < 0 ? below : above
    const strength = Math.abs(value) / most
    for (let part = 0; part < 3; part++)
      pixels[4 * place + part] = sheet[part] + 0.8 * strength * (colour[part] - sheet[part])
    pixels[4 * place + 3] = 255
  })
}

/** Where a place is in a square of so many pixels. */
export const onCanvas = ({ x, y }: Point, pixels: number): Point => ({
  x: ((x + REACH) / (2 * REACH)) * pixels,
  y: ((REACH - y) / (2 * REACH)) * pixels,
})

/** The reverse, kept inside the plane. */
export function inPlane({ x, y }: Point, pixels: number): Point {
  const along = (at: number) => Math.max(-REACH, Math.min(REACH, (at / pixels) * 2 * REACH - REACH))
  return { x: along(x), y: -along(y) }
}

/** Draws points, each in its class's colour and form; hollow ones are for testing. `unit`: device pixels a CSS pixel. */
export function drawPoints(
  context: CanvasRenderingContext2D,
  points: readonly LabelledPoint[],
  hollow: boolean,
  style: PlaneStyle,
  pixels: number,
  unit: number,
): void {
  for (const point of points) {
    const { x, y } = onCanvas(point, pixels)
    context.beginPath()
    outline(context, point.label, x, y, (hollow ? 2.5 : 3) * unit)
    context.lineWidth = unit
    const colour = style.classes[point.label] ?? style.ink
    context.fillStyle = hollow ? css(style.sheet, 0.9) : css(colour)
    context.strokeStyle = hollow ? css(colour) : css(style.sheet, 0.9)
    context.fill()
    context.stroke()
  }
}

/** A form for each class, for those who do not tell the colours apart: disc, square, triangle, rhombus, flat disc. */
function outline(context: CanvasRenderingContext2D, label: number, x: number, y: number, radius: number): void {
  if (label === 0) context.arc(x, y, radius, 0, 2 * Math.PI)
  else if (label === 1) context.rect(x - 0.9 * radius, y - 0.9 * radius, 1.8 * radius, 1.8 * radius)
  else if (label === 4) context.ellipse(x, y, 1.3 * radius, 0.7 * radius, 0, 0, 2 * Math.PI)
  else {
    const corners = label === 2 ? 3 : 4
    for (let i = 0; i < corners; i++) {
      const angle = (2 * Math.PI * i) / corners
      context.lineTo(x + 1.25 * radius * Math.sin(angle), y - 1.25 * radius * Math.cos(angle))
    }
    context.closePath()
  }
}

/** Draws the axes. */
export function drawAxes(context: CanvasRenderingContext2D, { ink }: PlaneStyle, pixels: number, unit: number): void {
  context.strokeStyle = css(ink, 0.25)
  context.lineWidth = unit
  context.beginPath()
  const middle = Math.round(pixels / 2) + 0.5
  context.moveTo(0, middle)
  context.lineTo(pixels, middle)
  context.moveTo(middle, 0)
  context.lineTo(middle, pixels)
  context.stroke()
}

/** Draws a ring around the place that the network reads. */
export function drawPlace(
  context: CanvasRenderingContext2D,
  place: Point,
  style: PlaneStyle,
  pixels: number,
  unit: number,
): void {
  const { x, y } = onCanvas(place, pixels)
  for (const [width, colour] of [
    [4, style.sheet],
    [2, style.ink],
  ] as const) {
    context.beginPath()
    context.arc(x, y, 7 * unit, 0, 2 * Math.PI)
    context.lineWidth = width * unit
    context.strokeStyle = css(colour)
    context.stroke()
  }
}
