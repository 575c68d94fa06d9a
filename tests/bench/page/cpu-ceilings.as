// What one core of the CPU can do at best in WebAssembly, in AssemblyScript: multiply-adds in registers, and copying memory.

// With relaxed SIMD one fused instruction, without it two. A macro would be a function that is always inlined.
// @ts-ignore: decorator
@inline
function madd(a: v128, x: v128, y: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, x, y) : f32x4.add(f32x4.mul(a, x), y)
}

/** 12 independent chains of multiply-adds, each four floats wide: 96 operations a round. Returns their sum. */
export function multiplyAdd(rounds: i32): f32 {
  const x = f32x4.splat(0.999)
  const y = f32x4.splat(0.001)
  let a = f32x4.splat(0)
  let b = f32x4.splat(1)
  let c = f32x4.splat(2)
  let d = f32x4.splat(3)
  let e = f32x4.splat(4)
  let f = f32x4.splat(5)
  let g = f32x4.splat(6)
  let h = f32x4.splat(7)
  let i = f32x4.splat(8)
  let j = f32x4.splat(9)
  let k = f32x4.splat(10)
  let l = f32x4.splat(11)
  for (; rounds > 0; rounds--) {
    a = madd(a, x, y)
    b = madd(b, x, y)
    c = madd(c, x, y)
    d = madd(d, x, y)
    e = madd(e, x, y)
    f = madd(f, x, y)
    g = madd(g, x, y)
    h = madd(h, x, y)
    i = madd(i, x, y)
    j = madd(j, x, y)
    k = madd(k, x, y)
    l = madd(l, x, y)
  }
  const abcdef = f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(e, f))
  const ghijkl = f32x4.add(f32x4.add(f32x4.add(g, h), f32x4.add(i, j)), f32x4.add(k, l))
  return f32x4.extract_lane(f32x4.add(abcdef, ghijkl), 0)
}

/** Copies the lower half of the first 128 MiB of memory to the upper half: 128 MiB read and written. */
export function copy(): void {
  const half: usize = 64 << 20
  for (let at: usize = 0; at < half; at += 64) {
    v128.store(at + half, v128.load(at))
    v128.store(at + half, v128.load(at, 16), 16)
    v128.store(at + half, v128.load(at, 32), 32)
    v128.store(at + half, v128.load(at, 48), 48)
  }
}
