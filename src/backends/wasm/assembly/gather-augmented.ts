// Gathers a batch to train on, as src/kernels/gather-augmented.ts defines it.

import { fma, share } from './lanes'
import { hash, shuffled } from './random'

const STREAM: u32 = 3 << 28
const DRAWS: u32 = 64
const CELL: i32 = 8
const NODES: i32 = 5

/** Bytes of the elastic field: two offsets a node, one array after the other. */
const FIELD: usize = 2 * NODES * NODES * 4

@unmanaged
class GatherAugmented {
  ROWS: u32
  WIDTH: i32
  HEIGHT: i32
  FIRST: u32
  COUNT: u32
  HALF_BITS: u32
  STANDARDISED: u32
  STYLES: u32
  SHARE: u32
  TURN: f32
  SCALE: f32
  SHEAR: f32
  SHIFT: f32
  ELASTIC: f32
  state: usize
  images: usize
  labels: usize
  styleImages: usize
  styleLabels: usize
  statistics: usize
  inputs: usize
  targets: usize
}

/** Bytes of a line of the framed image: a pixel of paper before it and two after. */
@inline
function strideOf(call: GatherAugmented): i32 {
  return call.WIDTH + 4
}

/** The elastic field, and the image in a frame of paper, so that nothing has to ask whether a place is outside. */
export function gatherAugmentedScratch(call: GatherAugmented): usize {
  return FIELD + strideOf(call) * (call.HEIGHT + 3)
}

/** Random bits of a row. */
@inline
function bits(call: GatherAugmented, row: u32, k: u32): u32 {
  return hash(load<u32>(call.state, 4), STREAM + load<u32>(call.state), row * DRAWS + k)
}

/** A random number from -1 to 1. */
@inline
function draw(call: GatherAugmented, row: u32, k: u32): f32 {
  return <f32>(bits(call, row, k) >> 8) * (1.0 / 8388608.0) - 1
}

export function gatherAugmented(call: GatherAugmented, scratch: usize, part: i32, parts: i32): void {
  const end = <u32>share(call.ROWS, part + 1, parts)
  const pixels = <u32>(call.WIDTH * call.HEIGHT)
  const framed = scratch + FIELD
  memory.fill(scratch, 0, gatherAugmentedScratch(call))
  for (let row = <u32>share(call.ROWS, part, parts); row < end; row++) {
    const styled = bits(call, row, 0) >> 8 < call.SHARE
    let example: u32
    if (styled) {
      example = bits(call, row, 1) % call.STYLES
    } else {
      const position = load<u32>(call.state) * call.ROWS + row
      const epoch = position / call.COUNT
      example = call.FIRST + shuffled(position % call.COUNT, call.COUNT, call.HALF_BITS, load<u32>(call.state, 4), epoch)
    }
    frame(call, (styled ? call.styleImages : call.images) + example * pixels, framed)
    if (call.ELASTIC > 0) {
      for (let i = 0; i < NODES * NODES; i++) {
        store<f32>(scratch + (i << 2), call.ELASTIC * draw(call, row, 8 + 2 * i))
        store<f32>(scratch + ((NODES * NODES + i) << 2), call.ELASTIC * draw(call, row, 9 + 2 * i))
      }
    }
    warp(call, row, scratch, framed)
    if (call.STANDARDISED) standardise(call, row)
    store<u32>(call.targets + (row << 2), <u32>load<u8>((styled ? call.styleLabels : call.labels) + example))
  }
}

// The box of the ink in the framed image, in whole words of four pixels: its first and last column and line.
let firstColumn: i32 = 0
let lastColumn: i32 = 0
let firstLine: i32 = 0
let lastLine: i32 = 0

/** Copies an image into its frame and finds the box of its ink. */
function frame(call: GatherAugmented, image: usize, framed: usize): void {
  const stride = strideOf(call)
  const width = call.WIDTH
  const height = call.HEIGHT
  firstColumn = width
  lastColumn = -1
  firstLine = height
  lastLine = -1
  for (let y = 0; y < height; y++) {
    const from = image + y * width
    const to = framed + (y + 1) * stride + 1
    for (let x = 0; x < width; x += 4) {
      const word = load<u32>(from + x)
      store<u32>(to + x, word)
      if (word) {
        if (x < firstColumn) firstColumn = x
        if (x + 3 > lastColumn) lastColumn = x + 3
        if (y < firstLine) firstLine = y
        lastLine = y
      }
    }
  }
}

// The pixels of a line that can have ink, found by `narrow`: from `begin` to before `end`.
let begin: f32 = 0
let end: f32 = 0

/** Leaves of a line the pixels x at which start + x step lies between `low` and `high`. */
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

