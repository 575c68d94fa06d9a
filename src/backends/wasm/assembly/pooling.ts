// Max and average pooling, as src/kernels/pooling.ts defines them, four channels at a time; images of one channel without padding
// go value by value.

import { derivative, scaleByDerivative } from './activation'
import { pad4, share } from './lanes'

@unmanaged
class Sizes {
  ROWS: i32
  HEIGHT: i32
  WIDTH: i32
  CHANNELS: i32
  INPUT_STRIDE: i32
  OUTPUT_HEIGHT: i32
  OUTPUT_WIDTH: i32
  SIZE: i32
  STRIDE: i32
}

@unmanaged
class MaxPooling extends Sizes {
  inputs: usize
  outputs: usize
  places: usize
}

@unmanaged
class MaxPoolingGradient extends Sizes {
  ACTIVATION: i32
  gradient: usize
  places: usize
  saved: usize
  inputGradient: usize
}

@unmanaged
class AveragePooling extends Sizes {
  inputs: usize
  outputs: usize
}

@unmanaged
class AveragePoolingGradient extends Sizes {
  ACTIVATION: i32
  gradient: usize
  saved: usize
  inputGradient: usize
}

@inline
function imageBytes(size: Sizes): usize {
  return <usize>(size.HEIGHT * size.WIDTH * size.INPUT_STRIDE) << 2
}

/** Bytes from the start of the images to the first value of the window of an output position. */
@inline
function windowOf(size: Sizes, row: i32, y: i32, x: i32): usize {
  return row * imageBytes(size) + (<usize>((y * size.WIDTH + x) * size.STRIDE * size.INPUT_STRIDE) << 2)
}

/** Loads four channels, or the only one. */
@inline
function values(gray: bool, at: usize): v128 {
  return gray ? v128.load32_zero(at) : v128.load(at)
}

export function maxPooling(call: MaxPooling, scratch: usize, part: i32, parts: i32): void {
  const first = share(call.ROWS, part, parts)
  const end = share(call.ROWS, part + 1, parts)
  const size = call.SIZE
  const gray = call.INPUT_STRIDE == 1
  const step = <usize>call.INPUT_STRIDE << 2
  const line = step * call.WIDTH
  const bytes = <usize>pad4(call.CHANNELS) << 2
  let out = <usize>(first * call.OUTPUT_HEIGHT * call.OUTPUT_WIDTH) * bytes
  for (let row = first; row < end; row++) {
    for (let y = 0; y < call.OUTPUT_HEIGHT; y++) {
      for (let x = 0; x < call.OUTPUT_WIDTH; x++) {
        const window = call.inputs + windowOf(call, row, y, x)
        for (let c: usize = 0; c < bytes; c += 16) {
          let best = values(gray, window + c)
          let where = i32x4.splat(0)
          let place = 0
          for (let ky = 0; ky < size; ky++) {
            let at = window + c + ky * line
            for (let kx = 0; kx < size; kx++) {
              const value = values(gray, at)
              const larger = f32x4.gt(value, best)
              best = v128.bitselect(value, best, larger)
              where = v128.bitselect(i32x4.splat(place), where, larger)
              place++
              at += step
            }
          }
          v128.store(call.outputs + out + c, best)
          v128.store(call.places + out + c, where)
        }
        out += bytes
      }
    }
  }
}

export function maxPoolingGradient(call: MaxPoolingGradient, scratch: usize, part: i32, parts: i32): void {
  const first = share(call.ROWS, part, parts)
  const end = share(call.ROWS, part + 1, parts)
  const size = call.SIZE
  const gray = call.INPUT_STRIDE == 1
  const step = <usize>call.INPUT_STRIDE << 2
  const line = step * call.WIDTH
  const bytes = <usize>pad4(call.CHANNELS) << 2
  const image = imageBytes(call)
  const activation = call.ACTIVATION
  const inputGradient = call.inputGradient
  const saved = call.saved
  // Windows that do not overlap and cover everything: every value is written once.
  const once =
    !gray &&
    size == call.STRIDE &&
    call.OUTPUT_HEIGHT * call.STRIDE == call.HEIGHT &&
    call.OUTPUT_WIDTH * call.STRIDE == call.WIDTH
  let out = <usize>(first * call.OUTPUT_HEIGHT * call.OUTPUT_WIDTH) * bytes
  for (let row = first; row < end; row++) {
    if (!once) memory.fill(inputGradient + row * image, 0, image)
    for (let y = 0; y < call.OUTPUT_HEIGHT; y++) {
      for (let x = 0; x < call.OUTPUT_WIDTH; x++) {
        const window = windowOf(call, row, y, x)
        for (let c: usize = 0; c < bytes; c += 16) {
          const g = v128.load(call.gradient + out + c)
          const where = v128.load(call.places + out + c)
          let place = 0
          for (let ky = 0; ky < size; ky++) {
            let at = window + c + ky * line
            for (let kx = 0; kx < size; kx++) {
              const share = v128.and(g, i32x4.eq(where, i32x4.splat(place)))
              const to = inputGradient + at
              if (once) v128.store(to, f32x4.mul(share, derivative(activation, v128.load(saved + at))))
              else if (gray) store<f32>(to, load<f32>(to) + f32x4.extract_lane(share, 0))
              else v128.store(to, f32x4.add(v128.load(to), share))
              place++
              at += step
            }
          }
        }
        out += bytes
      }
    }
    if (!once) finish(activation, inputGradient + row * image, saved + row * image, image)
  }
}

