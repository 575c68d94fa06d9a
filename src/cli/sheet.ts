// A PNG sheet of misread drawings, each as the network's input, with its label and the answer.

import { PNG } from 'pngjs'
import { SIDE } from '../data/drawing'

/** A drawing on the sheet. */
export interface Misread {
  /** SIDE x SIDE bytes, 0 paper, 255 ink. */
  readonly image: Uint8Array
  readonly label: number
  readonly read: number
}

const COLUMNS = 5
/** Sheet pixels of a picture's pixel, and of a caption's. */
const ZOOM = 4
const CAPTION_ZOOM = 3
const GAP = 12
const CELL = SIDE * ZOOM + GAP
const CAPTION = 5 * CAPTION_ZOOM + 8

/** Digits 3 wide and 5 high, a row an octal digit. */
const FONT = ['75557', '26227', '71747', '71717', '55711', '74717', '74757', '71244', '75757', '75717']

const RIGHT = [30, 110, 60] as const
const WRONG = [190, 40, 40] as const

/** The bytes of the PNG. Below each picture stand its label in green and the answer in red. */
export function sheet(drawings: readonly Misread[]): Buffer {
  const rows = Math.max(1, Math.ceil(drawings.length / COLUMNS))
  const png = new PNG({ width: COLUMNS * CELL + GAP, height: rows * (CELL + CAPTION) + GAP })
  png.data.fill(255)
  const dot = (x: number, y: number, zoom: number, [red, green, blue]: readonly [number, number, number]) => {
    for (let i = 0; i < zoom * zoom; i++) {
      const at = 4 * ((y + Math.floor(i / zoom)) * png.width + x + (i % zoom))
      png.data.set([red, green, blue], at)
    }
  }
  const digit = (value: number, x: number, y: number, colour: readonly [number, number, number]) => {
    for (let i = 0; i < 15; i++) {
      const inked = (Number(FONT[value][Math.floor(i / 3)]) >> (2 - (i % 3))) & 1
      if (inked) dot(x + (i % 3) * CAPTION_ZOOM, y + Math.floor(i / 3) * CAPTION_ZOOM, CAPTION_ZOOM, colour)
    }
  }
  drawings.forEach(({ image, label, read }, i) => {
    const left = GAP + (i % COLUMNS) * CELL
    const top = GAP + Math.floor(i / COLUMNS) * (CELL + CAPTION)
    image.forEach((ink, pixel) => {
      const grey = 255 - ink
      dot(left + (pixel % SIDE) * ZOOM, top + Math.floor(pixel / SIDE) * ZOOM, ZOOM, [grey, grey, grey])
    })
    digit(label, left, top + SIDE * ZOOM + 4, RIGHT)
    digit(read, left + 6 * CAPTION_ZOOM, top + SIDE * ZOOM + 4, WRONG)
  })
  return PNG.sync.write(png)
}
