// From pen strokes to the 28 x 28 picture a network sees, made the way MNIST's pictures were made.
//
// MNIST (Y. LeCun, http://yann.lecun.com/exdb/mnist/) scales a digit into 20 x 20 keeping its proportions, anti-aliased,
// and moves it by whole pixels so that its centre of mass is the centre of 28 x 28. Measured on the 60,000 training
// images: the longer side of the pixels of at least half ink is 20 in 98.5% of them, so the box holds the ink and not
// the pen's centre line; the centre of mass is at (14.01, 14.00) with a deviation of 0.29, pixel centres being whole
// numbers from 0; an image has 102.4 pixels' worth of ink, in strokes 2.7 pixels wide (twice the ink by its outline).

import { SIDE } from './idx'

/** A place the pen was at; any unit, y pointing down. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** Where the pen went from touching down to lifting; one point is a dot. */
export type Stroke = readonly Point[]

/**
 * Pen width in pixels of the 28 x 28 picture. Digits drawn by 30 people have MNIST's ink and stroke width with it
 * (103.0 and 2.7; with 2.3 they have 96.0 and 2.5); from 2.3 to 2.7 networks read them equally well.
 */
export const PEN_WIDTH = 2.5

/** Longer side of the ink, pen included. */
const BOX = 20
/** Where MNIST has its centre of mass on both axes: half a pixel right of and below the middle of the frame. */
const CENTRE = SIDE / 2

/** Line segments from (x0, y0) to (x1, y1), flat, around (0, 0), with half their extent. */
interface Figure {
  readonly segments: readonly (readonly [number, number, number, number])[]
  readonly halfWidth: number
  readonly halfHeight: number
}

/**
 * Draws strokes as MNIST would hold them: 784 bytes row by row, 0 paper, 255 ink. Where and how large they were drawn
 * makes no difference. All zeros where there is nothing to draw; points that are not finite are left out.
 */
export function rasterise(strokes: readonly Stroke[], penWidth = PEN_WIDTH): Uint8Array {
  const figure = fit(strokes, Math.max(0, BOX - penWidth))
  if (!figure) return new Uint8Array(SIDE * SIDE)
  const radius = penWidth / 2
  const mass = centreOfMass(draw(figure, CENTRE, CENTRE, radius))
  const x = within(2 * CENTRE - mass.x, figure.halfWidth + radius)
  const y = within(2 * CENTRE - mass.y, figure.halfHeight + radius)
  return draw(figure, x, y, radius)
}

/** Scales strokes so that the longer side of their bounding box is `side`, its middle at (0, 0). */
function fit(strokes: readonly Stroke[], side: number): Figure | undefined {
  const lines = strokes
    .map((stroke) => stroke.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)))
    .filter((line) => line.length > 0)
  if (lines.length === 0) return undefined

  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity]
  for (const { x, y } of lines.flat()) {
    left = Math.min(left, x)
    right = Math.max(right, x)
    top = Math.min(top, y)
    bottom = Math.max(bottom, y)
  }
  // Halves first: the sum or difference of two huge numbers would not be finite.
  const [middleX, middleY] = [left / 2 + right / 2, top / 2 + bottom / 2]
  const [halfWidth, halfHeight] = [right / 2 - left / 2, bottom / 2 - top / 2]
  const half = Math.max(halfWidth, halfHeight)
  const scale = (distance: number) => (half > 0 ? (distance / half) * (side / 2) : 0)

  const segments = lines.flatMap((line) =>
    line.map(({ x, y }, i): [number, number, number, number] => {
      const from = line[Math.max(0, i - 1)]
      return [scale(from.x - middleX), scale(from.y - middleY), scale(x - middleX), scale(y - middleY)]
    }),
  )
  return { segments, halfWidth: scale(halfWidth), halfHeight: scale(halfHeight) }
}

/**
 * Keeps ink that reaches `half` to both sides of `centre` inside the frame, whose pixels reach from -0.5 to 27.5: to be
 * off centre is better than to lose a part.
 */
function within(centre: number, half: number): number {
  return Math.max(half - 0.5, Math.min(SIDE - 0.5 - half, centre))
}

/** Draws a figure around (x, y) with a round pen: a pixel's ink falls from 1 to 0 as the pen's edge crosses it. */
function draw({ segments }: Figure, x: number, y: number, radius: number): Uint8Array {
  const reach = radius + 0.5
  const nearest = new Float64Array(SIDE * SIDE).fill(Infinity) // squared distance to the closest segment
  for (const [fromX, fromY, toX, toY] of segments) {
    const [startX, startY, dx, dy] = [x + fromX, y + fromY, toX - fromX, toY - fromY]
    const lengthSquared = dx * dx + dy * dy
    const firstRow = Math.max(0, Math.ceil(startY + Math.min(0, dy) - reach))
    const lastRow = Math.min(SIDE - 1, Math.floor(startY + Math.max(0, dy) + reach))
    const firstColumn = Math.max(0, Math.ceil(startX + Math.min(0, dx) - reach))
    const lastColumn = Math.min(SIDE - 1, Math.floor(startX + Math.max(0, dx) + reach))
    for (let row = firstRow; row <= lastRow; row++) {
      for (let column = firstColumn; column <= lastColumn; column++) {
        const [px, py] = [column - startX, row - startY]
        const along = lengthSquared > 0 ? Math.max(0, Math.min(1, (px * dx + py * dy) / lengthSquared)) : 0
        const [offX, offY] = [px - along * dx, py - along * dy]
        const distance = offX * offX + offY * offY
        const pixel = row * SIDE + column
        if (distance < nearest[pixel]) nearest[pixel] = distance
      }
    }
  }
  return Uint8Array.from(nearest, (distance) => Math.round(255 * Math.max(0, Math.min(1, reach - Math.sqrt(distance)))))
}

/** The mean place of the ink, in pixels, pixel centres being whole numbers; the middle where there is no ink. */
export function centreOfMass(image: Uint8Array): Point {
  let [ink, x, y] = [0, 0, 0]
  for (let pixel = 0; pixel < image.length; pixel++) {
    ink += image[pixel]
    x += image[pixel] * (pixel % SIDE)
    y += image[pixel] * Math.floor(pixel / SIDE)
  }
  return ink > 0 ? { x: x / ink, y: y / ink } : { x: CENTRE, y: CENTRE }
}
