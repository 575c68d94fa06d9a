// Races that end before they are decided: by a person, by another run, and by a racer that fails.

import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { DeviceMemoryError, type Backend } from '../src/backends/types'
import { openFor, otherPlan, Racers, SLOW, soon, spec, warmedUp } from './racers'
import { until, type WatchedSession } from './training-session'

/** In the place of the browser's database. */
const database = vi.hoisted(() => new Map<string, unknown>())
vi.mock('idb-keyval', () => ({
  get: (key: string) => Promise.resolve(structuredClone(database.get(key))),
  set: (key: string, value: unknown) => Promise.resolve(void database.set(key, structuredClone(value))),
}))

let racers: Racers
let watched: WatchedSession

beforeAll(warmedUp)
beforeEach(() => {
  database.clear()
  racers = new Racers()
  watched = racers.session()
  return () => watched.session.pause()
})

const device = () => watched.only('device').at(-1)!
const present = () => device().device.kind
const opened = (of = spec) => openFor(watched, 'auto', of)

describe('a race ends early', () => {
  beforeEach(() => (racers.slow.webgpu = SLOW)) // the processor would win

  it.each(['train', 'step', 'endRace'] as const)('by %s: the graphics card trains at once', async (command) => {
    let done: Promise<unknown> | undefined
    racers.amid('webgpu', () => (done = watched.session[command]()))
    await opened()
    await soon(done!)
    expect(racers.kinds).toEqual(['webgpu'])
    expect(device().reason).toBe('Running on your graphics card, by WebGPU.')
    await watched.running()
    await watched.session.pause()
    expect(watched.problems).toEqual([])
    expect(database.size).toBe(0)
    await watched.session.reset(spec)
    expect(present(), 'the next race').toBe('wasm')
  })

  it('by Train, also where the processor trained before', async () => {
    await opened()
    expect(present()).toBe('wasm')
    racers.amid('webgpu', () => watched.session.train())
    expect(await soon(watched.session.reset(otherPlan))).toBe(true)
    expect(racers.kinds).toEqual(['webgpu'])
    await until(() => watched.step > 5, 'training')
  })

  it('before it begins: by Train while the data is on its way', async () => {
    const { session } = watched
    const [opening, made] = [session.open('auto', 'https://example.test/data/'), session.reset(spec)]
    await soon(Promise.all([opening, made, session.train()]))
    expect(racers.kinds).toEqual(['webgpu'])
    expect(database.size).toBe(0)
    await until(() => watched.step > 5, 'training')
    await session.pause()
    await session.reset(spec)
    expect(present(), 'the next race').toBe('wasm')
  })

  it('that was to be run again: what was known stays', async () => {
    await opened()
    const { reason } = device()
    racers.amid('webgpu', () => watched.session.endRace())
    await soon(watched.session.raceAgain())
    expect(racers.kinds).toEqual(['wasm'])
    expect(device().reason).toBe(reason)
    racers.steps = () => expect.unreachable('no race for a plan that has been raced')
    const steps = vi.spyOn(racers, 'steps')
    await watched.session.reset(spec)
    expect(present()).toBe('wasm')
    expect(steps).not.toHaveBeenCalled()
  })

  it('by Train while the processor is still being made ready', async () => {
    let ready: (late: Backend) => void = () => {}
    racers.opens.wasm = () => {
      void watched.session.train()
      return new Promise((resolve) => (ready = resolve))
    }
    await opened()
    await until(() => watched.step > 5, 'training')
    ready(racers.racer('wasm'))
    await until(() => racers.alive.size === 1, 'the end of the late one')
    expect(racers.kinds).toEqual(['webgpu'])
  })

  it('by another spec, whose own race counts', async () => {
    let newer: Promise<boolean> | undefined
    racers.amid('webgpu', () => (newer = watched.session.reset(otherPlan)))
    await opened()
    expect(await soon(newer!)).toBe(true)
    expect(watched.only('reset').at(-1)?.spec.batchSize).toBe(otherPlan.batchSize)
    expect(racers.kinds).toEqual(['wasm'])
    await watched.running()
    expect(watched.problems).toEqual([])
  })

  it('by Stop: the old run stays', async () => {
    await opened()
    await watched.session.step()
    racers.amid('webgpu', () => watched.session.stop())
    expect(await soon(watched.session.reset(otherPlan))).toBe(false)
    await until(() => racers.alive.size === 1, 'the end of the other backend')
    expect(present()).toBe('wasm')
    await watched.session.step()
    expect(watched.step).toBe(2)
  })

  it('by another opening', async () => {
    let other: Promise<void> | undefined
    racers.amid('wasm', () => (other = watched.open('webgpu')))
    await opened()
    await soon(other!)
    expect(racers.kinds).toEqual(['webgpu'])
    expect(device()).toMatchObject({ reason: 'as asked: webgpu', races: false })
    await watched.running()
  })
})

