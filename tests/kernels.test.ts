// Every kernel on every device and variant against its reference, over shapes that do not fit the tile. One row each.

import { afterAll, describe, expect, it } from 'vitest'
import type { Backend } from '../src/backends/types'
import { activation, activationGradient } from '../src/kernels/activate'
import { ACTIVATIONS } from '../src/kernels/activation'
import {
  batchNormGradients,
  batchNormGradientSums,
  batchNormInputGradient,
  batchNormMoments,
  batchNormOutput,
  batchNormRunning,
  batchNormStatistics,
  chunksOf,
} from '../src/kernels/batch-norm'
import { clipFactor, squaredSums } from '../src/kernels/clip'
import {
  convolutionForward,
  convolutionInputGradient,
  convolutionPixelGradient,
  convolutionWeightGradient,
} from '../src/kernels/convolution'
import { denseForward, denseInputGradient, denseWeightGradient } from '../src/kernels/dense'
import { dropout, dropoutConstants } from '../src/kernels/dropout'
import { flattenForward, flattenGradient } from '../src/kernels/flatten'
import { gather } from '../src/kernels/gather'
import { augmentationConstants, gatherAugmented } from '../src/kernels/gather-augmented'
import { pad4, type Binding, type Kernel } from '../src/kernels/kernel'
import { quadratic, softmaxCrossEntropy } from '../src/kernels/losses'
import { metrics } from '../src/kernels/metrics'
import { adam, adamConstants, rmsprop, sgd } from '../src/kernels/optimizers'
import {
  averagePoolingForward,
  averagePoolingGradient,
  maxPoolingForward,
  maxPoolingGradient,
} from '../src/kernels/pooling'
import { halfBits, normal } from '../src/kernels/random'
import { deviceNames, devices, type DeviceName } from './devices'
import {
  fill,
  given,
  integers,
  mostlyZero,
  packed,
  parityOf,
  poison,
  random,
  type Case,
  type Contents,
} from './harness'

/** Opened by the first test that needs them: some of the tests may run where others' engine is not. */
const backends = new Map<DeviceName, Promise<Backend>>()
function backendOf(name: DeviceName): Promise<Backend> {
  const backend = backends.get(name) ?? devices[name]()
  backends.set(name, backend)
  return backend
}
afterAll(async () => {
  for (const backend of backends.values()) (await backend).dispose()
})

const tested = new Set<string>()
/** Cases with more rows of workgroups than fit along one axis for `blocks`: of the others some need more still, and `split` half a minute. */
const isCrowd = ({ ROWS }: Readonly<Record<string, number>>) => ROWS === 1440

/**
 * Whether a device runs a case. A software adapter takes up to a second to compile each for a variant, so that layers as presets have
 * them, whose edges are like those of other cases, are for `blocks` and WebAssembly alone.
 */
function runsOn(device: DeviceName, { constants, sparse, usual }: Omit<Case<string, string>, 'buffers'>): boolean {
  if (!device.startsWith('WebGPU')) return true
  return !sparse && (device === 'WebGPU, blocks' || !(usual || isCrowd(constants)))
}

function row<C extends string, B extends Record<string, Binding>>(
  kernel: Kernel<C, B>,
  cases: Case<C, keyof B & string>[],
  /** Largest difference relative to the largest magnitude in a buffer, with its reason. */
  { tolerance }: { tolerance: number; reason: string },
) {
  tested.add(kernel.name)
  const single = Object.keys(kernel.variants).length === 1
  // Of a kernel without variants one WebGPU device is enough.
  const names = deviceNames.filter((name) => !single || name === 'WebGPU, blocks' || !name.startsWith('WebGPU'))
  describe(kernel.name, () => {
    for (const kernelCase of cases) {
      const parity = parityOf(kernel, kernelCase, tolerance)
      describe(JSON.stringify(kernelCase.constants), () => {
        afterAll(() => parity.forget())
        for (const device of names.filter((name) => runsOn(name, kernelCase)))
          it(single && device === 'WebGPU, blocks' ? 'WebGPU' : device, async () => parity.on(await backendOf(device)))
      })
    }
  })
}

