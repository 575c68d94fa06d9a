// Every kernel on every device and variant against its reference, over shapes that do not fit the tile. Its rows: tests/kernels/.

import { afterAll, describe, expect, it } from 'vitest'
import type { Backend } from '../src/backends/types'
import { shaderText } from '../src/kernels/shaders'
import type { Kernel } from '../src/kernels/kernel'
import { deviceNames, devices, type DeviceName } from './devices'
import { every } from './every'
import { batchNormRows } from './kernels/batch-norm'
import { convolutionRows } from './kernels/convolution'
import { denseRows } from './kernels/dense'
import { denseFusedRows } from './kernels/dense-fused'
import { elementwiseRows } from './kernels/elementwise'
import { gatherRows } from './kernels/gather'
import { lossesRows } from './kernels/losses'
import { optimizersRows } from './kernels/optimizers'
import { poolingRows } from './kernels/pooling'
import { isCrowd, type RowCase } from './kernels/table'

const rows = [
  ...denseRows,
  ...denseFusedRows,
  ...elementwiseRows,
  ...convolutionRows,
  ...poolingRows,
  ...batchNormRows,
  ...gatherRows,
  ...lossesRows,
  ...optimizersRows,
]

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

/**
 * Whether a device runs a case. A software adapter takes up to a second to compile each for a variant, so that layers as presets have
 * them, whose edges are like those of other cases, are for `blocks` and WebAssembly alone.
 */
function runsOn(device: DeviceName, { constants, sparse, usual, suits }: RowCase): boolean {
  if (!device.startsWith('WebGPU')) return true
  return (
    !sparse && suits(device.replace('WebGPU, ', '')) && (device === 'WebGPU, blocks' || !(usual || isCrowd(constants)))
  )
}

/** Of a kernel's cases those that are run: the last, which are the larger, where some are left out. */
function someOf(cases: readonly RowCase[]): readonly RowCase[] {
  if (every === 1) return cases
  const telling = cases.filter(({ sparse, usual, constants }) => !sparse && !usual && !isCrowd(constants))
  return telling.filter((_, i) => (telling.length - 1 - i) % every === 0)
}

for (const { kernel, variants, cases } of rows) {
  const single = variants.length === 1
  // A WebGPU device for each variant; for a kernel without variants any is enough.
  const shown = single ? ['blocks'] : variants
  const names = deviceNames.filter(
    (name) => !name.startsWith('WebGPU') || shown.some((variant) => name === `WebGPU, ${variant}`),
  )
  describe(kernel, () => {
    for (const rowCase of someOf(cases)) {
      const { constants, parity } = rowCase
      describe(JSON.stringify(constants), () => {
        afterAll(() => parity.forget())
        for (const device of names.filter((name) => runsOn(name, rowCase)))
          it(single && device === 'WebGPU, blocks' ? 'WebGPU' : device, async () => parity.on(await backendOf(device)))
      })
    }
  })
}

describe('the table', () => {
  const modules = import.meta.glob<Record<string, unknown>>('../src/kernels/*.ts', { eager: true })
  const kernels = Object.values(modules)
    .flatMap((module) => Object.values(module))
    .filter((value): value is Kernel => typeof value === 'object' && value !== null && 'reference' in value)

  it('has a row for every kernel', () => {
    const tested = new Set(rows.map(({ kernel }) => kernel))
    expect(kernels.length).toBeGreaterThan(8)
    expect(kernels.map(({ name }) => name).filter((name) => !tested.has(name))).toEqual([])
  })

  it.each(kernels.map((kernel) => [kernel.name, kernel] as const))('%s declares its bindings in WGSL', (_, kernel) => {
    for (const { wgsl, finish } of Object.values(kernel.variants)) {
      const declared = [
        ...wgsl(shaderText).matchAll(
          /@group\(0\) @binding\((\d+)\) var<(?:storage, )?(\w+)> (\w+): array<(?:vec[24])?([fu])(?:32)?[>,]/g,
        ),
      ].map(([, index, access, name, type]) => [Number(index), access, name, type])
      const bound = Object.entries(kernel.bindings).map(([name, binding], i) => [
        i,
        binding.split(' ')[0].replace(/^(write|read-write)$/, 'read_write'),
        name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
        binding.endsWith('f32') ? 'f' : 'u',
      ])
      expect(declared).toEqual(bound)
      // A matrix, which the pattern above passes over.
      const between = `@group(0) @binding(${bound.length}) var<storage, read_write> slices: array<mat4x4f>`
      expect(wgsl(shaderText).includes(between)).toBe(finish !== undefined)
    }
  })
})
