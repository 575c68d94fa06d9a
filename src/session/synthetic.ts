// The synthetic drawings that training images are mixed with: digits in many styles, and what people draw that is no digit.

import { nonDigitImages } from '../data/scribbles'
import { styleImages, type StyleImages } from '../data/styles'
import { NO_DIGIT } from '../kernels/losses'
import { PIXELS } from '../model/spec'

/** Drawings in all, of which every eighth is no digit. */
const COUNT = 16_384
const NO_DIGITS = COUNT / 8
/** Every run has the same ones, as it has the same MNIST. */
const SEED = 1

/** All of them; half a second of work. Labels are 0 to 9 or NO_DIGIT. */
export function makeSynthetic(count = COUNT, noDigits = NO_DIGITS): StyleImages {
  const digits = styleImages(count - noDigits, SEED)
  const images = new Uint8Array(count * PIXELS)
  images.set(digits.images)
  images.set(nonDigitImages(noDigits, SEED), digits.images.length)
  const labels = new Uint8Array(count).fill(NO_DIGIT)
  labels.set(digits.labels)
  return { images, labels }
}
