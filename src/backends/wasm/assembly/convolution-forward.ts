// The forward pass of a convolution, as src/kernels/convolution.ts defines it.

import { activateRows } from './activation'
import { correlate, HEAD, padded, POINTERS, Sizes, WALK, writeOffsets } from './convolution'
import { pad4, share } from './lanes'
import { packRows, Rows, Walk } from './tile'

@unmanaged
class Forward extends Sizes {
  ACTIVATION: i32
  parameters: usize
  inputs: usize
  outputs: usize
}

export function convolutionForwardScratch(call: Forward): usize {
  const packed = (<usize>call.weightRows * pad4(call.FILTERS)) << 2
  return HEAD + packed + ((<usize>pad4(call.positions)) << 2) + call.paddedBytes
}

export function convolutionForward(call: Forward, scratch: usize, part: i32, parts: i32): void {
  const first = share(call.ROWS, part, parts)
  const end = share(call.ROWS, part + 1, parts)
  if (first >= end) return
  const columns = pad4(call.FILTERS)
  const row = (<usize>columns) << 2
  const weights = call.parameters + ((<usize>call.WEIGHTS) << 2)
  const bias = weights + call.weightRows * row
  // Leaves out the rows of zeros below an unfolded patch.
  const taps = call.GRAY ? call.KERNEL * call.KERNEL : call.weightRows
  const packed = scratch + HEAD
  const offsets = packed + call.weightRows * row
  const image = offsets + ((<usize>pad4(call.positions)) << 2)
  for (let j = 0; j < columns; j += 8) {
    packRows(weights + ((<usize>j) << 2), row, taps, min(8, columns - j), packed + ((<usize>(taps * j)) << 2))
  }
  const line = call.paddedWidth * call.depth
  writeOffsets(call.OUTPUT_HEIGHT, call.OUTPUT_WIDTH, call.stride, line << 2, call.depth << 2, offsets)
  memory.fill(image, 0, call.paddedBytes)
  const walk = changetype<Walk>(scratch + WALK)
  walk.inner = taps / call.kernel
  walk.outer = call.kernel
  walk.aStep = 4
  walk.aSkip = (<usize>(line - walk.inner)) << 2
  walk.initRow = 0
  const pointers = changetype<Rows>(scratch + POINTERS)
  const positions = call.positions
  for (let n = first; n < end; n++) {
    const c = call.outputs + n * positions * row
    correlate(walk, pointers, padded(call, call.inputs, n, image), offsets, positions, packed, columns, bias, 1, c)
    if (call.ACTIVATION != 0) activateRows(call.ACTIVATION, c, c, positions, call.FILTERS)
  }
}
