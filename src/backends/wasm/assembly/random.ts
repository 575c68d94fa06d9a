// Randomness as a function of its arguments: src/kernels/random.ts names the sources.

/** 32 random bits out of three words. */
export function hash(x: u32, y: u32, z: u32): u32 {
  x = x * 1664525 + 1013904223
  y = y * 1664525 + 1013904223
  z = z * 1664525 + 1013904223
  x += y * z
  y += z * x
  z += x * y
  x ^= x >> 16
  y ^= y >> 16
  z ^= z >> 16
  return x + y * z
}

/** The same for four third words at once. */
@inline
export function hash4(x0: u32, y0: u32, z0: v128): v128 {
  let x = i32x4.splat(x0 * 1664525 + 1013904223)
  let y = i32x4.splat(y0 * 1664525 + 1013904223)
  let z = i32x4.add(i32x4.mul(z0, i32x4.splat(1664525)), i32x4.splat(1013904223))
  x = i32x4.add(x, i32x4.mul(y, z))
  y = i32x4.add(y, i32x4.mul(z, x))
  z = i32x4.add(z, i32x4.mul(x, y))
  x = v128.xor(x, i32x4.shr_u(x, 16))
  y = v128.xor(y, i32x4.shr_u(y, 16))
  z = v128.xor(z, i32x4.shr_u(z, 16))
  return i32x4.add(x, i32x4.mul(y, z))
}

/** Place `position` of the shuffled order of 0 ... count-1 in an epoch. */
export function shuffled(position: u32, count: u32, halfBits: u32, seed: u32, epoch: u32): u32 {
  const mask: u32 = (1 << halfBits) - 1
  let value = position
  do {
    let left = value >> halfBits
    let right = value & mask
    for (let round: u32 = 0; round < 4; round++) {
      const next = left ^ (hash(seed, epoch * 4 + round, right) & mask)
      left = right
      right = next
    }
    value = (left << halfBits) | right
  } while (value >= count)
  return value
}
