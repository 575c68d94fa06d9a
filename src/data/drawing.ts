// From pen strokes to the 28 x 28 picture a network sees, made the way MNIST's pictures were made.
//
// MNIST (Y. LeCun, http://yann.lecun.com/exdb/mnist/) scales a digit into 20 x 20 keeping its proportions, anti-aliased,
// and moves it by whole pixels so that its centre of mass is the centre of 28 x 28. Its 60,000 training images, beside
// 7,494 digits that 30 people drew with a stylus (UCI Pen-Based Recognition of Handwritten Digits) and this file
// rasterised, every digit counted alike:
//
//                                                          MNIST            drawn
//   ink, in pixels                                         103.1            103.1
//   stroke width: twice the ink by its total variation     2.45             2.47
//   longer side of the pixels of at least half ink         20 in 98.5%      20 in 96.1%
//   mean width and height of these                         14.8 and 19.6    13.8 and 19.8
//   share of inked pixels that are 10% to 90% grey         0.51             0.48
//   grey pixels where a row or column rises to full ink    1.29             1.17
//   centre of mass, and its deviation on either axis       14.0, 0.29       14.0, 0.02
//
// So the box holds the ink and not the pen's centre line. Two differences are left on purpose, because networks trained
// on MNIST read the drawn digits no better without them (784-128-10 and a small CNN, 2 to 5 seeds each): edges 1.4 pixels
// wide with MNIST's distribution of greys change nothing (-0.1 and 0.0 points), and moving by whole pixels costs
// 0.6 and 0.3 points.

/** Rows and columns of a picture. */
export const SIDE = 28
/** Bytes of a picture, one per pixel. */
export const IMAGE_BYTES = SIDE * SIDE

/** A place the pen was at; any unit, y pointing down. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** Where the pen went from touching down to lifting; one point is a dot. */
export type Stroke = readonly Point[]

/** The steps besides shrinking a drawing. Leaving one out shows its use. */
export interface Steps {
  /** The box around the ink is scaled into 20 x 20 pixels, in the middle of the frame. */
  readonly fit: boolean
  /** The pen has one width in every picture, whatever its width on the sheet and however much the drawing is scaled. */
  readonly pen: boolean
  /** The centre of mass of the ink is moved to where MNIST has it. */
  readonly centre: boolean
}

export const ALL_STEPS: Steps = { fit: true, pen: true, centre: true }

/** The square of the pad, from (0, 0) to (size, size), and the width of its pen; both in the unit of the strokes. */
export interface Sheet {
  readonly size: number
  readonly pen: number
}

/** Which steps to do, and the sheet, which the steps hide: its place and size by fitting, its pen by one width. */
interface Pipeline {
  readonly steps: Steps
  readonly sheet: Sheet
}

/**
 * Pen width in pixels of the 28 x 28 picture: with it the drawn digits have MNIST's ink and stroke width (with 2.1 they
 * have 88.8 and 2.08). It matters little: with 2.1 a small CNN reads 0.3 points more, 784-128-10 0.1 points.
 */
export const PEN_WIDTH = 2.5

/** Longer side of the ink, pen included. */
const BOX = 20
/** The middle of the frame, on both axes: pixels reach from -0.5 to 27.5, their centres being whole numbers. */
const MIDDLE = (SIDE - 1) / 2
/** Where MNIST has its centre of mass on both axes: half a pixel right of and below the middle. */
const CENTRE = SIDE / 2
const NUMBERS_PER_SEGMENT = 4

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Scale of strokes in the frame: x is drawn (x - middleX) / unit * pixels beside the place of the drawing, y likewise. */
interface Placement {
  readonly middleX: number
  readonly middleY: number
  readonly unit: number
  readonly pixels: number
  /** Half the pen's width in pixels. */
  readonly radius: number
}

// Buffers that every drawing reuses, so that one allocates only its picture.
/** Segments of lines, four numbers each: from (x, y) to (x, y), in pixels from the place of the drawing. */
let segments = new Float64Array(256 * NUMBERS_PER_SEGMENT)
/** Squared distance in pixels from each pixel to the closest segment, as far as the pen reaches. */
const nearest = new Float64Array(SIDE * SIDE)
/** A drawing before it is in its place. */
const draft = new Uint8Array(SIDE * SIDE)