// Rows, inputs, outputs: one of everything, one over a block and over a tile, and layers of presets.
const denseSizes = [
  [1, 1, 1],
  [1, 784, 16],
  [3, 5, 7],
  [4, 4, 4],
  [5, 17, 9],
  [10, 784, 40],
  [12, 40, 10],
  [33, 65, 34],
  [64, 128, 10],
  [65, 33, 129],
  [500, 784, 128],
  // Large enough for the large tile in every product, and fitting none.
  [517, 37, 518],
  [515, 517, 38],
  [39, 517, 519],
]
/** Layers of presets, and blocks without a remainder. */
const usualDense = new Set(['1,784,16', '4,4,4', '10,784,40', '12,40,10', '64,128,10'])
const activationIds = Object.values(ACTIVATIONS)
/** Whole numbers around zero, cheap where millions are wanted. */
const ramp = (n: number) => ({ shape: [n], value: (i: number) => (i % 1001) - 500 })
const offset = (n: number) => packed(random([n], 90)) // what stands before a layer in the parameter buffer

/** As they are, and mostly zeros: the WebAssembly kernels then multiply the others only. */
const densities = [(contents: Contents) => contents, mostlyZero]

function denseCases<B extends string>(
  buffers: (
    rows: number,
    inputs: number,
    outputs: number,
    density: (contents: Contents) => Contents,
  ) => Record<B, Contents>,
) {
  return densities.flatMap((density) =>
    denseSizes.map(([ROWS, INPUTS, OUTPUTS], i) => ({
      constants: {
        ROWS,
        INPUTS,
        OUTPUTS,
        WEIGHTS: 8,
        BIAS: i % 2,
        ACTIVATION: activationIds[i % activationIds.length],
      },
      buffers: buffers(ROWS, INPUTS, OUTPUTS, density),
      sparse: density === mostlyZero,
      usual: usualDense.has(`${ROWS},${INPUTS},${OUTPUTS}`),
    })),
  )
}

row(
  denseForward,
  denseCases((rows, inputs, outputs, density) => ({
    parameters: packed(offset(8), random([inputs, outputs], 1, 1 / Math.sqrt(inputs)), random([outputs], 2)),
    inputs: density(random([rows, inputs], 3)),
    outputs: poison([rows, outputs]),
  })),
  { tolerance: 2e-5, reason: 'sums of up to 784 float32 products in another order, then an activation' },
)

row(
  denseInputGradient,
  denseCases((rows, inputs, outputs, density) => ({
    parameters: packed(offset(8), random([inputs, outputs], 1), random([outputs], 2)),
    gradient: density(random([rows, outputs], 3)),
    saved: random([rows, inputs], 4),
    inputGradient: poison([rows, inputs]),
  })),
  { tolerance: 1e-5, reason: 'sums of up to 129 float32 products in another order, times a derivative' },
)

row(
  denseWeightGradient,
  denseCases((rows, inputs, outputs, density) => ({
    inputs: density(random([rows, inputs], 1)),
    gradient: random([rows, outputs], 2),
    // Padding included, the layer's whole part is written; what stands around it is not.
    gradients: packed(
      offset(8),
      poison([(inputs + 3) & ~3, (outputs + 3) & ~3]),
      poison([(outputs + 3) & ~3]),
      offset(8),
    ),
  })),
  { tolerance: 1e-5, reason: 'sums of up to 500 float32 products in another order' },
)

// The last needs more workgroups than fit along one axis.
const matrixSizes = [
  [1, 1],
  [3, 5],
  [16, 4],
  [65, 10],
  [20, 256],
  [64 * 65_535 + 1, 4],
]
const large = (ROWS: number) => ROWS > 1e6

