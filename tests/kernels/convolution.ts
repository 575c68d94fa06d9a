// Rows of the kernels of a convolution.

import {
  convolutionForward,
  convolutionInputGradient,
  convolutionPixelGradient,
  convolutionWeightGradient,
} from '../../src/kernels/convolution'
import { pad4 } from '../../src/kernels/kernel'
import { fill, mostlyZero, packed, poison, random } from '../harness'
import { activationIds, densities, isCrowd, offset, row } from './table'

/** Layers of presets, and blocks without a remainder. */
const usualConvolutions = new Set(['1,4,4,4,4,3,1,0', '3,28,28,0,9,3,1,0', '4,14,14,6,16,5,1,0'])

// Convolutions: rows, height, width, channels (0: pixels), filters, kernel, stride, padding at the top and left. Everything once,
// sides and channels that fill no block, strides that leave a remainder, and layers of the presets.
const convolutionSizes = [
  [1, 1, 1, 1, 1, 1, 1, 0],
  [1, 4, 4, 4, 4, 3, 1, 0],
  [2, 5, 7, 3, 5, 3, 1, 0],
  [3, 7, 5, 5, 6, 2, 2, 0],
  [2, 6, 6, 2, 9, 5, 1, 2],
  [2, 7, 7, 6, 3, 4, 3, 1],
  [1, 3, 3, 9, 4, 7, 1, 3],
  [2, 28, 28, 0, 6, 5, 1, 2],
  [3, 28, 28, 0, 9, 3, 1, 0],
  [1, 28, 28, 0, 1, 5, 3, 1],
  [2, 28, 28, 0, 5, 6, 5, 3],
  [5, 13, 13, 32, 64, 3, 1, 0],
  [4, 14, 14, 6, 16, 5, 1, 0],
  // More rows of workgroups than fit along one axis.
  [1440, 28, 28, 0, 1, 2, 1, 0],
].map((shape) => {
  const [ROWS, HEIGHT, WIDTH, channels, FILTERS, KERNEL, STRIDE, PAD] = shape
  const along = (side: number) => Math.floor((side + 2 * PAD - KERNEL) / STRIDE) + 1
  const GRAY = channels === 0 ? 1 : 0
  const CHANNELS = channels || 1
  const [OUTPUT_HEIGHT, OUTPUT_WIDTH] = [along(HEIGHT), along(WIDTH)]
  const sizes = { ROWS, HEIGHT, WIDTH, CHANNELS, GRAY, OUTPUT_HEIGHT, OUTPUT_WIDTH, FILTERS, KERNEL, STRIDE }
  return {
    size: { ...sizes, PAD_TOP: PAD, PAD_LEFT: PAD, WEIGHTS: 8 },
    usual: usualConvolutions.has(String(shape)),
    input: GRAY ? [ROWS * HEIGHT * WIDTH] : [ROWS * HEIGHT * WIDTH, CHANNELS],
    output: [ROWS * OUTPUT_HEIGHT * OUTPUT_WIDTH, FILTERS],
    weights: GRAY ? [KERNEL * KERNEL, FILTERS] : [KERNEL, KERNEL, CHANNELS, FILTERS],
  }
})

export const convolutionRows = [
  row(
    convolutionForward,
    convolutionSizes.map(({ size, usual, input, output, weights }, i) => ({
      usual,
      constants: { ...size, ACTIVATION: activationIds[i % activationIds.length] },
      buffers: {
        parameters: packed(offset(8), random(weights, 1, 0.1), random([size.FILTERS], 2)),
        inputs: random(input, 3),
        outputs: poison(output),
      },
    })),
    { tolerance: 2e-5, reason: 'sums of up to 288 float32 products in another order, then an activation' },
  ),
  row(
    convolutionInputGradient,
    densities.flatMap((density) =>
      convolutionSizes
        .filter(({ size }) => size.GRAY === 0)
        .map(({ size, usual, input, output, weights }, i) => ({
          usual,
          sparse: density === mostlyZero,
          constants: { ...size, ACTIVATION: activationIds[i % activationIds.length] },
          buffers: {
            parameters: packed(offset(8), random(weights, 1), random([size.FILTERS], 2)),
            gradient: density(random(output, 3)),
            saved: random(input, 4),
            inputGradient: poison(input),
          },
        })),
    ),
    { tolerance: 1e-5, reason: 'sums of up to 576 float32 products in another order, times a derivative' },
  ),
  row(
    convolutionPixelGradient,
    densities.flatMap((density) =>
      convolutionSizes
        .filter(({ size }) => size.GRAY === 1 && !isCrowd(size))
        .map(({ size, usual, input, output, weights }, i) => ({
          usual,
          sparse: density === mostlyZero,
          constants: { ...size, ACTIVATION: activationIds[i % activationIds.length] },
          buffers: {
            parameters: packed(offset(8), random(weights, 1), random([size.FILTERS], 2)),
            gradient: density(random(output, 3)),
            saved: random(input, 4),
            inputGradient: poison(input),
          },
        })),
    ),
    { tolerance: 1e-5, reason: 'sums of up to 225 float32 products in another order, times a derivative' },
  ),
  row(
    convolutionWeightGradient,
    densities.flatMap((density) =>
      convolutionSizes.map(({ size, usual, input, output, weights }, i) => ({
        usual,
        sparse: density === mostlyZero,
        constants: { ...size, BIAS: i % 2 },
        buffers: {
          inputs: random(input, 1),
          gradient: density(random(output, 2)),
          // Padding included, the layer's whole part is written; what stands around it is not.
          gradients: packed(
            offset(8),
            poison([fill(random(weights, 0)).length]),
            poison([pad4(size.FILTERS)]),
            offset(8),
          ),
        },
      })),
    ),
    { tolerance: 3e-5, reason: 'sums of up to 1,049,760 float32 products, which the reference adds up one by one' },
  ),
]
