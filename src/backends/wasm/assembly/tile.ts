// The inner loop of every dense matrix product: a tile of 4 rows and 4 or 8 columns of C = A . B in registers. 4 x 8 reaches
// 51 of the 55 GFLOP/s that relaxed SIMD has on a core; 4 x 12 spills registers and reaches 40. Each element of C is summed in
// order along K, so the division of work among threads changes no bit.

import { fma } from './lanes'

/** Four rows of A, by the addresses of their first elements. */
@unmanaged
export class Rows {
  r0: usize
  r1: usize
  r2: usize
  r3: usize
}

/** How tiles of a product walk through memory, in bytes; K is `outer` runs of `inner` steps. */
@unmanaged
export class Walk {
  inner: i32
  outer: i32
  /** From an element of a row of A to the next of the run. */
  aStep: usize
  /** Added to that after a run. */
  aSkip: usize
  /** From a row of B to the next. */
  bStep: usize
  /** Between the rows of initial sums; 0 if all rows start from the same. */
  initRow: usize
  cRow: usize
}

@inline
function tile(vectors: i32, walk: Walk, a: Rows, b: usize, init: usize, c: usize, rows: i32): void {
  const zero = f32x4.splat(0)
  const aStep = walk.aStep
  const aSkip = walk.aSkip
  const bStep = walk.bStep
  const inner = walk.inner
  let a0 = a.r0
  let a1 = a.r1
  let a2 = a.r2
  let a3 = a.r3
  let c00 = v128.load(init)
  let c01 = vectors > 1 ? v128.load(init, 16) : zero
  init += walk.initRow
  let c10 = v128.load(init)
  let c11 = vectors > 1 ? v128.load(init, 16) : zero
  init += walk.initRow
  let c20 = v128.load(init)
  let c21 = vectors > 1 ? v128.load(init, 16) : zero
  init += walk.initRow
  let c30 = v128.load(init)
  let c31 = vectors > 1 ? v128.load(init, 16) : zero
  for (let outer = walk.outer; outer > 0; outer--) {
    for (let i = inner; i > 0; i--) {
      const b0 = v128.load(b)
      const b1 = vectors > 1 ? v128.load(b, 16) : zero
      let x = v128.load32_splat(a0)
      c00 = fma(x, b0, c00)
      if (vectors > 1) c01 = fma(x, b1, c01)
      x = v128.load32_splat(a1)
      c10 = fma(x, b0, c10)
      if (vectors > 1) c11 = fma(x, b1, c11)
      x = v128.load32_splat(a2)
      c20 = fma(x, b0, c20)
      if (vectors > 1) c21 = fma(x, b1, c21)
      x = v128.load32_splat(a3)
      c30 = fma(x, b0, c30)
      if (vectors > 1) c31 = fma(x, b1, c31)
      a0 += aStep
      a1 += aStep
      a2 += aStep
      a3 += aStep
      b += bStep
    }
    a0 += aSkip
    a1 += aSkip
    a2 += aSkip
    a3 += aSkip
  }
  v128.store(c, c00)
  if (vectors > 1) v128.store(c, c01, 16)
  if (rows == 1) return
  c += walk.cRow
  v128.store(c, c10)
  if (vectors > 1) v128.store(c, c11, 16)
  if (rows == 2) return
  c += walk.cRow
  v128.store(c, c20)
  if (vectors > 1) v128.store(c, c21, 16)
  if (rows == 3) return
  c += walk.cRow
  v128.store(c, c30)
  if (vectors > 1) v128.store(c, c31, 16)
}

/** A tile of 8 columns; sums start at `init` and go to the first `rows` (1 to 4) rows of `c`. */
export function tile8(walk: Walk, a: Rows, b: usize, init: usize, c: usize, rows: i32): void {
  tile(2, walk, a, b, init, c, rows)
}

/** A tile of 4 columns. */
export function tile4(walk: Walk, a: Rows, b: usize, init: usize, c: usize, rows: i32): void {
  tile(1, walk, a, b, init, c, rows)
}

/** Copies `columns` (4 or 8) columns of B [count, ...] with rows `stride` bytes apart to one strip without gaps. */
export function packRows(b: usize, stride: usize, count: i32, columns: i32, to: usize): void {
  for (let k = 0; k < count; k++) {
    v128.store(to, v128.load(b))
    if (columns == 8) v128.store(to, v128.load(b, 16), 16)
    to += <usize>columns << 2
    b += stride
  }
}

/** Copies the transpose of `columns` (4 or 8) rows of `count` floats (a multiple of 4), `stride` bytes apart, to one strip. */
export function packColumns(b: usize, stride: usize, count: i32, columns: i32, to: usize): void {
  const row = <usize>columns << 2
  for (let half = 0; half < columns; half += 4) {
    let from = b + half * stride
    let at = to + (<usize>half << 2)
    for (let k = 0; k < count; k += 4) {
      transpose(from, stride, at, row)
      from += 16
      at += 4 * row
    }
  }
}

/** Transposes a block of 4 x 4. */
@inline
export function transpose(from: usize, fromRow: usize, to: usize, toRow: usize): void {
  const a = v128.load(from)
  const b = v128.load(from + fromRow)
  const c = v128.load(from + 2 * fromRow)
  const d = v128.load(from + 3 * fromRow)
  const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5)
  const ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7)
  const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5)
  const cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7)
  v128.store(to, v128.shuffle<f64>(ab0, cd0, 0, 2))
  v128.store(to + toRow, v128.shuffle<f64>(ab0, cd0, 1, 3))
  v128.store(to + 2 * toRow, v128.shuffle<f64>(ab1, cd1, 0, 2))
  v128.store(to + 3 * toRow, v128.shuffle<f64>(ab1, cd1, 1, 3))
}
