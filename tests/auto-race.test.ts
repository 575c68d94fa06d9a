// Sessions whose Auto lets a graphics card and a processor race: both are reference backends here, one of them made slow.

import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createReference } from '../src/backends/reference'
import { createWasm } from '../src/backends/wasm'
import type { Spec } from '../src/model/spec'
import type { BackendChoice } from '../src/session/protocol'
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
const opened = (choice: BackendChoice = 'auto', of = spec) => openFor(watched, choice, of)

/** What a network has learnt after some steps. */
async function learntAfter(steps = 30) {
  for (let i = 0; i < steps; i++) await watched.session.step()
  return watched.session.learnt()
}

describe('a race', () => {
  it('that the graphics card wins leaves it there, and nothing of the processor', async () => {
    racers.slow.wasm = SLOW
    await opened()
    expect(racers.opened).toEqual(['auto', 'wasm'])
    expect(racers.kinds).toEqual(['webgpu'])
    expect(device()).toMatchObject({ device: { kind: 'webgpu' }, races: true })
    expect(device().reason).toMatch(
      /^Your GPU trains [\d.,]+( million)? images a second here, your processor [\d.,]+\. So the GPU trains this network\.$/,
    )
    await watched.running()
    expect(watched.problems).toEqual([])
  })

  it('that the processor wins moves there before the run is made, with all of the data', async () => {
    racers.slow.webgpu = SLOW
    const card = () => watched.backends[0]
    await opened()
    expect(racers.opened).toEqual(['auto', 'wasm'])
    expect(racers.kinds).toEqual(['wasm'])
    expect(card().memory()).toEqual({ buffers: 0, bytes: 0 })
    expect(device().reason).toMatch(/So the processor trains this network\.$/)
    expect(watched.only('data').at(-1)?.ready).toBe(true)
    expect(watched.only('reset')).toHaveLength(1)
    await watched.running()
    await until(() => watched.only('test').length > 0, 'a test')
    expect(watched.problems).toEqual([])
  })

  it.each(['webgpu', 'wasm'] as const)('changes no number of a run on %s, and leaves no memory', async (kind) => {
    await opened(kind)
    expect(racers.opened).toEqual([kind])
    const [memory, expected] = [await watched.session.memory(), await learntAfter()]
    watched = racers.session()
    racers.slow[kind === 'webgpu' ? 'wasm' : 'webgpu'] = SLOW
    await opened()
    expect(present()).toBe(kind)
    expect(await watched.session.memory()).toEqual(memory)
    expect(await learntAfter()).toEqual(expected)
  })

  it('moves to the real WebAssembly, with the same numbers as there without a race', async () => {
    racers.opens.wasm = () => createWasm({ threads: 1 })
    await opened('wasm')
    const [memory, expected] = [await watched.session.memory(), await learntAfter()]
    watched = racers.session()
    racers.slow.webgpu = SLOW
    await opened()
    expect(device().device.adapter).toBe('one thread')
    expect(await watched.session.memory()).toEqual(memory)
    expect(await learntAfter()).toEqual(expected)
  })

  it('takes synthetic digits and statistics of the inputs along', async () => {
    const whole: Spec = { ...spec, styleShare: 0.5, input: 'standardised' }
    await opened('wasm', whole)
    const expected = await learntAfter(5)
    watched = racers.session()
    racers.slow.webgpu = SLOW
    await opened('auto', whole)
    expect(present()).toBe('wasm')
    expect(await learntAfter(5)).toEqual(expected)
  })

  it('is run again for another plan, from either side', async () => {
    racers.slow.webgpu = SLOW
    await opened()
    racers.slow = { webgpu: 0, wasm: SLOW }
    expect(await soon(watched.session.reset(otherPlan))).toBe(true)
    expect(racers.opened).toEqual(['auto', 'wasm', 'webgpu'])
    expect(racers.kinds).toEqual(['webgpu'])
    await watched.running()
    await watched.session.pause()
    racers.slow = { webgpu: SLOW, wasm: 0 }
    expect(await soon(watched.session.reset({ ...spec, batchSize: 14 }))).toBe(true)
    expect(racers.kinds).toEqual(['wasm'])
    expect(watched.problems).toEqual([])
  })

  it.each([
    ['takes', 2, { webgpu: SLOW, wasm: SLOW, whole: 0 }],
    ['does not take', 3, { webgpu: 0, wasm: SLOW, whole: SLOW }],
  ])('%s whole steps by how fast they are, and remembers it', async (_, calls, slow) => {
    const small: Spec = { ...spec, clipNorm: 0 }
    racers.slow = slow
    await opened('auto', small)
    expect(racers.kinds).toEqual(['webgpu'])
    expect(racers.calls, 'fused, whole, those of the processor, those of the run').toEqual([3, 2, 6, calls])
    const expected = await learntAfter(5)
    watched = racers.session()
    await opened('auto', small)
    expect(racers.calls.slice(4)).toEqual([calls])
    expect(await learntAfter(5)).toEqual(expected)
    watched = racers.session()
    await opened('wasm', small)
    expect(await learntAfter(5)).toEqual(expected)
    expect(watched.problems).toEqual([])
  })

  it('takes no whole steps of a card that refuses them, in the race or later', async () => {
    const small: Spec = { ...spec, clipNorm: 0 }
    racers.slow = { webgpu: SLOW, wasm: SLOW, whole: 0 }
    racers.refusesWhole = true
    await opened('auto', small)
    expect(racers.calls.at(-1)).toBeGreaterThan(2)
    racers.refusesWhole = false
    database.clear()
    watched = racers.session()
    await opened('auto', small)
    expect(racers.calls.at(-1)).toBe(2)
    racers.refusesWhole = true
    watched = racers.session()
    await opened('auto', small)
    expect(racers.calls.slice(-2)).toEqual([2, 3])
    await watched.running()
    expect(watched.problems).toEqual([])
  })

  it('does not wait for a processor that takes long for a step', async () => {
    racers.slow.wasm = 700
    await opened()
    expect(racers.kinds).toEqual(['webgpu'])
    expect(device().reason).toContain('your processor needs more than 0.5 s for a batch.')
    await watched.running()
  })
})

