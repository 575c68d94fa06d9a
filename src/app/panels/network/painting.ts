// Paints the picture of a network: paths below, units above them, names beside the outputs.

import type { NeuronPlace } from '../../../model/neuron'
import { largestOf, type Box } from '../sheet'
import { css, night, writeLight } from './light'
import { boxIn, type Column, type PictureLayout } from './picture'

/** A line between two units. */
export interface Line {
  readonly from: NeuronPlace
  readonly to: NeuronPlace
  /** What it carries relative to the strongest of its kind, from -1 to 1; its sign: for the answer or against it. */
  readonly weight: number
}

/** What a column shows. */
export interface ColumnLight {
  readonly values: ArrayLike<number> | undefined
  /** Contributions to the answer; nothing leaves units without colour. */
  readonly support: ArrayLike<number> | undefined
  /** Value of full brightness; by default the largest. */
  readonly scale?: number
}

/** What is painted. */
export interface PictureScene {
  readonly layout: PictureLayout
  readonly shown: (layer: number) => ColumnLight
  readonly lines: readonly Line[]
  /** Units that stay bright while the rest is dimmed; nothing: all. */
  readonly focus: readonly NeuronPlace[] | undefined
  /** Rectangles that a neuron reads, by the layer and the values at two corners. */
  readonly windows: readonly { readonly layer: number; readonly first: number; readonly last: number }[]
  /** The neuron that is outlined. */
  readonly place: NeuronPlace | undefined
  /** How far the light of a new example has come: 0 at the example, 1 past the outputs. */
  readonly front: number
  readonly outputs: {
    readonly names: readonly string[]
    /** From 0 to 1, where they are probabilities or else within it. */
    readonly shares: readonly number[] | undefined
    readonly label: number | undefined
  }
}

/** Most units that are drawn as discs; more are squares. */
const DISCS = 600

/** How much of the light is taken from what is not in focus. */
const DIMMED = 0.72

/** How much of it is taken where a new example's light has not come yet, and how softly that begins, in CSS pixels. */
const AHEAD = 0.9
const EDGE = 70

/** Paints the scene at a number of device pixels to a CSS pixel. */
export function paintScene(canvas: HTMLCanvasElement, scene: PictureScene, ratio: number): void {
  const context = canvas.getContext('2d')
  if (!context) return
  const { layout, focus } = scene
  const [width, height] = [Math.round(layout.width * ratio), Math.round(layout.height * ratio)]
  if (canvas.width !== width) canvas.width = width
  if (canvas.height !== height) canvas.height = height
  context.setTransform(ratio, 0, 0, ratio, 0, 0)
  context.clearRect(0, 0, layout.width, layout.height)
  if (!focus) for (const line of scene.lines) paintLine(context, layout, line)
  for (const column of layout.columns) paintColumn(context, column, scene.shown(column.layer))
  if (layout.bars) paintBars(context, layout, scene.outputs)
  if (focus) paintFocus(context, scene, focus)
  const own = scene.place && columnOf(layout, scene.place.layer)
  if (own && scene.place) outline(context, boxIn(own, scene.place.unit), 2)
  if (scene.front < 1) paintAhead(context, scene)
}

/** Darkens what the light has not reached. */
function paintAhead(context: CanvasRenderingContext2D, { layout, front }: PictureScene): void {
  const [example] = layout.columns
  const start = example.left + example.width
  const at = start + front * (layout.width - start)
  const shade = context.createLinearGradient(at, 0, at + EDGE, 0)
  shade.addColorStop(0, css(night.ground, 0))
  shade.addColorStop(1, css(night.ground, AHEAD))
  context.fillStyle = shade
  context.fillRect(at, 0, layout.width - at, layout.height)
}

/** Dims all but what is in focus. */
function paintFocus(
  context: CanvasRenderingContext2D,
  scene: PictureScene,
  focus: NonNullable<PictureScene['focus']>,
): void {
  const { layout } = scene
  context.globalAlpha = DIMMED
  context.fillStyle = css(night.ground)
  context.fillRect(0, 0, layout.width, layout.height)
  context.globalAlpha = 1
  for (const line of scene.lines) paintLine(context, layout, line)
  for (const place of focus) {
    const column = columnOf(layout, place.layer)
    if (column) paintUnit(context, column, scene.shown(place.layer), place.unit)
  }
  for (const { layer, first, last } of scene.windows) {
    const column = columnOf(layout, layer)
    if (!column) continue
    const [a, b] = [boxIn(column, first), boxIn(column, last)]
    outline(context, { x: a.x, y: a.y, width: b.x + b.width - a.x, height: b.y + b.height - a.y }, 1)
  }
}

const columnOf = ({ columns }: PictureLayout, layer: number): Column | undefined =>
  columns.find((column) => column.layer === layer)

