// The gradient of the weights of a convolution, as src/kernels/convolution.ts defines it.

import { HEAD, padded, POINTERS, Sizes, WALK, writeOffsets } from './convolution'
import { pad4, share } from './lanes'
import { sumRows } from './rows'
import { Ends, isSparse, listColumns, sumListed } from './sparse'
import { Rows, tile4, tile8, transpose, Walk } from './tile'

@unmanaged
class WeightGradient extends Sizes {
  BIAS: i32
  inputs: usize
  gradient: usize
  gradients: usize
}

/** Fewest values of a patch for which listing nonzeros pays: a list costs about as much as 20 values of a dense product. */
const LEAST_PATCH = 32

export function convolutionWeightGradientScratch(call: WeightGradient): usize {
  const sums = <usize>(call.kernel * pad4(call.FILTERS) * call.kernel * call.depth) << 2
  const lists = (<usize>call.positions + 1) << 5
  return HEAD + sums + (<usize>pad4(call.positions) << 2) + lists + call.paddedBytes
}

export function convolutionWeightGradient(call: WeightGradient, scratch: usize, part: i32, parts: i32): void {
  const filters = pad4(call.FILTERS)
  // Parts are whole strips of eight filters.
  const first = min(filters, share((filters + 7) >> 3, part, parts) << 3)
  const end = min(filters, share((filters + 7) >> 3, part + 1, parts) << 3)
  if (first >= end) return
  const row = <usize>filters << 2
  const gradients = call.gradients + (<usize>(call.WEIGHTS + first) << 2)
  const rows = call.weightRows
  const positions = call.positions
  const sparse = rows >= LEAST_PATCH && isSparse(call.gradient, call.ROWS * positions * filters)
  if (sparse) weightsOfNonzeros(call, scratch, first, end)
  else weightsOfGradients(call, scratch, first, end)
  const bias = gradients + rows * row
  sumRows(call.gradient + (<usize>first << 2), call.BIAS * call.ROWS * positions, row, end - first, bias)
}

/**
 * Sparse gradients: every nonzero adds its patch, times itself, to its filter. Sums are laid out
 * as the weights in `fromNonzeros`, convolution-input-gradient.ts.
 */
function weightsOfNonzeros(call: WeightGradient, scratch: usize, first: i32, end: i32): void {
  const filters = pad4(call.FILTERS)
  const channels = call.depth
  const positions = call.positions
  const run = call.kernel * call.depth
  const plane = <usize>((end - first) * run) << 2
  const line = <usize>(call.paddedWidth * channels) << 2
  const sums = scratch + HEAD
  const offsets = sums + (<usize>(call.kernel * filters * run) << 2)
  const list = offsets + (<usize>pad4(positions) << 2)
  const size = (<usize>positions + 1) << 3
  const image = list + 4 * size
  const ends = changetype<Ends>(scratch + POINTERS)
  writeOffsets(call.OUTPUT_HEIGHT, call.OUTPUT_WIDTH, call.stride, <i32>line, channels << 2, offsets)
  memory.fill(image, 0, call.paddedBytes)
  memory.fill(sums, 0, call.kernel * plane)
  const row = <usize>filters << 2
  for (let n = 0; n < call.ROWS; n++) {
    const from = padded(call, call.inputs, n, image)
    const gradient = call.gradient + n * positions * row
    for (let f = first; f < end; f += 4) {
      listColumns(gradient + (<usize>f << 2), row, positions, offsets, list, size, ends)
      let to = sums + (<usize>((f - first) * run) << 2)
      addPatches(list, ends.e0, from, line, to, plane, run, call.kernel)
      to += <usize>run << 2
      addPatches(list + size, ends.e1, from, line, to, plane, run, call.kernel)
      to += <usize>run << 2
      addPatches(list + 2 * size, ends.e2, from, line, to, plane, run, call.kernel)
      to += <usize>run << 2
      addPatches(list + 3 * size, ends.e3, from, line, to, plane, run, call.kernel)
    }
  }
  // From [kernel rows, filters, run] to [rows of a patch, filters].
  for (let ky = 0; ky < call.kernel; ky++) {
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
  const channels = call.depth
  const positions = call.positions
  const width = call.paddedWidth
  const taps = call.weightRows
  const row = <usize>pad4(call.FILTERS) << 2
  const weights = call.gradients + (<usize>call.WEIGHTS << 2)
  const image = scratch + HEAD
  memory.fill(image, 0, call.paddedBytes)
  for (let i = 0; i < taps; i++) memory.fill(weights + i * row + (<usize>first << 2), 0, <usize>(end - first) << 2)
  const walk = changetype<Walk>(scratch + WALK)
  walk.inner = call.OUTPUT_WIDTH
  walk.outer = call.OUTPUT_HEIGHT
  walk.aStep = <usize>(call.stride * channels) << 2
  walk.aSkip = <usize>((width - call.OUTPUT_WIDTH) * call.stride * channels) << 2
  walk.bStep = row
  walk.initRow = row
  walk.cRow = row
  const pointers = changetype<Rows>(scratch + POINTERS)
  const kernelLine = call.kernel * channels
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