describe('a racer fails', () => {
  it.each(['webgpu', 'wasm'] as const)('the card is lost while %s runs: the processor trains', async (amid) => {
    racers.amid(amid, () => watched.backends[0].lose())
    await opened()
    expect(racers.kinds).toEqual(['wasm'])
    expect(device()).toMatchObject({ races: false, reason: expect.stringContaining('cannot be used any more') })
    expect(watched.only('data').at(-1)?.ready).toBe(true)
    await watched.running()
    await watched.session.pause()
    expect(await soon(watched.session.reset(otherPlan))).toBe(true)
    expect(racers.opened).toEqual(['auto', 'wasm'])
    await watched.running()
  })

  it('the card is lost before the data has left it: Train opens it again', async () => {
    racers.opens.wasm = () => {
      watched.backends[0].lose()
      racers.opens.wasm = () => racers.racer('wasm')
      return racers.racer('wasm')
    }
    await opened()
    expect(watched.problems).toMatchObject([{ kind: 'device-lost' }])
    await soon(watched.session.train())
    await until(() => watched.step > 5, 'training')
    expect(racers.alive.size).toBe(1)
  })

  it.each(['webgpu', 'wasm'] as const)('without the memory on %s: the other trains', async (poor) => {
    const make = racers.opens[poor]
    racers.opens[poor] = () => {
      const backend = make()
      return Object.assign(backend, { prepare: () => Promise.reject(new DeviceMemoryError('too little')) })
    }
    await opened()
    expect(racers.kinds).toEqual([poor === 'webgpu' ? 'wasm' : 'webgpu'])
    expect(watched.problems).toEqual([])
    await watched.running()
    expect(database.size).toBe(0)
  })

  it('after it has won: the present one trains', async () => {
    racers.slow.webgpu = SLOW
    racers.opens.wasm = () => {
      const backend = racers.racer('wasm')
      const { prepare } = backend
      let prepared = 0
      return Object.assign(backend, {
        prepare: (plan: Parameters<typeof prepare>[0]) =>
          ++prepared > 1 ? Promise.reject(new DeviceMemoryError('too little')) : prepare(plan),
      })
    }
    await opened()
    expect(racers.kinds).toEqual(['webgpu'])
    expect(watched.problems).toEqual([])
    await watched.running()
  })

  it('the card is lost at any moment: the run is made in the end, and nothing hangs or leaks', async () => {
    let reached = true
    let lost = 0
    for (let n = 1; reached; n++) {
      database.clear()
      racers = new Racers()
      watched = racers.session()
      let moments = 0
      racers.moment = (card) => {
        if (++moments === n) card.lose()
      }
      await opened({ ...spec, epochs: 1, evaluateEvery: 0 })
      reached = moments >= n
      racers.moment = () => {}
      if (reached) lost++
      await soon(watched.session.train())
      await soon(until(() => watched.phase === 'finished', `the end of a run on a card that was lost at moment ${n}`))
      expect(racers.alive.size, `lost at moment ${n}`).toBe(1)
    }
    expect(lost).toBeGreaterThan(15)
  })
})
