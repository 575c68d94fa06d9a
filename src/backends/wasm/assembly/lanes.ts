// Four floats at once: multiply-add, exp, tanh, masks.

/** The first multiple of four that is not under `n`: see the padding rule in src/kernels/plan.ts. */
@inline
export function pad4(n: i32): i32 {
  return (n + 3) & ~3
}

/** a b + c: one instruction in engines with relaxed SIMD, two in others. */
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  // @ts-ignore: a constant of the compiler
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c)
  return f32x4.add(f32x4.mul(a, b), c)
}

/** The first item of a part, when items are divided among all parts in order. */
@inline
export function share(items: i32, part: i32, parts: i32): i32 {
  return <i32>((<i64>items * part) / parts)
}

/** A mask of the four lanes from number `from` on: all ones in lanes below `count`. */
@inline
export function below(from: i32, count: i32): v128 {
  return i32x4.lt_s(i32x4.add(i32x4.splat(from), i32x4(0, 1, 2, 3)), i32x4.splat(count))
}

/**
 * Flushes values under 1e-30 to zero. Values that decay from step to step, such as an optimizer's moments of rarely inked pixels or the
 * probabilities of wrong classes, would become subnormal numbers, which cost processors a hundred cycles each: after 2,000
 * steps of 784-128-10 Adam took 535 us a step with them and takes 115 us without.
 */
@inline
export function flush(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), f32x4.splat(1e-30)))
}

/** e^x to about one unit in the last place (S. L. Moshier, Cephes, expf); arguments are clamped to what float32 holds. */
@inline
export function exp(argument: v128): v128 {
  const x = f32x4.min(f32x4.max(argument, f32x4.splat(-87.3)), f32x4.splat(88.3))
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)))
  // ln 2 in two parts, so that n ln 2 is exact enough.
  let r = fma(n, f32x4.splat(-0.693359375), x)
  r = fma(n, f32x4.splat(2.12194440e-4), r)
  let p = f32x4.splat(1.9875691500e-4)
  p = fma(p, r, f32x4.splat(1.3981999507e-3))
  p = fma(p, r, f32x4.splat(8.3334519073e-3))
  p = fma(p, r, f32x4.splat(4.1665795894e-2))
  p = fma(p, r, f32x4.splat(1.6666665459e-1))
  p = fma(p, r, f32x4.splat(5.0000001201e-1))
  p = f32x4.add(fma(p, f32x4.mul(r, r), r), f32x4.splat(1))
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23)
  // A NaN stays NaN: min and max keep it, but its power does not.
  return v128.bitselect(f32x4.mul(p, power), argument, f32x4.eq(argument, argument))
}

/** Hyperbolic tangent (Cephes, tanhf): a polynomial where 1 - e would cancel, else from e = exp(-2 |x|). */
@inline
export function tanh(x: v128): v128 {
  const z = f32x4.mul(x, x)
  let p = f32x4.splat(-5.70498872745e-3)
  p = fma(p, z, f32x4.splat(2.06390887954e-2))
  p = fma(p, z, f32x4.splat(-5.37397155531e-2))
  p = fma(p, z, f32x4.splat(1.33314422036e-1))
  p = fma(p, z, f32x4.splat(-3.33332819422e-1))
  const small = fma(f32x4.mul(p, z), x, x)
  const magnitude = f32x4.abs(x)
  const e = exp(f32x4.mul(magnitude, f32x4.splat(-2)))
  const large = f32x4.div(f32x4.sub(f32x4.splat(1), e), f32x4.add(f32x4.splat(1), e))
  const signed = v128.bitselect(x, large, i32x4.splat(<i32>0x80000000))
  return v128.bitselect(small, signed, f32x4.lt(magnitude, f32x4.splat(0.625)))
}