function paintLine(context: CanvasRenderingContext2D, layout: PictureLayout, { from, to, weight }: Line): void {
  const [low, high] = [columnOf(layout, from.layer), columnOf(layout, to.layer)]
  if (!low || !high) return
  const [a, b] = [boxIn(low, from.unit), boxIn(high, to.unit)]
  const [x, y] = [a.x + a.width / 2, a.y + a.height / 2]
  const [endX, endY] = [b.x + b.width / 2, b.y + b.height / 2]
  const middle = (low.x + low.sheet.width + high.x) / 2
  const size = Math.min(1, Math.abs(weight))
  context.strokeStyle = css(weight < 0 ? night.against : night.for, 0.12 + 0.6 * size)
  context.lineWidth = 0.6 + 2.2 * size
  context.lineCap = 'round'
  context.beginPath()
  context.moveTo(x, y)
  context.bezierCurveTo(middle, y, middle, endY, endX, endY)
  context.stroke()
}

/** Pictures of maps, kept from one painting to the next. */
const sketches = new WeakMap<Column, OffscreenCanvas>()

function paintColumn(context: CanvasRenderingContext2D, column: Column, shown: ColumnLight): void {
  const { sheet } = column
  const scale = shown.scale ?? largestOf(shown.values)
  const most = largestOf(shown.support)
  if (sheet.rows * sheet.columns === 1) {
    for (let unit = 0; unit < sheet.tiles; unit++) paintUnit(context, column, shown, unit, scale, most)
    return
  }
  const { tiles, rows, columns, zoom } = sheet
  let sketch = sketches.get(column)
  if (!sketch) sketches.set(column, (sketch = new OffscreenCanvas(columns, rows * tiles)))
  const paper = sketch.getContext('2d')
  if (!paper) return
  const image = paper.createImageData(columns, rows * tiles)
  const pixels = image.data
  const positions = rows * columns
  for (let tile = 0; tile < tiles; tile++) {
    for (let position = 0; position < positions; position++) {
      const unit = position * tiles + tile
      const at = 4 * (tile * positions + position)
      writeLight(pixels, at, part(shown.values, unit, scale), part(shown.support, unit, most))
      pixels[at + 3] = 255
    }
  }
  paper.putImageData(image, 0, 0)
  context.imageSmoothingEnabled = zoom < 1
  for (let tile = 0; tile < tiles; tile++) {
    const { x, y } = boxIn(column, tile)
    context.drawImage(sketch, 0, tile * rows, columns, rows, x, y, columns * zoom, rows * zoom)
  }
}

const part = (values: ArrayLike<number> | undefined, unit: number, most: number): number => {
  const value = values?.[unit] ?? 0
  return most > 0 || !Number.isFinite(value) ? value / (most || 1) : 0
}

const colour = new Uint8ClampedArray(3)

function paintUnit(
  context: CanvasRenderingContext2D,
  column: Column,
  shown: ColumnLight,
  unit: number,
  scale = shown.scale ?? largestOf(shown.values),
  most = largestOf(shown.support),
): void {
  const { x, y, width, height } = boxIn(column, unit)
  writeLight(colour, 0, part(shown.values, unit, scale), part(shown.support, unit, most))
  context.fillStyle = css([colour[0], colour[1], colour[2]])
  if (column.sheet.rows * column.sheet.columns > 1 || column.sheet.tiles > DISCS) {
    context.fillRect(x, y, width, height)
    return
  }
  context.beginPath()
  context.arc(x + width / 2, y + height / 2, width / 2, 0, 2 * Math.PI)
  context.fill()
}

/** Names and bars beside the outputs. */
function paintBars(
  context: CanvasRenderingContext2D,
  { columns }: PictureLayout,
  { names, shares, label }: PictureScene['outputs'],
): void {
  const column = columns[columns.length - 1]
  const { sheet, left, width } = column
  const start = column.x + sheet.width + 8
  const long = names.some((name) => name.length > 2)
  const size = Math.min(14, sheet.zoom + sheet.gap - 2)
  context.textBaseline = 'middle'
  names.forEach((name, unit) => {
    const { y, height } = boxIn(column, unit)
    const middle = y + height / 2
    const top = unit === label
    const room = left + width - start
    const from = start + (long ? 0 : 16)
    const share = Math.max(0, Math.min(1, shares?.[unit] ?? 0))
    const [barY, barHeight] = long ? [middle + size / 2 - 1, 3] : [middle - 3.5, 7]
    context.fillStyle = css(night.dark)
    context.fillRect(from, barY, room - (from - start), barHeight)
    context.fillStyle = css(top ? night.for : night.neutral, top ? 1 : 0.75)
    context.fillRect(from, barY, share * (room - (from - start)), barHeight)
    context.fillStyle = top ? night.bright : night.text
    context.font = `${top ? 700 : 450} ${size}px system-ui, sans-serif`
    context.fillText(name, start, long ? middle - 1 : middle, room)
  })
}

function outline(context: CanvasRenderingContext2D, { x, y, width, height }: Box, line: number): void {
  context.lineWidth = line
  context.strokeStyle = night.bright
  context.strokeRect(x - 1.5, y - 1.5, width + 3, height + 3)
}
