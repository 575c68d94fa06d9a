// A session that is asked for runs of one data set after the other, while others train, load, fail or go.

import { beforeEach, describe, expect, it } from 'vitest'
import type { Backend } from '../src/backends/types'
import { mnist } from '../src/datasets'
import type { Dataset } from '../src/datasets/dataset'
import { DataError, type ExampleCounts, type LoadOptions } from '../src/datasets/load'
import type { Spec } from '../src/model/spec'
import { losable } from './losable'
import { fillOddStores, oddFeatures } from './odd-sets'
import { PIXELS } from './tiny-digits'
import { loadTiny, softmax, until, WatchedSession } from './training-session'

const digits = softmax
const features: Spec = {
  ...softmax,
  dataset: oddFeatures.id,
  layers: [{ type: 'dense', units: 3, activation: 'linear', initialiser: 'glorot', bias: 'yes' }],
  trainingSize: oddFeatures.train,
}
const digit = new Uint8Array(PIXELS).fill(100)

/** Ids of the data sets whose loading was begun, in order. */
let begun: string[]
/** What the next loads wait for; they end where they are stopped meanwhile. */
let arrival: Promise<unknown>
/** Why loading does not even begin. */
let refused: DataError | undefined
/** Called before and after everything that the session waits for. */
let moment: () => void
let watched: WatchedSession

function stopped(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(new DataError('train-images.gz', 'was stopped'))
    if (signal?.aborted) stop()
    signal?.addEventListener('abort', stop)
  })
}

async function load(dataset: Dataset, options: LoadOptions): Promise<ExampleCounts> {
  if (refused) throw refused
  if (!options.signal?.aborted) begun.push(dataset.id)
  await Promise.race([arrival, stopped(options.signal)])
  options.progress?.(10, 10)
  if (dataset === mnist) return loadTiny(dataset, options)
  fillOddStores(options.stores as Backend, dataset)
  return { trainCount: dataset.train, testCount: dataset.test }
}

/** Loads stay under way from now on. */
const never = () => {
  arrival = new Promise(() => {})
}

beforeEach(() => {
  begun = []
  arrival = Promise.resolve()
  refused = undefined
  moment = () => {}
  watched = new WatchedSession(() => losable(() => moment()), load)
})

const samplesOf = (spec: Spec) => watched.session.inspect('samples', { spec, count: 4, turn: 0 })
const loading = (id: string) => until(() => begun.at(-1) === id, `loading of ${id}`)

describe('another data set', () => {
  it('is loaded once, for examples of it and for a run, and takes the place of the old one', async () => {
    const { session } = watched
    await watched.open()
    await session.reset(digits)
    await watched.running()
    expect(await samplesOf(features)).toHaveLength(4)
    expect(watched.phase).toBe('running')
    expect(await session.reset(features)).toBe(true)
    expect(begun).toEqual(['mnist', 'odd-features'])
    await session.train()
    await until(() => watched.only('test').length > 0, 'a test')
    await session.pause()
    expect(watched.problems).toEqual([])
  })

  it('that is cancelled is not loaded behind that, and the old run stays', async () => {
    const { session } = watched
    await watched.open()
    await session.reset(digits)
    never()
    const samples = samplesOf(features)
    const reset = session.reset(features)
    await loading('odd-features')
    await session.abortData()
    expect(await samples).toEqual([])
    expect(await reset).toBe(false)
    expect(begun).toEqual(['mnist', 'odd-features'])
    expect(watched.problems.map(({ kind }) => kind)).toContain('data')
    arrival = Promise.resolve()
    await session.step()
    expect(watched.step).toBe(1)
    expect(await session.reset(features)).toBe(true)
  })

  it('that fails to load leaves the old run, which Reset and what is told of data say', async () => {
    const { session } = watched
    await watched.open()
    await session.reset(digits)
    arrival = Promise.reject(new DataError('train-images.gz', 'ended after 5 of 10 bytes'))
    expect(await session.reset(features)).toBe(false)
    expect(watched.only('reset')).toHaveLength(1)
    expect(watched.only('data').at(-1)).toMatchObject({ dataset: 'odd-features', ready: false })
    await session.step()
    expect(watched.step).toBe(1)
    await session.reset(digits)
    expect(watched.only('data').at(-1)).toMatchObject({ dataset: 'mnist', ready: true })
  })

  it('is told by name before anything of it arrives, also where nothing does', async () => {
    const { session } = watched
    await watched.open()
    await session.reset(digits)
    refused = new DataError('Odd features', 'is not in this build')
    expect(await session.reset(features)).toBe(false)
    const [data, problem] = watched.events.slice(-2)
    expect(data).toEqual({ type: 'data', dataset: 'odd-features', loaded: 0, total: 0, ready: false })
    expect(problem).toMatchObject({ type: 'problem', problem: { kind: 'data' } })
  })

  it('is not loaded where the run that moves to another device is of the old one', async () => {
    const { session } = watched
    await watched.open()
    await session.reset(digits)
    await session.step()
    await session.open('reference', 'https://example.test/data/', features.dataset)
    expect(begun).toEqual(['mnist', 'mnist'])
    expect(watched.only('rewind')).toEqual([{ type: 'rewind', step: 1 }])
  })

  it('that was looked at makes room for that of the next run, which is told', async () => {
    const { session } = watched
    await watched.open()
    await session.reset(digits)
    await samplesOf(features)
    await session.reset({ ...digits, seed: 2 })
    expect(watched.only('data').at(-1)).toMatchObject({ dataset: 'mnist', total: 10, ready: true })
  })
})

