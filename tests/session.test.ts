// The session: openings that overtake each other, failed resets, and a device that goes away.

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createReference } from '../src/backends/reference'
import { DeviceMemoryError, type Backend } from '../src/backends/types'
import { DataError } from '../src/datasets/load'
import { type Spec } from '../src/model/spec'
import { PIXELS } from './tiny-digits'
import type { BackendChoice } from '../src/session/protocol'
import { LocalSession } from '../src/session/session'
import { makeSynthetic } from '../src/session/synthetic'
import { losable } from './losable'
import { SIZE } from './tiny-digits'
import { loadTiny, softmax as spec, until, WatchedSession } from './training-session'

let watched: WatchedSession
let session: LocalSession
/** What loading does before the data is there: nothing unless a test says otherwise. */
let load: (signal: AbortSignal, backend: Backend) => Promise<void>

beforeEach(() => {
  load = () => Promise.resolve()
  watched = new WatchedSession(
    () => losable(),
    async (dataset, options) => {
      options.progress?.(1, 2)
      await load(options.signal!, options.stores as Backend)
      return loadTiny(dataset, options)
    },
  )
  session = watched.session
})

const open = (choice?: BackendChoice) => watched.open(choice)
const only: WatchedSession['only'] = (type) => watched.only(type)
const problems = () => watched.problems
const phase = () => watched.phase
const step = () => watched.step
const running = () => watched.running()

