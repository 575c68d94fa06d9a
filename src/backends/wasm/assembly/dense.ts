// The three matrix products of a dense layer, as src/kernels/dense.ts defines them.

import { activateRows, scaleByDerivative } from './activation'
import { pad4, share } from './lanes'
import { sumRows } from './rows'
import { Ends, isSparse, listColumns, listNonzeros, sumListed } from './sparse'
import { packColumns, packRows, Rows, tile4, tile8, Walk } from './tile'

/** From this many rows on, copying a strip of B into consecutive rows is faster. */
const PACKED_ROWS = 12
/** Bytes at the start of every part's scratch: zeros, a walk and four pointers. */
const HEAD: usize = 256

@unmanaged
class DenseForward {
  ROWS: i32
  INPUTS: i32
  OUTPUTS: i32
  WEIGHTS: i32
  ACTIVATION: i32
  parameters: usize
  inputs: usize
  outputs: usize
}

export function denseForwardScratch(call: DenseForward): usize {
  return HEAD + ((<usize>pad4(call.INPUTS) + 4) << 5)
}

export function denseForward(call: DenseForward, scratch: usize, part: i32, parts: i32): void {
  const inputs = pad4(call.INPUTS)
  const columns = pad4(call.OUTPUTS)
  const inputRow = <usize>inputs << 2
  const outputRow = <usize>columns << 2
  const weights = call.parameters + (<usize>call.WEIGHTS << 2)
  const bias = weights + inputs * outputRow
  const blocks = (call.ROWS + 3) >> 2
  const first = share(blocks, part, parts) << 2
  const end = min(call.ROWS, share(blocks, part + 1, parts) << 2)
  if (first >= end) return
  const a = call.inputs + first * inputRow
  const c = call.outputs + first * outputRow
  const rows = end - first
  if (isSparse(call.inputs, call.ROWS * inputs)) {
    const list = scratch + HEAD
    for (let row = 0; row < rows; row++) {
      const listEnd = listNonzeros(a + row * inputRow, inputs, <i32>outputRow, 0, list)
      sumListed(list, listEnd, weights, bias, c + row * outputRow, columns)
    }
  } else {
    const walk = walkOf(scratch, inputs, 4, outputRow)
    for (let j = 0; j < columns; j += 8) {
      const width = min(8, columns - j)
      const at = <usize>j << 2
      const packed = rows >= PACKED_ROWS
      if (packed) packRows(weights + at, outputRow, inputs, width, scratch + HEAD)
      walk.bStep = packed ? <usize>width << 2 : outputRow
      rowTiles(walk, a, inputRow, packed ? scratch + HEAD : weights + at, bias + at, c + at, rows, width, scratch)
    }
  }
  if (call.ACTIVATION != 0) activateRows(call.ACTIVATION, c, c, rows, call.OUTPUTS)
}

/** A walk in the scratch for a product over `inner` steps whose sums all start from one row; bStep is the strip's. */
function walkOf(scratch: usize, inner: i32, aStep: usize, cRow: usize): Walk {
  const walk = changetype<Walk>(scratch + 128)
  walk.inner = inner
  walk.outer = 1
  walk.aStep = aStep
  walk.aSkip = 0
  walk.initRow = 0
  walk.cRow = cRow
  return walk
}

/** Tiles of one strip over rows of A that follow each other, `aRow` bytes apart. */
@inline
function rowTiles(
  walk: Walk,
  a: usize,
  aRow: usize,
  b: usize,
  init: usize,
  c: usize,
  rows: i32,
  width: i32,
  scratch: usize,
): void {
  const pointers = changetype<Rows>(scratch + 192)
  for (let row = 0; row < rows; row += 4) {
    pointers.r0 = a
    pointers.r1 = a + aRow
    pointers.r2 = a + 2 * aRow
    pointers.r3 = a + 3 * aRow
    if (width == 8) tile8(walk, pointers, b, init, c, min(4, rows - row))
    else tile4(walk, pointers, b, init, c, min(4, rows - row))
    a += 4 * aRow
    c += 4 * walk.cRow
    init += 4 * walk.initRow
  }
}

@unmanaged
class DenseInputGradient {
  ROWS: i32
  INPUTS: i32
  OUTPUTS: i32
  WEIGHTS: i32
  ACTIVATION: i32
  parameters: usize
  gradient: usize
  saved: usize
  inputGradient: usize
}

