// The passes of a two-dimensional convolution, as matrix products over patches of the image that are never stored
// (implicit im2col): shaders/convolution-*.wgsl. They share the bodies of the dense layer's products.
//
// An image is [ROWS HEIGHT WIDTH, CHANNELS] under the padding rule, or with GRAY 1 (one channel) ROWS HEIGHT WIDTH floats.
// Weights [KERNEL KERNEL, CHANNELS, FILTERS], or with GRAY [KERNEL KERNEL, FILTERS], start at WEIGHTS; the bias follows.

import { activate, derivative } from './activation'
import { ceilDiv, type Constants, type Floats, kernel, linearWorkgroups, pad4, shader } from './kernel'
import { longMatmulVariants, matmulVariants } from './matmul'
import { addScaled } from './rows'

const sizes = {
  ROWS: 'u32',
  HEIGHT: 'u32',
  WIDTH: 'u32',
  CHANNELS: 'u32',
  GRAY: 'u32',
  OUTPUT_HEIGHT: 'u32',
  OUTPUT_WIDTH: 'u32',
  FILTERS: 'u32',
  KERNEL: 'u32',
  STRIDE: 'u32',
  PAD_TOP: 'u32',
  PAD_LEFT: 'u32',
  WEIGHTS: 'u32',
} as const

type Sizes = Constants<keyof typeof sizes>

/** Floats of one tap of the weights: its channels, each with its filters. */
const tapSize = ({ GRAY, CHANNELS, FILTERS }: Sizes) => (GRAY ? 1 : pad4(CHANNELS)) * pad4(FILTERS)

/** Rows of the weight matrix. */
const weightRows = ({ GRAY, KERNEL, CHANNELS }: Sizes) =>
  GRAY ? pad4(KERNEL * KERNEL) : KERNEL * KERNEL * pad4(CHANNELS)

/** Lists of taps by the constants of a call, which stay the same for a run. */
const tapLists = new WeakMap<Sizes, Int32Array>()

/**
 * Every combination of a tap and an image position that it reads, as a list of threes: the starts of the input position, the output
 * position and the tap's weights, in floats, in the first image and from WEIGHTS on. A list, because a function call for each costs more
 * than the arithmetic of small convolutions.
 */
function tapsOf(size: Sizes): Int32Array {
  const known = tapLists.get(size)
  if (known) return known
  const { HEIGHT, WIDTH, CHANNELS, GRAY, OUTPUT_HEIGHT, OUTPUT_WIDTH, FILTERS, KERNEL, STRIDE } = size
  const inputStride = GRAY ? 1 : pad4(CHANNELS)
  const taps: number[] = []
  for (let position = 0; position < OUTPUT_HEIGHT * OUTPUT_WIDTH; position++) {
    const top = Math.floor(position / OUTPUT_WIDTH) * STRIDE - size.PAD_TOP
    const left = (position % OUTPUT_WIDTH) * STRIDE - size.PAD_LEFT
    for (let ky = Math.max(0, -top); ky < KERNEL && top + ky < HEIGHT; ky++) {
      for (let kx = Math.max(0, -left); kx < KERNEL && left + kx < WIDTH; kx++) {
        const input = ((top + ky) * WIDTH + left + kx) * inputStride
        taps.push(input, position * pad4(FILTERS), (ky * KERNEL + kx) * tapSize(size))
      }
    }
  }
  const list = Int32Array.from(taps)
  tapLists.set(size, list)
  return list
}

/** Floats of an image, and of what a convolution makes of it. */
const imageSize = ({ HEIGHT, WIDTH, CHANNELS, GRAY }: Sizes) => HEIGHT * WIDTH * (GRAY ? 1 : pad4(CHANNELS))
const outputSize = ({ OUTPUT_HEIGHT, OUTPUT_WIDTH, FILTERS }: Sizes) => OUTPUT_HEIGHT * OUTPUT_WIDTH * pad4(FILTERS)

