// Every kernel on every device and variant against its reference, over shapes that do not fit the tile. Its rows: tests/kernels/.

import { afterAll, describe, expect, it } from 'vitest'
import type { Backend } from '../src/backends/types'
import { shaderText } from '../src/kernels/shaders'
import type { Kernel } from '../src/kernels/kernel'
import { deviceNames, devices, onSwiftShader, type DeviceName } from './devices'
import { every } from './every'
import { devicesFor, kernelRows, someOf } from './kernels'
import type { Row } from './kernels/table'

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
 * Of how many of a row's cases a device runs one. Barriers are slow on SwiftShader and fast on lavapipe, where `npm run test:wgpu` runs all
 * cases of the variants that have them. Where it is asked for a tenth, it runs a third of these, and a tenth of the others.
 */
function thinning({ variants, hasBarriers }: Row, device: DeviceName): number {
  if (!device.startsWith('WebGPU')) return 1
  const barriers = hasBarriers(variants.length === 1 ? variants[0] : device.replace('WebGPU, ', ''))
  if (onSwiftShader) return barriers ? 10 : 1
  return every === 1 || !barriers ? every : 3
}

for (const row of kernelRows) {
  const single = row.variants.length === 1
  const taken = new Map(deviceNames.map((each) => [each, new Set(someOf(row.cases, thinning(row, each)))]))
  describe(row.kernel, () => {
    for (const rowCase of row.cases) {
      const { constants, parity } = rowCase
      const names = devicesFor(row, rowCase).filter((each) => taken.get(each)?.has(rowCase))
      if (names.length === 0) continue
      describe(JSON.stringify(constants), () => {
        afterAll(() => parity.forget())
        for (const device of names)
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
    const tested = new Set(kernelRows.map(({ kernel }) => kernel))
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
