// An activation function as a kernel of its own, and its derivative, as src/kernels/activate.ts defines them.

import { activateRows, scaleByDerivative } from './activation'
import { pad4, share } from './lanes'

@unmanaged
class Activation {
  ROWS: i32
  CHANNELS: i32
  ACTIVATION: i32
  inputs: usize
  outputs: usize
}

export function activation(call: Activation, scratch: usize, part: i32, parts: i32): void {
  const first = share(call.ROWS, part, parts)
  const rows = share(call.ROWS, part + 1, parts) - first
  const at = (<usize>(first * pad4(call.CHANNELS))) << 2
  activateRows(call.ACTIVATION, call.inputs + at, call.outputs + at, rows, call.CHANNELS)
}

@unmanaged
class ActivationGradient {
  ROWS: i32
  CHANNELS: i32
  ACTIVATION: i32
  gradient: usize
  saved: usize
  inputGradient: usize
}

export function activationGradient(call: ActivationGradient, scratch: usize, part: i32, parts: i32): void {
  const stride = pad4(call.CHANNELS)
  const first = share(call.ROWS, part, parts)
  const rows = share(call.ROWS, part + 1, parts) - first
  const at = (<usize>(first * stride)) << 2
  scaleByDerivative(call.ACTIVATION, call.gradient + at, call.saved + at, call.inputGradient + at, rows * stride)
}