/** Weights as [KERNEL KERNEL, FILTERS, CHANNELS], so that the inner loop of the input gradient runs along channels. */
function exchangedWeights(size: Sizes, parameters: Floats): Floats {
  const { CHANNELS, FILTERS, KERNEL, WEIGHTS } = size
  const exchanged = parameters.slice(0, KERNEL * KERNEL * FILTERS * pad4(CHANNELS)).fill(0)
  for (let tap = 0; tap < KERNEL * KERNEL; tap++) {
    for (let c = 0; c < CHANNELS; c++) {
      for (let f = 0; f < FILTERS; f++) {
        const at = (tap * FILTERS + f) * pad4(CHANNELS) + c
        exchanged[at] = parameters[WEIGHTS + tap * tapSize(size) + c * pad4(FILTERS) + f]
      }
    }
  }
  return exchanged
}

/** Every output position meets every tap, including those in padding. */
const productFlops = ({ ROWS, OUTPUT_HEIGHT, OUTPUT_WIDTH, FILTERS, KERNEL, CHANNELS }: Sizes) =>
  2 * ROWS * OUTPUT_HEIGHT * OUTPUT_WIDTH * FILTERS * KERNEL * KERNEL * CHANNELS

/** activation(inputs * W + bias). `outputs` [ROWS OUTPUT_HEIGHT OUTPUT_WIDTH, FILTERS]. */
export const convolutionForward = kernel({
  name: 'convolution-forward',
  constants: { ...sizes, ACTIVATION: 'u32' },
  bindings: { parameters: 'read f32', inputs: 'read f32', outputs: 'write f32' },
  variants: matmulVariants(
    ['lib/activations', 'lib/activation', 'lib/patch', 'convolution-forward', 'lib/layer-output'],
    (size) => ({
      R: ceilDiv(size.ROWS * size.OUTPUT_HEIGHT * size.OUTPUT_WIDTH, 4),
      S: ceilDiv(size.FILTERS, 4),
      T: weightRows(size) / 4,
    }),
  ),
  flops: (size) => productFlops(size),
  reference(size, { parameters, inputs, outputs }) {
    const { ROWS, CHANNELS, FILTERS, WEIGHTS, ACTIVATION } = size
    const stride = pad4(FILTERS)
    const bias = WEIGHTS + weightRows(size) * stride
    const count = ROWS * outputSize(size)
    for (let i = 0; i < count; i += stride) {
      for (let f = 0; f < stride; f++) outputs[i + f] = parameters[bias + f]
    }
    const taps = tapsOf(size)
    for (let row = 0; row < ROWS; row++) {
      const [from, to] = [row * imageSize(size), row * outputSize(size)]
      for (let i = 0; i < taps.length; i += 3) {
        const input = from + taps[i]
        const output = to + taps[i + 1]
        for (let c = 0; c < CHANNELS; c++) {
          const x = inputs[input + c]
          if (x === 0) continue // see SKIP in dense.ts
          addScaled(outputs, output, x, parameters, WEIGHTS + taps[i + 2] + c * stride, stride)
        }
      }
    }
    for (let i = 0; i < count; i += stride) {
      for (let f = 0; f < FILTERS; f++) outputs[i + f] = activate(ACTIVATION, outputs[i + f])
    }
  },
})

/** Gradient of the input, times the derivative of the input's own activation (ACTIVATION) at `saved`. Not for pixels (GRAY). */
export const convolutionInputGradient = kernel({
  name: 'convolution-input-gradient',
  constants: { ...sizes, ACTIVATION: 'u32' },
  bindings: { parameters: 'read f32', gradient: 'read f32', saved: 'read f32', inputGradient: 'write f32' },
  variants: matmulVariants(
    ['lib/activations', 'lib/activation', 'convolution-input-gradient', 'lib/input-gradient'],
    ({ ROWS, HEIGHT, WIDTH, CHANNELS, KERNEL, FILTERS }) => ({
      R: ceilDiv(ROWS * HEIGHT * WIDTH, 4),
      S: ceilDiv(CHANNELS, 4),
      T: KERNEL * KERNEL * ceilDiv(FILTERS, 4),
    }),
  ),
  flops: (size) => productFlops(size),
  reference(size, { parameters, gradient, saved, inputGradient }) {
    const { ROWS, CHANNELS, FILTERS, ACTIVATION } = size
    const count = ROWS * imageSize(size)
    inputGradient.fill(0, 0, count)
    const weights = exchangedWeights(size, parameters)
    const taps = tapsOf(size)
    const channelStride = pad4(CHANNELS)
    const step = tapSize(size)
    for (let row = 0; row < ROWS; row++) {
      const [from, to] = [row * imageSize(size), row * outputSize(size)]
      for (let i = 0; i < taps.length; i += 3) {
        const input = from + taps[i]
        const output = to + taps[i + 1]
        const tap = (taps[i + 2] / step) * FILTERS * channelStride
        for (let f = 0; f < FILTERS; f++) {
          const g = gradient[output + f]
          if (g === 0) continue // see SKIP in dense.ts: ReLU and max pooling leave many
          addScaled(inputGradient, input, g, weights, tap + f * channelStride, channelStride)
        }
      }
    }
    for (let i = 0; i < count; i++) inputGradient[i] *= derivative(ACTIVATION, saved[i])
  },
})

