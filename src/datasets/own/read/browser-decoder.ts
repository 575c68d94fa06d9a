// Decodes pictures with the browser's own decoder, in a page or a worker.

import { scaledSize, uprightSize, valuesOf } from './square'
import type { DecodePicture } from './types'

/** @throws DOMException if a picture does not decode */
export const decodePicture: DecodePicture = async (bytes, options) => {
  const { side, colour, framing, type } = options
  const [width, height] = scaledSize(uprightSize(options), side, framing)
  const bitmap = await createImageBitmap(new Blob([bytes as BlobPart], { type }), {
    imageOrientation: 'from-image',
    resizeWidth: width,
    resizeHeight: height,
    resizeQuality: 'high',
  })
  try {
    const context = contextOf(side)
    context.fillStyle = 'white'
    context.fillRect(0, 0, side, side)
    // With its size, because browsers do not agree whether they turn before or after they resize.
    context.drawImage(bitmap, Math.round((side - width) / 2), Math.round((side - height) / 2), width, height)
    return valuesOf(context.getImageData(0, 0, side, side).data, side, colour)
  } finally {
    bitmap.close()
  }
}

const contexts = new Map<number, OffscreenCanvasRenderingContext2D>()

/** A canvas of that side, kept for the next picture: between drawing and reading nothing else runs. */
function contextOf(side: number): OffscreenCanvasRenderingContext2D {
  const kept = contexts.get(side)
  if (kept) return kept
  const context = new OffscreenCanvas(side, side).getContext('2d', { willReadFrequently: true })
  if (!context) throw new Error('This browser gives no canvas to a worker.')
  contexts.set(side, context)
  return context
}
