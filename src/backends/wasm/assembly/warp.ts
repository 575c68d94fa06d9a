// Samples an image at the places to which an affine map and an elastic field send its pixels: see src/kernels/gather-augmented.ts.
// A frame of zeros around the image replaces checks of bounds; lines of pixels without ink are skipped.

import { fma, pad4 } from './lanes'

/** Pixels between the nodes of the elastic field. */
export const CELL: i32 = 8

/** Most bytes of a `Warp`. */
export const HEAD: usize = 128

/** Settings of an image's warp. */
@unmanaged
export class Warp {
  width: i32
  height: i32
  /** 1, or 3 in pixels of four bytes. */
  channels: i32
  /** The image is mirrored left to right; `fieldX` takes that into account already. */
  flipped: bool
  cosine: f32
  sine: f32
  scaleX: f32
  scaleY: f32
  shear: f32
  right: f32
  down: f32
  /** Largest offset of the field. */
  elastic: f32
  /** Nodes of the field along a line. */
  nodes: i32
  /** Offsets at the nodes to the right and down. */
  fieldX: usize
  fieldY: usize
  /** The same between two lines of nodes, where a line of pixels is: to the right, then down. */
  line: usize
  framed: usize
  // The box of the ink: its first and last column and line. In gray images columns come in words of four pixels.
  firstColumn: i32
  lastColumn: i32
  firstLine: i32
  lastLine: i32
}

/** Bytes of a line of the framed image: a pixel before it and at least two after. */
@inline
function strideOf(width: i32, channels: i32): i32 {
  return channels == 1 ? pad4(width) + 4 : (width + 4) << 2
}

/** Bytes of the framed image: a line above it and two below. */
export function frameBytes(width: i32, height: i32, channels: i32): usize {
  return strideOf(width, channels) * (height + 3)
}

/** Copies an image into its frame and finds the box of its ink. */
export function frame(warp: Warp, image: usize): void {
  const gray = warp.channels == 1
  const width = warp.width
  const height = warp.height
  const stride = strideOf(width, warp.channels)
  const line = gray ? width : width << 2
  const pixel = gray ? 1 : 4
  // Of the last word of a line, the bytes that belong to it.
  const last = line & 3 ? (<u32>1 << ((line & 3) << 3)) - 1 : -1
  let firstByte = line
  let lastByte = -4
  let firstLine = height
  let lastLine = -1
  for (let y = 0; y < height; y++) {
    const from = image + y * line
    const to = warp.framed + (y + 1) * stride + pixel
    for (let x = 0; x < line; x += 4) {
      let word = load<u32>(from + x)
      if (x + 4 > line) word &= last
      store<u32>(to + x, word)
      if (word) {
        if (x < firstByte) firstByte = x
        if (x > lastByte) lastByte = x
        if (y < firstLine) firstLine = y
        lastLine = y
      }
    }
  }
  warp.firstColumn = gray ? firstByte : firstByte >> 2
  warp.lastColumn = gray ? lastByte + 3 : lastByte >> 2
  warp.firstLine = firstLine
  warp.lastLine = lastLine
}

// The pixels of a line that can have ink, found by `narrow`: from `begin` to before `end`.
let begin: f32 = 0
let end: f32 = 0

/** Narrows a line to the pixels x at which start + x step lies between `low` and `high`. */
@inline
function narrow(start: f32, step: f32, low: f32, high: f32): void {
  if (abs(step) < 1e-6) {
    if (start < low - 0.001 || start > high + 0.001) end = begin
    return
  }
  const a = (low - start) / step
  const b = (high - start) / step
  begin = max(begin, floor(min(a, b)))
  end = min(end, floor(max(a, b)) + <f32>2)
}

