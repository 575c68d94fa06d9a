// The session: openings that overtake each other, failed resets, and a device that goes away at every possible moment.

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createReference } from '../src/backends/reference'
import { DeviceLostError, DeviceMemoryError, type Backend, type DeviceLoss } from '../src/backends/types'
import { rasterise, type Stroke } from '../src/data/drawing'
import { DataError } from '../src/data/mnist'
import { NO_DIGIT } from '../src/kernels/labels'
import { presets } from '../src/model/presets'
import { type Spec } from '../src/model/spec'
import { PIXELS } from './tiny-digits'
import type { BackendChoice, Phase, Sample, SessionEvent } from '../src/session/protocol'
import { LocalSession } from '../src/session/session'
import { makeSynthetic } from '../src/session/synthetic'
import { fillStores, SIZE } from './tiny-digits'
import { withPrograms } from './with-programs'

const spec: Spec = {
  ...presets[0].spec,
  augmentation: { type: 'none' },
  styleShare: 0,
  layers: [{ type: 'dense', units: 10, activation: 'linear', initialiser: 'glorot', bias: 'yes' }],
  batchSize: 50,
  epochs: 2000,
  evaluateEvery: 25,
}

/** A reference backend that can be lost: what reads then is refused, what writes goes nowhere. */
function losable(): Backend {
  let gone = false
  let tell: (loss: DeviceLoss) => void = () => {}
  const lost = new Promise<DeviceLoss>((resolve) => (tell = resolve))
  const check = () => {
    if (gone) throw new DeviceLostError('gone')
  }
  const inner = withPrograms(createReference(), (program) => ({
    async read(...args) {
      check()
      const values = await program.read(...args)
      check()
      return values
    },
  }))
  return {
    ...inner,
    lost,
    async readStore(...args) {
      check()
      return inner.readStore(...args)
    },
    lose() {
      gone = true
      tell({ message: 'taken away' })
    },
  }
}

let backends: Backend[]
let events: SessionEvent[]
let session: LocalSession
/** What loading does: puts the data there unless a test says otherwise. */
let load: (signal: AbortSignal, backend: Backend) => Promise<void>

beforeEach(async () => {
  backends = []
  events = []
  load = () => Promise.resolve()
  session = new LocalSession({
    makeSynthetic: () => makeSynthetic(40),
    open: (choice) => {
      const backend = losable()
      backends.push(backend)
      return Promise.resolve({ backend, reason: `as asked: ${choice}` })
    },
    load: async (_, { stores, signal, progress }) => {
      progress?.(1, 2)
      await load(signal!, stores as Backend)
      fillStores(stores as Backend)
      return SIZE
    },
  })
  await session.listen((event) => events.push(event))
})

const open = (choice: BackendChoice = 'webgpu') => session.open(choice, 'https://example.test/data/')
const only = <T extends SessionEvent['type']>(type: T) =>
  events.filter((event): event is Extract<SessionEvent, { type: T }> => event.type === type)
const phase = (): Phase | undefined => only('progress').at(-1)?.progress.phase
const step = () => only('progress').at(-1)?.progress.step ?? -1
const problems = () => only('problem').map(({ problem }) => problem)

/** Waits for something that comes by itself. */
async function until(what: () => boolean, name: string) {
  for (let i = 0; i < 400; i++) {
    if (what()) return
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`It never came to this: ${name}`)
}

async function running() {
  await session.train()
  const from = step()
  await until(() => phase() === 'running' && step() > from + 20, 'a run that goes on')
}

describe('the usual order', () => {
  it('opens, resets, trains, pauses and goes on', async () => {
    await Promise.all([open(), session.reset(spec)])
    expect(only('device')).toHaveLength(1)
    expect(only('data').at(-1)?.ready).toBe(true)
    const stepsPerEpoch = SIZE.trainCount / 50
    expect(only('reset')).toEqual([{ type: 'reset', spec, origin: 'fresh', step: 0, stepsPerEpoch }])
    await running()
    await session.pause()
    expect(phase()).toBe('paused')
    const paused = step()
    await running()
    expect(step()).toBeGreaterThan(paused)
    await session.pause()
    expect(problems()).toEqual([])
  })

  it('takes Train before the data is there', async () => {
    let arrive: () => void = () => {}
    load = () => new Promise((resolve) => (arrive = resolve))
    const all = Promise.all([open(), session.reset(spec), session.train()])
    await until(() => only('data').length > 0, 'loading')
    arrive()
    await all
    await until(() => step() > 5, 'training')
    await session.pause()
  })

  it('keeps the run and its running across a change of backend', async () => {
    await open()
    await session.reset(spec)
    await running()
    const before = step()
    await open('reference')
    expect(only('rewind')).toHaveLength(1)
    expect(only('rewind')[0].step).toBeGreaterThanOrEqual(before)
    await until(() => phase() === 'running', 'running on')
    await session.pause()
  })
})

