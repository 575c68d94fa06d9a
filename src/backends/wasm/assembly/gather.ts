// Gathers a batch out of the data set, as src/kernels/gather.ts defines it.

import { share } from './lanes'
import { shuffled } from './random'

const NO_LABEL: u32 = 255

@unmanaged
class Gather {
  ROWS: u32
  FLOATS: u32
  FIRST: u32
  COUNT: u32
  SHUFFLE: u32
  HALF_BITS: u32
  STANDARDISED: u32
  state: usize
  images: usize
  labels: usize
  statistics: usize
  inputs: usize
  targets: usize
}

export function gather(call: Gather, scratch: usize, part: i32, parts: i32): void {
  const step = load<u32>(call.state)
  const seed = load<u32>(call.state, 4)
  const end = <u32>share(call.ROWS, part + 1, parts)
  const scale = f32x4.splat(1.0 / 255.0)
  const pixels = call.FLOATS
  const standardised = call.STANDARDISED
  const mean = call.statistics
  const deviation = call.statistics + (pixels << 2)
  const steps = (call.COUNT + call.ROWS - 1) / call.ROWS
  for (let row = <u32>share(call.ROWS, part, parts); row < end; row++) {
    const position = (call.SHUFFLE ? step : step % steps) * call.ROWS + row
    const inside = call.SHUFFLE || position < call.COUNT
    let example = call.FIRST + (inside ? position : 0)
    if (call.SHUFFLE) {
      example = call.FIRST + shuffled(position % call.COUNT, call.COUNT, call.HALF_BITS, seed, position / call.COUNT)
    }
    const image = call.images + example * ((pixels + 15) & ~15)
    const to = call.inputs + ((row * call.FLOATS) << 2)
    for (let p: u32 = 0; p < pixels; p += 4) {
      const bytes = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(image + p)))
      let value = f32x4.mul(f32x4.convert_i32x4_u(bytes), scale)
      if (standardised) value = f32x4.mul(f32x4.sub(value, v128.load(mean + (p << 2))), v128.load(deviation + (p << 2)))
      v128.store(to + (p << 2), value)
    }
    store<u32>(call.targets + (row << 2), inside ? <u32>load<u8>(call.labels + example) : NO_LABEL)
  }
}