/** Writes the warped image to floats at `to`, which must be zero. */
export function warpImage(warp: Warp, to: usize): void {
  const middleX = <f32>warp.width / 2
  const middleY = <f32>warp.height / 2
  // What a step to the right adds to the source's place.
  const stepY = -warp.sine * warp.scaleY
  const across = warp.cosine * warp.scaleX + warp.shear * stepY
  const stepX = warp.flipped ? -across : across
  const origin = middleX + warp.right
  // Pixels less than one away ink a place; the field may send it there from further off.
  const reach = <f32>1 + warp.elastic
  const left = <f32>warp.firstColumn - reach
  const rightmost = <f32>warp.lastColumn + reach
  const top = <f32>warp.firstLine - reach
  const bottom = <f32>warp.lastLine + reach
  for (let y = 0; y < warp.height; y++) {
    const v = <f32>y - middleY - warp.down
    const startY = warp.cosine * v * warp.scaleY + middleY
    const start = warp.sine * v * warp.scaleX + warp.shear * warp.cosine * v * warp.scaleY + middleX
    const startX = warp.flipped ? <f32>(warp.width - 1) - start : start
    begin = 0
    end = <f32>warp.width
    narrow(startX - origin * stepX, stepX, left, rightmost)
    narrow(startY - origin * stepY, stepY, top, bottom)
    if (begin >= end) continue
    if (warp.elastic > 0) blendLine(warp, y)
    const first = <usize>(y * warp.width)
    if (warp.channels == 1) warpGray(warp, origin, startX, stepX, startY, stepY, to + (first << 2))
    else warpColour(warp, origin, startX, stepX, startY, stepY, to + (first << 4))
  }
}

/** The field's offsets on a line of pixels, at the columns of nodes. */
function blendLine(warp: Warp, y: i32): void {
  const line = <usize>warp.nodes << 2
  const from = <usize>(y / CELL) * line
  const b = <f32>(y % CELL) * (1.0 / <f32>CELL)
  for (let at: usize = 0; at < line; at += 4) {
    store<f32>(warp.line + at, between(warp.fieldX + from + at, line, b))
    store<f32>(warp.line + line + at, between(warp.fieldY + from + at, line, b))
  }
}

/** An offset on the way down from a node to that below. */
@inline
function between(node: usize, line: usize, b: f32): f32 {
  const above = load<f32>(node)
  return above + b * (load<f32>(node + line) - above)
}

/** A line of an image of one channel, four pixels at once. */
function warpGray(warp: Warp, middle: f32, startX: f32, stepX: f32, startY: f32, stepY: f32, to: usize): void {
  const width = warp.width
  const stride = strideOf(width, 1)
  const from = <i32>begin & ~3
  const until = max(from, min(width, (<i32>end + 3) & ~3))
  const widest = f32x4.splat(<f32>width)
  const highest = f32x4.splat(<f32>warp.height)
  const least = f32x4.splat(-1)
  const elastic = warp.elastic > 0
  const scale = f32x4.splat(1.0 / 255.0)
  const low = i32x4.splat(255)
  const origin = warp.framed + stride + 1
  const lineX = warp.line
  const lineY = lineX + (<usize>warp.nodes << 2)
  for (let x = from; x < until; x += 4) {
    const u = f32x4.sub(f32x4.add(f32x4.splat(<f32>x), f32x4(0, 1, 2, 3)), f32x4.splat(middle))
    let sourceX = fma(u, f32x4.splat(stepX), f32x4.splat(startX))
    let sourceY = fma(u, f32x4.splat(stepY), f32x4.splat(startY))
    if (elastic) {
      const column = <usize>(x / CELL) << 2
      const a = f32x4.mul(f32x4.add(f32x4.splat(<f32>(x % CELL)), f32x4(0, 1, 2, 3)), f32x4.splat(1.0 / <f32>CELL))
      const leftX = load<f32>(lineX + column)
      const leftY = load<f32>(lineY + column)
      const acrossX = load<f32>(lineX + column, 4) - leftX
      const acrossY = load<f32>(lineY + column, 4) - leftY
      sourceX = f32x4.add(sourceX, fma(a, f32x4.splat(acrossX), f32x4.splat(leftX)))
      sourceY = f32x4.add(sourceY, fma(a, f32x4.splat(acrossY), f32x4.splat(leftY)))
    }
    sourceX = f32x4.min(f32x4.max(sourceX, least), widest)
    sourceY = f32x4.min(f32x4.max(sourceY, least), highest)
    const cornerX = f32x4.floor(sourceX)
    const cornerY = f32x4.floor(sourceY)
    const c = f32x4.sub(sourceX, cornerX)
    const d = f32x4.sub(sourceY, cornerY)
    const at = i32x4.add(
      i32x4.mul(i32x4.trunc_sat_f32x4_s(cornerY), i32x4.splat(stride)),
      i32x4.trunc_sat_f32x4_s(cornerX),
    )
    const at0 = origin + i32x4.extract_lane(at, 0)
    const at1 = origin + i32x4.extract_lane(at, 1)
    const at2 = origin + i32x4.extract_lane(at, 2)
    const at3 = origin + i32x4.extract_lane(at, 3)
    // Two neighbours of a line lie in 16 bits.
    const top = i32x4(load<u16>(at0), load<u16>(at1), load<u16>(at2), load<u16>(at3))
    const under = i32x4(
      load<u16>(at0 + stride),
      load<u16>(at1 + stride),
      load<u16>(at2 + stride),
      load<u16>(at3 + stride),
    )
    const above = mix(top, c, low)
    const below = mix(under, c, low)
    const values = f32x4.mul(fma(d, f32x4.sub(below, above), above), scale)
    const place = to + (<usize>x << 2)
    if (x + 4 <= width) v128.store(place, values)
    else storeFirst(place, values, width - x)
  }
}

