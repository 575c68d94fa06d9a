// What every backend promises beside its kernels: data stores, errors told apart, a lost device, memory given back.

import { afterEach, describe, expect, it, vi } from 'vitest'
import { openBackend } from '../src/backends'
import { createReference } from '../src/backends/reference'
import { DeviceLostError, DeviceMemoryError, KernelError, type Backend } from '../src/backends/types'
import { createWasm, WasmUnavailable } from '../src/backends/wasm'
import { createWebGPU } from '../src/backends/webgpu'
import { shaderText } from '../src/kernels/shaders'
import { activation } from '../src/kernels/activate'
import { denseForward } from '../src/kernels/dense'
import type { Kernel } from '../src/kernels/kernel'
import { hash } from '../src/kernels/random'
import { densePlan, planOf } from './plans'

let backend: Backend
afterEach(() => {
  backend.dispose()
  vi.unstubAllGlobals()
})

describe.each([
  ['reference', () => Promise.resolve(createReference())],
  ['wasm', () => createWasm({ threads: 1 })],
  ['wasm, shared memory', () => createWasm({ threads: 2 })],
  ['webgpu', () => createWebGPU()],
] as const)('%s', (_, make) => {
  it.each([1, 3, 4, 17, 100, 1001])('keeps %i bytes that arrive in pieces of any length', async (length) => {
    backend = await make()
    const bytes = Uint8Array.from({ length }, (_, i) => hash(1, length, i) & 255)
    const store = backend.store('bytes', length)
    expect(store.byteLength).toBe(length)
    for (let at = 0, piece = 0; at < length; piece++) {
      const next = Math.min(length, at + 1 + (hash(2, length, piece) % 9))
      store.write(at, bytes.subarray(at, next))
      at = next
    }
    expect([...(await backend.readStore('bytes', 0, length))]).toEqual([...bytes])
    const start = Math.floor(length / 3)
    expect([...(await backend.readStore('bytes', start, length - start))]).toEqual([...bytes.subarray(start)])
  })

  it('frees the memory of runs and stores', async () => {
    backend = await make()
    const before = backend.memory()
    backend.store('bytes', 1000)
    backend.store('bytes', 2000) // takes the place of the first
    const program = await backend.prepare(planOf(activation, 64))
    expect(backend.memory().buffers).toBeGreaterThanOrEqual(before.buffers + 3)
    expect(backend.memory().bytes).toBeGreaterThanOrEqual(before.bytes + 2000 + 2 * 256)
    program.dispose()
    backend.drop('bytes')
    backend.drop('bytes')
    expect(backend.memory()).toEqual(before)
  })

  it('measures the time of each call', async () => {
    backend = await make()
    const program = await backend.prepare(densePlan())
    const calls = await program.profile('train', 3)
    expect(calls.map(({ kernel }) => kernel)).toEqual(['dense-forward', 'dense-forward'])
    const { kind, features } = backend.info
    for (const { variant, seconds } of calls) {
      expect(kind === 'webgpu' ? Object.keys(denseForward.variants) : [kind]).toContain(variant)
      if (kind === 'webgpu' && !features.includes('timestamp-query')) expect(seconds).toBeUndefined()
      else expect(seconds).toBeGreaterThan(0)
    }
  })

  it('names a missing data store', async () => {
    backend = await make()
    const plan = planOf(activation, 4)
    const [inputs, outputs] = plan.buffers
    const missing = { ...plan, buffers: [{ ...inputs, store: 'train-images' }, outputs] }
    await expect((async () => backend.prepare(missing))()).rejects.toThrow('no data store train-images')
  })
})

