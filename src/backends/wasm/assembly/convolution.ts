// The passes of a convolution, as src/kernels/convolution.ts defines them. A patch of an image is KERNEL runs of memory,
// one for each of its rows, so a product over patches needs no copy of them (implicit im2col): only images that are
// padded are copied, one at a time.

import { activateRows, scaleByDerivative } from './activation'
import { fma, pad4, share } from './lanes'
import { sumRows } from './rows'
import { Ends, isSparse, listColumns, listNonzeros, sumListed } from './sparse'
import { packColumns, packRows, Rows, tile4, tile8, transpose, Walk } from './tile'

@unmanaged
class Sizes {
  ROWS: i32
  HEIGHT: i32
  WIDTH: i32
  CHANNELS: i32
  GRAY: i32
  OUTPUT_HEIGHT: i32
  OUTPUT_WIDTH: i32
  FILTERS: i32
  KERNEL: i32
  STRIDE: i32
  PAD_TOP: i32
  PAD_LEFT: i32
  WEIGHTS: i32
}

@unmanaged
class Forward extends Sizes {
  ACTIVATION: i32
  parameters: usize
  inputs: usize
  outputs: usize
}

@unmanaged
class InputGradient extends Sizes {
  ACTIVATION: i32
  parameters: usize
  gradient: usize
  saved: usize
  inputGradient: usize
}

@unmanaged
class WeightGradient extends Sizes {
  BIAS: i32
  inputs: usize
  gradient: usize
  gradients: usize
}

// Pixels (GRAY) are unfolded: an image of one channel becomes one of KERNEL x KERNEL channels, a patch at each position, and the
// convolution one of 1 x 1. Runs of a few floats are slow to walk: the gradient of the weights of 32 filters of 3 x 3 over 128 images
// takes 3.4 ms of processor time instead of 5.6.

/** Floats from a position of the input, unfolded if need be, to the next. */
@inline
function depth(size: Sizes): i32 {
  return pad4(size.GRAY ? size.KERNEL * size.KERNEL : size.CHANNELS)
}

/** Side of the kernel, and step between its places, over what `depth` describes. */
@inline
function kernelOf(size: Sizes): i32 {
  return size.GRAY ? 1 : size.KERNEL
}
@inline
function strideOf(size: Sizes): i32 {
  return size.GRAY ? 1 : size.STRIDE
}

/** Rows of the weight matrix, its padding included. */
@inline
function weightRows(size: Sizes): i32 {
  return kernelOf(size) * kernelOf(size) * depth(size)
}

/** Rows and columns of an image with what all patches need around it, or of an unfolded one. */
@inline
function paddedHeight(size: Sizes): i32 {
  if (size.GRAY) return size.OUTPUT_HEIGHT
  return max((size.OUTPUT_HEIGHT - 1) * size.STRIDE + size.KERNEL, size.PAD_TOP + size.HEIGHT)
}
@inline
function paddedWidth(size: Sizes): i32 {
  if (size.GRAY) return size.OUTPUT_WIDTH
  return max((size.OUTPUT_WIDTH - 1) * size.STRIDE + size.KERNEL, size.PAD_LEFT + size.WIDTH)
}

@inline
function imageBytes(size: Sizes): usize {
  return <usize>(size.HEIGHT * size.WIDTH * (size.GRAY ? 1 : depth(size))) << 2
}
@inline
function paddedBytes(size: Sizes): usize {
  return <usize>pad4(paddedHeight(size) * paddedWidth(size) * depth(size) + 16) << 2
}
@inline
function positionsOf(size: Sizes): i32 {
  return size.OUTPUT_HEIGHT * size.OUTPUT_WIDTH
}

/** What starts every part's scratch: a row of zeros (64 bytes), a walk, four pointers. */
const HEAD: usize = 256
const WALK: usize = 128
const POINTERS: usize = 192

/** The image number `row`, unfolded or with its padding around it: a copy at `to` where it needs that; `to` is zero at first. */
function padded(size: Sizes, inputs: usize, row: i32, to: usize): usize {
  const image = inputs + row * imageBytes(size)
  if (size.GRAY) {
    unfold(size, image, to)
    return to
  }
  const width = paddedWidth(size)
  if (paddedHeight(size) == size.HEIGHT && width == size.WIDTH) return image
  const line = <usize>(size.WIDTH * depth(size)) << 2
  for (let y = 0; y < size.HEIGHT; y++) {
    const at = <usize>(((y + size.PAD_TOP) * width + size.PAD_LEFT) * depth(size)) << 2
    memory.copy(to + at, image + y * line, line)
  }
  return to
}

