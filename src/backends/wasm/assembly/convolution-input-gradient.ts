// The gradients of the inputs of a convolution, as src/kernels/convolution.ts defines them.

import { scaleByDerivative } from './activation'
import { correlate, HEAD, POINTERS, Sizes, WALK, writeOffsets } from './convolution'
import { fma, pad4, share } from './lanes'
import { isSparse, listNonzeros, sumListed } from './sparse'
import { packColumns, Rows, transpose, Walk } from './tile'

@unmanaged
class InputGradient extends Sizes {
  ACTIVATION: i32
  parameters: usize
  gradient: usize
  saved: usize
  inputGradient: usize
}

/** Bytes of the gradient of an image with zeros in its strides and borders: see `fromGradients`. */
@inline
function dilatedBytes(call: InputGradient): usize {
  const border = call.KERNEL - 1
  return <usize>((call.HEIGHT + border) * (call.WIDTH + border) * pad4(call.FILTERS) + 16) << 2
}

export function convolutionInputGradientScratch(call: InputGradient): usize {
  const weights = <usize>(call.KERNEL * call.KERNEL * pad4(call.FILTERS) * call.depth) << 2
  const lists = (<usize>pad4(call.FILTERS) + 4) << 3
  const offsets = <usize>pad4(max(call.positions, call.HEIGHT * call.WIDTH)) << 2
  return HEAD + weights + offsets + lists + max(dilatedBytes(call), call.paddedBytes)
}

export function convolutionInputGradient(call: InputGradient, scratch: usize, part: i32, parts: i32): void {
  const first = share(call.ROWS, part, parts)
  const end = share(call.ROWS, part + 1, parts)
  if (first >= end) return
  if (isSparse(call.gradient, call.ROWS * call.positions * pad4(call.FILTERS))) {
    fromNonzeros(call, scratch, first, end)
  } else {
    fromGradients(call, scratch, first, end)
  }
}

/**
 * Sparse gradients: every nonzero adds its filter, times itself, to its patch. Weights are laid out as
 * [KERNEL rows, FILTERS, KERNEL columns x CHANNELS] for that.
 */
function fromNonzeros(call: InputGradient, scratch: usize, first: i32, end: i32): void {
  const filters = pad4(call.FILTERS)
  const channels = call.depth
  const run = call.KERNEL * channels
  const plane = <usize>(filters * run) << 2
  const weights = scratch + HEAD
  const offsets = weights + call.KERNEL * plane
  const list = offsets + (<usize>pad4(max(call.positions, call.HEIGHT * call.WIDTH)) << 2)
  const image = list + ((<usize>filters + 4) << 3)
  for (let tap = 0; tap < call.KERNEL * call.KERNEL; tap++) {
    const from = call.parameters + (<usize>(call.WEIGHTS + tap * channels * filters) << 2)
    const to = weights + (tap / call.KERNEL) * plane + (<usize>((tap % call.KERNEL) * channels) << 2)
    for (let c = 0; c < channels; c += 4) {
      for (let f = 0; f < filters; f += 4) {
        transpose(from + (<usize>(c * filters + f) << 2), <usize>filters << 2, to + (<usize>(f * run + c) << 2), <usize>run << 2)
      }
    }
  }
  const width = call.paddedWidth
  const line = <usize>(width * channels) << 2
  writeOffsets(call.OUTPUT_HEIGHT, call.OUTPUT_WIDTH, call.STRIDE, <i32>line, channels << 2, offsets)
  const positions = call.positions
  let gradient = call.gradient + (<usize>(first * positions * filters) << 2)
  for (let n = first; n < end; n++) {
    memory.fill(image, 0, call.paddedBytes)
    for (let p = 0; p < positions; p++) {
      const listEnd = listNonzeros(gradient, filters, run << 2, 0, list)
      gradient += <usize>filters << 2
      if (listEnd == list) continue
      let patch = image + load<u32>(offsets + (<usize>p << 2))
      for (let ky = 0; ky < call.KERNEL; ky++) {
        sumListed(list, listEnd, weights + ky * plane, patch, patch, run)
        patch += line
      }
    }
    const inside = image + (<usize>((call.PAD_TOP * width + call.PAD_LEFT) * channels) << 2)
    const at = n * call.imageBytes
    const bytes = <usize>(call.WIDTH * channels) << 2
    for (let y = 0; y < call.HEIGHT; y++) {
      scaleByDerivative(
        call.ACTIVATION,
        inside + y * line,
        call.saved + at + y * bytes,
        call.inputGradient + at + y * bytes,
        call.WIDTH * channels,
      )
    }
  }
}

/**
 * Dense gradients: the gradient, its positions STRIDE apart and with a border of zeros, correlated with the kernel turned around
 * and its channels and filters exchanged (Dumoulin & Visin 2016, chapter 4).
 */