describe('openings', () => {
  it('of which the last wins, still running', async () => {
    await open()
    await session.reset(spec)
    await running()
    await Promise.all([open('webgpu'), open('auto'), open('reference')])
    expect(only('device').at(-1)?.reason).toBe('as asked: reference')
    expect(problems()).toEqual([])
    await until(() => phase() === 'running', 'running on')
    await session.pause()
  })

  it('that fail to load tell it, and a retry goes on with the run', async () => {
    await open()
    await session.reset(spec)
    await running()
    load = () => Promise.reject(new DataError('train-images.gz', 'ended after 5 of 10 bytes'))
    await open()
    expect(problems().at(-1)).toMatchObject({ kind: 'data' })
    await session.adjust({ learningRate: 0.5, epochs: 3000, evaluateEvery: 0 })
    load = () => Promise.resolve()
    await open()
    await until(() => phase() === 'running', 'running on')
    expect(only('progress').at(-1)?.progress.steps).toBe(Math.ceil((3000 * SIZE.trainCount) / 50))
    await session.pause()
  })

  it('that a person cancels before anything arrived tell it', async () => {
    load = (signal) =>
      new Promise((_, reject) =>
        signal.aborted
          ? reject(new DataError('train-images.gz', 'was stopped'))
          : signal.addEventListener('abort', () => reject(new DataError('train-images.gz', 'was stopped'))),
      )
    const opening = open()
    await session.abortData()
    await opening
    expect(problems()).toMatchObject([{ kind: 'data' }])
  })

  it('whose stores fail are told as data, with a retry', async () => {
    load = () => Promise.reject(new RangeError('Array buffer allocation failed'))
    await open()
    expect(problems()).toMatchObject([{ kind: 'data', message: expect.stringContaining('allocation failed') }])
  })
})

describe('resets', () => {
  it('that fail say so, and the old run stays', async () => {
    await open()
    expect(await session.reset(spec)).toBe(true)
    await session.step()
    const { prepare } = backends[0]
    Object.assign(backends[0], { prepare: () => Promise.reject(new DeviceMemoryError('too little memory')) })
    expect(await session.reset({ ...spec, seed: 2 })).toBe(false)
    expect(problems()).toEqual([{ kind: 'run', message: 'too little memory' }])
    expect(only('reset')).toHaveLength(1)
    Object.assign(backends[0], { prepare })
    await session.step()
    expect(step()).toBe(2)
  })

  it('that are not valid are refused by field', async () => {
    await open()
    expect(await session.reset({ ...spec, batchSize: 0 })).toBe(false)
    expect(problems()[0].message).toContain('batchSize')
  })

  it('of which the last wins', async () => {
    await open()
    await Promise.all([1, 2, 3].map((seed) => session.reset({ ...spec, seed })))
    expect(only('reset').map(({ spec }) => spec.seed)).toEqual([3])
  })
})

describe('a lost device', () => {
  it('in mid-run: the snapshot is kept, Resume goes on from it', async () => {
    await open()
    await session.reset(spec)
    await running()
    await until(() => only('test').length > 0, 'an evaluation')
    await session.loseDevice()
    await until(() => phase() === 'lost', 'the loss')
    const [problem] = problems()
    expect(problem.kind).toBe('device-lost')
    const kept = Number(/step ([\d,]+)/.exec(problem.message)?.[1].replaceAll(',', ''))
    expect(kept).toBeGreaterThan(0)
    expect(only('data').at(-1)?.ready).toBe(false)
    expect(await session.inspect('samples', { spec, count: 4, turn: 0 })).toEqual([])
    expect(await session.predict(new Uint8Array(PIXELS))).toBeUndefined()

    await session.train()
    expect(backends).toHaveLength(2)
    expect(only('rewind')).toEqual([{ type: 'rewind', step: kept }])
    await until(() => phase() === 'running' && step() > kept, 'going on')
    expect(
      only('progress').every(
        ({ progress }, i, all) => i === 0 || all[i - 1].progress.phase !== 'lost' || progress.step >= kept,
      ),
    ).toBe(true)
    await session.pause()
    expect(problems()).toHaveLength(1)
  })

  it('while idle: Reset makes a fresh run on a new one', async () => {
    await open()
    await session.reset(spec)
    await session.loseDevice()
    await until(() => problems().length > 0, 'the loss')
    expect(await session.reset({ ...spec, seed: 9 })).toBe(true)
    await session.step()
    expect(step()).toBe(1)
  })

  it('while the data loads, and while a kept run is prepared: the next Train goes on', async () => {
    await open()
    await session.reset(spec)
    await session.step()
    await session.step()
    load = (_, backend) => {
      backend.lose()
      return Promise.resolve()
    }
    await open()
    await until(() => problems().some(({ kind }) => kind === 'device-lost'), 'the loss')
    expect(problems().at(-1)?.message).toContain('step 2')
    load = () => Promise.resolve()
    await session.train()
    await until(() => phase() === 'running' && step() > 2, 'going on')
    await session.pause()
  })

  it('while a fresh run is prepared', async () => {
    load = (_, backend) => {
      backend.lose()
      return Promise.resolve()
    }
    await Promise.all([open(), session.reset(spec)])
    await until(() => problems().length > 0, 'the loss')
    load = () => Promise.resolve()
    await session.train()
    await until(() => step() > 2, 'training')
    await session.pause()
  })
})

