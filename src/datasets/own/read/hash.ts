// A hash of an example, to sort and split examples the same way each time.

/**
 * 64 bits of hash in two words: MurmurHash3 (A. Appleby) twice, with two seeds, over the same bytes. It tells examples apart and is
 * evenly spread; it does not protect from forgery.
 */
export function contentHash(bytes: Uint8Array): readonly [high: number, low: number] {
  let [a, b] = [0x9747b28c, 0x3c6ef372]
  const whole = bytes.length & ~3
  for (let i = 0; i < whole; i += 4) {
    const word = mixed(bytes[i] | (bytes[i + 1] << 8) | (bytes[i + 2] << 16) | (bytes[i + 3] << 24))
    a = stirred(a ^ word)
    b = stirred(b ^ word)
  }
  let rest = 0
  for (let i = whole; i < bytes.length; i++) rest |= bytes[i] << (8 * (i - whole))
  if (rest !== 0) {
    a ^= mixed(rest)
    b ^= mixed(rest)
  }
  return [finished(a ^ bytes.length), finished(b ^ bytes.length)]
}

function mixed(word: number): number {
  const k = Math.imul(word, 0xcc9e2d51)
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593)
}

function stirred(hash: number): number {
  return (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0
}

/** Spreads a word over 32 bits, from 0 on. */
export function finished(word: number): number {
  let h = word
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