/** A place of the field on the way down between two nodes. */
@inline
function between(node: usize, b: f32): f32 {
  const above = load<f32>(node)
  return above + b * (load<f32>(node, NODES * 4) - above)
}

/** Samples the framed image where the row's map and field send its pixels. */
function warp(call: GatherAugmented, row: u32, field: usize, framed: usize): void {
  const width = call.WIDTH
  const height = call.HEIGHT
  const stride = strideOf(call)
  const middleX = <f32>width / 2
  const middleY = <f32>height / 2
  const t = call.TURN * draw(call, row, 2)
  const inverse = <f32>1 / (t * t + <f32>1)
  const cosine = (<f32>1 - t * t) * inverse
  const sine = <f32>2 * t * inverse
  const scaleX = call.SCALE * draw(call, row, 3) + <f32>1
  const scaleY = call.SCALE * draw(call, row, 4) + <f32>1
  const shear = call.SHEAR * draw(call, row, 5)
  const right = call.SHIFT * draw(call, row, 6)
  const down = call.SHIFT * draw(call, row, 7)

  // What a step to the right adds to the source's place.
  const stepY = -sine * scaleY
  const stepX = cosine * scaleX + shear * stepY
  const alongY = f32x4.splat(stepY)
  const alongX = f32x4.splat(stepX)
  const widest = f32x4.splat(<f32>width)
  const highest = f32x4.splat(<f32>height)
  const least = f32x4.splat(-1)
  const elastic = call.ELASTIC > 0
  const scale = f32x4.splat(1.0 / 255.0)
  const low = i32x4.splat(255)
  const origin = framed + stride + 1
  const to = call.inputs + ((row * <u32>(width * height)) << 2)
  // A place is inked by pixels less than one away; the field may send it there from further off.
  const reach = <f32>1 + call.ELASTIC
  const left = <f32>firstColumn - reach
  const rightmost = <f32>lastColumn + reach
  const top = <f32>firstLine - reach
  const bottom = <f32>lastLine + reach

  memory.fill(to, 0, <usize>(width * height) << 2)
  for (let y = 0; y < height; y++) {
    const v = <f32>y - middleY - down
    const middleSourceY = cosine * v * scaleY + middleY
    const middleSourceX = sine * v * scaleX + shear * cosine * v * scaleY + middleX
    begin = 0
    end = <f32>width
    narrow(middleSourceX - (middleX + right) * stepX, stepX, left, rightmost)
    narrow(middleSourceY - (middleX + right) * stepY, stepY, top, bottom)
    const from = <i32>begin & ~3
    const until = max(from, min(width, (<i32>end + 3) & ~3))
    const startY = f32x4.splat(middleSourceY)
    const startX = f32x4.splat(middleSourceX)
    const line = y / CELL
    const b = <f32>(y % CELL) * (1.0 / <f32>CELL)
    for (let x = from; x < until; x += 4) {
      const u = f32x4.sub(f32x4.add(f32x4.splat(<f32>x), f32x4(0, 1, 2, 3)), f32x4.splat(middleX + right))
      let sourceX = fma(u, alongX, startX)
      let sourceY = fma(u, alongY, startY)
      if (elastic) {
        const column = x / CELL
        const node = field + ((line * NODES + column) << 2)
        const other = node + NODES * NODES * 4
        const a = f32x4.mul(f32x4.add(f32x4.splat(<f32>(x % CELL)), f32x4(0, 1, 2, 3)), f32x4.splat(1.0 / <f32>CELL))
        const leftX = between(node, b)
        const leftY = between(other, b)
        sourceX = f32x4.add(sourceX, fma(a, f32x4.splat(between(node + 4, b) - leftX), f32x4.splat(leftX)))
        sourceY = f32x4.add(sourceY, fma(a, f32x4.splat(between(other + 4, b) - leftY), f32x4.splat(leftY)))
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
      v128.store(to + ((y * width + x) << 2), f32x4.mul(fma(d, f32x4.sub(below, above), above), scale))
    }
  }
}

/** Takes the mean of each pixel from a row, and scales it. */
function standardise(call: GatherAugmented, row: u32): void {
  const size = <usize>(call.WIDTH * call.HEIGHT) << 2
  const inputs = call.inputs + row * size
  const mean = call.statistics
  for (let at: usize = 0; at < size; at += 16) {
    const centred = f32x4.sub(v128.load(inputs + at), v128.load(mean + at))
    v128.store(inputs + at, f32x4.mul(centred, v128.load(mean + size + at)))
  }
}

/** Between the low byte and the one above it, in each lane. */
@inline
function mix(pair: v128, c: v128, low: v128): v128 {
  const left = f32x4.convert_i32x4_u(v128.and(pair, low))
  const right = f32x4.convert_i32x4_u(i32x4.shr_u(pair, 8))
  return fma(c, f32x4.sub(right, left), left)
}