/** The same for pixels (GRAY): [ROWS HEIGHT WIDTH]. Training does not need it, because nothing below pixels learns; saliency does. */
export const convolutionPixelGradient = kernel({
  name: 'convolution-pixel-gradient',
  constants: { ...sizes, ACTIVATION: 'u32' },
  bindings: { parameters: 'read f32', gradient: 'read f32', saved: 'read f32', inputGradient: 'write f32' },
  variants: {
    default: {
      wgsl: shader('lib/activations', 'lib/activation', 'convolution-pixel-gradient'),
      workgroups: ({ ROWS, HEIGHT, WIDTH }) => linearWorkgroups(ROWS * HEIGHT * WIDTH),
      rounds: ({ KERNEL, FILTERS }) => KERNEL * KERNEL * ceilDiv(FILTERS, 4),
    },
  },
  flops: (size) => productFlops(size),
  reference(size, { parameters, gradient, saved, inputGradient }) {
    const { ROWS, FILTERS, WEIGHTS, ACTIVATION } = size
    const count = ROWS * imageSize(size)
    inputGradient.fill(0, 0, count)
    const taps = tapsOf(size)
    for (let row = 0; row < ROWS; row++) {
      const [from, to] = [row * imageSize(size), row * outputSize(size)]
      for (let i = 0; i < taps.length; i += 3) {
        const output = to + taps[i + 1]
        let sum = 0
        for (let f = 0; f < FILTERS; f++) sum += gradient[output + f] * parameters[WEIGHTS + taps[i + 2] + f]
        inputGradient[from + taps[i]] += sum
      }
    }
    for (let i = 0; i < count; i++) inputGradient[i] *= derivative(ACTIVATION, saved[i])
  },
})

/** Gradient of W and bias, into `gradients` at WEIGHTS; with BIAS 0 the bias gets none. `gradient` is of the output. */
export const convolutionWeightGradient = kernel({
  name: 'convolution-weight-gradient',
  constants: { ...sizes, BIAS: 'u32' },
  bindings: { inputs: 'read f32', gradient: 'read f32', gradients: 'write f32' },
  variants: longMatmulVariants(
    ['lib/patch', 'convolution-weight-gradient', 'lib/keep', 'lib/weight-gradient'],
    (size) => ({
      R: weightRows(size) / 4 + 1,
      S: ceilDiv(size.FILTERS, 4),
      T: size.ROWS * size.OUTPUT_HEIGHT * ceilDiv(size.OUTPUT_WIDTH, 4),
    }),
  ),
  flops: (size) => productFlops(size),
  reference(size, { inputs, gradient, gradients }) {
    const { ROWS, CHANNELS, FILTERS, WEIGHTS } = size
    const stride = pad4(FILTERS)
    const bias = WEIGHTS + weightRows(size) * stride
    gradients.fill(0, WEIGHTS, bias + stride)
    const taps = tapsOf(size)
    for (let row = 0; row < ROWS; row++) {
      const [from, to] = [row * imageSize(size), row * outputSize(size)]
      for (let i = 0; i < taps.length; i += 3) {
        const input = from + taps[i]
        const output = to + taps[i + 1]
        for (let c = 0; c < CHANNELS; c++) {
          const x = inputs[input + c]
          if (x === 0) continue // see SKIP in dense.ts
          addScaled(gradients, WEIGHTS + taps[i + 2] + c * stride, x, gradient, output, stride)
        }
      }
    }
    if (size.BIAS === 0) return
    const count = ROWS * outputSize(size)
    for (let i = 0; i < count; i += stride) addScaled(gradients, bias, 1, gradient, i, stride)
  },
})