describe('webgpu', () => {
  it('names the kernel, constants and line that do not compile', async () => {
    backend = await createWebGPU()
    const [{ wgsl, workgroups }] = Object.values(activation.variants)
    const variants = {
      default: { wgsl: () => wgsl(shaderText).replace('outputs[i] = ', 'outputs[i] = missing + '), workgroups },
    }
    const broken = backend.prepare(planOf({ ...activation, variants } as unknown as Kernel, 64))
    await expect(broken).rejects.toThrow(KernelError)
    await expect(broken).rejects.toThrow(/activation with .*"ROWS":16.*missing.*outputs\[i\] = missing/)
    expect(backend.memory().buffers).toBe(0)
  })

  it('distinguishes a lack of memory from a refused run', async () => {
    backend = await createWebGPU()
    // What the scopes catch is made up: no test machine can be relied on to run out of memory.
    const caught: (GPUError | null)[] = []
    const pop = vi
      .spyOn(GPUDevice.prototype, 'popErrorScope')
      .mockImplementation(() => Promise.resolve(caught.shift() ?? null))
    try {
      caught.push(new GPUOutOfMemoryError('no room'), null) // the inner scope is the one for memory
      await expect(backend.prepare(planOf(activation, 64))).rejects.toThrow(DeviceMemoryError)
      caught.push(null, new GPUValidationError('wrong'))
      await expect(backend.prepare(planOf(activation, 64))).rejects.toThrow('WebGPU refused the run: wrong')
    } finally {
      pop.mockRestore()
    }
    expect(backend.memory().buffers).toBe(0)
  })

  it('refuses a buffer over the limit of the device, and goes on working', async () => {
    backend = await createWebGPU()
    const huge = backend.prepare(planOf(activation, 2 ** 31))
    await expect(huge).rejects.toThrow(DeviceMemoryError)
    await expect(huge).rejects.toThrow(/buffer of 8,590 MB \(inputs\).*takes [\d,]+ MB at most/)
    const tooMany = { ...activation.variants.default, workgroups: () => [70_000] as const }
    const kernel = { ...activation, variants: { default: tooMany } } as unknown as Kernel
    await expect(backend.prepare(planOf(kernel, 64))).rejects.toThrow(/70000 workgroups, and this device takes 65535/)
    expect(backend.memory().buffers).toBe(0)
    await expect(backend.prepare(planOf(activation, 64))).resolves.toBeDefined()
  })

  it('reports an error outside of any call', async () => {
    backend = await createWebGPU()
    const program = await backend.prepare(planOf(activation, 64))
    program.write({ id: 0, name: 'inputs', shape: [64], size: 64, dtype: 'f32' }, new Float32Array(128))
    expect((await backend.fault).message).toMatch(/^WebGPU: \w/)
  })

  it('reports a lost device', async () => {
    backend = await createWebGPU()
    const program = await backend.prepare(planOf(activation, 64))
    backend.lose()
    expect((await backend.lost).message).toMatch(/\w/)
    program.run('train', 1)
    await expect(program.read({ id: 0, name: 'inputs', shape: [64], size: 64, dtype: 'f32' })).rejects.toThrow(
      DeviceLostError,
    )
  })
})