/** Multiplies by the derivative of the activation below; images of one channel are whole vectors in all, or end scalar. */
function finish(activation: i32, gradient: usize, saved: usize, bytes: usize): void {
  if (activation == 0) return
  const whole = bytes & ~15
  scaleByDerivative(activation, gradient, saved, gradient, <i32>(whole >> 2))
  for (let i = whole; i < bytes; i += 4) {
    const slope = f32x4.extract_lane(derivative(activation, v128.load32_zero(saved + i)), 0)
    store<f32>(gradient + i, load<f32>(gradient + i) * slope)
  }
}

export function averagePooling(call: AveragePooling, scratch: usize, part: i32, parts: i32): void {
  const first = share(call.ROWS, part, parts)
  const end = share(call.ROWS, part + 1, parts)
  const size = call.SIZE
  const gray = call.INPUT_STRIDE == 1
  const step = <usize>call.INPUT_STRIDE << 2
  const line = step * call.WIDTH
  const bytes = <usize>pad4(call.CHANNELS) << 2
  const count = f32x4.splat(<f32>(size * size))
  let out = call.outputs + <usize>(first * call.OUTPUT_HEIGHT * call.OUTPUT_WIDTH) * bytes
  for (let row = first; row < end; row++) {
    for (let y = 0; y < call.OUTPUT_HEIGHT; y++) {
      for (let x = 0; x < call.OUTPUT_WIDTH; x++) {
        const window = call.inputs + windowOf(call, row, y, x)
        for (let c: usize = 0; c < bytes; c += 16) {
          let sum = f32x4.splat(0)
          for (let ky = 0; ky < size; ky++) {
            let at = window + c + ky * line
            for (let kx = 0; kx < size; kx++) {
              sum = f32x4.add(sum, values(gray, at))
              at += step
            }
          }
          v128.store(out + c, f32x4.div(sum, count))
        }
        out += bytes
      }
    }
  }
}

export function averagePoolingGradient(call: AveragePoolingGradient, scratch: usize, part: i32, parts: i32): void {
  const first = share(call.ROWS, part, parts)
  const end = share(call.ROWS, part + 1, parts)
  const size = call.SIZE
  const gray = call.INPUT_STRIDE == 1
  const step = <usize>call.INPUT_STRIDE << 2
  const line = step * call.WIDTH
  const bytes = <usize>pad4(call.CHANNELS) << 2
  const image = imageBytes(call)
  const count = f32x4.splat(<f32>(size * size))
  let from = call.gradient + <usize>(first * call.OUTPUT_HEIGHT * call.OUTPUT_WIDTH) * bytes
  for (let row = first; row < end; row++) {
    memory.fill(call.inputGradient + row * image, 0, image)
    for (let y = 0; y < call.OUTPUT_HEIGHT; y++) {
      for (let x = 0; x < call.OUTPUT_WIDTH; x++) {
        const window = call.inputGradient + windowOf(call, row, y, x)
        for (let c: usize = 0; c < bytes; c += 16) {
          const share = f32x4.div(v128.load(from + c), count)
          for (let ky = 0; ky < size; ky++) {
            let to = window + c + ky * line
            for (let kx = 0; kx < size; kx++) {
              if (gray) store<f32>(to, load<f32>(to) + f32x4.extract_lane(share, 0))
              else v128.store(to, f32x4.add(v128.load(to), share))
              to += step
            }
          }
        }
        from += bytes
      }
    }
    finish(call.ACTIVATION, call.inputGradient + row * image, call.saved + row * image, image)
  }
}