/** Copies the patch of every output position. */
function unfold(size: Sizes, image: usize, to: usize): void {
  const kernel = size.KERNEL
  const height = size.HEIGHT
  const width = size.WIDTH
  const rest = <usize>(depth(size) - kernel * kernel) << 2
  for (let y = 0; y < size.OUTPUT_HEIGHT; y++) {
    const top = y * size.STRIDE - size.PAD_TOP
    for (let x = 0; x < size.OUTPUT_WIDTH; x++) {
      const left = x * size.STRIDE - size.PAD_LEFT
      if (top >= 0 && left >= 0 && top + kernel <= height && left + kernel <= width) {
        let from = image + (<usize>(top * width + left) << 2)
        for (let ky = 0; ky < kernel; ky++) {
          for (let kx = 0; kx < kernel; kx++) {
            store<f32>(to, load<f32>(from + (<usize>kx << 2)))
            to += 4
          }
          from += <usize>width << 2
        }
      } else {
        for (let ky = top; ky < top + kernel; ky++) {
          for (let kx = left; kx < left + kernel; kx++) {
            const inside = ky >= 0 && kx >= 0 && ky < height && kx < width
            store<f32>(to, inside ? load<f32>(image + (<usize>(ky * width + kx) << 2)) : 0)
            to += 4
          }
        }
      }
      to += rest
    }
  }
}

/** Writes for every output position how many bytes into a padded image its patch starts. */
function writeOffsets(height: i32, width: i32, stride: i32, row: i32, step: i32, offsets: usize): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      store<i32>(offsets, y * stride * row + x * stride * step)
      offsets += 4
    }
  }
}

/** One image's patches, where the table says, times packed strips of `columns` columns. `walk` but bStep and cRow is set. */
function correlate(
  walk: Walk,
  pointers: Rows,
  image: usize,
  offsets: usize,
  positions: i32,
  b: usize,
  columns: i32,
  init: usize,
  initStep: usize,
  c: usize,
): void {
  const rows = <usize>(walk.inner * walk.outer)
  walk.cRow = <usize>columns << 2
  for (let p = 0; p < positions; p += 4) {
    const last = positions - 1
    pointers.r0 = image + load<u32>(offsets + (<usize>p << 2))
    pointers.r1 = image + load<u32>(offsets + (<usize>min(p + 1, last) << 2))
    pointers.r2 = image + load<u32>(offsets + (<usize>min(p + 2, last) << 2))
    pointers.r3 = image + load<u32>(offsets + (<usize>min(p + 3, last) << 2))
    const count = min(4, positions - p)
    let strip = b
    for (let j = 0; j < columns; j += 8) {
      const at = <usize>j << 2
      const start = init + (initStep ? at : 0)
      if (columns - j >= 8) {
        walk.bStep = 32
        tile8(walk, pointers, strip, start, c + at, count)
      } else {
        walk.bStep = 16
        tile4(walk, pointers, strip, start, c + at, count)
      }
      strip += rows << 5
    }
    c += 4 * walk.cRow
  }
}

export function convolutionForwardScratch(call: Forward): usize {
  const packed = <usize>weightRows(call) * pad4(call.FILTERS) << 2
  return HEAD + packed + (<usize>pad4(positionsOf(call)) << 2) + paddedBytes(call)
}

