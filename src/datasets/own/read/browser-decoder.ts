// Decodes pictures with the browser's own decoders, in a page or a worker.

import { bytesOf } from './pixels'
import { scaledSize, uprightSize } from './square'
import type { DecodePicture, PictureOptions } from './types'

/** How much larger than the square a JPEG is decoded at least, along each side, so that making it smaller still averages pixels. */
const FINER = 2

/** A decoded picture, upright or as it is stored. */
interface Decoded {
  readonly source: ImageBitmap | VideoFrame
  readonly upright: boolean
}

/** @throws DOMException if a picture does not decode */
export const decodePicture: DecodePicture = async (bytes, options) => {
  const { side, colour, framing } = options
  const [width, height] = scaledSize(uprightSize(options), side, framing)
  const { source, upright } = (await decodedSmall(bytes, options)) ?? (await decoded(bytes, options, width, height))
  try {
    const context = contextOf(side)
    context.setTransform(1, 0, 0, 1, 0, 0)
    context.fillStyle = 'white'
    context.fillRect(0, 0, side, side)
    context.translate(Math.round((side - width) / 2), Math.round((side - height) / 2))
    context.scale(width, height) // from here on the upright picture is the unit square
    if (!upright) turn(context, options.orientation)
    context.imageSmoothingQuality = 'high'
    context.drawImage(source, 0, 0, 1, 1)
    return bytesOf(context.getImageData(0, 0, side, side).data, colour ? 3 : 1)
  } finally {
    source.close()
  }
}

async function decoded(bytes: Uint8Array, { type }: PictureOptions, width: number, height: number): Promise<Decoded> {
  const source = await createImageBitmap(new Blob([bytes as BlobPart], { type }), {
    imageOrientation: 'from-image',
    resizeWidth: width,
    resizeHeight: height,
    resizeQuality: 'high',
  })
  return { source, upright: true }
}

/**
 * A JPEG decoded at a fraction of its size, which takes half the time; undefined where the browser cannot, or the picture is small.
 * JPEG's blocks of 8 x 8 pixels decode to 1 to 7 pixels a side as well (Wallace 1992; libjpeg's scaling).
 */
async function decodedSmall(bytes: Uint8Array, options: PictureOptions): Promise<Decoded | undefined> {
  const { type, stored, side } = options
  if (type !== 'image/jpeg' || typeof ImageDecoder === 'undefined') return undefined
  const eighths = Math.ceil((8 * FINER * side) / Math.min(...stored))
  if (eighths >= 8) return undefined
  const [desiredWidth, desiredHeight] = stored.map((length) => Math.ceil((length * eighths) / 8))
  let decoder: ImageDecoder | undefined
  try {
    decoder = new ImageDecoder({ data: unturned(bytes, options) as BufferSource, type, desiredWidth, desiredHeight })
    const { image, complete } = await decoder.decode({ completeFramesOnly: true })
    if (complete) return { source: image, upright: false }
    image.close()
    return undefined
  } catch {
    return undefined // the other decoder says what is wrong, if anything is
  } finally {
    decoder?.close()
  }
}

/** A file whose picture is called upright: browsers do not agree whether this decoder turns pictures. */
function unturned(bytes: Uint8Array, { orientation, orientationAt: at }: PictureOptions): Uint8Array {
  if (orientation === 1) return bytes
  const copy = bytes.slice()
  copy[copy[at] === 0 ? at + 1 : at] = 1
  return copy
}

/** Makes the unit square of an upright picture that of a stored one (Exif 2.3, tag 0x0112). */
function turn(context: OffscreenCanvasRenderingContext2D, orientation: number): void {
  const [a, b, c, d, e, f] = turns[orientation] ?? turns[1]
  context.transform(a, b, c, d, e, f)
}

/** By orientation, 1 to 8. */
const turns: readonly (readonly [number, number, number, number, number, number])[] = [
  [1, 0, 0, 1, 0, 0],
  [1, 0, 0, 1, 0, 0],
  [-1, 0, 0, 1, 1, 0],
  [-1, 0, 0, -1, 1, 1],
  [1, 0, 0, -1, 0, 1],
  [0, 1, 1, 0, 0, 0],
  [0, 1, -1, 0, 1, 0],
  [0, -1, -1, 0, 1, 1],
  [0, -1, 1, 0, 0, 1],
]

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
