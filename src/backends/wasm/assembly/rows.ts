// Sums over rows.

/** Sum of `rows` rows of `columns` floats (a multiple of four), `stride` bytes apart: the gradient of a bias. */
export function sumRows(from: usize, rows: i32, stride: usize, columns: i32, to: usize): void {
  let j = 0
  // Sixteen columns at a time, which is a cache line.
  for (; j + 16 <= columns; j += 16) {
    let c0 = f32x4.splat(0)
    let c1 = f32x4.splat(0)
    let c2 = f32x4.splat(0)
    let c3 = f32x4.splat(0)
    let at = from + ((<usize>j) << 2)
    for (let row = 0; row < rows; row++) {
      c0 = f32x4.add(c0, v128.load(at))
      c1 = f32x4.add(c1, v128.load(at, 16))
      c2 = f32x4.add(c2, v128.load(at, 32))
      c3 = f32x4.add(c3, v128.load(at, 48))
      at += stride
    }
    const out = to + ((<usize>j) << 2)
    v128.store(out, c0)
    v128.store(out, c1, 16)
    v128.store(out, c2, 32)
    v128.store(out, c3, 48)
  }
  for (; j < columns; j += 4) {
    let sum = f32x4.splat(0)
    let at = from + ((<usize>j) << 2)
    for (let row = 0; row < rows; row++) {
      sum = f32x4.add(sum, v128.load(at))
      at += stride
    }
    v128.store(to + ((<usize>j) << 2), sum)
  }
}