row(
  activation,
  matrixSizes.flatMap(([ROWS, CHANNELS]) =>
    (large(ROWS) ? [ACTIVATIONS.relu] : activationIds).map((ACTIVATION) => ({
      constants: { ROWS, CHANNELS, ACTIVATION },
      buffers: {
        inputs: large(ROWS) ? ramp(ROWS * 4) : random([ROWS, CHANNELS], 1, 3),
        outputs: poison(large(ROWS) ? [ROWS * 4] : [ROWS, CHANNELS]),
      },
    })),
  ),
  { tolerance: 1e-5, reason: "WGSL's tanh is allowed an absolute error of about 1e-5" },
)

row(
  activationGradient,
  matrixSizes.slice(0, -1).flatMap(([ROWS, CHANNELS]) =>
    activationIds.map((ACTIVATION) => ({
      constants: { ROWS, CHANNELS, ACTIVATION },
      buffers: {
        gradient: random([ROWS, CHANNELS], 1),
        saved: random([ROWS, CHANNELS], 2),
        inputGradient: poison([ROWS, CHANNELS]),
      },
    })),
  ),
  { tolerance: 1e-5, reason: 'a derivative, in which tanh may be' },
)

row(
  dropout,
  [4, 64, 260, 5120].flatMap((COUNT) =>
    [0.05, 0.5, 0.95].map((rate, i) => ({
      constants: { ...dropoutConstants(COUNT, i, rate), ACTIVATION: activationIds[i] },
      buffers: {
        state: given([7, 12345], 'u32'),
        inputs: random([COUNT], 1),
        saved: random([COUNT], 2),
        outputs: poison([COUNT]),
      },
    })),
  ),
  { tolerance: 1e-6, reason: 'the same mask, and two products' },
)

const flattenSizes = [
  [1, 1, 1],
  [3, 4, 3],
  [5, 49, 6],
  [2, 5, 17],
]

row(
  flattenForward,
  flattenSizes.map(([ROWS, POSITIONS, CHANNELS]) => ({
    constants: { ROWS, POSITIONS, CHANNELS },
    buffers: {
      inputs: random([ROWS * POSITIONS, CHANNELS], 1),
      outputs: poison([ROWS, POSITIONS * CHANNELS]),
    },
  })),
  { tolerance: 0, reason: 'values are only moved' },
)

row(
  flattenGradient,
  flattenSizes.map(([ROWS, POSITIONS, CHANNELS], i) => ({
    constants: { ROWS, POSITIONS, CHANNELS, ACTIVATION: activationIds[i] },
    buffers: {
      gradient: random([ROWS, POSITIONS * CHANNELS], 1),
      saved: random([ROWS * POSITIONS, CHANNELS], 2),
      inputGradient: poison([ROWS * POSITIONS, CHANNELS]),
    },
  })),
  { tolerance: 1e-6, reason: 'one product' },
)

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
)

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
)

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
)

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
)

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
)

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
)

row(
  averagePoolingForward,
  poolingSizes.map(({ size, input, output }) => ({
    constants: size,
    buffers: { inputs: random(input, 1), outputs: poison(output) },
  })),
  { tolerance: 1e-6, reason: 'sums of up to 25 numbers' },
)

row(
  averagePoolingGradient,
  poolingSizes.map(({ size, input, output }, i) => ({
    constants: { ...size, ACTIVATION: activationIds[i % activationIds.length] },
    buffers: { gradient: random(output, 1), saved: random(input, 3), inputGradient: poison(input) },
  })),
  { tolerance: 1e-5, reason: 'sums of a few numbers, times a derivative' },
)

