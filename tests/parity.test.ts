// Looking at what the device does: calls and their texts, times, and a step of the run on two backends.

import { beforeEach, describe, expect, it } from 'vitest'
import { createReference } from '../src/backends/reference'
import type { Backend } from '../src/backends/types'
import { createWasm } from '../src/backends/wasm'
import { presets } from '../src/model/presets'
import { type Spec } from '../src/model/spec'
import { largestDifference, TOLERANCE } from '../src/session/inspectors/parity'
import { LocalSession } from '../src/session/session'
import { makeSynthetic } from '../src/session/synthetic'
import { SIZE, fillStores } from './tiny-digits'
import { withPrograms } from './with-programs'

const conv = { type: 'conv2d', kernel: 3, stride: 1, padding: 'same', activation: 'relu', initialiser: 'he' } as const
const spec: Spec = {
  ...presets[0].spec,
  layers: [
    { ...conv, filters: 5, bias: 'no' },
    { type: 'batch-normalisation', momentum: 0.1, epsilon: 1e-5 },
    { type: 'max-pooling', size: 2, stride: 2 },
    { type: 'dropout', rate: 0.25 },
    { type: 'flatten' },
    { type: 'dense', units: 10, activation: 'linear', initialiser: 'glorot', bias: 'yes' },
  ],
  batchSize: 25,
  clipNorm: 1,
  epochs: 3,
}

/** Backends by how often they were opened; the first is the run's. */
let opened: Backend[]
/** Changes what is read from the second backend. */
let spoil: (values: Float32Array | Uint32Array, name: string) => void
let session: LocalSession

beforeEach(async () => {
  opened = []
  spoil = () => {}
  session = new LocalSession({
    makeSynthetic: () => makeSynthetic(40),
    open: async (choice) => {
      const backend = choice === 'reference' ? spoiled(createReference()) : await createWasm()
      opened.push(backend)
      const refused = choice === 'webgpu' ? { refused: 'WebGPU cannot be used.' } : {}
      return { backend, reason: 'as asked', ...refused }
    },
    load: async (_, { stores, progress }) => {
      progress?.(1, 1)
      fillStores(stores as Backend)
      return SIZE
    },
  })
  await session.open('wasm', '')
})

function spoiled(inner: Backend): Backend {
  return withPrograms(inner, (program) => ({
    async read(buffer, start, count) {
      const values = await program.read(buffer, start, count)
      spoil(values, buffer.name)
      return values
    },
  }))
}

