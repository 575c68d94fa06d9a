// JPEGs that tell an orientation, made for tests: upright, they have a corner of each colour.

/** Red and green above, blue and yellow below. */
const corners = [
  [250, 0, 0],
  [0, 250, 0],
  [0, 0, 250],
  [250, 250, 0],
] as const

/** Width and height upright. */
export const UPRIGHT: readonly [number, number] = [400, 240]

/** RGBA bytes as a camera stores the picture that stands upright by this orientation (Exif 2.3, tag 0x0112). */
export function storedPixels(orientation: number) {
  const [w, h] = UPRIGHT
  const [width, height] = orientation > 4 ? [h, w] : [w, h]
  const upright: readonly ((x: number, y: number) => readonly [number, number])[] = [
    (x, y) => [x, y],
    (x, y) => [w - 1 - x, y],
    (x, y) => [w - 1 - x, h - 1 - y],
    (x, y) => [x, h - 1 - y],
    (x, y) => [y, x],
    (x, y) => [w - 1 - y, x],
    (x, y) => [w - 1 - y, h - 1 - x],
    (x, y) => [y, h - 1 - x],
  ]
  const data = new Uint8ClampedArray(width * height * 4).fill(255)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [u, v] = upright[orientation - 1](x, y)
      data.set(corners[(v < h / 2 ? 0 : 2) + (u < w / 2 ? 0 : 1)], (y * width + x) * 4)
    }
  }
  return { width, height, data }
}

/** A JPEG that tells an orientation, in either order of bytes. */
export function oriented(jpeg: Uint8Array, orientation: number, little: boolean): Uint8Array {
  const tiff = new DataView(new ArrayBuffer(26))
  tiff.setUint16(0, little ? 0x4949 : 0x4d4d)
  tiff.setUint16(2, 42, little)
  tiff.setUint32(4, 8, little)
  tiff.setUint16(8, 1, little)
  tiff.setUint16(10, 0x0112, little)
  tiff.setUint16(12, 3, little)
  tiff.setUint32(14, 1, little)
  tiff.setUint16(18, orientation, little)
  const exif = [0xff, 0xe1, 0, 34, ...new TextEncoder().encode('Exif\0\0'), ...new Uint8Array(tiff.buffer)]
  return Uint8Array.from([...jpeg.subarray(0, 2), ...exif, ...jpeg.subarray(2)])
}

/** The corners of a square picture in colour as letters, white as w: left above, right above, left below, right below. */
export function cornersOf(values: Uint8Array, side: number, margin: number): string {
  const letters: Record<string, string> = { '100': 'r', '010': 'g', '001': 'b', '110': 'y', '111': 'w' }
  const [near, far] = [margin, side - 1 - margin]
  return [
    [3, near],
    [side - 4, near],
    [3, far],
    [side - 4, far],
  ]
    .map(([x, y]) => {
      const at = (y * side + x) * 3
      return letters[[...values.subarray(at, at + 3)].map((value) => (value > 128 ? 1 : 0)).join('')] ?? '?'
    })
    .join('')
}
