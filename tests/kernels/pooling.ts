// Rows of the kernels of poolings.

import { pad4 } from '../../src/kernels/kernel'
import {
  averagePoolingForward,
  averagePoolingGradient,
  maxPoolingForward,
  maxPoolingGradient,
} from '../../src/kernels/pooling'
import { integers, poison, random } from '../harness'
import { activationIds, row } from './table'

// Poolings: rows, height, width, channels (0: pixels), size, stride.
const poolingSizes = [
  [1, 1, 1, 1, 1, 1],
  [2, 4, 4, 4, 2, 2],
  [3, 5, 7, 3, 2, 2],
  [2, 6, 5, 6, 3, 1],
  [2, 9, 9, 5, 2, 3],
  [2, 28, 28, 0, 2, 2],
  [1, 28, 28, 0, 5, 3],
  [5, 24, 24, 33, 2, 2],
].map(([ROWS, HEIGHT, WIDTH, channels, SIZE, STRIDE]) => {
  const along = (side: number) => Math.floor((side - SIZE) / STRIDE) + 1
  const CHANNELS = channels || 1
  const [OUTPUT_HEIGHT, OUTPUT_WIDTH] = [along(HEIGHT), along(WIDTH)]
  const INPUT_STRIDE = channels === 0 ? 1 : pad4(CHANNELS)
  return {
    size: { ROWS, HEIGHT, WIDTH, CHANNELS, INPUT_STRIDE, OUTPUT_HEIGHT, OUTPUT_WIDTH, SIZE, STRIDE },
    input: channels === 0 ? [ROWS * HEIGHT * WIDTH] : [ROWS * HEIGHT * WIDTH, CHANNELS],
    output: [ROWS * OUTPUT_HEIGHT * OUTPUT_WIDTH, CHANNELS],
  }
})

/** Like values after a ReLU: many are equal. */
const rectified = (shape: readonly number[], stream: number) => {
  const { value } = random(shape, stream)
  return { shape, value: (i: number) => Math.max(0, value(i)) }
}

export const poolingRows = [
  row(
    maxPoolingForward,
    poolingSizes.map(({ size, input, output }, i) => ({
      constants: size,
      buffers: {
        inputs: i % 2 ? rectified(input, 1) : random(input, 1),
        outputs: poison(output),
        places: { shape: output, dtype: 'u32', value: () => 77_777 },
      },
    })),
    { tolerance: 0, reason: 'values are only compared and moved' },
  ),
  row(
    maxPoolingGradient,
    poolingSizes.map(({ size, input, output }, i) => ({
      constants: { ...size, ACTIVATION: activationIds[i % activationIds.length] },
      buffers: {
        gradient: random(output, 1),
        places: integers(output, 2, size.SIZE ** 2),
        saved: random(input, 3),
        inputGradient: poison(input),
      },
    })),
    { tolerance: 1e-5, reason: 'sums of a few numbers, times a derivative' },
  ),
  row(
    averagePoolingForward,
    poolingSizes.map(({ size, input, output }) => ({
      constants: size,
      buffers: { inputs: random(input, 1), outputs: poison(output) },
    })),
    { tolerance: 1e-6, reason: 'sums of up to 25 numbers' },
  ),
  row(
    averagePoolingGradient,
    poolingSizes.map(({ size, input, output }, i) => ({
      constants: { ...size, ACTIVATION: activationIds[i % activationIds.length] },
      buffers: { gradient: random(output, 1), saved: random(input, 3), inputGradient: poison(input) },
    })),
    { tolerance: 1e-5, reason: 'sums of a few numbers, times a derivative' },
  ),
]