export function convolutionForward(call: Forward, scratch: usize, part: i32, parts: i32): void {
  const first = share(call.ROWS, part, parts)
  const end = share(call.ROWS, part + 1, parts)
  if (first >= end) return
  const columns = pad4(call.FILTERS)
  const row = <usize>columns << 2
  const weights = call.parameters + (<usize>call.WEIGHTS << 2)
  const bias = weights + weightRows(call) * row
  // The rows of zeros below an unfolded patch are left out.
  const taps = call.GRAY ? call.KERNEL * call.KERNEL : weightRows(call)
  const packed = scratch + HEAD
  const offsets = packed + weightRows(call) * row
  const image = offsets + (<usize>pad4(positionsOf(call)) << 2)
  for (let j = 0; j < columns; j += 8) {
    packRows(weights + (<usize>j << 2), row, taps, min(8, columns - j), packed + (<usize>(taps * j) << 2))
  }
  const line = paddedWidth(call) * depth(call)
  writeOffsets(call.OUTPUT_HEIGHT, call.OUTPUT_WIDTH, strideOf(call), line << 2, depth(call) << 2, offsets)
  memory.fill(image, 0, paddedBytes(call))
  const walk = changetype<Walk>(scratch + WALK)
  walk.inner = taps / kernelOf(call)
  walk.outer = kernelOf(call)
  walk.aStep = 4
  walk.aSkip = <usize>(line - walk.inner) << 2
  walk.initRow = 0
  const pointers = changetype<Rows>(scratch + POINTERS)
  const positions = positionsOf(call)
  for (let n = first; n < end; n++) {
    const c = call.outputs + n * positions * row
    correlate(walk, pointers, padded(call, call.inputs, n, image), offsets, positions, packed, columns, bias, 1, c)
    if (call.ACTIVATION != 0) activateRows(call.ACTIVATION, c, c, positions, call.FILTERS)
  }
}

/** Bytes of the gradient of an image with its strides and borders filled up with zeros: see `fromGradients`. */
@inline
function dilatedBytes(call: InputGradient): usize {
  const border = call.KERNEL - 1
  return <usize>((call.HEIGHT + border) * (call.WIDTH + border) * pad4(call.FILTERS) + 16) << 2
}

export function convolutionInputGradientScratch(call: InputGradient): usize {
  const weights = <usize>(call.KERNEL * call.KERNEL * pad4(call.FILTERS) * depth(call)) << 2
  const lists = (<usize>pad4(call.FILTERS) + 4) << 3
  const offsets = <usize>pad4(max(positionsOf(call), call.HEIGHT * call.WIDTH)) << 2
  return HEAD + weights + offsets + lists + max(dilatedBytes(call), paddedBytes(call))
}

export function convolutionInputGradient(call: InputGradient, scratch: usize, part: i32, parts: i32): void {
  const first = share(call.ROWS, part, parts)
  const end = share(call.ROWS, part + 1, parts)
  if (first >= end) return
  if (isSparse(call.gradient, call.ROWS * positionsOf(call) * pad4(call.FILTERS))) {
    fromNonzeros(call, scratch, first, end)
  } else {
    fromGradients(call, scratch, first, end)
  }
}

/**
 * Sparse gradients: every nonzero adds its filter, times itself, to the patch that it came from. Weights are laid out
 * [KERNEL rows, FILTERS, KERNEL columns x CHANNELS] for that.
 */
function fromNonzeros(call: InputGradient, scratch: usize, first: i32, end: i32): void {
  const filters = pad4(call.FILTERS)
  const channels = depth(call)
  const run = call.KERNEL * channels
  const plane = <usize>(filters * run) << 2
  const weights = scratch + HEAD
  const offsets = weights + call.KERNEL * plane
  const list = offsets + (<usize>pad4(max(positionsOf(call), call.HEIGHT * call.WIDTH)) << 2)
  const image = list + ((<usize>filters + 4) << 3)
  for (let tap = 0; tap < call.KERNEL * call.KERNEL; tap++) {
    const from = call.parameters + (<usize>(call.WEIGHTS + tap * channels * filters) << 2)
    const to = weights + (tap / call.KERNEL) * plane + (<usize>((tap % call.KERNEL) * channels) << 2)
    for (let c = 0; c < channels; c += 4) {
      for (let f = 0; f < filters; f += 4) {
        transpose(from + (<usize>(c * filters + f) << 2), <usize>filters << 2, to + (<usize>(f * run + c) << 2), <usize>run << 2)
      }
    }
  }
  const width = paddedWidth(call)
  const line = <usize>(width * channels) << 2
  writeOffsets(call.OUTPUT_HEIGHT, call.OUTPUT_WIDTH, call.STRIDE, <i32>line, channels << 2, offsets)
  const positions = positionsOf(call)
  let gradient = call.gradient + (<usize>(first * positions * filters) << 2)
  for (let n = first; n < end; n++) {
    memory.fill(image, 0, paddedBytes(call))
    for (let p = 0; p < positions; p++) {
      const listEnd = listNonzeros(gradient, filters, run << 2, 0, list)
      gradient += <usize>filters << 2
      if (listEnd == list) continue
      let patch = image + load<u32>(offsets + (<usize>p << 2))
      for (let ky = 0; ky < call.KERNEL; ky++) {
        sumListed(list, listEnd, weights + ky * plane, patch, patch, run)
        patch += line
      }
    }
    const inside = image + (<usize>((call.PAD_TOP * width + call.PAD_LEFT) * channels) << 2)
    const at = n * imageBytes(call)
    const bytes = <usize>(call.WIDTH * channels) << 2
    for (let y = 0; y < call.HEIGHT; y++) {
      scaleByDerivative(
        call.ACTIVATION,
        inside + y * line,
        call.saved + at + y * bytes,
        call.inputGradient + at + y * bytes,
        call.WIDTH * channels,
      )
    }
  }
}