/** Between the low byte and the one above it, in each lane. */
@inline
function mix(pair: v128, c: v128, low: v128): v128 {
  const left = f32x4.convert_i32x4_u(v128.and(pair, low))
  const right = f32x4.convert_i32x4_u(i32x4.shr_u(pair, 8))
  return fma(c, f32x4.sub(right, left), left)
}

/** Stores the first one, two or three floats. */
function storeFirst(at: usize, values: v128, count: i32): void {
  store<f32>(at, f32x4.extract_lane(values, 0))
  if (count > 1) store<f32>(at, f32x4.extract_lane(values, 1), 4)
  if (count > 2) store<f32>(at, f32x4.extract_lane(values, 2), 8)
}

/** A line of an image of three channels, one pixel at once. */
function warpColour(warp: Warp, middle: f32, startX: f32, stepX: f32, startY: f32, stepY: f32, to: usize): void {
  const width = warp.width
  const stride = strideOf(width, 3)
  const until = min(width, <i32>end)
  const elastic = warp.elastic > 0
  const scale = f32x4.splat(1.0 / 255.0)
  const origin = warp.framed + stride + 4
  const lineX = warp.line
  const lineY = lineX + (<usize>warp.nodes << 2)
  for (let x = <i32>begin; x < until; x++) {
    const u = <f32>x - middle
    let sourceX = u * stepX + startX
    let sourceY = u * stepY + startY
    if (elastic) {
      const column = <usize>(x / CELL) << 2
      const a = <f32>(x % CELL) * (1.0 / <f32>CELL)
      const leftX = load<f32>(lineX + column)
      const leftY = load<f32>(lineY + column)
      sourceX += leftX + a * (load<f32>(lineX + column, 4) - leftX)
      sourceY += leftY + a * (load<f32>(lineY + column, 4) - leftY)
    }
    sourceX = min(max(sourceX, <f32>-1), <f32>width)
    sourceY = min(max(sourceY, <f32>-1), <f32>warp.height)
    const cornerX = floor(sourceX)
    const cornerY = floor(sourceY)
    const c = f32x4.splat(sourceX - cornerX)
    const d = f32x4.splat(sourceY - cornerY)
    const at = origin + <i32>cornerY * stride + (<i32>cornerX << 2)
    const above = mixPixels(at, c)
    const below = mixPixels(at + stride, c)
    v128.store(to + (<usize>x << 4), f32x4.mul(fma(d, f32x4.sub(below, above), above), scale))
  }
}

/** Between a pixel of four bytes and the one right of it. */
@inline
function mixPixels(at: usize, c: v128): v128 {
  const pair = i16x8.extend_low_i8x16_u(v128.load64_zero(at))
  const left = f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(pair))
  const right = f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(pair))
  return fma(c, f32x4.sub(right, left), left)
}