// Batch normalisation: rows, channels; the last leaves chunks empty.
const normSizes = [
  [1, 1],
  [4, 4],
  [65, 5],
  [500, 10],
  [3211, 34],
  [1025, 3],
].map(([ROWS, CHANNELS]) => ({ ROWS, CHANNELS, CHUNKS: chunksOf(ROWS) }))
const norms = { MOMENTUM: 0.1, EPSILON: 1e-5, MEAN: 8, VARIANCE: 8 + 36 }
const scales = { SCALE: 8, SHIFT: 8 + 36 }
/** Means around zero and positive scales. */
const normStatistics = (channels: number): Contents => ({
  shape: [2, channels],
  value: (i) => (i < channels ? normal(7, 50, i) : 0.5 + Math.abs(normal(7, 51, i))),
})
/** A part that takes 36 floats whatever its size, so that the next starts at the same place. */
const part = (channels: number, stream: number, positive = false): Contents => ({
  shape: [36],
  value: (i) => (i >= channels ? 0 : positive ? 0.1 + Math.abs(normal(7, stream, i)) : normal(7, stream, i)),
})

/** The same of an output: only channels are written for sure. */
const unwritten = (channels: number): Contents => ({ shape: [36], value: (i) => (i < channels ? NaN : 0) })

row(
  batchNormMoments,
  normSizes.map((size) => ({
    constants: size,
    buffers: {
      // A mean far from zero: a difference of squares would lose its digits.
      inputs: { shape: [size.ROWS, size.CHANNELS], value: (i: number) => 30 + normal(7, 1, i) },
      moments: poison([2 * size.CHUNKS, size.CHANNELS]),
    },
  })),
  { tolerance: 1e-5, reason: 'sums of up to 51 numbers of one size' },
)

row(
  batchNormStatistics,
  normSizes.map((size) => ({
    constants: { ...size, ...norms },
    buffers: {
      moments: {
        shape: [2 * size.CHUNKS, size.CHANNELS],
        value: (i: number) =>
          Math.floor(i / size.CHANNELS) % 2 ? 20 * Math.abs(normal(7, 1, i)) : 3 + normal(7, 2, i),
      },
      statistics: poison([2, size.CHANNELS]),
      running: packed(offset(8), part(size.CHANNELS, 3), part(size.CHANNELS, 4, true), offset(8)),
    },
  })),
  { tolerance: 1e-5, reason: 'sums over 64 chunks, a division, and a square root of 2.5 ulp' },
)

row(
  batchNormRunning,
  normSizes.map(({ CHANNELS }) => ({
    constants: { CHANNELS, EPSILON: norms.EPSILON, MEAN: norms.MEAN, VARIANCE: norms.VARIANCE },
    buffers: {
      running: packed(offset(8), part(CHANNELS, 3), part(CHANNELS, 4, true)),
      statistics: poison([2, CHANNELS]),
    },
  })),
  { tolerance: 1e-6, reason: 'a division and a square root of 2.5 ulp' },
)

row(
  batchNormOutput,
  normSizes.map(({ ROWS, CHANNELS }) => ({
    constants: { ROWS, CHANNELS, ...scales },
    buffers: {
      parameters: packed(offset(8), part(CHANNELS, 3), part(CHANNELS, 4)),
      statistics: normStatistics(CHANNELS),
      inputs: random([ROWS, CHANNELS], 1),
      outputs: poison([ROWS, CHANNELS]),
    },
  })),
  { tolerance: 1e-6, reason: 'a few products and sums' },
)

row(
  batchNormGradientSums,
  normSizes.map((size) => ({
    constants: size,
    buffers: {
      gradient: random([size.ROWS, size.CHANNELS], 1),
      inputs: random([size.ROWS, size.CHANNELS], 2),
      statistics: normStatistics(size.CHANNELS),
      sums: poison([2 * size.CHUNKS, size.CHANNELS]),
    },
  })),
  { tolerance: 1e-5, reason: 'sums of up to 51 products' },
)

row(
  batchNormGradients,
  normSizes.map(({ CHANNELS, CHUNKS }) => ({
    constants: { CHANNELS, CHUNKS, ...scales },
    buffers: {
      sums: random([2 * CHUNKS, CHANNELS], 1),
      gradients: packed(offset(8), unwritten(CHANNELS), unwritten(CHANNELS)),
    },
  })),
  { tolerance: 1e-5, reason: 'sums of 64 numbers' },
)