describe('wasm', () => {
  it.each([
    [1, 'one thread'],
    [2, '2 threads'],
    [4, '3 threads'],
    [64, '8 threads'],
  ])('uses the features of the engine: with %i cores %s', async (hardwareConcurrency, threads) => {
    expect(crossOriginIsolated).toBe(true)
    vi.stubGlobal('navigator', { hardwareConcurrency })
    backend = await createWasm()
    expect(backend.info.features).toEqual(['relaxed SIMD'])
    expect(backend.info.adapter).toBe(threads)
    expect(backend.info.notice).toBeUndefined()
  })

  it('works with one thread if no other starts, and says so', async () => {
    class Broken extends Worker {
      constructor() {
        super('data:text/javascript,throw new Error("no")')
      }
    }
    vi.stubGlobal('Worker', Broken)
    backend = await createWasm({ threads: 2 })
    expect(backend.info.adapter).toBe('one thread')
    expect(backend.info.notice).toMatch(/^One thread is used: no other starts \(.+\)\.$/)
  })

  it('uses one thread if the page is not isolated, and says so', async () => {
    vi.stubGlobal('crossOriginIsolated', false)
    backend = await createWasm()
    expect(backend.info.adapter).toBe('one thread')
    expect(backend.info.notice).toMatch(/^One thread is used, because .*isolate/)
  })

  it('works without SharedArrayBuffer', async () => {
    vi.stubGlobal('SharedArrayBuffer', undefined)
    backend = await createWasm()
    expect(backend.info.adapter).toBe('one thread')
    expect(backend.info.notice).toMatch(/^One thread is used/)
  })

  it('works without relaxed SIMD, and refuses a request for it', async () => {
    const validate = WebAssembly.validate.bind(WebAssembly)
    // Bytes of feature detection are few; those with the prefix of relaxed instructions ask for relaxed SIMD.
    const stub = vi.spyOn(WebAssembly, 'validate').mockImplementation((bytes) => {
      const isRelaxed = [...new Uint8Array(bytes as ArrayBuffer)].join().includes('253,128,2')
      return !isRelaxed && validate(bytes)
    })
    try {
      backend = await createWasm()
      expect(backend.info.features).toEqual(['SIMD'])
      await expect(createWasm({ build: 'relaxed' })).rejects.toThrow(WasmUnavailable)
    } finally {
      stub.mockRestore()
    }
  })

  it('falls back to the reference without SIMD, and says so', async () => {
    const stub = vi.spyOn(WebAssembly, 'validate').mockReturnValue(false)
    try {
      await expect(createWasm()).rejects.toThrow('This browser has no WebAssembly SIMD.')
      const chosen = await openBackend('wasm')
      backend = chosen.backend
      expect(backend.info.kind).toBe('reference')
      expect(chosen.refused).toBe('WebAssembly cannot be used: This browser has no WebAssembly SIMD.')
      expect(chosen.reason).toMatch(/no WebAssembly SIMD\..*slower plain JavaScript/)
    } finally {
      stub.mockRestore()
    }
  })

  it('reports a lack of memory, and goes on working', async () => {
    backend = await createWasm({ threads: 1 })
    const { buffers } = backend.memory()
    await expect(backend.prepare(planOf(activation, 2 ** 30))).rejects.toThrow(DeviceMemoryError)
    expect(backend.memory().buffers).toBe(buffers)
    await expect(backend.prepare(planOf(activation, 64))).resolves.toBeDefined()
  })

  it.each([
    ['one thread', 1, activation],
    ['two threads', 2, activation],
    // No WebAssembly takes its name, so that its reference runs over the same memory.
    ['one thread, reference', 1, { ...activation, name: 'plain' }],
    ['two threads, reference', 2, { ...activation, name: 'plain' }],
  ])('keeps the buffers of programs when the memory grows: %s', async (_, threads, kernel) => {
    backend = await createWasm({ threads, sharedWork: 0 })
    const plan = planOf(kernel as Kernel, 64)
    const program = await backend.prepare(plan)
    program.write(
      plan.buffers[0],
      Float32Array.from({ length: 64 }, (_, i) => i - 32),
    )
    backend.store('bytes', 20_000_000)
    program.run('train', 1)
    const rectified = Float32Array.from({ length: 64 }, (_, i) => Math.max(0, i - 32))
    expect(await program.read(plan.buffers[1])).toEqual(rectified)
  })
})

describe('the choice', () => {
  it('takes the CPU if WebGPU is software, and says so', async () => {
    const chosen = await openBackend('auto')
    backend = chosen.backend
    const webgpu = await createWebGPU()
    const { software, adapter } = webgpu.info
    webgpu.dispose()
    expect(software, adapter).toBe(/swiftshader|llvmpipe/i.test(adapter))
    expect(backend.info.kind).toBe(software ? 'wasm' : 'webgpu')
    if (software) expect(chosen.reason).toMatch(/software .*CPU/)
  })

  it.each(['webgpu', 'wasm', 'reference'] as const)('follows the choice of %s', async (kind) => {
    const chosen = await openBackend(kind)
    backend = chosen.backend
    expect(backend.info.kind).toBe(kind)
    expect(chosen.refused).toBeUndefined()
  })
})