/**
 * Dense gradients: the gradient, its positions STRIDE apart and with a border of zeros, correlated with the kernel turned around
 * and its channels and filters exchanged (Dumoulin & Visin 2016, chapter 4).
 */
function fromGradients(call: InputGradient, scratch: usize, first: i32, end: i32): void {
  const filters = pad4(call.FILTERS)
  const channels = depth(call)
  const border = call.KERNEL - 1
  const width = call.WIDTH + border
  const taps = call.KERNEL * call.KERNEL
  const packed = scratch + HEAD
  const offsets = packed + (<usize>(taps * filters * channels) << 2)
  const image = offsets + (<usize>pad4(max(positionsOf(call), call.HEIGHT * call.WIDTH)) << 2)
  for (let j = 0; j < channels; j += 8) {
    const columns = min(8, channels - j)
    let to = packed + (<usize>(taps * filters * j) << 2)
    for (let tap = taps - 1; tap >= 0; tap--) {
      const from = call.parameters + (<usize>(call.WEIGHTS + (tap * channels + j) * filters) << 2)
      packColumns(from, <usize>filters << 2, filters, columns, to)
      to += <usize>(filters * columns) << 2
    }
  }
  writeOffsets(call.HEIGHT, call.WIDTH, 1, (width * filters) << 2, filters << 2, offsets)
  memory.fill(image, 0, dilatedBytes(call))
  memory.fill(scratch, 0, 64)
  const walk = changetype<Walk>(scratch + WALK)
  walk.inner = call.KERNEL * filters
  walk.outer = call.KERNEL
  walk.aStep = 4
  walk.aSkip = <usize>(width * filters - walk.inner) << 2
  walk.initRow = 0
  const pointers = changetype<Rows>(scratch + POINTERS)
  const size = <usize>filters << 2
  let gradient = call.gradient + first * positionsOf(call) * size
  for (let n = first; n < end; n++) {
    for (let y = 0; y < call.OUTPUT_HEIGHT; y++) {
      let to = image + ((y * call.STRIDE - call.PAD_TOP + border) * width + border - call.PAD_LEFT) * size
      for (let x = 0; x < call.OUTPUT_WIDTH; x++) {
        memory.copy(to, gradient, size)
        gradient += size
        to += call.STRIDE * size
      }
    }
    const c = call.inputGradient + n * imageBytes(call)
    correlate(walk, pointers, image, offsets, call.HEIGHT * call.WIDTH, packed, channels, scratch, 0, c)
    scaleByDerivative(call.ACTIVATION, c, call.saved + n * imageBytes(call), c, call.HEIGHT * call.WIDTH * channels)
  }
}

