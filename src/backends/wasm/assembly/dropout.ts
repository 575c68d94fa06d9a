// Dropout, forward and backward, as src/kernels/dropout.ts defines it.

import { derivative } from './activation'
import { share } from './lanes'
import { hash, hash4 } from './random'

@unmanaged
class Dropout {
  COUNT: i32
  STREAM: u32
  THRESHOLD: u32
  SCALE: f32
  ACTIVATION: i32
  state: usize
  inputs: usize
  saved: usize
  outputs: usize
}

export function dropout(call: Dropout, scratch: usize, part: i32, parts: i32): void {
  const key = hash(load<u32>(call.state, 4), call.STREAM, load<u32>(call.state))
  const stream = call.STREAM
  const threshold = i32x4.splat(call.THRESHOLD)
  const scale = f32x4.splat(call.SCALE)
  const activation = call.ACTIVATION
  const inputs = call.inputs
  const saved = call.saved
  const outputs = call.outputs
  const end = share(call.COUNT >> 2, part + 1, parts) << 2
  for (let i = share(call.COUNT >> 2, part, parts) << 2; i < end; i += 4) {
    const at = (<usize>i) << 2
    const bits = hash4(key, stream, i32x4.add(i32x4.splat(i), i32x4(0, 1, 2, 3)))
    const kept = i32x4.ge_s(i32x4.shr_u(bits, 8), threshold)
    const value = f32x4.mul(v128.load(inputs + at), scale)
    v128.store(outputs + at, v128.and(kept, f32x4.mul(value, derivative(activation, v128.load(saved + at)))))
  }
}