row(
  batchNormInputGradient,
  normSizes.map(({ ROWS, CHANNELS }, i) => ({
    constants: { ROWS, CHANNELS, ...scales, ACTIVATION: activationIds[i % activationIds.length] },
    buffers: {
      parameters: packed(offset(8), part(CHANNELS, 3), part(CHANNELS, 4)),
      gradients: packed(offset(8), part(CHANNELS, 5), part(CHANNELS, 6)),
      statistics: normStatistics(CHANNELS),
      gradient: random([ROWS, CHANNELS], 1),
      inputs: random([ROWS, CHANNELS], 2),
      saved: random([ROWS, CHANNELS], 7),
      inputGradient: poison([ROWS, CHANNELS]),
    },
  })),
  { tolerance: 1e-5, reason: 'a few products and sums, and a derivative' },
)

row(
  gather,
  [
    [1, 16, 1, 0],
    [5, 48, 12, 0],
    [5, 48, 12, 1],
    [64, 784, 100, 1],
    [7, 32, 1000, 1],
    [500, 784, 1234, 0],
  ].map(([ROWS, PIXELS, COUNT, SHUFFLE], i) => ({
    constants: {
      ROWS,
      PIXELS,
      FIRST: i % 2 ? 0 : 3,
      COUNT,
      SHUFFLE,
      HALF_BITS: halfBits(COUNT),
      STANDARDISED: (i >> 1) % 2,
    },
    buffers: {
      state: given([2, 12345], 'u32'), // the third batch: in some cases past the end of the first epoch or pass
      images: integers([((COUNT + 3) * PIXELS) / 4], 1, 0xffff_ffff),
      labels: integers([Math.ceil((COUNT + 3) / 4)], 2, 0xffff_ffff),
      statistics: random([2 * PIXELS], 3),
      inputs: poison([ROWS, PIXELS]),
      targets: { shape: [ROWS], dtype: 'u32', value: () => 77_777 },
    },
  })),
  { tolerance: 1e-6, reason: 'one multiply-add deep' },
)

/** Images with a single dot each, every fifth one blank: most of a line is then left out. */
const dots = (count: number, pixels: number) => ({
  shape: [(count * pixels) / 4],
  dtype: 'u32' as const,
  value: (word: number) => {
    const image = Math.floor((4 * word) / pixels)
    return image % 5 !== 4 && word % (pixels / 4) === (image * 37) % (pixels / 4) ? 0xff : 0
  },
})
const still = { rotation: 0, scale: 0, shear: 0, shift: 0, elastic: 0 }
const strong = { rotation: 30, scale: 0.3, shear: 0.3, shift: 3, elastic: 2 }
row(
  gatherAugmented,
  [
    { rows: 1, width: 4, height: 3, count: 9, styles: 2, share: 0.5, strengths: strong },
    { rows: 5, width: 28, height: 28, count: 12, styles: 0, share: 0, strengths: still },
    { rows: 64, width: 28, height: 28, count: 100, styles: 33, share: 0.3, strengths: strong },
    { rows: 33, width: 28, height: 28, count: 60, styles: 7, share: 1, strengths: { ...still, elastic: 3 } },
    { rows: 7, width: 16, height: 9, count: 1000, styles: 5, share: 0.2, strengths: { ...still, rotation: 80 } },
    { rows: 130, width: 28, height: 28, count: 500, styles: 64, share: 0.2, strengths: { ...strong, shift: 30 } },
    { rows: 1400, width: 32, height: 32, count: 80, styles: 3, share: 0.1, strengths: strong },
    { rows: 90, width: 28, height: 28, count: 77, styles: 20, share: 0.3, strengths: strong, dotted: true },
    {
      rows: 70,
      width: 28,
      height: 28,
      count: 70,
      styles: 0,
      share: 0,
      strengths: { ...still, shift: 5 },
      dotted: true,
    },
  ].map(({ rows, width, height, count, styles, share, strengths, dotted = false }, i) => ({
    constants: {
      ROWS: rows,
      WIDTH: width,
      HEIGHT: height,
      FIRST: i % 2 ? 0 : 3,
      COUNT: count,
      HALF_BITS: halfBits(count),
      STANDARDISED: (i >> 1) % 2,
      STYLES: styles,
      ...augmentationConstants(share, strengths),
    },
    buffers: {
      state: given([2, 12345], 'u32'),
      images: dotted
        ? dots(count + 3, width * height)
        : integers([Math.ceil(((count + 3) * width * height) / 4)], 1, 0xffff_ffff),
      labels: integers([Math.ceil((count + 3) / 4)], 2, 0xffff_ffff),
      styleImages: integers([Math.max(1, Math.ceil((styles * width * height) / 4))], 4, 0xffff_ffff),
      styleLabels: integers([Math.max(1, Math.ceil(styles / 4))], 5, 0xffff_ffff),
      statistics: random([2 * width * height], 3),
      inputs: poison([rows, width * height]),
      targets: { shape: [rows], dtype: 'u32', value: () => 77_777 },
    },
  })),
  {
    tolerance: 5e-5,
    reason:
      'places of some 28 pixels are worked out to 2^-23 of that, and between neighbours of noise a pixel changes by its whole range',
  },
)