/** Every window gives each of its pixels the product of its gradient and the pixel's tap; windows without a gradient are passed over. */
export function convolutionPixelGradient(call: InputGradient, scratch: usize, part: i32, parts: i32): void {
  const first = share(call.ROWS, part, parts)
  const end = share(call.ROWS, part + 1, parts)
  const kernel = call.KERNEL
  const size = <usize>pad4(call.FILTERS) << 2
  const weights = call.parameters + (<usize>call.WEIGHTS << 2)
  const pixels = call.HEIGHT * call.WIDTH
  let gradient = call.gradient + first * positionsOf(call) * size
  for (let n = first; n < end; n++) {
    const image = call.inputGradient + (<usize>(n * pixels) << 2)
    memory.fill(image, 0, <usize>pixels << 2)
    for (let y = 0; y < call.OUTPUT_HEIGHT; y++) {
      const top = y * call.STRIDE - call.PAD_TOP
      for (let x = 0; x < call.OUTPUT_WIDTH; x++, gradient += size) {
        if (!isAnyNonzero(gradient, size)) continue
        const left = x * call.STRIDE - call.PAD_LEFT
        const bottom = min(kernel, call.HEIGHT - top)
        const right = min(kernel, call.WIDTH - left)
        for (let ky = max(0, -top); ky < bottom; ky++) {
          for (let kx = max(0, -left); kx < right; kx++) {
            const tap = weights + <usize>(ky * kernel + kx) * size
            let sum = f32x4.splat(0)
            for (let f: usize = 0; f < size; f += 16) {
              sum = fma(v128.load(gradient + f), v128.load(tap + f), sum)
            }
            const at = image + (<usize>((top + ky) * call.WIDTH + left + kx) << 2)
            store<f32>(at, load<f32>(at) + total(sum))
          }
        }
      }
    }
    scaleByDerivative(call.ACTIVATION, image, call.saved + (<usize>(n * pixels) << 2), image, pixels)
  }
}

@inline
function isAnyNonzero(at: usize, bytes: usize): bool {
  let any = f32x4.splat(0)
  for (let f: usize = 0; f < bytes; f += 16) any = v128.or(any, f32x4.ne(v128.load(at + f), f32x4.splat(0)))
  return v128.any_true(any)
}

@inline
function total(x: v128): f32 {
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3)
}

/** Values of a patch from which on it pays to list nonzeros: a list costs about as much as 20 values of a dense product. */
const LEAST_PATCH = 32

export function convolutionWeightGradientScratch(call: WeightGradient): usize {
  const sums = <usize>(kernelOf(call) * pad4(call.FILTERS) * kernelOf(call) * depth(call)) << 2
  const lists = (<usize>positionsOf(call) + 1) << 5
  return HEAD + sums + (<usize>pad4(positionsOf(call)) << 2) + lists + paddedBytes(call)
}

export function convolutionWeightGradient(call: WeightGradient, scratch: usize, part: i32, parts: i32): void {
  const filters = pad4(call.FILTERS)
  // Parts are whole strips of eight filters.
  const first = min(filters, share((filters + 7) >> 3, part, parts) << 3)
  const end = min(filters, share((filters + 7) >> 3, part + 1, parts) << 3)
  if (first >= end) return
  const row = <usize>filters << 2
  const gradients = call.gradients + (<usize>(call.WEIGHTS + first) << 2)
  const rows = weightRows(call)
  const positions = positionsOf(call)
  const sparse = rows >= LEAST_PATCH && isSparse(call.gradient, call.ROWS * positions * filters)
  if (sparse) weightsOfNonzeros(call, scratch, first, end)
  else weightsOfGradients(call, scratch, first, end)
  const bias = gradients + rows * row
  sumRows(call.gradient + (<usize>first << 2), call.BIAS * call.ROWS * positions, row, end - first, bias)
}

