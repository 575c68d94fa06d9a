// The synthetic drawings that training images are mixed with: digits in many styles, and what people draw that is no digit.

import { IMAGE_BYTES } from '../data/drawing'
import { nonDigitImages } from '../data/scribbles'
import { styleImages, type StyleImages } from '../data/styles'
import { NO_DIGIT } from '../kernels/labels'

/** Drawings in all: a second of work on a slow core. */
const COUNT = 16_384
/** Every eighth is no digit, also of the first so many of them. */
const EVERY = 8
/** Every run has the same ones, as it has the same MNIST. */
const SEED = 1

/** `count` drawings, a multiple of 8. Labels are 0 to 9 or NO_DIGIT. */
export function makeSynthetic(count = COUNT): StyleImages {
  const others = count / EVERY
  const digits = styleImages(count - others, SEED)
  const nonDigits = nonDigitImages(others, SEED)
  const images = new Uint8Array(count * IMAGE_BYTES)
  const labels = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    const before = Math.floor(i / EVERY) // drawings that are no digit
    const isDigit = i % EVERY < EVERY - 1
    const [from, place] = isDigit ? [digits.images, i - before] : [nonDigits, before]
    images.set(from.subarray(place * IMAGE_BYTES, (place + 1) * IMAGE_BYTES), i * IMAGE_BYTES)
    labels[i] = isDigit ? digits.labels[place] : NO_DIGIT
  }
  return { images, labels }
}