const lossSizes = [
  [1, 10],
  [3, 2],
  [10, 10],
  [65, 10],
  [500, 10],
  [129, 7],
]
const lossResults = (rows: number, classes: number) => ({
  // Every ninth row is without a label, and every fifth no digit.
  targets: {
    shape: [rows],
    dtype: 'u32',
    value: (i: number) => (i % 9 === 8 ? 255 : i % 5 === 2 ? classes : (i * 7) % classes),
  } as const,
  gradient: poison([rows, classes]),
  losses: poison([rows]),
  hits: poison([rows]),
})

row(
  softmaxCrossEntropy,
  lossSizes.map(([ROWS, CLASSES], i) => ({
    constants: { ROWS, CLASSES, SMOOTHING: i % 2 ? 0.1 : 0 },
    buffers: { logits: random([ROWS, CLASSES], 1, 20), ...lossResults(ROWS, CLASSES) },
  })),
  { tolerance: 1e-5, reason: "WGSL's exp is allowed 3 + 2|x| ulp, and differences of logits reach about 100" },
)

row(
  quadratic,
  lossSizes.map(([ROWS, CLASSES], i) => ({
    constants: { ROWS, CLASSES, ACTIVATION: i % 2 ? ACTIVATIONS.sigmoid : ACTIVATIONS.linear },
    buffers: { outputs: random([ROWS, CLASSES], 1), ...lossResults(ROWS, CLASSES) },
  })),
  { tolerance: 1e-6, reason: 'sums of ten products' },
)

row(
  metrics,
  [1, 10, 63, 64, 65, 500, 4097].map((ROWS) => ({
    constants: { ROWS, SLOTS: 8 },
    buffers: {
      losses: random([ROWS], 1),
      hits: { shape: [ROWS], value: (i: number) => (i * 3) % 2 },
      history: given(Array.from({ length: 16 }, (_, i) => (i === 6 || i === 7 ? NaN : i))), // slot 3 is due
      state: given([11, 5], 'u32'),
    },
  })),
  { tolerance: 1e-5, reason: 'sums of up to 4,097 float32 numbers in another order' },
)

const optimizerCounts = [4, 64, 260, 101_772]
const SLOTS = 8
/** What all optimizers read; the rate of the step that is due is the only one of its size. */
const updateInputs = (COUNT: number, step: number) => ({
  state: given([step, 1], 'u32'),
  rates: given(Array.from({ length: SLOTS }, (_, slot) => (slot === step % SLOTS ? 0.05 : 5))),
  clip: given([0.7]),
  decay: { shape: [COUNT], value: (i: number) => (i % 3 ? 0.1 : 0) },
  gradients: random([COUNT], 1),
  parameters: random([COUNT], 4),
})
const positive = (shape: readonly number[], stream: number): Contents => {
  const { value } = random(shape, stream)
  return { shape, value: (i) => Math.abs(value(i)) }
}