/** Sparse gradients: every nonzero adds the patch that it came from, times itself, to its filter. Sums as in `fromNonzeros`. */
function weightsOfNonzeros(call: WeightGradient, scratch: usize, first: i32, end: i32): void {
  const filters = pad4(call.FILTERS)
  const channels = depth(call)
  const positions = positionsOf(call)
  const run = kernelOf(call) * depth(call)
  const plane = <usize>((end - first) * run) << 2
  const line = <usize>(paddedWidth(call) * channels) << 2
  const sums = scratch + HEAD
  const offsets = sums + (<usize>(kernelOf(call) * filters * run) << 2)
  const list = offsets + (<usize>pad4(positions) << 2)
  const size = (<usize>positions + 1) << 3
  const image = list + 4 * size
  const ends = changetype<Ends>(scratch + POINTERS)
  writeOffsets(call.OUTPUT_HEIGHT, call.OUTPUT_WIDTH, strideOf(call), <i32>line, channels << 2, offsets)
  memory.fill(image, 0, paddedBytes(call))
  memory.fill(sums, 0, kernelOf(call) * plane)
  const row = <usize>filters << 2
  for (let n = 0; n < call.ROWS; n++) {
    const from = padded(call, call.inputs, n, image)
    const gradient = call.gradient + n * positions * row
    for (let f = first; f < end; f += 4) {
      listColumns(gradient + (<usize>f << 2), row, positions, offsets, list, size, ends)
      let to = sums + (<usize>((f - first) * run) << 2)
      addPatches(list, ends.e0, from, line, to, plane, run, kernelOf(call))
      to += <usize>run << 2
      addPatches(list + size, ends.e1, from, line, to, plane, run, kernelOf(call))
      to += <usize>run << 2
      addPatches(list + 2 * size, ends.e2, from, line, to, plane, run, kernelOf(call))
      to += <usize>run << 2
      addPatches(list + 3 * size, ends.e3, from, line, to, plane, run, kernelOf(call))
    }
  }
  // From [kernel rows, filters, run] to [rows of a patch, filters].
  for (let ky = 0; ky < kernelOf(call); ky++) {
    for (let i = 0; i < run; i += 4) {
      for (let f = first; f < end; f += 4) {
        const from = sums + ky * plane + (<usize>((f - first) * run + i) << 2)
        const to = call.gradients + (<usize>(call.WEIGHTS + (ky * run + i) * filters + f) << 2)
        transpose(from, <usize>run << 2, to, row)
      }
    }
  }
}

@inline
function addPatches(
  list: usize,
  end: usize,
  image: usize,
  line: usize,
  to: usize,
  plane: usize,
  run: i32,
  kernel: i32,
): void {
  if (list == end) return
  for (let ky = 0; ky < kernel; ky++) {
    sumListed(list, end, image, to, to, run)
    image += line
    to += plane
  }
}

/** Dense gradients: rows of patches times rows of gradients, one image after the other. */
function weightsOfGradients(call: WeightGradient, scratch: usize, first: i32, end: i32): void {
  const channels = depth(call)
  const positions = positionsOf(call)
  const width = paddedWidth(call)
  const taps = weightRows(call)
  const row = <usize>pad4(call.FILTERS) << 2
  const weights = call.gradients + (<usize>call.WEIGHTS << 2)
  const image = scratch + HEAD
  memory.fill(image, 0, paddedBytes(call))
  for (let i = 0; i < taps; i++) memory.fill(weights + i * row + (<usize>first << 2), 0, <usize>(end - first) << 2)
  const walk = changetype<Walk>(scratch + WALK)
  walk.inner = call.OUTPUT_WIDTH
  walk.outer = call.OUTPUT_HEIGHT
  walk.aStep = <usize>(strideOf(call) * channels) << 2
  walk.aSkip = <usize>((width - call.OUTPUT_WIDTH) * strideOf(call) * channels) << 2
  walk.bStep = row
  walk.initRow = row
  walk.cRow = row
  const pointers = changetype<Rows>(scratch + POINTERS)
  const kernelLine = kernelOf(call) * channels
  for (let n = 0; n < call.ROWS; n++) {
    const from = padded(call, call.inputs, n, image)
    const gradient = call.gradient + n * positions * row
    for (let j = first; j < end; j += 8) {
      const at = <usize>j << 2
      for (let i = 0; i < taps; i += 4) {
        pointers.r0 = from + tapOffset(i, kernelLine, width * channels)
        pointers.r1 = from + tapOffset(i + 1, kernelLine, width * channels)
        pointers.r2 = from + tapOffset(i + 2, kernelLine, width * channels)
        pointers.r3 = from + tapOffset(i + 3, kernelLine, width * channels)
        const c = weights + i * row + at
        if (end - j >= 8) tile8(walk, pointers, gradient + at, c, c, 4)
        else tile4(walk, pointers, gradient + at, c, c, 4)
      }
    }
  }
}

/** Bytes from the start of a patch to its value number `i`. */
@inline
function tapOffset(i: i32, kernelLine: i32, line: i32): usize {
  return <usize>((i / kernelLine) * line + (i % kernelLine)) << 2
}
