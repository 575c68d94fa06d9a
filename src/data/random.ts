// Random numbers for synthetic drawings: a small generator that gives the same numbers in every engine.

/**
 * sfc32, "small fast counting" (C. Doty-Humphrey, PractRand, 2010): 128 bits of state, a period of at least 2^32. Only
 * integer operations, so that every engine draws the same numbers.
 */
export class Random {
  private a: number
  private b: number
  private c: number
  private counter = 1

  /** The generator number `index` of a seed; whole numbers, of which the lowest 32 bits count, and a second seed. */
  constructor(seed: number, index: number, purpose = 0) {
    this.a = seed | 0
    this.b = index | 0
    this.c = purpose | 0
    // PractRand mixes a seed by 12 rounds; neighbouring seeds have nothing in common after them.
    for (let round = 0; round < 12; round++) this.bits()
  }

  /** 32 random bits as a signed number. */
  private bits(): number {
    const result = (((this.a + this.b) | 0) + this.counter) | 0
    this.counter = (this.counter + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (((this.c << 21) | (this.c >>> 11)) + result) | 0
    return result
  }

  /** Evenly spread in [low, high). */
  between(low: number, high: number): number {
    return low + ((high - low) * (this.bits() >>> 0)) / 0x100000000
  }

  /** True in `probability` of all calls. */
  chance(probability: number): boolean {
    return this.between(0, 1) < probability
  }

  /**
   * About normal with mean 0 and deviation 1, and never beyond 3: three uniforms summed (Irwin & Hall 1927), which needs
   * no logarithm that engines round differently.
   */
  normal(): number {
    return this.between(-1, 1) + this.between(-1, 1) + this.between(-1, 1)
  }
}
