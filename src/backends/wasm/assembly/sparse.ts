// Products with matrices that are mostly zeros: four of five pixels of a digit, and nine of ten gradients below ReLU, max
// pooling and dropout. Multiplies only their nonzeros, in the same order along K as tile.ts.

import { fma } from './lanes'

/** Share of nonzeros above which a dense product is faster. */
const DENSE: f32 = 0.3
/** Groups of four values that the share is estimated from. */
const SAMPLES = 512

/** Whether few of `count` values are nonzero, by a sample that is the same for every thread. */
export function isSparse(values: usize, count: i32): bool {
  const groups = count >> 2
  const samples = min(groups, SAMPLES)
  let nonzero = 0
  for (let i = 0; i < samples; i++) {
    const at = values + (<usize>((<i64>groups * i) / samples) << 4)
    nonzero += popcnt(i32x4.bitmask(f32x4.ne(v128.load(at), f32x4.splat(0))))
  }
  return <f32>nonzero < DENSE * 4 * <f32>samples
}

/**
 * Appends the nonzeros of `count` values (a multiple of four) to a list of pairs: the distance from the first row of B to the row that
 * meets value number i, which is `offset` plus i times `stride` bytes, and the value. Returns the end of the list. Writes up to 32 bytes
 * behind the end.
 */
export function listNonzeros(values: usize, count: i32, stride: i32, offset: i32, list: usize): usize {
  for (let i = 0; i < count; i += 4) {
    const four = v128.load(values)
    const mask = i32x4.bitmask(f32x4.ne(four, f32x4.splat(0)))
    if (mask != 0) {
      store<i32>(list, offset)
      store<f32>(list, f32x4.extract_lane(four, 0), 4)
      list += (mask & 1) << 3
      store<i32>(list, offset + stride)
      store<f32>(list, f32x4.extract_lane(four, 1), 4)
      list += (mask & 2) << 2
      store<i32>(list, offset + 2 * stride)
      store<f32>(list, f32x4.extract_lane(four, 2), 4)
      list += (mask & 4) << 1
      store<i32>(list, offset + 3 * stride)
      store<f32>(list, f32x4.extract_lane(four, 3), 4)
      list += mask & 8
    }
    values += 16
    offset += 4 * stride
  }
  return list
}

/** Ends of four lists of nonzeros. */
@unmanaged
export class Ends {
  e0: usize
  e1: usize
  e2: usize
  e3: usize
}

/**
 * Lists the nonzeros of four neighbouring columns, the first of which starts at `from`, over `rows` rows `stride` bytes apart.
 * `offsets` holds for every row the distance from the first row of B to the one that it meets. The lists are `size` bytes
 * apart, 8 bytes for each row and 8 more.
 */
export function listColumns(from: usize, stride: usize, rows: i32, offsets: usize, lists: usize, size: usize, ends: Ends): void {
  let at0 = lists
  let at1 = lists + size
  let at2 = lists + 2 * size
  let at3 = lists + 3 * size
  for (let row = 0; row < rows; row++) {
    const four = v128.load(from)
    const mask = i32x4.bitmask(f32x4.ne(four, f32x4.splat(0)))
    if (mask != 0) {
      const offset = load<i32>(offsets)
      store<i32>(at0, offset)
      store<f32>(at0, f32x4.extract_lane(four, 0), 4)
      at0 += (mask & 1) << 3
      store<i32>(at1, offset)
      store<f32>(at1, f32x4.extract_lane(four, 1), 4)
      at1 += (mask & 2) << 2
      store<i32>(at2, offset)
      store<f32>(at2, f32x4.extract_lane(four, 2), 4)
      at2 += (mask & 4) << 1
      store<i32>(at3, offset)
      store<f32>(at3, f32x4.extract_lane(four, 3), 4)
      at3 += mask & 8
    }
    from += stride
    offsets += 4
  }
  ends.e0 = at0
  ends.e1 = at1
  ends.e2 = at2
  ends.e3 = at3
}

@inline
function sum(vectors: i32, list: usize, end: usize, b: usize, init: usize, c: usize): void {
  const zero = f32x4.splat(0)
  let c0 = v128.load(init)
  let c1 = vectors > 1 ? v128.load(init, 16) : zero
  let c2 = vectors > 2 ? v128.load(init, 32) : zero
  let c3 = vectors > 3 ? v128.load(init, 48) : zero
  let c4 = vectors > 4 ? v128.load(init, 64) : zero
  let c5 = vectors > 4 ? v128.load(init, 80) : zero
  let c6 = vectors > 4 ? v128.load(init, 96) : zero
  let c7 = vectors > 4 ? v128.load(init, 112) : zero
  for (; list < end; list += 8) {
    const row = b + load<u32>(list)
    const x = v128.load32_splat(list, 4)
    c0 = fma(x, v128.load(row), c0)
    if (vectors > 1) c1 = fma(x, v128.load(row, 16), c1)
    if (vectors > 2) c2 = fma(x, v128.load(row, 32), c2)
    if (vectors > 3) c3 = fma(x, v128.load(row, 48), c3)
    if (vectors > 4) {
      c4 = fma(x, v128.load(row, 64), c4)
      c5 = fma(x, v128.load(row, 80), c5)
      c6 = fma(x, v128.load(row, 96), c6)
      c7 = fma(x, v128.load(row, 112), c7)
    }
  }
  v128.store(c, c0)
  if (vectors > 1) v128.store(c, c1, 16)
  if (vectors > 2) v128.store(c, c2, 32)
  if (vectors > 3) v128.store(c, c3, 48)
  if (vectors > 4) {
    v128.store(c, c4, 64)
    v128.store(c, c5, 80)
    v128.store(c, c6, 96)
    v128.store(c, c7, 112)
  }
}

/** One row of C, `columns` floats (a multiple of four): the row at `init` plus the listed values times their rows of B. */
export function sumListed(list: usize, end: usize, b: usize, init: usize, c: usize, columns: i32): void {
  // Eight vectors at a time: with twelve registers run short, and it takes a fifth longer.
  while (columns >= 32) {
    sum(8, list, end, b, init, c)
    b += 128
    init += 128
    c += 128
    columns -= 32
  }
  if (columns >= 16) {
    sum(4, list, end, b, init, c)
    b += 64
    init += 64
    c += 64
    columns -= 16
  }
  if (columns == 12) return sum(3, list, end, b, init, c)
  if (columns >= 8) {
    sum(2, list, end, b, init, c)
    b += 32
    init += 32
    c += 32
    columns -= 8
  }
  if (columns > 0) sum(1, list, end, b, init, c)
}
