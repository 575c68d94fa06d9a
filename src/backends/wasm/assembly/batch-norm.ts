// The passes of batch normalisation over all values, as src/kernels/batch-norm.ts defines them. The reference runs those that only
// combine chunks.

import { derivative } from './activation'
import { fma, pad4, share } from './lanes'

/** Rows before chunk number `chunk`. */
@inline
function startOf(chunk: i32, rows: i32, chunks: i32): i32 {
  return min(chunk * ((rows + chunks - 1) / chunks), rows)
}

@unmanaged
class Moments {
  ROWS: i32
  CHANNELS: i32
  CHUNKS: i32
  inputs: usize
  moments: usize
}

export function batchNormMoments(call: Moments, scratch: usize, part: i32, parts: i32): void {
  const stride = <usize>pad4(call.CHANNELS) << 2
  const end = share(call.CHUNKS, part + 1, parts)
  for (let chunk = share(call.CHUNKS, part, parts); chunk < end; chunk++) {
    const from = startOf(chunk, call.ROWS, call.CHUNKS)
    const rows = startOf(chunk + 1, call.ROWS, call.CHUNKS) - from
    const inputs = call.inputs + from * stride
    const to = call.moments + 2 * chunk * stride
    const count = f32x4.splat(<f32>max(rows, 1))
    for (let c: usize = 0; c < stride; c += 16) {
      let sum = f32x4.splat(0)
      let at = inputs + c
      for (let row = 0; row < rows; row++) {
        sum = f32x4.add(sum, v128.load(at))
        at += stride
      }
      const mean = f32x4.div(sum, count)
      let squares = f32x4.splat(0)
      at = inputs + c
      for (let row = 0; row < rows; row++) {
        const apart = f32x4.sub(v128.load(at), mean)
        squares = fma(apart, apart, squares)
        at += stride
      }
      v128.store(to + c, mean)
      v128.store(to + stride + c, squares)
    }
  }
}

@unmanaged
class Output {
  ROWS: i32
  CHANNELS: i32
  SCALE: i32
  SHIFT: i32
  parameters: usize
  statistics: usize
  inputs: usize
  outputs: usize
}

export function batchNormOutput(call: Output, scratch: usize, part: i32, parts: i32): void {
  const stride = <usize>pad4(call.CHANNELS) << 2
  const first = share(call.ROWS, part, parts)
  const rows = share(call.ROWS, part + 1, parts) - first
  const scales = call.parameters + (<usize>call.SCALE << 2)
  const shifts = call.parameters + (<usize>call.SHIFT << 2)
  for (let c: usize = 0; c < stride; c += 16) {
    const mean = v128.load(call.statistics + c)
    const scale = f32x4.mul(v128.load(scales + c), v128.load(call.statistics + stride + c))
    const shift = v128.load(shifts + c)
    let from = call.inputs + first * stride + c
    let to = call.outputs + first * stride + c
    for (let row = 0; row < rows; row++) {
      v128.store(to, fma(f32x4.sub(v128.load(from), mean), scale, shift))
      from += stride
      to += stride
    }
  }
}

@unmanaged
class GradientSums {
  ROWS: i32
  CHANNELS: i32
  CHUNKS: i32
  gradient: usize
  inputs: usize
  statistics: usize
  sums: usize
}

export function batchNormGradientSums(call: GradientSums, scratch: usize, part: i32, parts: i32): void {
  const stride = <usize>pad4(call.CHANNELS) << 2
  const end = share(call.CHUNKS, part + 1, parts)
  for (let chunk = share(call.CHUNKS, part, parts); chunk < end; chunk++) {
    const from = startOf(chunk, call.ROWS, call.CHUNKS)
    const rows = startOf(chunk + 1, call.ROWS, call.CHUNKS) - from
    const to = call.sums + 2 * chunk * stride
    for (let c: usize = 0; c < stride; c += 16) {
      const mean = v128.load(call.statistics + c)
      let scale = f32x4.splat(0)
      let shift = f32x4.splat(0)
      let at = from * stride + c
      for (let row = 0; row < rows; row++) {
        const g = v128.load(call.gradient + at)
        scale = fma(g, f32x4.sub(v128.load(call.inputs + at), mean), scale)
        shift = f32x4.add(shift, g)
        at += stride
      }
      v128.store(to + c, f32x4.mul(scale, v128.load(call.statistics + stride + c)))
      v128.store(to + stride + c, shift)
    }
  }
}

@unmanaged
class InputGradient {
  ROWS: i32
  CHANNELS: i32
  SCALE: i32
  SHIFT: i32
  ACTIVATION: i32
  parameters: usize
  gradients: usize
  statistics: usize
  gradient: usize
  inputs: usize
  saved: usize
  inputGradient: usize
}

export function batchNormInputGradient(call: InputGradient, scratch: usize, part: i32, parts: i32): void {
  const stride = <usize>pad4(call.CHANNELS) << 2
  const first = share(call.ROWS, part, parts)
  const rows = share(call.ROWS, part + 1, parts) - first
  const count = f32x4.splat(<f32>call.ROWS)
  const activation = call.ACTIVATION
  for (let c: usize = 0; c < stride; c += 16) {
    const mean = v128.load(call.statistics + c)
    const deviation = v128.load(call.statistics + stride + c)
    const scale = f32x4.mul(v128.load(call.parameters + (<usize>call.SCALE << 2) + c), deviation)
    const ofScale = v128.load(call.gradients + (<usize>call.SCALE << 2) + c)
    const ofShift = f32x4.div(v128.load(call.gradients + (<usize>call.SHIFT << 2) + c), count)
    const slope = f32x4.div(f32x4.mul(deviation, ofScale), count)
    let at = first * stride + c
    for (let row = 0; row < rows; row++) {
      const apart = f32x4.sub(v128.load(call.inputs + at), mean)
      const through = f32x4.sub(f32x4.sub(v128.load(call.gradient + at), ofShift), f32x4.mul(apart, slope))
      const gradient = f32x4.mul(f32x4.mul(scale, through), derivative(activation, v128.load(call.saved + at)))
      v128.store(call.inputGradient + at, gradient)
      at += stride
    }
  }
}