export function denseInputGradientScratch(call: DenseInputGradient): usize {
  return HEAD + (<usize>pad4(call.OUTPUTS) << 5)
}

export function denseInputGradient(call: DenseInputGradient, scratch: usize, part: i32, parts: i32): void {
  const columns = pad4(call.INPUTS)
  const outputs = pad4(call.OUTPUTS)
  const gradientRow = <usize>outputs << 2
  const inputRow = <usize>columns << 2
  const weights = call.parameters + (<usize>call.WEIGHTS << 2)
  const blocks = (call.ROWS + 3) >> 2
  const first = share(blocks, part, parts) << 2
  const end = min(call.ROWS, share(blocks, part + 1, parts) << 2)
  if (first >= end) return
  const a = call.gradient + first * gradientRow
  const c = call.inputGradient + first * inputRow
  const rows = end - first
  const walk = walkOf(scratch, outputs, 4, inputRow)
  memory.fill(scratch, 0, 128)
  for (let j = 0; j < columns; j += 8) {
    const width = min(8, columns - j)
    packColumns(weights + j * gradientRow, gradientRow, outputs, width, scratch + HEAD)
    walk.bStep = <usize>width << 2
    rowTiles(walk, a, gradientRow, scratch + HEAD, scratch, c + (<usize>j << 2), rows, width, scratch)
  }
  const saved = call.saved + first * inputRow
  if (call.ACTIVATION != 0) scaleByDerivative(call.ACTIVATION, c, saved, c, rows * columns)
}

@unmanaged
class DenseWeightGradient {
  ROWS: i32
  INPUTS: i32
  OUTPUTS: i32
  WEIGHTS: i32
  BIAS: i32
  inputs: usize
  gradient: usize
  gradients: usize
}

export function denseWeightGradientScratch(call: DenseWeightGradient): usize {
  return HEAD + (<usize>pad4(call.ROWS) + 4) * 36
}

export function denseWeightGradient(call: DenseWeightGradient, scratch: usize, part: i32, parts: i32): void {
  const inputs = pad4(call.INPUTS)
  const columns = pad4(call.OUTPUTS)
  const inputRow = <usize>inputs << 2
  const gradientRow = <usize>columns << 2
  const weights = call.gradients + (<usize>call.WEIGHTS << 2)
  const first = share(inputs >> 2, part, parts) << 2
  const end = share(inputs >> 2, part + 1, parts) << 2
  memory.fill(scratch, 0, 128)
  if (isSparse(call.inputs, call.ROWS * inputs)) {
    const ends = changetype<Ends>(scratch + 192)
    const offsets = scratch + HEAD
    const list = offsets + (<usize>pad4(call.ROWS) << 2)
    const size = (<usize>call.ROWS + 1) << 3
    for (let row = 0; row < call.ROWS; row++) store<i32>(offsets + (<usize>row << 2), row * <i32>gradientRow)
    for (let i = first; i < end; i += 4) {
      listColumns(call.inputs + (<usize>i << 2), inputRow, call.ROWS, offsets, list, size, ends)
      const c = weights + i * gradientRow
      sumFromZero(list, ends.e0, call.gradient, c, columns)
      sumFromZero(list + size, ends.e1, call.gradient, c + gradientRow, columns)
      sumFromZero(list + 2 * size, ends.e2, call.gradient, c + 2 * gradientRow, columns)
      sumFromZero(list + 3 * size, ends.e3, call.gradient, c + 3 * gradientRow, columns)
    }
  } else if (first < end) {
    const walk = walkOf(scratch, call.ROWS, inputRow, gradientRow)
    for (let j = 0; j < columns; j += 8) {
      const width = min(8, columns - j)
      const at = <usize>j << 2
      packRows(call.gradient + at, gradientRow, call.ROWS, width, scratch + HEAD)
      walk.bStep = <usize>width << 2
      const a = call.inputs + (<usize>first << 2)
      rowTiles(walk, a, 4, scratch + HEAD, scratch, weights + first * gradientRow + at, end - first, width, scratch)
    }
  }
  if (part == parts - 1) sumRows(call.gradient, call.BIAS * call.ROWS, gradientRow, columns, weights + inputs * gradientRow)
}

/** Adds up the listed values times their rows of B, and overwrites C. */
@inline
function sumFromZero(list: usize, end: usize, b: usize, c: usize, columns: i32): void {
  memory.fill(c, 0, <usize>columns << 2)
  if (list < end) sumListed(list, end, b, c, c, columns)
}
