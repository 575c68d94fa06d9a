// Where the layers of a network stand in its picture: columns from left to right, the example first and the outputs last. In CSS pixels.

import { asImage, countOf, type Shape } from '../../../model/shape'
import type { Box, UnitSheet } from '../sheet'

/** A layer's place: of its sheet of values, and of the column it stands in. */
export interface Column {
  /** Number of the layer; -1 for the example. */
  readonly layer: number
  readonly sheet: UnitSheet
  /** The sheet's corner. */
  readonly x: number
  readonly y: number
  /** Left edge and width of the column, for its heading. */
  readonly left: number
  readonly width: number
}

export interface PictureLayout {
  readonly columns: readonly Column[]
  readonly width: number
  readonly height: number
  /** Outputs are drawn as bars: there is room for their names. */
  readonly bars: boolean
}

/**
 * Widths: of the example, the widest and the narrowest of a layer between, the least between two columns, where paths bend, and that of the
 * outputs.
 */
interface Widths {
  readonly outputs: number
  readonly example: number
  readonly most: number
  readonly least: number
  readonly gap: number
}

/** Outputs with names, and with names of a digit each and short bars. */
const [NAMED, SHORT] = [104, 52]
/** From generous to narrow: the first that fits is taken. */
const WIDTHS: readonly Widths[] = [
  { outputs: NAMED, example: 170, most: 170, least: 72, gap: 34 },
  { outputs: NAMED, example: 140, most: 110, least: 66, gap: 26 },
  { outputs: NAMED, example: 112, most: 84, least: 56, gap: 20 },
  { outputs: NAMED, example: 84, most: 66, least: 48, gap: 16 },
  { outputs: NAMED, example: 84, most: 48, least: 40, gap: 14 },
  { outputs: SHORT, example: 56, most: 40, least: 34, gap: 9 },
]
/** Largest and least height of an output's row with a name beside it. */
const ROW = [13, 26] as const
/** Largest side of a neuron. */
const CELL = 14

/**
 * Lays the layers out. `shapes`: of the example, then of each layer that is shown; `numbers`: which layers those are; `letters`: of the
 * longest name of an output; `headings`: least widths of the columns' headings, in CSS pixels.
 */
export function layOutPicture(
  shapes: readonly Shape[],
  numbers: readonly number[],
  available: { readonly width: number; readonly height: number },
  letters: number,
  headings: readonly number[] = [],
): PictureLayout {
  const fit = WIDTHS.filter(({ outputs }) => outputs === NAMED || letters <= 1)
  const laid = fit.map((widths) => layOutWith(widths, shapes, numbers, available, headings))
  return laid.find(({ width }) => width <= available.width) ?? laid[laid.length - 1]
}

function layOutWith(
  { outputs: outputsWidth, example, most, least, gap: leastGap }: Widths,
  shapes: readonly Shape[],
  numbers: readonly number[],
  available: { readonly width: number; readonly height: number },
  headings: readonly number[],
): PictureLayout {
  const { height } = available
  const last = shapes.length - 1
  const outputs = countOf(shapes[last])
  const bars = height / outputs >= ROW[0]
  const between = Math.max(1, last - 1)
  const spare = (available.width - example - outputsWidth - leastGap * last) / between
  const room = Math.max(least, Math.min(most, spare))
  const sheets = shapes.map((shape, i) => {
    if (i === last && bars) return barsOf(outputs, height)
    return fitSheet(shape, i === 0 ? example : i === last ? outputsWidth : room, height)
  })
  const widths = sheets.map(({ width }, i) => {
    // The gap after a column is its heading's, too.
    const heading = (headings[i] ?? 0) - (i === last ? 0 : leastGap - APART)
    return Math.max(least, i === last ? outputsWidth : width, heading)
  })
  const taken = widths.reduce((a, b) => a + b, 0)
  const gap = Math.max(leastGap, last > 0 ? (available.width - taken) / last : 0)
  const columns: Column[] = []
  let left = 0
  sheets.forEach((sheet, i) => {
    // Outputs stand at the left of their column, where the paths end; the bars follow.
    const x = i === last && bars ? left : left + (widths[i] - sheet.width) / 2
    const y = Math.max(0, (height - sheet.height) / 2)
    columns.push({ layer: numbers[i], sheet, x, y, left, width: widths[i] })
    left += widths[i] + gap
  })
  return { columns, width: Math.max(available.width, Math.round(left - gap)), height, bars }
}

/** A neuron a row. */
function barsOf(outputs: number, height: number): UnitSheet {
  const row = Math.min(ROW[1], Math.floor(height / outputs))
  const gap = Math.max(2, Math.round(row / 3))
  const zoom = row - gap
  return { tiles: outputs, rows: 1, columns: 1, zoom, gap, across: 1, width: zoom, height: outputs * row - gap }
}

/** The largest sheet of a shape's values in a box. Where values are smaller than a pixel, `zoom` is below 1. */
function fitSheet(shape: Shape, width: number, height: number): UnitSheet {
  const image = asImage(shape)
  const tiles = image ? image.channels : countOf(shape)
  const [rows, columns] = image ? [image.height, image.width] : [1, 1]
  const largest = image ? Math.max(1, Math.floor(Math.max(width / columns, 1))) : CELL
  const zooms = [...Array.from({ length: largest }, (_, i) => largest - i), 0.75, 0.5, 0.33, 0.25, 0.125]
  for (const zoom of zooms) {
    const gap = image ? (tiles === 1 ? 0 : zoom * columns > 16 ? 5 : 3) : zoom > 6 ? 3 : zoom > 2 ? 1 : 0
    const [tileWidth, tileHeight] = [columns * zoom + gap, rows * zoom + gap]
    const down = Math.floor((height + gap) / tileHeight)
    if (down < 1) continue
    // As few in a line as the height allows, and lines as even as can be.
    const across = Math.ceil(tiles / down)
    if (across * tileWidth - gap > width) continue
    const used = Math.ceil(tiles / across)
    return {
      tiles,
      rows,
      columns,
      zoom,
      gap,
      across,
      width: across * tileWidth - gap,
      height: used * tileHeight - gap,
    }
  }
  // More than fits: it is drawn as small as can be, and the picture scrolls.
  const across = Math.ceil(Math.sqrt(tiles))
  const zoom = 0.125
  return {
    tiles,
    rows,
    columns,
    zoom,
    gap: 1,
    across,
    width: across * (columns * zoom + 1) - 1,
    height: Math.ceil(tiles / across) * (rows * zoom + 1) - 1,
  }
}

/** CSS pixels between the headings of two columns. */
const APART = 5

/** Width that the heading of a column may have: up to that of the next one. */
export function headingRoom({ columns }: PictureLayout, column: Column): number {
  const next = columns[columns.indexOf(column) + 1]
  return next ? next.left - column.left - APART : column.width
}

/** A value's box on the whole picture. */
export function boxIn({ x, y, sheet }: Column, unit: number): Box {
  const { tiles, columns, rows, zoom, gap, across } = sheet
  const tile = unit % tiles
  const position = Math.floor(unit / tiles)
  return {
    x: x + (tile % across) * (columns * zoom + gap) + (position % columns) * zoom,
    y: y + Math.floor(tile / across) * (rows * zoom + gap) + Math.floor(position / columns) * zoom,
    width: zoom,
    height: zoom,
  }
}
