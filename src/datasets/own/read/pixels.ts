// Makes bytes of a data set out of pixels.

/**
 * Red, green and blue of pixels, or their gray value by the luma of ITU-R BT.601. What is transparent stands over white.
 * @param pixels RGBA bytes [pixels, 4]
 * @returns bytes [pixels, channels]
 */
export function bytesOf(pixels: Uint8ClampedArray | Uint8Array, channels: 1 | 3): Uint8Array {
  const count = Math.floor(pixels.length / 4)
  const bytes = new Uint8Array(count * channels)
  for (let i = 0; i < count; i++) {
    const alpha = pixels[i * 4 + 3]
    const over = (channel: number) =>
      alpha === 255 ? pixels[i * 4 + channel] : (pixels[i * 4 + channel] * alpha) / 255 + 255 - alpha
    const [red, green, blue] = [over(0), over(1), over(2)]
    if (channels === 3) {
      bytes[i * 3] = Math.round(red)
      bytes[i * 3 + 1] = Math.round(green)
      bytes[i * 3 + 2] = Math.round(blue)
    } else bytes[i] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue)
  }
  return bytes
}