function fromGradients(call: InputGradient, scratch: usize, first: i32, end: i32): void {
  const filters = pad4(call.FILTERS)
  const channels = call.depth
  const border = call.KERNEL - 1
  const width = call.WIDTH + border
  const taps = call.KERNEL * call.KERNEL
  const packed = scratch + HEAD
  const offsets = packed + (<usize>(taps * filters * channels) << 2)
  const image = offsets + (<usize>pad4(max(call.positions, call.HEIGHT * call.WIDTH)) << 2)
  for (let j = 0; j < channels; j += 8) {
    const columns = min(8, channels - j)
    let to = packed + (<usize>(taps * filters * j) << 2)
    for (let tap = taps - 1; tap >= 0; tap--) {
      const from = call.parameters + (<usize>(call.WEIGHTS + (tap * channels + j) * filters) << 2)
      packColumns(from, <usize>filters << 2, filters, columns, to)
      to += <usize>(filters * columns) << 2
    }
  }
  writeOffsets(call.HEIGHT, call.WIDTH, 1, (width * filters) << 2, filters << 2, offsets)
  memory.fill(image, 0, dilatedBytes(call))
  memory.fill(scratch, 0, 64)
  const walk = changetype<Walk>(scratch + WALK)
  walk.inner = call.KERNEL * filters
  walk.outer = call.KERNEL
  walk.aStep = 4
  walk.aSkip = <usize>(width * filters - walk.inner) << 2
  walk.initRow = 0
  const pointers = changetype<Rows>(scratch + POINTERS)
  const size = <usize>filters << 2
  let gradient = call.gradient + first * call.positions * size
  for (let n = first; n < end; n++) {
    for (let y = 0; y < call.OUTPUT_HEIGHT; y++) {
      let to = image + ((y * call.STRIDE - call.PAD_TOP + border) * width + border - call.PAD_LEFT) * size
      for (let x = 0; x < call.OUTPUT_WIDTH; x++) {
        memory.copy(to, gradient, size)
        gradient += size
        to += call.STRIDE * size
      }
    }
    const c = call.inputGradient + n * call.imageBytes
    correlate(walk, pointers, image, offsets, call.HEIGHT * call.WIDTH, packed, channels, scratch, 0, c)
    scaleByDerivative(call.ACTIVATION, c, call.saved + n * call.imageBytes, c, call.HEIGHT * call.WIDTH * channels)
  }
}

/** Every window adds to each of its pixels its gradient times the pixel's tap. Windows without a gradient are skipped. */
export function convolutionPixelGradient(call: InputGradient, scratch: usize, part: i32, parts: i32): void {
  const first = share(call.ROWS, part, parts)
  const end = share(call.ROWS, part + 1, parts)
  const kernel = call.KERNEL
  const size = <usize>pad4(call.FILTERS) << 2
  const weights = call.parameters + (<usize>call.WEIGHTS << 2)
  const pixels = call.HEIGHT * call.WIDTH
  let gradient = call.gradient + first * call.positions * size
  for (let n = first; n < end; n++) {
    const image = call.inputGradient + (<usize>(n * pixels) << 2)
    memory.fill(image, 0, <usize>pixels << 2)
    for (let y = 0; y < call.OUTPUT_HEIGHT; y++) {
      const top = y * call.STRIDE - call.PAD_TOP
      for (let x = 0; x < call.OUTPUT_WIDTH; x++, gradient += size) {
        if (!isAnyNonzero(gradient, size)) continue
        const left = x * call.STRIDE - call.PAD_LEFT
        const bottom = min(kernel, call.HEIGHT - top)
        const right = min(kernel, call.WIDTH - left)
        for (let ky = max(0, -top); ky < bottom; ky++) {
          for (let kx = max(0, -left); kx < right; kx++) {
            const tap = weights + <usize>(ky * kernel + kx) * size
            let sum = f32x4.splat(0)
            for (let f: usize = 0; f < size; f += 16) {
              sum = fma(v128.load(gradient + f), v128.load(tap + f), sum)
            }
            const at = image + (<usize>((top + ky) * call.WIDTH + left + kx) << 2)
            store<f32>(at, load<f32>(at) + total(sum))
          }
        }
      }
    }
    scaleByDerivative(call.ACTIVATION, image, call.saved + (<usize>(n * pixels) << 2), image, pixels)
  }
}

@inline
function isAnyNonzero(at: usize, bytes: usize): bool {
  let any = f32x4.splat(0)
  for (let f: usize = 0; f < bytes; f += 16) any = v128.or(any, f32x4.ne(v128.load(at + f), f32x4.splat(0)))
  return v128.any_true(any)
}

@inline
function total(x: v128): f32 {
  return f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3)
}
