// The race of two backends: who wins, what is told and remembered of it, and how fast a backend is, on a simulated clock.

import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest'
import { findPreset } from '../src/model/presets'
import { parseSpec, type Spec } from '../src/model/spec'
import { fasterOf, PATIENCE, stepsPerSecond, tellRace } from '../src/session/race'
import { planKey, RaceMemory } from '../src/session/race-memory'
import { oddFeatures } from './odd-sets'
import { SimulatedDevice, type Latency } from './simulated-device'
import { softmax as spec } from './training-session'

/** In the place of the browser's database. */
const database = vi.hoisted(() => ({ records: new Map<string, unknown>(), broken: false }))
vi.mock('idb-keyval', () => {
  const answer = <T>(value: () => T) =>
    database.broken ? Promise.reject(new DOMException('denied', 'SecurityError')) : Promise.resolve(value())
  return {
    get: (key: string) => answer(() => structuredClone(database.records.get(key))),
    set: (key: string, value: unknown) => answer(() => void database.records.set(key, structuredClone(value))),
  }
})

beforeEach(() => {
  database.records.clear()
  database.broken = false
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

describe('the result', () => {
  test.each([
    [1000, 999, 'webgpu'],
    [1000, 1001, 'wasm'],
    [1000, 1000, 'webgpu'],
    [3, 0, 'webgpu'],
  ])('of %d and %d images a second: %s', (webgpu, wasm, winner) => {
    expect(fasterOf({ webgpu, wasm })).toBe(winner)
  })

  test.each([
    [
      { webgpu: 1_234_567, wasm: 250_400 },
      'Your GPU trains 1.2 million images a second here, your processor 0.25 million. So the GPU trains this network.',
    ],
    [
      { webgpu: 37_900, wasm: 104_000 },
      'Your GPU trains 38,000 images a second here, your processor 0.1 million. So the processor trains this network.',
    ],
    [
      { webgpu: 41.3, wasm: 0 },
      'Your GPU trains 41 images a second here; your processor needs more than 0.5 s for a batch. So the GPU trains this network.',
    ],
  ])('in words: %o', (speeds, words) => {
    expect(tellRace(speeds, spec)).toBe(words)
  })

  test('tells of examples where the data set has no images', () => {
    expect(tellRace({ webgpu: 1, wasm: 2 }, { ...spec, dataset: oddFeatures.id })).toContain('1 examples a second')
  })
})

describe('the plan of a race', () => {
  const changed = (change: object): Spec => parseSpec({ ...spec, ...change })

  test.each([{ seed: 7 }, { learningRate: 0.2 }, { epochs: 3 }, { evaluateEvery: 7 }])('stays with %o', (change) => {
    expect(planKey(changed(change))).toBe(planKey(spec))
  })

  test.each([
    { batchSize: 51 },
    { layers: [{ ...spec.layers[0], units: 11 }, spec.layers[0]] },
    { styleShare: 0.5 },
    { clipNorm: 1 },
    { dataset: 'fashion-mnist' },
  ])('is another one with %o', (change) => {
    expect(planKey(changed(change))).not.toBe(planKey(spec))
  })
})

describe('the memory of races', () => {
  const speeds = { webgpu: 100, wasm: 200 }
  const other = findPreset('lenet')!.spec

  it('recalls a race in later visits, for its plan, graphics card, browser and threads', async () => {
    await new RaceMemory('card').keep(spec, speeds)
    expect(await new RaceMemory('card').recall(spec)).toEqual(speeds)
    expect(await new RaceMemory('card').recall({ ...spec, seed: 99 })).toEqual(speeds)
    expect(await new RaceMemory('card').recall(other)).toBeUndefined()
    expect(await new RaceMemory('another card').recall(spec)).toBeUndefined()
    vi.stubGlobal('navigator', { userAgent: 'Browser/2', hardwareConcurrency: 4 })
    expect(await new RaceMemory('card').recall(spec)).toBeUndefined()
    await new RaceMemory('card').keep(spec, speeds)
    vi.stubGlobal('crossOriginIsolated', true)
    vi.stubGlobal('Worker', vi.fn())
    expect(await new RaceMemory('card').recall(spec), 'three threads').toBeUndefined()
  })

  it('keeps one record for a graphics card, however many browser versions come', async () => {
    for (const version of [1, 2, 3]) {
      vi.stubGlobal('navigator', { userAgent: `Browser/${version}` })
      await new RaceMemory('card').keep(spec, speeds)
      await new RaceMemory('card').keep(other, speeds)
      expect(await new RaceMemory('card').recall(spec)).toEqual(speeds)
    }
    expect(database.records.size).toBe(1)
  })

  it('lasts as long as the visit where there is no database', async () => {
    database.broken = true
    const memory = new RaceMemory('card')
    await memory.keep(spec, speeds)
    expect(await memory.recall(spec)).toEqual(speeds)
    expect(await new RaceMemory('card').recall(spec)).toBeUndefined()
  })
})

describe('the speed of a backend', () => {
  const history = { id: 0, name: 'history', shape: [8192], size: 8192, dtype: 'f32' } as const
  const never = () => false

  /** Measures a backend whose steps take so many milliseconds, the first one `first` more, and those in `cold` milliseconds three times as long. */
  async function measured(latency: Latency, step: number, { cpu = false, first = 0, cold = 0, stopped = never } = {}) {
    const device = new SimulatedDevice(latency)
    vi.spyOn(performance, 'now').mockImplementation(() => device.now)
    let worked = 0
    const work = (steps: number) => {
      const time = steps * step * (worked < cold ? 3 : 1) + (worked === 0 ? first : 0)
      worked += time
      if (cpu) device.now += time
      else device.work(time)
    }
    let speed: number | undefined
    let done = false
    const measuring = stepsPerSecond(
      {
        run: (_, times) => work(times),
        ...(cpu && { calls: () => Array.from({ length: 4 }, () => () => work(1 / 4)) }),
        async read() {
          if (!cpu) await device.answer()
          return new Float32Array(2) as never
        },
      },
      history,
      stopped,
    )
    void measuring.then((told) => ([speed, done] = [told, true]))
    if (cpu) await measuring
    else await device.pass(() => done)
    return { speed, time: device.now }
  }

  describe.each<Latency>([{ trip: 0.5 }, { trip: 5 }, { trip: 20 }])('that answers after %o', (latency) => {
    test.each([0.02, 0.3, 2, 15, 80])('with steps of %d ms, the first one much slower', async (step) => {
      const { speed, time } = await measured(latency, step, { first: 200 })
      expect((speed! * step) / 1000).toBeGreaterThan(0.85)
      expect((speed! * step) / 1000).toBeLessThan(1.15)
      expect(time).toBeLessThan(200 + PATIENCE + 4 * step)
    })
  })

  test.each([0.02, 0.3, 2, 15, 80, 400])('that is a processor, with steps of %d ms', async (step) => {
    const { speed, time } = await measured({ trip: 0 }, step, { cpu: true })
    expect((speed! * step) / 1000).toBeCloseTo(1, 1)
    expect(time).toBeLessThan(160 + 2 * step)
  })

  test.each([0.02, 0.3, 2, 15, 80])('that is optimised while it runs, with steps of %d ms', async (step) => {
    const { speed } = await measured({ trip: 0 }, step, { cpu: true, cold: 30 })
    expect((speed! * step) / 1000).toBeCloseTo(1, 1)
  })

  it('is none for a processor that does not end a step in time', async () => {
    const { speed, time } = await measured({ trip: 0 }, 4000, { cpu: true })
    expect(speed).toBe(0)
    expect(time).toBeLessThan(2000)
  })

  it.each([true, false])('is not told of a race that is stopped (processor: %s)', async (cpu) => {
    let asked = 0
    const { speed, time } = await measured({ trip: 1 }, 5, { cpu, stopped: () => ++asked > 2 })
    expect(speed).toBeUndefined()
    expect(time).toBeLessThan(200)
  })
})
