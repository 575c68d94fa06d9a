// Made-up digits in handwriting styles that MNIST has too few of. A digit is a function of (digit, seed, index), the
// same in every engine.

import { rasterise, SIDE } from './drawing'
import { choose, write, type Handwriting } from './handwriting'
import { Random } from './random'
import { skeletons } from './skeletons'

/** Pictures and what they show. */
export interface StyleImages {
  /** count x 784 bytes, row by row, 0 paper, 255 ink. */
  readonly images: Uint8Array
  /** count bytes, 0 to 9. */
  readonly labels: Uint8Array
}

/**
 * A digit as some person might write it. `seed` and `index` are whole numbers, of which the lowest 32 bits count.
 * @throws RangeError where `digit` is none of 0 to 9
 */
export function styleDrawing(digit: number, seed: number, index: number): Handwriting {
  const random = new Random(seed, index, digit)
  return write(choose(waysOf(digit), random), random)
}

/** Name of the skeleton that `styleDrawing` takes for the same arguments. @throws as it does */
export function styleName(digit: number, seed: number, index: number): string {
  return choose(waysOf(digit), new Random(seed, index, digit)).name
}

/** `count` pictures of made-up digits; picture i shows i mod 10, so that every digit has its tenth. */
export function styleImages(count: number, seed: number): StyleImages {
  const images = new Uint8Array(count * SIDE * SIDE)
  const labels = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    labels[i] = i % 10
    const { strokes, penWidth } = styleDrawing(labels[i], seed, i)
    images.set(rasterise(strokes, penWidth), i * SIDE * SIDE)
  }
  return { images, labels }
}

function waysOf(digit: number) {
  if (!Object.hasOwn(skeletons, digit)) throw new RangeError(`${digit} is no digit: take one of 0 to 9`)
  return skeletons[digit]
}