describe('there is no race', () => {
  it.each(['webgpu', 'wasm', 'reference'] as const)('if a person has chosen %s', async (choice) => {
    racers.slow.webgpu = SLOW
    await opened(choice)
    await watched.session.reset(otherPlan)
    expect(racers.opened).toEqual([choice])
    expect(device().races).toBe(false)
    await watched.session.raceAgain()
    expect(racers.opened).toEqual([choice])
  })

  it('with a graphics card in software, or none', async () => {
    for (const none of [
      () => racers.racer('webgpu', { software: true }),
      () => racers.racer('wasm'),
      () => createReference(),
    ]) {
      racers.opens.webgpu = none
      racers.opened.length = 0
      watched = racers.session()
      await opened()
      expect(racers.opened).toEqual(['auto'])
      expect(device().races).toBe(false)
    }
  })

  it('without WebAssembly SIMD, for which nobody asks twice', async () => {
    racers.opens.wasm = createReference
    await opened()
    await watched.session.reset(otherPlan)
    expect(racers.opened).toEqual(['auto', 'wasm'])
    expect(present()).toBe('webgpu')
    await watched.running()
  })
})

describe('the end of a race is remembered', () => {
  it('for other runs of the plan', async () => {
    racers.slow.webgpu = SLOW
    await opened()
    await watched.session.reset({ ...spec, seed: 2, learningRate: 0.3 })
    expect(racers.opened).toEqual(['auto', 'wasm'])
    expect(racers.kinds).toEqual(['wasm'])
  })

  it.each(['webgpu', 'wasm'] as const)('for the next visit, which loads the data where %s has won', async (winner) => {
    racers.slow[winner === 'webgpu' ? 'wasm' : 'webgpu'] = SLOW
    await opened()
    const { reason } = device()
    racers = new Racers()
    watched = racers.session()
    let submitted = 0
    racers.steps = () => submitted++
    await opened()
    expect(racers.opened).toEqual(winner === 'webgpu' ? ['auto'] : ['auto', 'wasm'])
    expect(racers.kinds).toEqual([winner])
    expect(watched.only('device').map((event) => event.reason)).toEqual([reason])
    expect(submitted).toBe(0)
    expect(device().races).toBe(true)
    await watched.running()
  })

  it('for the next visit, also where the run is asked for after the opening', async () => {
    racers.slow.webgpu = SLOW
    await opened()
    watched = racers.session()
    let submitted = 0
    await soon(watched.open('auto'))
    expect(present()).toBe('webgpu')
    racers.steps = () => submitted++
    await soon(watched.session.reset(spec))
    expect(present()).toBe('wasm')
    expect(submitted).toBe(0)
  })

  it('until a person lets them race again: the run goes on, on the faster one', async () => {
    racers.slow.webgpu = SLOW
    await opened()
    await watched.running()
    racers.slow = { webgpu: 0, wasm: SLOW }
    await soon(watched.session.raceAgain())
    expect(racers.opened).toEqual(['auto', 'wasm', 'webgpu'])
    expect(racers.kinds).toEqual(['webgpu'])
    expect(device().reason).toMatch(/So the GPU trains/)
    const [{ step }] = watched.only('rewind')
    expect(step).toBeGreaterThan(20)
    expect(watched.only('reset')).toHaveLength(1)
    await until(() => watched.phase === 'running' && watched.step > step + 20, 'a run that goes on')
    await watched.session.pause()
    await soon(watched.session.raceAgain())
    expect(watched.phase).toBe('paused')
    expect(watched.only('rewind').at(-1)?.step).toBe(watched.step)
    expect(watched.problems).toEqual([])
  })
})
