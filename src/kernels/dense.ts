// The three matrix products of a dense layer: shaders/dense-*.wgsl.

import { activate, derivative } from './activation'
import { ceilDiv, kernel, pad4, type Constants } from './kernel'
import { longMatmulVariants, matmulVariants } from './matmul'
import { addScaled } from './rows'

// SKIP: four of five MNIST pixels are zero. Skipping them in the two loops that read the inputs makes a CPU step of
// 784-128-10 at batch 64 3.8 times as fast (24.9 ms to 6.5 ms in Chromium). It only differs where a weight is not finite.

/** Floating-point operations of each of the three products. */
export const productFlops = ({ ROWS, INPUTS, OUTPUTS }: Constants<'ROWS' | 'INPUTS' | 'OUTPUTS'>) =>
  2 * ROWS * INPUTS * OUTPUTS

/**
 * activation(inputs . W + bias). WEIGHTS: where W [INPUTS, OUTPUTS] starts in `parameters`, its bias right behind.
 * `inputs` [ROWS, INPUTS], `outputs` [ROWS, OUTPUTS].
 */
export const denseForward = kernel({
  name: 'dense-forward',
  constants: { ROWS: 'u32', INPUTS: 'u32', OUTPUTS: 'u32', WEIGHTS: 'u32', ACTIVATION: 'u32' },
  bindings: { parameters: 'read f32', inputs: 'read f32', outputs: 'write f32' },
  variants: longMatmulVariants(
    ['lib/activations', 'lib/activation', 'lib/steps', 'dense-forward', 'lib/layer-output'],
    ({ ROWS, INPUTS, OUTPUTS }) => ({
      R: ceilDiv(ROWS, 4),
      S: ceilDiv(OUTPUTS, 4),
      T: ceilDiv(INPUTS, 4),
    }),
  ),
  flops: (size) => productFlops(size),
  reference({ ROWS, INPUTS, OUTPUTS, WEIGHTS, ACTIVATION }, { parameters, inputs, outputs }) {
    const inputStride = pad4(INPUTS)
    const stride = pad4(OUTPUTS)
    const bias = WEIGHTS + inputStride * stride
    for (let row = 0; row < ROWS; row++) {
      const out = row * stride
      for (let j = 0; j < stride; j++) outputs[out + j] = parameters[bias + j]
      for (let i = 0; i < INPUTS; i++) {
        const x = inputs[row * inputStride + i]
        if (x === 0) continue // see SKIP
        addScaled(outputs, out, x, parameters, WEIGHTS + i * stride, stride)
      }
      for (let j = 0; j < OUTPUTS; j++) outputs[out + j] = activate(ACTIVATION, outputs[out + j])
    }
  },
})

/**
 * Gradient of the input, times the derivative of the input's own activation (ACTIVATION) at `saved`.
 * `gradient` [ROWS, OUTPUTS], `saved` and `inputGradient` [ROWS, INPUTS].
 */
export const denseInputGradient = kernel({
  name: 'dense-input-gradient',
  constants: { ROWS: 'u32', INPUTS: 'u32', OUTPUTS: 'u32', WEIGHTS: 'u32', ACTIVATION: 'u32' },
  bindings: { parameters: 'read f32', gradient: 'read f32', saved: 'read f32', inputGradient: 'write f32' },
  variants: matmulVariants(
    ['lib/activations', 'lib/activation', 'lib/steps', 'dense-input-gradient', 'lib/input-gradient'],
    ({ ROWS, INPUTS, OUTPUTS }) => ({
      R: ceilDiv(ROWS, 4),
      S: ceilDiv(INPUTS, 4),
      T: ceilDiv(OUTPUTS, 4),
    }),
  ),
  flops: (size) => productFlops(size),
  reference({ ROWS, INPUTS, OUTPUTS, WEIGHTS, ACTIVATION }, { parameters, gradient, saved, inputGradient }) {
    const inputStride = pad4(INPUTS)
    const stride = pad4(OUTPUTS)
    for (let row = 0; row < ROWS; row++) {
      for (let i = 0; i < INPUTS; i++) {
        let sum = 0
        for (let j = 0; j < OUTPUTS; j++) sum += gradient[row * stride + j] * parameters[WEIGHTS + i * stride + j]
        const at = row * inputStride + i
        inputGradient[at] = sum * derivative(ACTIVATION, saved[at])
      }
    }
  },
})

/** The product of a weight gradient, with the bias as one more row of blocks. */
export const weightGradientSize = ({ ROWS, INPUTS, OUTPUTS }: Constants) => ({
  R: ceilDiv(INPUTS, 4) + 1,
  S: ceilDiv(OUTPUTS, 4),
  T: ceilDiv(ROWS, 4),
})

/** Gradient of W and bias, into `gradients` at WEIGHTS; with BIAS 0 the bias gets none. `inputs` [ROWS, INPUTS], `gradient` [ROWS, OUTPUTS]. */
export const denseWeightGradient = kernel({
  name: 'dense-weight-gradient',
  constants: { ROWS: 'u32', INPUTS: 'u32', OUTPUTS: 'u32', WEIGHTS: 'u32', BIAS: 'u32' },
  bindings: { inputs: 'read f32', gradient: 'read f32', gradients: 'write f32' },
  variants: longMatmulVariants(['dense-weight-gradient', 'lib/keep', 'lib/weight-gradient'], weightGradientSize),
  flops: (size) => productFlops(size),
  reference({ ROWS, INPUTS, OUTPUTS, WEIGHTS, BIAS }, { inputs, gradient, gradients }) {
    const inputStride = pad4(INPUTS)
    const stride = pad4(OUTPUTS)
    const bias = WEIGHTS + inputStride * stride
    gradients.fill(0, WEIGHTS, bias + stride)
    for (let row = 0; row < ROWS; row++) {
      const g = row * stride
      for (let i = 0; i < INPUTS; i++) {
        const x = inputs[row * inputStride + i]
        if (x === 0) continue // see SKIP
        addScaled(gradients, WEIGHTS + i * stride, x, gradient, g, stride)
      }
      if (BIAS === 1) addScaled(gradients, bias, 1, gradient, g, stride)
    }
  },
})
