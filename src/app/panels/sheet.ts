// The layout of a layer's values on the page: a sheet of tiles, one for each map of an image and one for each neuron of a vector. Sizes
// are in CSS pixels; values are in row-major order with the channel last.

import { asImage, countOf, type Shape } from '../../model/shape'

/** The tiles of a sheet, and the size of a value. */
export interface UnitSheet {
  readonly tiles: number
  /** Values in a tile. */
  readonly rows: number
  readonly columns: number
  /** Side of a value. */
  readonly zoom: number
  /** Between tiles. */
  readonly gap: number
  /** Tiles side by side. */
  readonly across: number
  readonly width: number
  readonly height: number
}

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Sides of neurons by their number: few are large, and 4,096 still fit on a page. */
const CELLS = [
  [16, 26],
  [64, 18],
  [256, 13],
  [1024, 9],
  [Infinity, 6],
] as const

/** Width of a single picture, and of a map among others. */
const PICTURE = 168
const MAP = 54

/** Lays out values of a shape on a page of that width. */
export function sheetOf(shape: Shape, available: number): UnitSheet {
  const image = asImage(shape)
  const tiles = image ? image.channels : countOf(shape)
  const [rows, columns] = image ? [image.height, image.width] : [1, 1]
  const room = Math.max(1, Math.floor(available))
  const wish = image
    ? Math.max(1, Math.round((tiles === 1 ? PICTURE : MAP) / columns))
    : (CELLS.find(([most]) => tiles <= most) ?? CELLS[CELLS.length - 1])[1]
  const zoom = Math.max(1, Math.min(wish, Math.floor(room / columns)))
  const gap = image ? 4 : zoom > 8 ? 2 : 1
  const across = Math.max(1, Math.min(tiles, Math.floor((room + gap) / (columns * zoom + gap))))
  const width = across * (columns * zoom + gap) - gap
  const height = Math.ceil(tiles / across) * (rows * zoom + gap) - gap
  return { tiles, rows, columns, zoom, gap, across, width, height }
}

/** Where a tile starts. */
function cornerOf({ rows, columns, zoom, gap, across }: UnitSheet, tile: number): { x: number; y: number } {
  return { x: (tile % across) * (columns * zoom + gap), y: Math.floor(tile / across) * (rows * zoom + gap) }
}

/** Place of a value, by its number. */
export function boxOf(sheet: UnitSheet, unit: number): Box {
  const { tiles, columns, zoom } = sheet
  const { x, y } = cornerOf(sheet, unit % tiles)
  const position = Math.floor(unit / tiles)
  return { x: x + (position % columns) * zoom, y: y + Math.floor(position / columns) * zoom, width: zoom, height: zoom }
}

/** The value at a point, or the nearest of its tile; undefined between the last tile and the edge. */
export function unitAt(sheet: UnitSheet, x: number, y: number): number | undefined {
  const { tiles, rows, columns, zoom, gap, across } = sheet
  const clamp = (value: number, most: number) => Math.max(0, Math.min(most, Math.floor(value)))
  const tileX = clamp(x / (columns * zoom + gap), across - 1)
  const tile = clamp(y / (rows * zoom + gap), Infinity) * across + tileX
  if (tile >= tiles) return undefined
  const corner = cornerOf(sheet, tile)
  const row = clamp((y - corner.y) / zoom, rows - 1)
  const column = clamp((x - corner.x) / zoom, columns - 1)
  return (row * columns + column) * tiles + tile
}

/** Target of an arrow key: neuron to neuron, and in an image from place to place. Page keys go to the next map or row. */
export function moved(sheet: UnitSheet, unit: number, key: string): number | undefined {
  const { tiles, rows, columns, across } = sheet
  const isImage = rows * columns > 1
  const tile = unit % tiles
  const position = Math.floor(unit / tiles)
  const toTile = (next: number) => position * tiles + Math.max(0, Math.min(tiles - 1, next))
  const toPlace = (x: number, y: number) => {
    const inside = (value: number, size: number) => Math.max(0, Math.min(size - 1, value))
    return (inside(y, rows) * columns + inside(x, columns)) * tiles + tile
  }
  const [x, y] = [position % columns, Math.floor(position / columns)]
  // Up and down have no effect if there is no row in that direction.
  const toRow = (next: number) => (next < 0 || next >= tiles ? unit : toTile(next))
  switch (key) {
    case 'ArrowLeft':
      return isImage ? toPlace(x - 1, y) : toTile(tile - 1)
    case 'ArrowRight':
      return isImage ? toPlace(x + 1, y) : toTile(tile + 1)
    case 'ArrowUp':
      return isImage ? toPlace(x, y - 1) : toRow(tile - across)
    case 'ArrowDown':
      return isImage ? toPlace(x, y + 1) : toRow(tile + across)
    case 'PageUp':
      return isImage ? toTile(tile - 1) : toTile(tile - 10)
    case 'PageDown':
      return isImage ? toTile(tile + 1) : toTile(tile + 10)
    case 'Home':
      return isImage ? toPlace(0, 0) : 0
    case 'End':
      return isImage ? toPlace(columns - 1, rows - 1) : tiles - 1
    default:
      return undefined
  }
}

/** Largest magnitude among finite values; 0 of none. */
export function largestOf(values: ArrayLike<number> | undefined): number {
  let largest = 0
  for (let i = 0; values && i < values.length; i++) {
    const size = Math.abs(values[i])
    if (size > largest && size < Infinity) largest = size
  }
  return largest
}

/** Colours of values from -1 to 1 in a picture's memory format, and of values that are not finite. */
export interface Ramp {
  /** Odd in number; zero in the middle. */
  readonly colours: Uint32Array
  readonly broken: number
}

/** Paints values into the memory of a picture of the sheet's size. A value of size `scale` has the strongest colour. */
export function paint(pixels: Uint32Array, sheet: UnitSheet, values: Float32Array, scale: number, ramp: Ramp): void {
  const { tiles, rows, columns, zoom, width } = sheet
  const middle = (ramp.colours.length - 1) / 2
  const factor = scale > 0 ? middle / scale : 0
  for (let tile = 0; tile < tiles; tile++) {
    const corner = cornerOf(sheet, tile)
    for (let row = 0; row < rows; row++) {
      const line = (corner.y + row * zoom) * width + corner.x
      for (let column = 0; column < columns; column++) {
        const value = values[(row * columns + column) * tiles + tile]
        const at = Number.isFinite(value)
          ? ramp.colours[middle + Math.round(Math.max(-middle, Math.min(middle, value * factor)))]
          : ramp.broken
        const start = line + column * zoom
        for (let i = 0; i < zoom; i++) pixels[start + i] = at
      }
      const end = line + columns * zoom
      for (let i = 1; i < zoom; i++) pixels.copyWithin(line + i * width, line, end)
    }
  }
}
