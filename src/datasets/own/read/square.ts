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
