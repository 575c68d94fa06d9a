// Size, kind and orientation of a picture from the first bytes of its file, without decoding it.
//
// PNG: RFC 2083, section 4.1.1. JPEG: ITU-T T.81, annex B; its orientation: Exif 2.3, tag 0x0112. WebP: RFC 9649, sections 2.5 to 2.7.

import type { PictureOptions } from './types'

/** What a header tells. */
export interface PictureHeader extends Pick<PictureOptions, 'stored' | 'orientation' | 'orientationAt' | 'type'> {
  readonly gray: boolean
}

/** Bytes of a file that hold its header nearly always; JPEGs may carry a thumbnail before it. */
export const HEADER_BYTES = 2 ** 16

/** The header of a PNG, JPEG or WebP; undefined if the bytes begin none, or end too early. */
export function pictureHeader(bytes: Uint8Array): PictureHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    if (bytes[0] === 0xff && bytes[1] === 0xd8) return jpeg(view)
    if (view.getUint32(0) === 0x89504e47) return png(view)
    if (view.getUint32(0) === 0x52494646 && view.getUint32(8) === 0x57454250) return webp(view)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error // beyond the end
  }
  return undefined
}

function png(view: DataView): PictureHeader | undefined {
  if (view.getUint32(12) !== 0x49484452) return undefined
  const colour = view.getUint8(25)
  return {
    stored: [view.getUint32(16), view.getUint32(20)],
    orientation: 1,
    orientationAt: -1,
    type: 'image/png',
    gray: colour === 0 || colour === 4,
  }
}

function jpeg(view: DataView): PictureHeader | undefined {
  let orientationAt = -1
  for (let at = 2; ;) {
    if (view.getUint8(at) !== 0xff) return undefined
    const marker = view.getUint8(at + 1)
    if (marker === 0xff)
      at++ // padding
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2
    else {
      const length = view.getUint16(at + 2)
      if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
        const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)]
        const orientation = orientationAt < 0 ? 1 : view.getUint8(orientationAt) | view.getUint8(orientationAt + 1)
        const gray = view.getUint8(at + 9) === 1
        return { stored: [width, height], orientation, orientationAt, type: 'image/jpeg', gray }
      }
      if (marker === 0xe1) orientationAt = exifOrientation(view, at + 4, length - 2) ?? orientationAt
      if (marker === 0xd9 || marker === 0xda) return undefined
      at += 2 + length
    }
  }
}

/** Where the orientation lies in an APP1 segment; undefined if it tells none. */
function exifOrientation(view: DataView, start: number, length: number): number | undefined {
  if (length < 14 || view.getUint32(start) !== 0x45786966) return undefined
  const tiff = start + 6
  const little = view.getUint16(tiff) === 0x4949
  const directory = tiff + view.getUint32(tiff + 4, little)
  if (directory + 2 > start + length) return undefined
  const entries = view.getUint16(directory, little)
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i
    if (entry + 12 > start + length) return undefined
    if (view.getUint16(entry, little) !== 0x0112) continue
    const value = view.getUint16(entry + 8, little)
    return value >= 1 && value <= 8 ? entry + 8 : undefined
  }
  return undefined
}

function webp(view: DataView): PictureHeader | undefined {
  const sized = (width: number, height: number): PictureHeader => ({
    stored: [width, height],
    orientation: 1,
    orientationAt: -1,
    type: 'image/webp',
    gray: false,
  })
  const number24 = (at: number) => view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
  switch (view.getUint32(12)) {
    case 0x56503820: // 'VP8 '
      return sized(view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff)
    case 0x5650384c: {
      const bits = view.getUint32(21, true) // 'VP8L'
      return sized((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1)
    }
    case 0x56503858: // 'VP8X'
      return sized(number24(24) + 1, number24(27) + 1)
    default:
      return undefined
  }
}
