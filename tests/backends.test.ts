// What every backend promises beside its kernels: data stores, errors told apart, a lost device, memory given back.

import { clear } from 'idb-keyval'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { openBackend } from '../src/backends'
import { createReference } from '../src/backends/reference'
import { DeviceLostError, DeviceMemoryError, KernelError, type Backend } from '../src/backends/types'
import { createWasm, WasmUnavailable } from '../src/backends/wasm'
import { createWebGPU } from '../src/backends/webgpu'
import { shaderText } from '../src/kernels/shaders'
import { activation } from '../src/kernels/activate'
import { denseForward, denseWeightGradient } from '../src/kernels/dense'
import type { Kernel } from '../src/kernels/kernel'
import { call, storageSize, type Buffer, type Plan } from '../src/kernels/plan'
import { hash } from '../src/kernels/random'

let backend: Backend
afterEach(() => {
  backend.dispose()
  vi.unstubAllGlobals()
})

/** A plan of one call on buffers of `size` floats. */
function planOf(kernel: Kernel, size: number): Plan {
  const made = Object.keys(kernel.bindings).map((name, id): Buffer => ({ id, name, shape: [size], size, dtype: 'f32' }))
  const buffers = Object.fromEntries(made.map((buffer) => [buffer.name, buffer]))
  const train = [{ kernel, constants: { ROWS: size / 4, CHANNELS: 4, ACTIVATION: 3 }, buffers }]
  return { lists: { train, evaluate: [], validate: [], predict: [] }, buffers: made }
}

/** Two dense layers, so that there is something to choose, and to time: browsers' clocks tick every 5 us. */
function densePlan(): Plan {
  const shapes = { parameters: [33 * 16 + 16], inputs: [2000, 33], hidden: [2000, 16], outputs: [2000, 16] }
  const buffers = Object.entries(shapes).map(([name, shape], id): Buffer => {
    return { id, name, shape, size: storageSize(shape) + 128, dtype: 'f32' }
  })
  const [parameters, inputs, hidden, outputs] = buffers
  const size = { ROWS: 2000, OUTPUTS: 16, WEIGHTS: 0, ACTIVATION: 1 }
  const train = [
    call(denseForward, { ...size, INPUTS: 33 }, { parameters, inputs, outputs: hidden }),
    call(denseForward, { ...size, INPUTS: 16 }, { parameters, inputs: hidden, outputs }),
  ]
  return { lists: { train, evaluate: train, validate: [], predict: [] }, buffers }
}

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

describe('the choice of variants', () => {
  const candidates = ['quads', 'blocks', 'split'] as const

  it('times them once per adapter', async () => {
    await clear()
    backend = await createWebGPU({ candidates })
    const program = await backend.prepare(densePlan())
    const { kernels } = backend.info
    expect(kernels).toMatch(/^timed on this device in \d+\.\d s: (2 \w+|1 \w+, 1 \w+)$/)
    const counts = kernels?.split(': ')[1]
    expect(
      [...(await program.read(densePlan().buffers[3]))].every((value) => value === 0),
      'nothing left',
    ).toBe(true)
    await backend.prepare(densePlan())
    expect(backend.info.kernels).toBe(`timed on this device before: ${counts}`)
    backend.dispose()
    backend = await createWebGPU({ candidates }) // as on the next visit
    await backend.prepare(densePlan())
    expect(backend.info.kernels).toBe(`timed on this device before: ${counts}`)
  })

  it('times nothing that runs once, and takes the shortest loops for it', async () => {
    await clear()
    backend = await createWebGPU({ candidates })
    const plan = densePlan()
    const program = await backend.prepare({
      ...plan,
      lists: { train: [], evaluate: [], validate: [], predict: plan.lists.train },
    })
    expect(program.variants('predict')).toEqual(['split', 'split'])
    expect(backend.info.kernels).toBe('')
  })

  it('follows the options, without timing', async () => {
    backend = await createWebGPU({ variant: 'split' })
    await backend.prepare(densePlan())
    expect(backend.info.kernels).toBe('2 split')
  })

  it('works without subgroups and timestamps', async () => {
    await clear()
    const features = vi.spyOn(GPUAdapter.prototype, 'features', 'get').mockReturnValue(new Set())
    backend = await createWebGPU({ candidates })
    features.mockRestore()
    expect(backend.info.features).not.toContain('subgroups')
    const program = await backend.prepare(densePlan())
    // On a busy machine waits are too far apart to tell anything.
    expect(backend.info.kernels).toMatch(/^(timed on this device in .*: )?[12] (blocks|split)/)
    const calls = await program.profile('train', 2)
    expect(calls.map(({ seconds }) => seconds)).toEqual([undefined, undefined])
  })

  it('leaves out loops that are too long', async () => {
    await clear()
    backend = await createWebGPU({ candidates: ['tiles', 'split', 'slices'] })
    const plan = densePlan()
    const [parameters, inputs, , outputs] = plan.buffers
    const rows = call(
      denseWeightGradient,
      { ROWS: 2000, INPUTS: 33, OUTPUTS: 16, WEIGHTS: 0, BIAS: 1 },
      { inputs, gradient: outputs, gradients: parameters },
    )
    const long = (name: 'tiles' | 'split') => ({ ...denseWeightGradient.variants[name], rounds: () => 5000 })
    const kernel = {
      ...denseWeightGradient,
      variants: { ...denseWeightGradient.variants, tiles: long('tiles'), split: long('split') },
    } as unknown as Kernel
    const program = await backend.prepare({
      ...plan,
      lists: { ...plan.lists, train: [{ ...rows, kernel }], evaluate: [] },
    })
    expect(program.variants('train')).toEqual(['slices'])
  })

  it('skips a candidate that fails to compile', async () => {
    await clear()
    backend = await createWebGPU({ candidates: ['blocks', 'split'] })
    const broken = { ...denseForward.variants.blocks, wgsl: () => 'nonsense' }
    const kernel = { ...denseForward, variants: { ...denseForward.variants, blocks: broken } } as unknown as Kernel
    const plan = densePlan()
    const train = plan.lists.train.map((call) => ({ ...call, kernel }))
    await backend.prepare({ ...plan, lists: { ...plan.lists, train, evaluate: [] } })
    expect(backend.info.kernels).toMatch(/: 2 split$/)
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
