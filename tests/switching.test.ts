// A session that is asked for runs of one data set after the other, while others train, load, fail or go.

import { beforeEach, describe, expect, it } from 'vitest'
import { MissingDataError } from '../src/datasets/load'
import { Arrivals, cut, digits, features } from './arrivals'
import { PIXELS } from './tiny-digits'
import { until, type WatchedSession } from './training-session'

const digit = new Uint8Array(PIXELS).fill(100)

let arrivals: Arrivals
let watched: WatchedSession

beforeEach(() => {
  arrivals = new Arrivals()
  watched = arrivals.watched
})

describe('another data set', () => {
  it('is loaded once for its examples and a run, and replaces the old one', async () => {
    const { session } = watched
    await watched.open()
    await session.reset(digits)
    await watched.running()
    expect(await arrivals.samplesOf(features)).toHaveLength(4)
    expect(watched.phase).toBe('running')
    expect(await session.reset(features)).toBe(true)
    expect(arrivals.begun).toEqual(['mnist', 'odd-features'])
    await session.train()
    await until(() => watched.only('test').length > 0, 'a test')
    await session.pause()
    expect(watched.problems).toEqual([])
  })

  it('is not loaded after it is cancelled, and the old run stays', async () => {
    const { session } = watched
    await watched.open()
    await session.reset(digits)
    arrivals.never()
    const samples = arrivals.samplesOf(features)
    const reset = session.reset(features)
    await arrivals.loading('odd-features')
    await session.abortData()
    expect(await samples).toEqual([])
    expect(await reset).toBe(false)
    expect(arrivals.begun).toEqual(['mnist', 'odd-features'])
    expect(watched.problems.map(({ kind }) => kind)).toContain('data')
    arrivals.arrival = Promise.resolve()
    await session.step()
    expect(watched.step).toBe(1)
    expect(await session.reset(features)).toBe(true)
  })

  it('that fails to load leaves the old run, which Reset and the data events report', async () => {
    const { session } = watched
    await watched.open()
    await session.reset(digits)
    arrivals.arrival = Promise.reject(cut())
    expect(await session.reset(features)).toBe(false)
    expect(watched.only('reset')).toHaveLength(1)
    expect(watched.only('data').at(-1)).toMatchObject({ dataset: 'odd-features', ready: false })
    await session.step()
    expect(watched.step).toBe(1)
    await session.reset(digits)
    expect(watched.only('data').at(-1)).toMatchObject({ dataset: 'mnist', ready: true })
  })

  it('is named before any of it arrives, even if nothing does', async () => {
    const { session } = watched
    await watched.open()
    await session.reset(digits)
    arrivals.refused = new MissingDataError('Odd features', 'is not in this build')
    expect(await session.reset(features)).toBe(false)
    const [data, problem] = watched.events.slice(-2)
    expect(data).toEqual({ type: 'data', dataset: 'odd-features', loaded: 0, total: 0, ready: false })
    expect(problem).toMatchObject({ type: 'problem', problem: { kind: 'data', lasting: true } })
  })

  it('is not loaded when a run of the old one moves to another device', async () => {
    const { session } = watched
    await watched.open()
    await session.reset(digits)
    await session.step()
    await session.open('reference', 'https://example.test/data/', features.dataset)
    expect(arrivals.begun).toEqual(['mnist', 'mnist'])
    expect(watched.only('rewind')).toEqual([{ type: 'rewind', step: 1 }])
  })

  it('that was only looked at makes room for that of the next run, which is reported', async () => {
    const { session } = watched
    await watched.open()
    await session.reset(digits)
    await arrivals.samplesOf(features)
    await session.reset({ ...digits, seed: 2 })
    expect(watched.only('data').at(-1)).toMatchObject({ dataset: 'mnist', total: 10, ready: true })
  })
})

it('synthetic drawings go with the last data set that can use them, and are made again for the next', async () => {
  const { session } = watched
  await watched.open()
  const synthetic = { ...digits, styleShare: 0.5 }
  const drawings = () => watched.backends[0].readStore('synthetic-inputs', 0, PIXELS)
  await session.reset(synthetic)
  await drawings()
  await session.reset(features)
  await expect(drawings()).rejects.toThrow()
  expect(await session.reset(synthetic)).toBe(true)
  await drawings()
  expect(watched.problems).toEqual([])
})

