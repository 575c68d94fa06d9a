// Every kernel and every variant on WebGPU against its reference, over shapes that do not fit the tile. One row each.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Backend } from '../src/backends/types'
import { createWebGPU } from '../src/backends/webgpu'
import { activation } from '../src/kernels/activate'
import { ACTIVATIONS } from '../src/kernels/activation'
import { denseForward, denseInputGradient, denseWeightGradient } from '../src/kernels/dense'
import { gather } from '../src/kernels/gather'
import type { Binding, Kernel } from '../src/kernels/kernel'
import { quadratic, softmaxCrossEntropy } from '../src/kernels/losses'
import { metrics } from '../src/kernels/metrics'
import { adam, adamConstants, sgd } from '../src/kernels/optimizers'
import { halfBits } from '../src/kernels/random'
import { expectParity, given, integers, packed, poison, random, type Case } from './harness'

const variants = ['tiles', 'blocks'] as const
const backends = {} as Record<(typeof variants)[number], Backend>

beforeAll(async () => {
  for (const variant of variants) backends[variant] = await createWebGPU({ variant })
})
afterAll(() => {
  for (const variant of variants) backends[variant].dispose()
})

const tested = new Set<string>()

function row<C extends string, B extends Record<string, Binding>>(
  kernel: Kernel<C, B>,
  cases: Case<C, keyof B & string>[],
  /** Largest difference relative to the largest magnitude in a buffer, with its reason. */
  { tolerance }: { tolerance: number; reason: string },
) {
  tested.add(kernel.name)
  const names = Object.keys(kernel.variants)
  for (const variant of names.length === 1 ? (['blocks'] as const) : variants) {
    describe(`${kernel.name}${names.length === 1 ? '' : `, ${variant}`}`, () => {
      for (const kernelCase of cases) {
        it(JSON.stringify(kernelCase.constants), () => expectParity(backends[variant], kernel, kernelCase, tolerance))
      }
    })
  }
}

// Rows, inputs, outputs: one of everything, one over a block and over a tile, and the layers of the presets.
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
const activationIds = Object.values(ACTIVATIONS)
/** Whole numbers around zero, cheap where millions are wanted. */
const ramp = (n: number) => ({ shape: [n], value: (i: number) => (i % 1001) - 500 })
const offset = (n: number) => packed(random([n], 90)) // what stands before a layer in the parameter buffer

function denseCases<B extends string>(
  buffers: (rows: number, inputs: number, outputs: number) => Record<B, Parameters<typeof packed>[0]>,
) {
  return denseSizes.map(([ROWS, INPUTS, OUTPUTS], i) => ({
    constants: { ROWS, INPUTS, OUTPUTS, WEIGHTS: 8, ACTIVATION: activationIds[i % activationIds.length] },
    buffers: buffers(ROWS, INPUTS, OUTPUTS),
  }))
}

row(
  denseForward,
  denseCases((rows, inputs, outputs) => ({
    parameters: packed(offset(8), random([inputs, outputs], 1, 1 / Math.sqrt(inputs)), random([outputs], 2)),
    inputs: random([rows, inputs], 3),
    outputs: poison([rows, outputs]),
  })),
  { tolerance: 2e-5, reason: 'sums of up to 784 float32 products in another order, then an activation' },
)

row(
  denseInputGradient,
  denseCases((rows, inputs, outputs) => ({
    parameters: packed(offset(8), random([inputs, outputs], 1), random([outputs], 2)),
    gradient: random([rows, outputs], 3),
    saved: random([rows, inputs], 4),
    inputGradient: poison([rows, inputs]),
  })),
  { tolerance: 1e-5, reason: 'sums of up to 129 float32 products in another order, times a derivative' },
)

row(
  denseWeightGradient,
  denseCases((rows, inputs, outputs) => ({
    inputs: random([rows, inputs], 1),
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

row(
  activation,
  // The last needs more workgroups than fit along one axis.
  [4, 64, 260, 5120, 4 * 64 * 65_535 + 4].flatMap((COUNT) =>
    (COUNT > 1e6 ? [ACTIVATIONS.relu] : [ACTIVATIONS.relu, ACTIVATIONS.tanh, ACTIVATIONS.gelu]).map((ACTIVATION) => ({
      constants: { COUNT, ACTIVATION },
      buffers: { inputs: COUNT > 1e6 ? ramp(COUNT) : random([COUNT], 1, 3), outputs: poison([COUNT]) },
    })),
  ),
  { tolerance: 1e-5, reason: "WGSL's tanh is allowed an absolute error of about 1e-5" },
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
  ].map(([ROWS, PIXELS, COUNT, SHUFFLE]) => ({
    constants: { ROWS, PIXELS, COUNT, SHUFFLE, HALF_BITS: halfBits(COUNT) },
    buffers: {
      state: given([2, 12345], 'u32'), // the third batch: in some cases past the end of the first epoch or pass
      images: integers([(COUNT * PIXELS) / 4], 1, 0xffff_ffff),
      labels: integers([Math.ceil(COUNT / 4)], 2, 0xffff_ffff),
      statistics: random([2 * PIXELS], 3),
      inputs: poison([ROWS, PIXELS]),
      targets: { shape: [ROWS], dtype: 'u32', value: () => 77_777 },
    },
  })),
  { tolerance: 1e-6, reason: 'one multiply-add deep' },
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
  // Every ninth row is without a label.
  targets: { shape: [rows], dtype: 'u32', value: (i: number) => (i % 9 === 8 ? 255 : (i * 7) % classes) } as const,
  gradient: poison([rows, classes]),
  losses: poison([rows]),
  hits: poison([rows]),
})

row(
  softmaxCrossEntropy,
  lossSizes.map(([ROWS, CLASSES]) => ({
    constants: { ROWS, CLASSES },
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

row(
  sgd,
  optimizerCounts.flatMap((COUNT) =>
    [0, 0.9].map((MOMENTUM) => ({
      constants: { COUNT, MOMENTUM },
      buffers: {
        settings: given([0.05]),
        gradients: random([COUNT], 1),
        velocity: random([COUNT], 2),
        parameters: random([COUNT], 3),
      },
    })),
  ),
  { tolerance: 1e-6, reason: 'two multiply-adds deep' },
)

row(
  adam,
  optimizerCounts.flatMap((COUNT) =>
    [
      [1, 0.9, 0.999],
      [2, 0.9, 0.999],
      [30, 0.9, 0.999],
      [5000, 0.9, 0.999],
      [1, 0, 0],
      [3, 0.9999, 0.99999],
    ].map(([step, beta1, beta2]) => ({
      constants: adamConstants(COUNT, beta1, beta2, 1e-8),
      buffers: {
        settings: given([0.05]),
        state: given([step, 1], 'u32'),
        gradients: random([COUNT], 1),
        first: random([COUNT], 2),
        second: { ...random([COUNT], 3), value: (i: number) => Math.abs(random([COUNT], 3).value(i)) },
        parameters: random([COUNT], 4),
      },
    })),
  ),
  { tolerance: 1e-6, reason: 'a few roundings, division and square root of 2.5 ulp' },
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