describe('parity', () => {
  it('is unknown without a run', async () => expect(await session.inspect('parity')).toBeUndefined())

  it('holds for the next step of the run, between the CPU and the definition', async () => {
    await session.reset(spec)
    for (let i = 0; i < 3; i++) await session.step()
    const before = await session.learnt()
    const parity = await session.inspect('parity')
    expect(parity).toMatchObject({ step: 4, tolerance: TOLERANCE, passed: true })
    expect(parity?.device.kind).toBe('wasm')
    expect(parity?.other.kind).toBe('reference')
    // Every call has written something that was compared, and something was truly computed in another order.
    const calls = await session.inspect('calls', 'train')
    expect(new Set(parity?.results.map(({ call }) => call))).toEqual(new Set(calls?.keys()))
    expect(parity?.results.map(({ buffer }) => buffer)).toEqual(
      expect.arrayContaining(['train/layers.0.output', 'gradients', 'parameters', 'train/inputs']),
    )
    expect(Math.max(...(parity?.results ?? []).map(({ difference }) => difference))).toBeGreaterThan(0)
    // It worked on copies.
    expect(await session.learnt()).toEqual(before)
    await session.step()
  })

  it('fails if one backend is wrong, and names the buffer', async () => {
    await session.reset(spec)
    spoil = (values, name) => name === 'gradients' && values.forEach((value, i) => (values[i] = value * 1.01))
    const parity = await session.inspect('parity')
    expect(parity?.passed).toBe(false)
    const wrong = parity?.results.filter(({ difference }) => difference > TOLERANCE)
    expect(new Set(wrong?.map(({ buffer }) => buffer))).toEqual(new Set(['gradients']))
  })

  it('fails if the first layer of a deep network is wrong, although its gradients are tiny', async () => {
    const dense = { type: 'dense', units: 16, activation: 'sigmoid', initialiser: 'glorot', bias: 'yes' } as const
    const layers = [...Array.from({ length: 7 }, () => dense), { ...dense, units: 10, activation: 'linear' } as const]
    await session.reset({ ...spec, layers, clipNorm: 0 })
    expect((await session.inspect('parity'))?.passed).toBe(true)
    const first = 784 * 16
    spoil = (values, name) => name === 'gradients' && values.fill(0, 0, first)
    const parity = await session.inspect('parity')
    expect(parity?.passed).toBe(false)
  })

  it('fails if only one backend has finite numbers', async () => {
    await session.reset(spec)
    spoil = (values, name) => name === 'parameters' && values.fill(NaN)
    const parity = await session.inspect('parity')
    expect(parity?.passed).toBe(false)
    expect(parity?.results.find(({ buffer }) => buffer === 'parameters')?.difference).toBe(Infinity)
  })

  it('leaves no buffer and no backend behind', async () => {
    await session.reset(spec)
    const before = opened[0].memory()
    await session.inspect('parity')
    expect(opened[0].memory()).toEqual(before)
    expect(opened.map(({ info }) => info.kind)).toEqual(['wasm', 'wasm', 'reference'])
    for (const other of opened.slice(1)) expect(other.memory().buffers).toBe(0)
  })
})

describe('the difference of two buffers', () => {
  it.each([
    [[], [], 0],
    [[0, 0], [0, 0], 0],
    [[1, 2.5], [1, 2], 0.25],
    [[NaN, 1], [NaN, 1], 0],
    [[Infinity], [Infinity], 0],
    [[Infinity], [-Infinity], Infinity],
    [[NaN], [1], Infinity],
    [[1], [NaN], Infinity],
    [[1], [], Infinity],
    [[1e-40, 0], [0, 0], 1e-10],
  ])('of %j and %j is %d', (actual, expected, result) => {
    if (result > 0 && result < 1e-6) expect(largestDifference(actual, expected)).toBeLessThan(2 * result)
    else expect(largestDifference(actual, expected)).toBe(result)
  })
})

describe('the calls', () => {
  it('have their text and sizes', async () => {
    await session.reset(spec)
    const calls = (await session.inspect('calls', 'train')) ?? []
    expect(calls[0].kernel).toBe('gather-augmented')
    expect(calls.at(-1)?.kernel).toBe('metrics')
    const convolution = calls.find(({ kernel }) => kernel === 'convolution-forward')
    expect(convolution).toMatchObject({ variant: 'wasm', constants: { ROWS: 25, FILTERS: 5 } })
    expect(convolution?.wgsl).toContain('const FILTERS: u32 = 5u;')
    expect(convolution?.flops).toBe(2 * 25 * 28 * 28 * 9 * 5)
    expect(convolution?.buffers.at(-1)).toEqual({
      binding: 'outputs',
      access: 'write',
      name: 'train/layers.0.output',
      shape: [25, 28, 28, 5],
      dtype: 'f32',
    })
    for (const { workgroups } of calls) expect(workgroups.every((count) => count >= 1)).toBe(true)
  })

  it('are timed on copies', async () => {
    await session.reset(spec)
    await session.step()
    const before = [opened[0].memory(), await session.learnt()]
    for (const list of ['train', 'evaluate', 'predict'] as const) {
      const times = await session.inspect('timeCalls', list)
      expect(times).toHaveLength((await session.inspect('calls', list))?.length ?? 0)
      for (const seconds of times ?? []) expect(seconds).toBeGreaterThanOrEqual(0)
    }
    expect([opened[0].memory(), await session.learnt()]).toEqual(before)
  })
})