describe('a checkpoint or a network of another data set', () => {
  async function learntFeatures() {
    const other = new WatchedSession(() => losable(), load)
    await other.open()
    await other.session.reset(features)
    await other.session.step()
    return { checkpoint: (await other.session.checkpoint())!, learnt: (await other.session.learnt())! }
  }

  it('brings its data along, and the old goes', async () => {
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

  it('leaves the old run going where its data does not come', async () => {
    const { session } = watched
    const { checkpoint } = await learntFeatures()
    await watched.open()
    await session.reset(digits)
    await watched.running()
    arrival = Promise.reject(new DataError('train-images.gz', 'ended after 5 of 10 bytes'))
    expect(await session.restore(checkpoint)).toBe(false)
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
  never()
  const reset = session.reset(features)
  await loading('odd-features')
  await session.loseDevice()
  expect(await reset, 'loading ends').toBe(false)
  arrival = Promise.resolve()
  await session.train()
  await until(() => watched.phase === 'running', 'training')
  await session.pause()
  expect(begun.at(-1)).toBe('mnist')
  expect(watched.problems.map(({ kind }) => kind)).toEqual(['device-lost'])
  expect(watched.only('rewind')).toHaveLength(1)
})

describe('an example of the old data set', () => {
  it('is a mistake of the one who asks, and no trouble of the run', async () => {
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
    never()
    const training = session.train()
    await until(() => begun.length === 2, 'loading again')
    return { training }
  }

  it('takes its place and starts the run', async () => {
    const { training } = await reopening()
    arrival = Promise.resolve()
    await Promise.all([training, watched.open('reference')])
    expect(begun).toHaveLength(3)
    await until(() => watched.phase === 'running', 'training')
    await watched.session.pause()
  })

  it('is cancelled by Cancel, and superseded by the next', async () => {
    const { session } = watched
    const { training } = await reopening()
    const second = watched.open('reference')
    await until(() => begun.length === 3, 'loading for the second')
    await training
    await session.abortData()
    await second
    expect(watched.problems.at(-1)?.kind).toBe('data')
    await session.loseDevice()
    await until(() => watched.problems.at(-1)?.kind === 'device-lost', 'the second loss')
    const [again, third] = [session.train(), watched.open('reference')]
    await until(() => begun.length === 4, 'loading for the third')
    arrival = Promise.resolve()
    await Promise.all([again, third, watched.open('wasm')])
    expect(begun).toHaveLength(5)
    expect(watched.only('device').at(-1)?.reason).toBe('as asked: wasm')
    await session.pause()
  })

  it('is not made for a cancelled Train', async () => {
    const { training } = await reopening()
    await watched.session.abortData()
    await training
    expect(begun).toHaveLength(2)
  })
})

it('a run that moves to another device stays paused if it is paused at any moment of that', async () => {
  const { session } = watched
  await watched.open()
  await session.reset(digits)
  let moments = 0
  for (let n = 1; n === 1 || moments >= n - 1; n++) {
    await watched.running()
    moments = 0
    let pausing: Promise<void> | undefined
    moment = () => {
      if (++moments === n) pausing = session.pause()
    }
    await watched.open()
    moment = () => {}
    await pausing
    const { step } = watched
    await new Promise((resolve) => setTimeout(resolve, 20))
    if (pausing) expect([watched.phase, watched.step], `paused at moment ${n}`).toEqual(['paused', step])
    await session.pause()
  }
  expect(moments).toBeGreaterThan(5)
})