describe('digits of a batch', () => {
  const ink = ({ pixels }: Sample) => pixels.reduce((sum, byte) => sum + byte, 0)
  const warp = { type: 'warp', rotation: 20, scale: 0.2, shear: 0.1, shift: 2, elastic: 0 } as const

  it('are those of the training set, shuffled, others each turn', async () => {
    const plain = spec
    expect(await session.inspect('samples', { spec: plain, count: 25, turn: 0 })).toEqual([])
    await open()
    const first = await session.inspect('samples', { spec: plain, count: 25, turn: 0 })
    expect(first).toEqual(await session.inspect('samples', { spec: plain, count: 25, turn: 0 }))
    expect(new Set(first.map(({ label }) => label)).size).toBeGreaterThan(3)
    const backend = backends[0]
    const images = await backend.readStore('train-images', 0, SIZE.trainCount * PIXELS)
    const labels = await backend.readStore('train-labels', 0, SIZE.trainCount)
    const place = ({ pixels }: Sample) =>
      [...labels.keys()].find((i) => pixels.every((byte, p) => byte === images[i * PIXELS + p])) ?? -1
    const places = first.map(place)
    expect(places.map((i) => labels[i])).toEqual(first.map(({ label }) => label))
    expect(new Set(places).size).toBe(25)
    const second = await session.inspect('samples', { spec: plain, count: 25, turn: 1 })
    expect(second.map(place).filter((i) => places.includes(i))).toEqual([])
  })

  it('are warped and mixed with synthetic ones as the spec has it', async () => {
    await open()
    const plain = spec
    const before = await session.inspect('samples', { spec: plain, count: 25, turn: 0 })
    const warped = await session.inspect('samples', { spec: { ...plain, augmentation: warp }, count: 25, turn: 0 })
    expect(warped.map(({ label }) => label)).toEqual(before.map(({ label }) => label))
    warped.forEach((sample, i) => {
      expect(sample.pixels).not.toEqual(before[i].pixels)
      expect(ink(sample)).toBeGreaterThan(0)
    })
    const synthetic = makeSynthetic(40)
    const all = Array.from({ length: 40 }, (_, i) => synthetic.images.slice(i * PIXELS, (i + 1) * PIXELS))
    const isSynthetic = ({ pixels, label }: Sample) => {
      const place = all.findIndex((image) => image.every((byte, p) => byte === pixels[p]))
      return place >= 0 && synthetic.labels[place] === label
    }
    expect(
      (await session.inspect('samples', { spec: { ...plain, styleShare: 1 }, count: 25, turn: 0 })).every(isSynthetic),
    ).toBe(true)
    const half = (
      await session.inspect('samples', { spec: { ...plain, styleShare: 0.5 }, count: 200, turn: 0 })
    ).filter(isSynthetic).length
    expect(half).toBeGreaterThan(70)
    expect(half).toBeLessThan(130)
  })

  it('leave no buffer behind', async () => {
    await open()
    await session.inspect('samples', { spec: { ...spec, styleShare: 0.5 }, count: 25, turn: 0 })
    const before = await session.memory()
    await session.inspect('samples', { spec: { ...spec, styleShare: 0.5, augmentation: warp }, count: 25, turn: 3 })
    expect(await session.memory()).toEqual(before)
  })
})