describe('the usual order', () => {
  it('opens, resets, trains, pauses and goes on', async () => {
    await Promise.all([open(), session.reset(spec)])
    expect(only('device')).toHaveLength(1)
    expect(only('data').at(-1)?.ready).toBe(true)
    expect(only('reset')).toEqual([
      { type: 'reset', spec, origin: 'fresh', step: 0, stepsPerEpoch: SIZE.trainCount / spec.batchSize },
    ])
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
  it('supersede each other while running: the last one wins', async () => {
    await open()
    await session.reset(spec)
    await running()
    await Promise.all([open('webgpu'), open('auto'), open('reference')])
    expect(only('device').at(-1)?.reason).toBe('as asked: reference')
    expect(problems()).toEqual([])
    await until(() => phase() === 'running', 'running on')
    await session.pause()
  })

  it('report a failed load, and a retry goes on with the run', async () => {
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

  it('report that a person cancelled before any data arrived', async () => {
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

  it('report a failure of a store as a data problem, with a retry', async () => {
    load = () => Promise.reject(new RangeError('Array buffer allocation failed'))
    await open()
    expect(problems()).toMatchObject([{ kind: 'data', message: expect.stringContaining('allocation failed') }])
  })
})

describe('resets', () => {
  it('report a failure, and the old run stays', async () => {
    await open()
    expect(await session.reset(spec)).toBe(true)
    await session.step()
    const { prepare } = watched.backends[0]
    Object.assign(watched.backends[0], { prepare: () => Promise.reject(new DeviceMemoryError('too little memory')) })
    expect(await session.reset({ ...spec, seed: 2 })).toBe(false)
    expect(problems()).toEqual([{ kind: 'run', message: 'too little memory' }])
    expect(only('reset')).toHaveLength(1)
    Object.assign(watched.backends[0], { prepare })
    await session.step()
    expect(step()).toBe(2)
  })

  it('refuse an invalid spec and name its fields', async () => {
    await open()
    expect(await session.reset({ ...spec, batchSize: 0 })).toBe(false)
    expect(problems()[0].message).toContain('batchSize')
  })

  it('supersede each other: the last one wins', async () => {
    await open()
    await Promise.all([1, 2, 3].map((seed) => session.reset({ ...spec, seed })))
    expect(only('reset').map(({ spec }) => spec.seed)).toEqual([3])
  })
})

describe('a lost device', () => {
  it('in mid-run leaves a snapshot, from which Resume goes on', async () => {
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
    expect(watched.backends).toHaveLength(2)
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

  it('while idle is replaced by a new one at Reset', async () => {
    await open()
    await session.reset(spec)
    await session.loseDevice()
    await until(() => problems().length > 0, 'the loss')
    expect(await session.reset({ ...spec, seed: 9 })).toBe(true)
    await session.step()
    expect(step()).toBe(1)
  })

  it('while the data loads or a snapshot is prepared is replaced at the next Train', async () => {
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

describe('an evaluation on request', () => {
  const tests = () => only('test').map(({ point }) => point.step)

  it('pauses the run, evaluates the present network once, and trains nothing', async () => {
    await open()
    await session.evaluate()
    await session.reset({ ...spec, evaluateEvery: 0 })
    await running()
    await session.evaluate()
    expect(phase()).toBe('paused')
    const stands = step()
    const learnt = await session.learnt()
    expect(tests().at(-1)).toBe(stands)
    const told = tests().length
    await session.evaluate()
    expect(tests()).toHaveLength(told)
    expect(await session.learnt()).toEqual(learnt)
    await session.step()
    await session.evaluate()
    expect(tests().slice(told)).toEqual([stands + 1])
    expect(problems()).toEqual([])
  })

  it('evaluates the held-out images too, with the results of a scheduled evaluation', async () => {
    await open()
    const held: Spec = { ...spec, trainingSize: 800, validationSize: 203, evaluateEvery: 0 }
    await session.reset(held)
    for (let i = 0; i < 3; i++) await session.step()
    await session.evaluate()
    const points = () => [only('test').at(-1)?.point, only('validation').at(-1)?.point]
    const asked = points()
    expect(asked).toMatchObject([{ step: 3 }, { step: 3 }])
    await session.reset({ ...held, evaluateEvery: 3 })
    for (let i = 0; i < 3; i++) await session.step()
    expect(points()).toEqual(asked)
    expect(only('test')).toHaveLength(2)
  })

  it('measures a fresh network in the background, and changes nothing of its training', async () => {
    await open()
    await session.reset(spec)
    await session.evaluateAtRest()
    await until(() => tests().length > 0, 'the point at step 0')
    expect([phase(), step(), tests()]).toEqual(['idle', 0, [0]])
    for (let i = 0; i < 3; i++) await session.step()
    const measured = await session.learnt()
    await session.reset(spec)
    for (let i = 0; i < 3; i++) await session.step()
    expect(await session.learnt()).toEqual(measured)
    expect(problems()).toEqual([])
  })

  it('gives way to a step, and measures the network where it rests again', async () => {
    await open()
    await session.reset(spec)
    const asked = session.evaluateAtRest()
    await Promise.all([asked, session.step()])
    expect(step()).toBe(1)
    expect(tests().filter((at) => at > 0)).toEqual([])
    await session.evaluateAtRest()
    await until(() => tests().includes(1), 'the point at step 1')
    await session.evaluateAtRest()
    await session.evaluate()
    expect(tests().filter((at) => at > 0)).toEqual([1])
    expect(problems()).toEqual([])
  })

  it('comes first where training begins at once, and changes nothing of it', async () => {
    await open()
    await session.reset({ ...spec, epochs: 1 })
    await session.evaluateAtRest()
    await session.train()
    await until(() => phase() === 'finished', 'the end')
    expect(tests()[0]).toBe(0)
    const measured = await session.learnt()
    await session.reset({ ...spec, epochs: 1 })
    await session.train()
    await until(() => phase() === 'finished', 'the end')
    expect(await session.learnt()).toEqual(measured)
    expect(problems()).toEqual([])
  })

  it('leaves an evaluation due that a run waits for', async () => {
    await open()
    await session.reset({ ...spec, evaluateEvery: 2 })
    await session.step()
    const stopped = session.step()
    await session.stop()
    await stopped
    await session.evaluateAtRest()
    await session.pause()
    while (step() < 3) await session.step()
    expect(tests().filter((at) => at > 0)).toEqual([2])
    expect(problems()).toEqual([])
  })

  it('is not repeated on another backend', async () => {
    await open()
    await session.reset(spec)
    await session.step()
    await session.evaluate()
    await open('reference')
    await session.evaluate()
    expect(tests()).toEqual([1])
  })
})

it('a failure to make synthetic drawings is reported, and the next try makes them', async () => {
  const make = vi.fn(() => Promise.resolve(makeSynthetic(40)))
  // Once while the data set is awaited, and once when the run wants them.
  for (let i = 0; i < 2; i++) make.mockRejectedValueOnce(new Error('no thread'))
  const other = new LocalSession({
    makeSynthetic: make,
    open: () => Promise.resolve({ backend: createReference(), reason: '' }),
    load: loadTiny,
  })
  await other.listen((event) => watched.events.push(event))
  const synthetic: Spec = { ...spec, styleShare: 0.5 }
  await other.open('reference', '')
  expect(await other.reset({ ...synthetic, styleShare: 0 })).toBe(true)
  expect(make).not.toHaveBeenCalled()
  expect(await other.reset(synthetic)).toBe(false)
  expect(problems()[0].message).toContain('no thread')
  expect(await other.reset(synthetic)).toBe(true)
  expect(await other.reset({ ...synthetic, seed: 2 })).toBe(true)
  expect(make).toHaveBeenCalledTimes(3)
})

it('a fault of the program stops the run and is reported', async () => {
  let fail: (error: Error) => void = () => {}
  const faulty = new LocalSession({
    makeSynthetic: () => makeSynthetic(40),
    open: () => {
      const fault = new Promise<Error>((resolve) => (fail = resolve))
      return Promise.resolve({ backend: { ...createReference(), fault }, reason: '' })
    },
    load: loadTiny,
  })
  await faulty.listen((event) => watched.events.push(event))
  await faulty.open('webgpu', '')
  await faulty.reset(spec)
  await faulty.train()
  await until(() => step() > 5, 'training')
  fail(new Error('a dispatch was refused'))
  await until(() => phase() === 'paused', 'the stop')
  expect(problems()[0].message).toContain('a dispatch was refused')
})