row(
  sgd,
  optimizerCounts.flatMap((COUNT) =>
    [
      [0, 0, 0],
      [0, 0, 1],
      [0.9, 0, 1],
      [0.9, 1, 0],
    ].map(([MOMENTUM, NESTEROV, DECAYS], step) => ({
      constants: { COUNT, SLOTS, DECAYS, MOMENTUM, NESTEROV },
      buffers: { ...updateInputs(COUNT, step), velocity: random([COUNT], 2) },
    })),
  ),
  { tolerance: 1e-6, reason: 'a few multiply-adds deep' },
)

row(
  rmsprop,
  optimizerCounts.flatMap((COUNT) =>
    [0, 0.9, 0.9999].map((RHO, step) => ({
      constants: { COUNT, SLOTS, DECAYS: step % 2, RHO, ONE_MINUS_RHO: 1 - RHO, EPSILON: 1e-6 },
      buffers: { ...updateInputs(COUNT, step), second: positive([COUNT], 3) },
    })),
  ),
  { tolerance: 1e-6, reason: 'a few roundings, division and square root of 2.5 ulp' },
)

row(
  adam,
  optimizerCounts.flatMap((COUNT) =>
    [
      [0, 0.9, 0.999],
      [1, 0.9, 0.999],
      [29, 0.9, 0.999],
      [4999, 0.9, 0.999],
      [0, 0, 0],
      [2, 0.9999, 0.99999],
    ].map(([step, beta1, beta2]) => ({
      constants: adamConstants(COUNT, SLOTS, step % 2 === 0 ? 0 : 1, beta1, beta2, 1e-8),
      buffers: { ...updateInputs(COUNT, step), first: random([COUNT], 2), second: positive([COUNT], 3) },
    })),
  ),
  { tolerance: 1e-6, reason: 'a few roundings, division and square root of 2.5 ulp' },
)

row(
  squaredSums,
  optimizerCounts.map((COUNT) => ({
    constants: { COUNT, PARTS: 256 },
    buffers: { gradients: random([COUNT], 1), sums: poison([256]) },
  })),
  { tolerance: 1e-5, reason: 'sums of up to 400 squares' },
)

row(
  clipFactor,
  [0.5, 1000].map((LIMIT) => ({
    constants: { PARTS: 256, LIMIT },
    buffers: { sums: positive([256], 1), clip: packed(poison([2]), given([0])) },
  })),
  { tolerance: 1e-5, reason: 'a sum of 256 numbers and a square root of 2.5 ulp' },
)

describe('the table', () => {
  const modules = import.meta.glob<Record<string, unknown>>('../src/kernels/*.ts', { eager: true })
  const kernels = Object.values(modules)
    .flatMap((module) => Object.values(module))
    .filter((value): value is Kernel => typeof value === 'object' && value !== null && 'reference' in value)

  it('has a row for every kernel', () => {
    expect(kernels.length).toBeGreaterThan(8)
    expect(kernels.map(({ name }) => name).filter((name) => !tested.has(name))).toEqual([])
  })

  it.each(kernels.map((kernel) => [kernel.name, kernel] as const))('%s declares in WGSL what it binds', (_, kernel) => {
    for (const { wgsl } of Object.values(kernel.variants)) {
      const declared = [
        ...wgsl.matchAll(/@group\(0\) @binding\((\d+)\) var<storage, (\w+)> (\w+): array<(?:vec[24])?([fu])(?:32)?>/g),
      ].map(([, index, access, name, type]) => [Number(index), access, name, type])
      const bound = Object.entries(kernel.bindings).map(([name, binding], i) => [
        i,
        binding.startsWith('read ') ? 'read' : 'read_write',
        name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
        binding.endsWith('f32') ? 'f' : 'u',
      ])
      expect(declared).toEqual(bound)
    }
  })
})
