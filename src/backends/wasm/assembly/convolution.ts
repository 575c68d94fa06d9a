// What the passes of a convolution share; src/kernels/convolution.ts defines them. A patch of an image is KERNEL runs of memory,
// one for each of its rows, so a product over patches needs no copy of them (implicit im2col). Only padded images are copied, one
// at a time.

import { pad4 } from './lanes'
import { Rows, tile4, tile8, Walk } from './tile'

/**
 * Pixels (GRAY) are unfolded: an image of one channel becomes one of KERNEL x KERNEL channels, a patch at each position, and its
 * convolution becomes one of 1 x 1. Runs of a few floats are slow to walk: the gradient of the weights of 32 filters of 3 x 3 over 128
 * images takes 3.4 ms of processor time instead of 5.6.
 */
@unmanaged
export class Sizes {
  ROWS: i32
  HEIGHT: i32
  WIDTH: i32
  CHANNELS: i32
  GRAY: i32
  OUTPUT_HEIGHT: i32
  OUTPUT_WIDTH: i32
  FILTERS: i32
  KERNEL: i32
  STRIDE: i32
  PAD_TOP: i32
  PAD_LEFT: i32
  WEIGHTS: i32

  /** Floats from a position of the input, which may be unfolded, to the next. */
  @inline
  get depth(): i32 {
    return pad4(this.GRAY ? this.KERNEL * this.KERNEL : this.CHANNELS)
  }

  /** Side of the kernel, and step between its places, over what `depth` describes. */
  @inline
  get kernel(): i32 {
    return this.GRAY ? 1 : this.KERNEL
  }
  @inline
  get stride(): i32 {
    return this.GRAY ? 1 : this.STRIDE
  }

  /** Rows of the weight matrix, its padding included. */
  @inline
  get weightRows(): i32 {
    return this.kernel * this.kernel * this.depth
  }

  /** Rows and columns of an image with what all patches need around it, or of an unfolded one. */
  @inline
  get paddedHeight(): i32 {
    if (this.GRAY) return this.OUTPUT_HEIGHT
    return max((this.OUTPUT_HEIGHT - 1) * this.STRIDE + this.KERNEL, this.PAD_TOP + this.HEIGHT)
  }
  @inline
  get paddedWidth(): i32 {
    if (this.GRAY) return this.OUTPUT_WIDTH
    return max((this.OUTPUT_WIDTH - 1) * this.STRIDE + this.KERNEL, this.PAD_LEFT + this.WIDTH)
  }

  @inline
  get imageBytes(): usize {
    return <usize>(this.HEIGHT * this.WIDTH * (this.GRAY ? 1 : this.depth)) << 2
  }
  @inline
  get paddedBytes(): usize {
    return <usize>pad4(this.paddedHeight * this.paddedWidth * this.depth + 16) << 2
  }
  @inline
  get positions(): i32 {
    return this.OUTPUT_HEIGHT * this.OUTPUT_WIDTH
  }
}

/** Every part's scratch starts with a row of zeros (64 bytes), a walk and four pointers. */
export const HEAD: usize = 256
export const WALK: usize = 128
export const POINTERS: usize = 192

/** Image number `row`, unfolded or padded. Where it needs a copy, the copy goes to `to`, which is zero at first. */
export function padded(size: Sizes, inputs: usize, row: i32, to: usize): usize {
  const image = inputs + row * size.imageBytes
  if (size.GRAY) {
    unfold(size, image, to)
    return to
  }
  const width = size.paddedWidth
  if (size.paddedHeight == size.HEIGHT && width == size.WIDTH) return image
  const line = <usize>(size.WIDTH * size.depth) << 2
  for (let y = 0; y < size.HEIGHT; y++) {
    const at = <usize>(((y + size.PAD_TOP) * width + size.PAD_LEFT) * size.depth) << 2
    memory.copy(to + at, image + y * line, line)
  }
  return to
}

/** Copies the patch of every output position. */
function unfold(size: Sizes, image: usize, to: usize): void {
  const kernel = size.KERNEL
  const height = size.HEIGHT
  const width = size.WIDTH
  const rest = <usize>(size.depth - kernel * kernel) << 2
  for (let y = 0; y < size.OUTPUT_HEIGHT; y++) {
    const top = y * size.STRIDE - size.PAD_TOP
    for (let x = 0; x < size.OUTPUT_WIDTH; x++) {
      const left = x * size.STRIDE - size.PAD_LEFT
      if (top >= 0 && left >= 0 && top + kernel <= height && left + kernel <= width) {
        let from = image + (<usize>(top * width + left) << 2)
        for (let ky = 0; ky < kernel; ky++) {
          for (let kx = 0; kx < kernel; kx++) {
            store<f32>(to, load<f32>(from + (<usize>kx << 2)))
            to += 4
          }
          from += <usize>width << 2
        }
      } else {
        for (let ky = top; ky < top + kernel; ky++) {
          for (let kx = left; kx < left + kernel; kx++) {
            const inside = ky >= 0 && kx >= 0 && ky < height && kx < width
            store<f32>(to, inside ? load<f32>(image + (<usize>(ky * width + kx) << 2)) : 0)
            to += 4
          }
        }
      }
      to += rest
    }
  }
}

/** Writes for every output position how many bytes into a padded image its patch starts. */
export function writeOffsets(height: i32, width: i32, stride: i32, row: i32, step: i32, offsets: usize): void {
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      store<i32>(offsets, y * stride * row + x * stride * step)
      offsets += 4
    }
  }
}

/** One image's patches, at `offsets`, times packed strips of `columns` columns. The caller sets all of `walk` but bStep and cRow. */
export function correlate(
  walk: Walk,
  pointers: Rows,
  image: usize,
  offsets: usize,
  positions: i32,
  b: usize,
  columns: i32,
  init: usize,
  initStep: usize,
  c: usize,
): void {
  const rows = <usize>(walk.inner * walk.outer)
  walk.cRow = <usize>columns << 2
  for (let p = 0; p < positions; p += 4) {
    const last = positions - 1
    pointers.r0 = image + load<u32>(offsets + (<usize>p << 2))
    pointers.r1 = image + load<u32>(offsets + (<usize>min(p + 1, last) << 2))
    pointers.r2 = image + load<u32>(offsets + (<usize>min(p + 2, last) << 2))
    pointers.r3 = image + load<u32>(offsets + (<usize>min(p + 3, last) << 2))
    const count = min(4, positions - p)
    let strip = b
    for (let j = 0; j < columns; j += 8) {
      const at = <usize>j << 2
      const start = init + (initStep ? at : 0)
      if (columns - j >= 8) {
        walk.bStep = 32
        tile8(walk, pointers, strip, start, c + at, count)
      } else {
        walk.bStep = 16
        tile4(walk, pointers, strip, start, c + at, count)
      }
      strip += rows << 5
    }
    c += 4 * walk.cRow
  }
}