describe('a checkpoint or a network of another data set', () => {
  async function learntFeatures() {
    const other = new Arrivals().watched
    await other.open()
    await other.session.reset(features)
    await other.session.step()
    return { checkpoint: (await other.session.checkpoint())!, learnt: (await other.session.learnt())! }
  }

  it('loads its data, and the old data goes', async () => {
    const { session } = watched
    const { checkpoint, learnt } = await learntFeatures()
    await watched.open()
    const { bytes } = await session.memory()
    for (const restored of [true, false]) {
      await session.reset(digits)
      await watched.running()
      expect(await (restored ? session.restore(checkpoint) : session.load(features, learnt))).toBe(true)
      expect(watched.only('reset').at(-1)).toMatchObject({ spec: features, step: restored ? 1 : 0 })
      expect(await session.inspect('testImages', [88])).toHaveLength(1)
      expect((await session.memory()).bytes).toBeLessThan(bytes)
      await session.step()
    }
    expect(watched.problems).toEqual([])
  })

  it('leaves the old run going if its data does not load', async () => {
    const { session } = watched
    const { checkpoint } = await learntFeatures()
    await watched.open()
    await session.reset(digits)
    await watched.running()
    arrivals.arrival = Promise.reject(cut())
    expect(await session.restore(checkpoint)).toBe(false)
    expect(watched.problems.map(({ kind }) => kind)).toEqual(['data'])
    const { step } = watched
    await until(() => watched.phase === 'running' && watched.step > step + 5, 'going on')
    await session.pause()
  })
})

it('a device lost while another data set loads takes the run along to the next', async () => {
  const { session } = watched
  await watched.open()
  await session.reset(digits)
  await session.step()
  arrivals.never()
  const reset = session.reset(features)
  await arrivals.loading('odd-features')
  await session.loseDevice()
  expect(await reset, 'loading ends').toBe(false)
  arrivals.arrival = Promise.resolve()
  await session.train()
  await until(() => watched.phase === 'running', 'training')
  await session.pause()
  expect(arrivals.begun.at(-1)).toBe('mnist')
  expect(watched.problems.map(({ kind }) => kind)).toEqual(['device-lost'])
  expect(watched.only('rewind')).toHaveLength(1)
})

describe('an example of the old data set', () => {
  it('is an error of the caller, and no problem of the run', async () => {
    const { session } = watched
    await watched.open()
    await session.reset(features)
    await expect(session.predict(digit)).rejects.toThrow(RangeError)
    await expect(session.inspect('look', { example: digit, saliency: false })).rejects.toThrow(RangeError)
    expect(watched.problems).toEqual([])
  })
})

describe('an opening that waits behind another', () => {
  /** The device is lost, and Train opens another; its data does not arrive. */
  async function reopening(): Promise<{ training: Promise<void> }> {
    const { session } = watched
    await watched.open()
    await session.reset(digits)
    await session.loseDevice()
    await until(() => watched.problems.length > 0, 'the loss')
    arrivals.never()
    const training = session.train()
    await until(() => arrivals.begun.length === 2, 'loading again')
    return { training }
  }

  it('replaces it and starts the run', async () => {
    const { training } = await reopening()
    arrivals.arrival = Promise.resolve()
    await Promise.all([training, watched.open('reference')])
    expect(arrivals.begun).toHaveLength(3)
    await until(() => watched.phase === 'running', 'training')
    await watched.session.pause()
  })

  it('is cancelled by Cancel, and superseded by the next', async () => {
    const { session } = watched
    const { training } = await reopening()
    const second = watched.open('reference')
    await until(() => arrivals.begun.length === 3, 'loading for the second')
    await training
    await session.abortData()
    await second
    expect(watched.problems.at(-1)?.kind).toBe('data')
    await session.loseDevice()
    await until(() => watched.problems.at(-1)?.kind === 'device-lost', 'the second loss')
    const [again, third] = [session.train(), watched.open('reference')]
    await until(() => arrivals.begun.length === 4, 'loading for the third')
    arrivals.arrival = Promise.resolve()
    await Promise.all([again, third, watched.open('wasm')])
    expect(arrivals.begun).toHaveLength(5)
    expect(watched.only('device').at(-1)?.reason).toBe('as asked: wasm')
    await session.pause()
  })

  it('is not made for a cancelled Train', async () => {
    const { training } = await reopening()
    await watched.session.abortData()
    await training
    expect(arrivals.begun).toHaveLength(2)
  })
})

it('a run that moves to another device stays paused if it is paused during the move', async () => {
  const { session } = watched
  await watched.open()
  await session.reset(digits)
  let moments = 0
  for (let n = 1; n === 1 || moments >= n - 1; n++) {
    await watched.running()
    moments = 0
    let pausing: Promise<void> | undefined
    arrivals.moment = () => {
      if (++moments === n) pausing = session.pause()
    }
    await watched.open()
    arrivals.moment = () => {}
    await pausing
    const { step } = watched
    await new Promise((resolve) => setTimeout(resolve, 20))
    if (pausing) expect([watched.phase, watched.step], `paused at moment ${n}`).toEqual(['paused', step])
    await session.pause()
  }
  expect(moments).toBeGreaterThan(5)
})
