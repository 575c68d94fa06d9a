// Randomness as a function of (key, counter, element), equal on every backend: shaders/lib/random.wgsl is the same.

/**
 * 32 random bits out of three words: PCG3D, first component (Jarzynski & Olano, Hash Functions for GPU Rendering,
 * JCGT 9(3), 2020, listing 16).
 */
export function hash(x: number, y: number, z: number): number {
  x = (Math.imul(x, 1664525) + 1013904223) | 0
  y = (Math.imul(y, 1664525) + 1013904223) | 0
  z = (Math.imul(z, 1664525) + 1013904223) | 0
  x = (x + Math.imul(y, z)) | 0
  y = (y + Math.imul(z, x)) | 0
  z = (z + Math.imul(x, y)) | 0
  x ^= x >>> 16
  y ^= y >>> 16
  z ^= z >>> 16
  return (x + Math.imul(y, z)) >>> 0
}

/** Uses of randomness: added to the counter, so that no two uses draw the same numbers. */
export const Stream = { shuffle: 0, weights: 1 << 28, dropout: 2 << 28, augmentation: 3 << 28 } as const

/** Rounds of the Feistel network below; four make a pseudorandom permutation (Luby & Rackoff 1988). */
const ROUNDS = 4

/**
 * Place `position` of the shuffled order of 0 ... count-1 in an epoch, without storing the order: a Feistel network on
 * the smallest even number of bits that holds `count`, applied again until it falls inside (cycle walking, Black &
 * Rogaway 2002, section 3). At most about four applications are expected.
 */
export function shuffled(position: number, count: number, seed: number, epoch: number): number {
  const bits = halfBits(count)
  const mask = (1 << bits) - 1
  let value = position
  do {
    let left = value >>> bits
    let right = value & mask
    for (let round = 0; round < ROUNDS; round++) {
      const next = left ^ (hash(seed, epoch * ROUNDS + round, right) & mask)
      left = right
      right = next
    }
    value = (left << bits) | right
  } while (value >= count)
  return value
}

/** Half the bits of the Feistel network for `count` elements. */
export function halfBits(count: number): number {
  let bits = 1
  while (4 ** bits < count) bits++
  return bits
}

/** A number in [0, 1) with 24 random bits. */
export function uniform(seed: number, counter: number, element: number): number {
  return (hash(seed, counter, element) >>> 8) / 0x1000000
}

/** A standard normal number by Box & Muller (1958); the two uniforms come from elements 2i and 2i+1. */
export function normal(seed: number, counter: number, element: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniform(seed, counter, 2 * element)))
  return radius * Math.cos(2 * Math.PI * uniform(seed, counter, 2 * element + 1))
}
