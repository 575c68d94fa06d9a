// Activation functions and their derivatives, as src/kernels/activation.ts defines them, over rows in memory.

import { below, exp, flush, fma, pad4, tanh } from './lanes'

const SIGMOID = 1
const TANH = 2
const RELU = 3
const GELU = 4

const GELU_SCALE: f32 = 0.7978845608028654
const GELU_CUBIC: f32 = 0.044715

@inline
function geluTanh(x: v128): v128 {
  const cube = f32x4.mul(f32x4.mul(x, x), x)
  return tanh(f32x4.mul(f32x4.splat(GELU_SCALE), fma(f32x4.splat(GELU_CUBIC), cube, x)))
}

@inline
function activate(activation: i32, x: v128): v128 {
  const one = f32x4.splat(1)
  switch (activation) {
    case SIGMOID:
      return f32x4.div(one, f32x4.add(one, exp(f32x4.neg(x))))
    case TANH:
      return tanh(x)
    case RELU:
      return f32x4.max(x, f32x4.splat(0))
    case GELU:
      return f32x4.mul(f32x4.mul(f32x4.splat(0.5), x), f32x4.add(one, geluTanh(x)))
    default:
      return x
  }
}

/** From what the forward pass saved: the activation's own output, or for GELU the value before it. */
@inline
export function derivative(activation: i32, saved: v128): v128 {
  const one = f32x4.splat(1)
  switch (activation) {
    case SIGMOID:
      return f32x4.mul(saved, f32x4.sub(one, saved))
    case TANH:
      return f32x4.sub(one, f32x4.mul(saved, saved))
    case RELU:
      return v128.and(one, f32x4.gt(saved, f32x4.splat(0)))
    case GELU: {
      const t = geluTanh(saved)
      const half = f32x4.splat(0.5)
      const slope = fma(f32x4.splat(3 * GELU_CUBIC), f32x4.mul(saved, saved), one)
      const rest = f32x4.mul(f32x4.mul(half, saved), f32x4.sub(one, f32x4.mul(t, t)))
      return fma(f32x4.mul(rest, f32x4.splat(GELU_SCALE)), slope, f32x4.mul(half, f32x4.add(one, t)))
    }
    default:
      return one
  }
}

/** Activates `rows` rows of `columns` floats, stored pad4(columns) apart; padding stays zero. */
export function activateRows(activation: i32, from: usize, to: usize, rows: i32, columns: i32): void {
  const stride = pad4(columns)
  // Only a row's last four can hold padding, and only some activations map zero to another value.
  const last = below(stride - 4, columns)
  for (let row = 0; row < rows; row++) {
    for (let j = 4; j < stride; j += 4) {
      v128.store(to, activate(activation, v128.load(from)))
      from += 16
      to += 16
    }
    v128.store(to, v128.and(activate(activation, v128.load(from)), last))
    from += 16
    to += 16
  }
}

/** to = from times the derivative of the activation at `saved`, for `count` floats. */
export function scaleByDerivative(activation: i32, from: usize, saved: usize, to: usize, count: i32): void {
  if (activation == 0 && from == to) return
  const end = to + (<usize>count << 2)
  while (to < end) {
    v128.store(to, flush(f32x4.mul(v128.load(from), derivative(activation, v128.load(saved)))))
    from += 16
    saved += 16
    to += 16
  }
}
