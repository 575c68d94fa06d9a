// Makes squares of decoded pictures.

import type { Framing, PictureOptions } from './types'

/** Width and height of a picture that stands upright. */
export const uprightSize = ({ stored: [width, height], orientation }: PictureOptions): [number, number] =>
  orientation > 4 ? [height, width] : [width, height]

/** Width and height in whole pixels to resize a picture to, so that all of it fits into a square, or fills it. */
export function scaledSize(
  [width, height]: readonly [number, number],
  side: number,
  framing: Framing,
): [number, number] {
  const scale = side / (framing === 'fit' ? Math.max(width, height) : Math.min(width, height))
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))]
}

/**
 * Values of a square picture out of RGBA bytes [side, side, 4]: over white, gray by the luma of ITU-R BT.601 or red, green and blue.
 */
export function valuesOf(rgba: ArrayLike<number>, side: number, colour: boolean): Uint8Array {
  const pixels = side * side
  const values = new Uint8Array(pixels * (colour ? 3 : 1))
  for (let i = 0; i < pixels; i++) {
    const alpha = rgba[i * 4 + 3]
    const over = (channel: number) =>
      alpha === 255 ? rgba[i * 4 + channel] : (rgba[i * 4 + channel] * alpha) / 255 + 255 - alpha
    const [red, green, blue] = [over(0), over(1), over(2)]
    if (colour) {
      values[i * 3] = Math.round(red)
      values[i * 3 + 1] = Math.round(green)
      values[i * 3 + 2] = Math.round(blue)
    } else values[i] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue)
  }
  return values
}
