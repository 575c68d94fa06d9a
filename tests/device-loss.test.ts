// A device that is lost at every moment at which a session waits for it, one after the other.

import { expect, it } from 'vitest'
import { DeviceLostError, type Backend } from '../src/backends/types'
import { mnist } from '../src/datasets'
import type { ExampleCounts, LoadOptions } from '../src/datasets/load'
import { storesOf } from '../src/datasets/stores'
import { type Spec } from '../src/model/spec'
import { PIXELS } from './tiny-digits'
import { losable } from './losable'
import { softmax, WatchedSession } from './training-session'

const SIZE = { trainCount: 60, testCount: 40 }
/** Six steps an epoch, so that all of it is done many times in a moment. */
const spec: Spec = { ...softmax, batchSize: 10, epochs: 5, evaluateEvery: 5 }
const images = Uint8Array.from({ length: SIZE.trainCount * PIXELS }, (_, i) => (i * i * 31 + (i >> 3)) % 256)
const labels = Uint8Array.from({ length: SIZE.trainCount }, (_, i) => i % 10)
const image = images.slice(0, PIXELS)

/** A moment at which a session waits: `backend` is the one that it waits for, if it is open. */
type Moment = (backend?: Backend) => void

function load(options: LoadOptions, moment: Moment): Promise<ExampleCounts> {
  const backend = options.stores as Backend
  const stores = storesOf(mnist)
  moment(backend)
  for (const [name, contents] of [
    [stores.trainInputs, images],
    [stores.trainLabels, labels],
    [stores.testInputs, images.subarray(0, SIZE.testCount * PIXELS)],
    [stores.testLabels, labels.subarray(0, SIZE.testCount)],
  ] as const) {
    backend.store(name, contents.length).write(0, contents)
  }
  moment(backend)
  return Promise.resolve(SIZE)
}

const ways = {
  /** The device says that it has gone, and refuses what it is asked from then on; opening and loading fail. */
  goes(backend?: Backend) {
    if (!backend) throw new DeviceLostError('gone')
    backend.lose()
  },
  /** One answer is refused, and nothing else says that the device has gone. */
  refuses() {
    throw new DeviceLostError('gone')
  },
}

/** A session whose device is lost at moment number `loseAt`, from 1, until `end`, which tells whether it was. */
function start(loseAt: number, way: keyof typeof ways) {
  let moments = 0
  let ended = false
  const moment: Moment = (backend) => {
    if (!ended && ++moments === loseAt) ways[way](backend)
  }
  const end = () => {
    ended = true
    return moments >= loseAt
  }
  const watched = new WatchedSession(
    async () => {
      moment()
      return losable(moment)
    },
    async (_, options) => load(options, moment),
  )
  return { watched, end }
}

/** Fails where a command hangs. */
async function soon<T>(name: string, command: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${name} hangs`)), 5000)
  })
  try {
    return await Promise.race([command, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Waits for something that comes by itself, and no longer than it takes. */
async function reach(what: () => boolean, name: string): Promise<void> {
  const start = performance.now()
  while (!what()) {
    if (performance.now() - start > 5000) throw new Error(`It never came to this: ${name}`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** What a person does, whatever becomes of it. */
async function use(watched: WatchedSession): Promise<void> {
  const { session } = watched
  await soon('open', watched.open())
  await soon('reset', session.reset(spec))
  await soon('train', session.train())
  await reach(() => watched.only('test').length > 0 || watched.phase !== 'running', 'a few steps')
  await soon('pause', session.pause())
  await soon('step', session.step())
  await soon('predict', session.predict(image))
  await soon('checkpoint', session.checkpoint())
  await soon('look', session.inspect('look', { example: image, saliency: true }))
  await soon('test images', session.inspect('testImages', [1, 2]))
  await soon('evaluate', session.evaluate())
  await soon('another opening', watched.open('reference'))
  await soon('resume', session.train())
  await soon('another pause', session.pause())
}

/** Opens again and trains to the end: the network in the end, and what is alive on the device then. */
async function finish(watched: WatchedSession) {
  const { session } = watched
  await soon('the last opening', watched.open())
  await soon('the last resume', session.train())
  await reach(() => watched.phase === 'finished', 'the end of the run')
  return { learnt: await session.learnt(), memory: await session.memory() }
}

/** Each loss tells from which step the run goes on, and from there it does. */
function expectKept({ events }: WatchedSession): void {
  events.forEach((event, i) => {
    if (event.type !== 'problem' || event.problem.kind !== 'device-lost') return
    const next = events.slice(i).find(({ type }) => type === 'reset' || type === 'rewind')
    const step = /at step ([\d,]+)/.exec(event.problem.message)?.[1]
    expect(next).toMatchObject(step === undefined ? { type: 'reset' } : { type: 'rewind', step: Number(step) })
  })
}

// A rejection that nobody handles fails the test file by itself.
it.each(Object.keys(ways) as (keyof typeof ways)[])(
  'a device that %s at any moment',
  async (way) => {
    const { watched: whole } = start(Infinity, way)
    await use(whole)
    const expected = await finish(whole)
    expect(whole.problems).toEqual([])
    expect(expected.learnt).toBeDefined()

    let lost = true
    let losses = 0
    for (let n = 1; lost; n++) {
      const { watched, end } = start(n, way)
      await use(watched)
      lost = end()
      if (lost) losses++
      expect(await finish(watched), `lost at moment ${n}`).toEqual(expected)
      // A refused prediction has no answer, and an older snapshot takes the place of a refused one: no trouble to tell of.
      const told = watched.problems.length
      if (lost && way === 'goes') expect(told, `lost at moment ${n}`).toBe(1)
      else expect(told, `lost at moment ${n}`).toBeLessThanOrEqual(lost ? 1 : 0)
      expectKept(watched)
      const [last, ...older] = watched.backends.toReversed()
      expect(last.memory()).toEqual(expected.memory)
      expect(older.map((backend) => backend.memory())).toEqual(older.map(() => ({ buffers: 0, bytes: 0 })))
    }
    expect(losses).toBeGreaterThan(50)
  },
  120_000,
)
