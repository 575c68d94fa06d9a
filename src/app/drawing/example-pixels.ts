// The pixels of an image of a data set, in a canvas's format.

import type { ImageInput } from '../../datasets/dataset'
import type { Example } from '../../model/examples'

/**
 * Writes red, green, blue and opacity of every pixel. Gray images become black ink of varying opacity, so that they show in the
 * colour of the page's ink and on its paper. Colour images are opaque.
 */
export function writePixels(pixels: Uint8ClampedArray, { channels }: ImageInput, example: Example): void {
  if (channels === 1) {
    example.forEach((ink, i) => (pixels[4 * i + 3] = ink))
    return
  }
  for (let pixel = 0; pixel < example.length / channels; pixel++) {
    pixels.set(example.subarray(channels * pixel, channels * (pixel + 1)), 4 * pixel)
    pixels[4 * pixel + 3] = 255
  }
}