/**
 * Draws strokes as MNIST would store them: 784 bytes row by row, 0 paper, 255 ink. Their place and size make no
 * difference. All zeros if there is nothing to draw; points that are not finite are left out.
 *
 * @param penWidth in pixels of the picture, more than 0 and at most 20.
 * @param pipeline all steps if not given. Where a drawing is not fitted into the frame, what lies beside the sheet is lost.
 * @throws RangeError for an invalid width or size
 */
export function rasterise(strokes: readonly Stroke[], penWidth = PEN_WIDTH, pipeline?: Pipeline): Uint8Array {
  if (!(penWidth > 0 && penWidth <= BOX)) {
    throw new RangeError(`A pen is more than 0 and at most ${BOX} pixels wide, not ${penWidth}.`)
  }
  const { steps, sheet } = pipeline ?? { steps: ALL_STEPS }
  if (sheet && !(sheet.size > 0 && sheet.pen > 0 && sheet.size + sheet.pen < Infinity)) {
    throw new RangeError(`A sheet and its pen have a size above 0, not ${sheet.size} and ${sheet.pen}.`)
  }
  const image = new Uint8Array(SIDE * SIDE)
  const box = boxAround(strokes)
  if (!box) return image
  const placement = place(box, penWidth, steps, sheet)
  const { middleX, middleY, radius } = placement
  const count = flatten(strokes, placement)
  const [left, right] = [toPixels(box.left, middleX, placement), toPixels(box.right, middleX, placement)]
  const [top, bottom] = [toPixels(box.top, middleY, placement), toPixels(box.bottom, middleY, placement)]
  const extent = { left, right, top, bottom }
  if (!steps.centre) {
    draw(image, count, MIDDLE, MIDDLE, radius, extent)
    return image
  }
  // First to find the centre of mass, near the final place of most drawings, then in that place.
  draft.fill(0)
  draw(draft, count, CENTRE, CENTRE, radius, extent)
  const mass = centreOfMass(draft)
  const x = within(2 * CENTRE - mass.x, left - radius, right + radius)
  const y = within(2 * CENTRE - mass.y, top - radius, bottom + radius)
  draw(image, count, x, y, radius, extent)
  return image
}

/** The smallest box with all finite points; undefined if there are none. */
function boxAround(strokes: readonly Stroke[]): Box | undefined {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity]
  for (const stroke of strokes) {
    for (const { x, y } of stroke) {
      if (!isPlace(x, y)) continue
      if (x < left) left = x
      if (x > right) right = x
      if (y < top) top = y
      if (y > bottom) bottom = y
    }
  }
  return left <= right ? { left, right, top, bottom } : undefined
}

const isPlace = (x: number, y: number): boolean => Number.isFinite(x) && Number.isFinite(y)

function place(box: Box, penWidth: number, steps: Steps, sheet: Sheet | undefined): Placement {
  // Halves first: the sum or difference of two huge numbers would overflow.
  const half = Math.max(box.right / 2 - box.left / 2, box.bottom / 2 - box.top / 2)
  const boxMiddle = { middleX: box.left / 2 + box.right / 2, middleY: box.top / 2 + box.bottom / 2 }
  const fixed = penWidth / 2
  if (!sheet || (steps.fit && steps.pen)) return { ...boxMiddle, unit: half, pixels: BOX / 2 - fixed, radius: fixed }

  const middle = sheet.size / 2
  const [unit, pixels] = steps.fit ? [half + sheet.pen / 2, BOX / 2] : [middle, SIDE / 2]
  const radius = steps.pen ? fixed : (sheet.pen / 2 / unit) * pixels
  return { ...(steps.fit ? boxMiddle : { middleX: middle, middleY: middle }), unit, pixels, radius }
}

/** Maps the unit of the strokes to pixels from the place of the drawing in the frame. A single point has no extent to scale by. */
function toPixels(value: number, middle: number, { unit, pixels }: Placement): number {
  return unit > 0 ? ((value - middle) / unit) * pixels : 0
}

