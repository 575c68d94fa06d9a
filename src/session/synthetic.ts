// The synthetic drawings that replace some training images: digits written in many ways, and drawings of no digit.

import { IMAGE_BYTES } from '../data/drawing'
import { nonDigitImages } from '../data/scribbles'
import { syntheticDigits, type SyntheticImages } from '../data/synthetic-digits'
import { NO_DIGIT } from '../kernels/labels'

/** Drawings in all: a second of work on a slow core. */
const COUNT = 16_384
/** Every eighth is no digit, in every beginning of the list too. */
const EVERY = 8
/** Every run takes the same drawings. */
const SEED = 1

/** `count` drawings, a multiple of 8. Labels are 0 to 9 or NO_DIGIT. */
export function makeSynthetic(count = COUNT): SyntheticImages {
  const others = count / EVERY
  const digits = syntheticDigits(count - others, SEED)
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
