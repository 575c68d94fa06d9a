// Synthetic digits, in ways of writing that MNIST has too few of. A digit is a function of (digit, seed, index), the
// same in every engine.

import { rasterise, SIDE } from './drawing'
import { choose, write, type Handwriting } from './handwriting'
import { Random } from './random'
import { skeletons } from './skeletons'

/** Synthetic pictures and what they show. */
export interface SyntheticImages {
  /** count x 784 bytes, row by row, 0 paper, 255 ink. */
  readonly images: Uint8Array
  /** count bytes: 0 to 9, or 10 for no digit. */
  readonly labels: Uint8Array
}

/**
 * A digit as some person might write it. `seed` and `index` are whole numbers, of which the lowest 32 bits count.
 * @throws RangeError where `digit` is none of 0 to 9
 */
export function syntheticDigit(digit: number, seed: number, index: number): Handwriting {
  const random = new Random(seed, index, digit)
  return write(choose(waysOf(digit), random), random)
}

/** Name of the skeleton that `syntheticDigit` takes for the same arguments. @throws as it does */
export function syntheticDigitName(digit: number, seed: number, index: number): string {
  return choose(waysOf(digit), new Random(seed, index, digit)).name
}

/** `count` pictures of synthetic digits. Picture i shows i mod 10, so that each digit has a tenth of them. */
export function syntheticDigits(count: number, seed: number): SyntheticImages {
  const images = new Uint8Array(count * SIDE * SIDE)
  const labels = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    labels[i] = i % 10
    const { strokes, penWidth } = syntheticDigit(labels[i], seed, i)
    images.set(rasterise(strokes, penWidth), i * SIDE * SIDE)
  }
  return { images, labels }
}

function waysOf(digit: number) {
  if (!Object.hasOwn(skeletons, digit)) throw new RangeError(`${digit} is no digit: take one of 0 to 9`)
  return skeletons[digit]
}