/** Writes the lines between points into `segments`; returns the count of numbers. */
function flatten(strokes: readonly Stroke[], placement: Placement): number {
  let count = 0
  for (const stroke of strokes) {
    let fromX = NaN // no point yet
    let fromY = NaN
    for (const point of stroke) {
      if (!isPlace(point.x, point.y)) continue
      const x = toPixels(point.x, placement.middleX, placement)
      const y = toPixels(point.y, placement.middleY, placement)
      const first = Number.isNaN(fromX)
      if (count === segments.length) {
        const longer = new Float64Array(2 * count)
        longer.set(segments)
        segments = longer
      }
      segments[count++] = first ? x : fromX
      segments[count++] = first ? y : fromY
      segments[count++] = fromX = x
      segments[count++] = fromY = y
    }
  }
  return count
}

/**
 * Keeps ink that reaches from `low` to `high` beside `place` inside the frame: off centre is better than
 * cut off. Ink larger than the frame goes into its middle.
 */
function within(place: number, low: number, high: number): number {
  const first = -0.5 - low
  const last = SIDE - 0.5 - high
  return first > last ? (first + last) / 2 : Math.max(first, Math.min(last, place))
}

/**
 * Draws the first `count` numbers of `segments` around (x, y) with a round pen onto an empty image: a pixel's ink falls from 1 to 0 as the
 * pen's edge crosses it. `extent`: of the segments.
 */
function draw(image: Uint8Array, count: number, x: number, y: number, radius: number, extent: Box): void {
  const reach = radius + 0.5
  const paper = reach * reach
  const [top, bottom] = [firstPixel(y + extent.top - reach), lastPixel(y + extent.bottom + reach)]
  const [left, right] = [firstPixel(x + extent.left - reach), lastPixel(x + extent.right + reach)]
  nearest.fill(paper, top * SIDE, (bottom + 1) * SIDE)
  for (let i = 0; i < count; i += NUMBERS_PER_SEGMENT) {
    const startX = x + segments[i]
    const startY = y + segments[i + 1]
    const dx = segments[i + 2] - segments[i]
    const dy = segments[i + 3] - segments[i + 1]
    const lengthSquared = dx * dx + dy * dy
    const perLength = lengthSquared > 0 ? 1 / lengthSquared : 0
    const firstRow = firstPixel(startY + Math.min(0, dy) - reach)
    const lastRow = lastPixel(startY + Math.max(0, dy) + reach)
    const firstColumn = firstPixel(startX + Math.min(0, dx) - reach)
    const lastColumn = lastPixel(startX + Math.max(0, dx) + reach)
    for (let row = firstRow; row <= lastRow; row++) {
      const py = row - startY
      for (let column = firstColumn; column <= lastColumn; column++) {
        const px = column - startX
        const share = (px * dx + py * dy) * perLength
        const along = share < 0 ? 0 : share > 1 ? 1 : share
        const offX = px - along * dx
        const offY = py - along * dy
        const distance = offX * offX + offY * offY
        const pixel = row * SIDE + column
        if (distance < nearest[pixel]) nearest[pixel] = distance
      }
    }
  }

  const full = radius < 0.5 ? -1 : (radius - 0.5) * (radius - 0.5)
  for (let row = top; row <= bottom; row++) {
    for (let pixel = row * SIDE + left; pixel <= row * SIDE + right; pixel++) {
      const distance = nearest[pixel]
      if (distance < paper) image[pixel] = distance <= full ? 255 : Math.round(255 * (reach - Math.sqrt(distance)))
    }
  }
}

/** The first row or column that is not before a place, and the last that is not after one. */
const firstPixel = (place: number): number => Math.max(0, Math.ceil(place))
const lastPixel = (place: number): number => Math.min(SIDE - 1, Math.floor(place))

/** The mean place of the ink, in pixels, with pixel centres at whole numbers; MNIST's own without ink. */
export function centreOfMass(image: Uint8Array): Point {
  let [ink, x, y] = [0, 0, 0]
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const here = image[row * SIDE + column]
      ink += here
      x += here * column
      y += here * row
    }
  }
  return ink > 0 ? { x: x / ink, y: y / ink } : { x: CENTRE, y: CENTRE }
}