describe('fine-tuning', () => {
  const diagonal: Stroke[] = [
    [
      { x: 0.1, y: 0.1 },
      { x: 0.8, y: 0.9 },
    ],
  ]
  const box: Stroke[] = [
    [
      { x: 0.2, y: 0.2 },
      { x: 0.8, y: 0.2 },
      { x: 0.8, y: 0.8 },
      { x: 0.2, y: 0.8 },
      { x: 0.2, y: 0.2 },
    ],
  ]
  const drawings = [
    { strokes: diagonal, label: 7 },
    { strokes: box, label: 3 },
  ]

  it('without a network, or without drawings, does nothing', async () => {
    expect(await session.fineTune(drawings)).toBeUndefined()
    await open()
    await session.reset(spec)
    expect(await session.fineTune([])).toBeUndefined()
    expect(await session.undoFineTuning()).toBe(false)
  })

  it('teaches drawings, tells what it did, and can be undone', async () => {
    await open()
    await session.reset(spec)
    await running()
    const images = drawings.map(({ strokes }) => rasterise(strokes))
    const said = () => Promise.all(images.map((image) => session.predict(image)))
    const result = await session.fineTune(drawings)
    expect(phase()).toBe('paused')
    const after = await said()
    expect(after.map((prediction) => prediction?.digit)).toEqual([7, 3])
    expect(result?.after.drawings).toEqual([true, true])
    expect(result?.steps).toBeGreaterThan(0)
    expect(result?.before.testAccuracy).toBeGreaterThan(0.5)
    expect(result?.after.testAccuracy).toBeGreaterThan(0.9) // of made-up digits that are easy to keep

    expect(await session.undoFineTuning()).toBe(true)
    const undone = await said()
    expect(undone.map((prediction, i) => prediction?.digit === drawings[i].label)).toEqual(result?.before.drawings)
    expect(await session.undoFineTuning()).toBe(false)
    const again = await session.fineTune(drawings)
    expect(again?.before).toEqual(result?.before)
  })

  it('mixes in what is no digit, where the network has learnt that', async () => {
    await open()
    await session.reset({ ...spec, styleShare: 0.5 })
    await session.step()
    const store = vi.spyOn(backends[0], 'store')
    await session.fineTune(drawings)
    const [, labels] = store.mock.results.map(({ value }) => (value as { byteLength: number }).byteLength)
    expect(store.mock.calls.map(([name]) => name)).toEqual(['taught-images', 'taught-labels'])
    expect(labels).toBe(1024 + 40)
    const { labels: mixed } = makeSynthetic(40)
    expect(mixed.filter((label) => label === NO_DIGIT)).toHaveLength(5)
    expect([...mixed.slice(0, 16)].filter((label) => label === NO_DIGIT)).toHaveLength(2)
  })

  it('leaves no buffer behind, and ends where the run goes on', async () => {
    await open()
    await session.reset(spec)
    await session.step()
    const before = await session.memory()
    expect(await session.fineTune(drawings)).toBeDefined()
    expect(await session.memory()).toEqual(before)
    await session.step()
    expect(await session.undoFineTuning()).toBe(false)
  })

  it('is kept when the device goes away', async () => {
    await open()
    await session.reset(spec)
    await session.step()
    await session.fineTune(drawings)
    await session.loseDevice()
    await until(() => problems().length > 0, 'the loss')
    await session.train()
    await session.pause()
    expect((await session.predict(rasterise(diagonal)))?.digit).toBe(7)
  })
})

it('synthetic drawings that could not be made are told, and made the next time', async () => {
  const make = vi.fn(() => Promise.resolve(makeSynthetic(40)))
  // Once while the data set is awaited, and once when the run wants them.
  for (let i = 0; i < 2; i++) make.mockRejectedValueOnce(new Error('no thread'))
  const other = new LocalSession({
    makeSynthetic: make,
    open: () => Promise.resolve({ backend: createReference(), reason: '' }),
    load: (_, { stores }) => {
      fillStores(stores as Backend)
      return Promise.resolve(SIZE)
    },
  })
  await other.listen((event) => events.push(event))
  const styled: Spec = { ...spec, styleShare: 0.5 }
  await other.open('reference', '')
  expect(await other.reset({ ...styled, styleShare: 0 })).toBe(true)
  expect(make).not.toHaveBeenCalled()
  expect(await other.reset(styled)).toBe(false)
  expect(problems()[0].message).toContain('no thread')
  expect(await other.reset(styled)).toBe(true)
  expect(await other.reset({ ...styled, seed: 2 })).toBe(true)
  expect(make).toHaveBeenCalledTimes(3)
})

it('a fault of the program stops the run and is told', async () => {
  let fail: (error: Error) => void = () => {}
  const faulty = new LocalSession({
    makeSynthetic: () => makeSynthetic(40),
    open: () => {
      const fault = new Promise<Error>((resolve) => (fail = resolve))
      return Promise.resolve({ backend: { ...createReference(), fault }, reason: '' })
    },
    load: (_, { stores }) => {
      fillStores(stores as Backend)
      return Promise.resolve(SIZE)
    },
  })
  await faulty.listen((event) => events.push(event))
  await faulty.open('webgpu', '')
  await faulty.reset(spec)
  await faulty.train()
  await until(() => step() > 5, 'training')
  fail(new Error('a dispatch was refused'))
  await until(() => phase() === 'paused', 'the stop')
  expect(problems()[0].message).toContain('a dispatch was refused')
})
