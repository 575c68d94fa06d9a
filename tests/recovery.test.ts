// A session whose run diverges: what it tells, and the way back.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createReference } from '../src/backends/reference'
import { DeviceMemoryError, type Backend, type DeviceLoss } from '../src/backends/types'
import type { Plan } from '../src/kernels/plan'
import type { Spec } from '../src/model/spec'
import type { Divergence, SessionEvent } from '../src/session/protocol'
import { LocalSession } from '../src/session/session'
import { makeSynthetic } from '../src/session/synthetic'
import { base, data, isBad } from './diverging'
import { fillStores } from './tiny-digits'

describe('a session whose run diverges', () => {
  let session: LocalSession
  let events: SessionEvent[]
  let backends: Backend[]
  /** Set by a test: plans that a backend refuses, and the loss of the newest one. */
  let refuses: (plan: Plan<string>) => boolean
  let lose: () => void

  beforeEach(async () => {
    events = []
    backends = []
    refuses = () => false
    session = new LocalSession({
      makeSynthetic: () => makeSynthetic(40),
      open: () => {
        const inner = createReference()
        const lost = new Promise<DeviceLoss>((resolve) => (lose = () => resolve({ message: '' })))
        const backend: Backend = {
          ...inner,
          lost,
          prepare: (plan) =>
            refuses(plan) ? Promise.reject(new DeviceMemoryError('too little')) : inner.prepare(plan),
        }
        backends.push(backend)
        return Promise.resolve({ backend, reason: '' })
      },
      load: (_, { stores }) => {
        fillStores(stores as Backend)
        return Promise.resolve(data)
      },
    })
    await session.listen((event) => events.push(event))
    await session.open('reference', '')
  })
  afterEach(() => session.pause())

  const only = <T extends SessionEvent['type']>(type: T) =>
    events.filter((event): event is Extract<SessionEvent, { type: T }> => event.type === type)
  const recoveries = () => only('reset').filter(({ origin }) => origin === 'recovery')
  const told = () => only('problem').map(({ problem }) => problem as Divergence)
  const phase = () => only('progress').at(-1)?.progress.phase
  async function until(what: () => boolean) {
    for (let i = 0; i < 1000 && !what(); i++) await new Promise((resolve) => setTimeout(resolve, 5))
    expect(what()).toBe(true)
  }
  /** Learns well first, so that there is something to go back to; then the rate goes up. */
  const optimizer = { type: 'sgd', weightDecay: 0.01 } as const // at a rate of 1000 every step makes weights nine times as large
  const learning: Spec = { ...base, optimizer, learningRate: 0.1, evaluateEvery: 50, epochs: 20 }
  async function diverge() {
    await session.reset(learning)
    await session.train()
    await until(() => only('test').length >= 2)
    await session.adjust({ learningRate: 1000, epochs: 20, evaluateEvery: 50 })
    await until(() => phase() === 'diverged' && told().at(-1)?.searching === false)
  }

  it('reports it at once and then the place, and continues from its last good snapshot with a new rate', async () => {
    await diverge()
    const [first, last] = told()
    expect(told()).toHaveLength(2)
    expect(first).toMatchObject({ kind: 'diverged', searching: true, layer: undefined })
    expect(last.what).toMatch(/^(output|gradient|loss)$/)
    expect(last.step).toBeLessThanOrEqual(first.step)
    expect(last.message).toContain(`step ${last.step.toLocaleString('en')}`)
    if (last.layer !== undefined) expect(last.message).toMatch(/layer( 1 \(Dense 12\)| 2 \(Dense 12\)| \(Dense 10\))/)
    const back = last.snapshotStep
    expect(back % 50 === 0 || back % 51 === 0).toBe(true)
    expect(back).toBeGreaterThan(0)
    expect(last.learningRate).toBe(100)

    // It does not go on by itself, and keeps its curves.
    await session.train()
    await session.step()
    expect(phase()).toBe('diverged')

    expect(await session.recover(0.05)).toBe(true)
    expect(recoveries()).toMatchObject([{ spec: { learningRate: 0.05 }, step: back }])
    await until(() => phase() === 'finished')
    const recovered = await session.learnt()
    expect(told()).toHaveLength(2)
    expect(only('test').at(-1)!.point.accuracy).toBeGreaterThan(0.9)

    // The same network by hand: to the snapshot with the one rate, then on with the other.
    await session.reset(learning)
    while ((only('progress').at(-1)?.progress.step ?? 0) < back) await session.step()
    await session.adjust({ learningRate: 0.05, epochs: 20, evaluateEvery: 50 })
    await session.train()
    await until(() => phase() === 'finished')
    expect(await session.learnt()).toEqual(recovered)
    expect(await session.recover(0.05)).toBe(false)
  })

  it('finds the place after a change of the rate, and goes back to the start without a snapshot', async () => {
    await session.reset({ ...learning, evaluateEvery: 0, learningRate: 0.001 })
    for (let i = 0; i < 5; i++) await session.step()
    await session.adjust({ learningRate: 1000, epochs: 20, evaluateEvery: 0 })
    await session.train()
    await until(() => told().at(-1)?.searching === false)
    const { step, snapshotStep } = told()[1]
    expect(step).toBeGreaterThan(6)
    expect(snapshotStep).toBe(0)
    expect(told()[1].what).not.toBe('network')
  })

  it('can be reset, or moved to another backend, during the search for the place', async () => {
    for (const leave of [() => session.reset(learning), () => session.open('reference', '')]) {
      await session.reset({ ...learning, learningRate: 1000 })
      await session.train()
      const before = told().length
      await until(() => phase() === 'diverged')
      await leave()
      expect(phase()).toBe('idle')
      const [buffers, later] = [await session.memory(), told().length]
      await new Promise((resolve) => setTimeout(resolve, 50))
      expect(await session.memory()).toEqual(buffers)
      expect(told()).toHaveLength(later)
      expect(later - before).toBeLessThanOrEqual(2)
    }
    expect(backends).toHaveLength(2)
    // On the new one the run stands where it was last well, and can still take the lower rate.
    expect(await session.recover(0.01)).toBe(true)
    await until(() => phase() === 'running')
  })

  const step = () => only('progress').at(-1)?.progress.step ?? -1

  it('goes back once: a second request discards no newer training', async () => {
    await diverge()
    const back = told()[1].snapshotStep
    expect(await Promise.all([session.recover(0.05), session.recover(0.05)])).toEqual([true, false])
    await until(() => step() > back + 100)
    expect(await session.recover(0.05)).toBe(false)
    expect(recoveries()).toHaveLength(1)
  })

  it('does not go back once another run has replaced it', async () => {
    const other: Spec = { ...learning, seed: 9 } // of the same layout, so that nothing else refuses
    await session.reset(other)
    await session.step()
    const checkpoint = structuredClone((await session.checkpoint())!)
    const learnt = (await session.learnt())!
    for (const replace of [() => session.restore(checkpoint), () => session.load(other, learnt)]) {
      await session.reset({ ...learning, learningRate: 1000 })
      await session.train()
      await until(() => phase() === 'diverged')
      expect(await replace()).toBe(true)
      expect(await session.recover(0.01)).toBe(false)
      expect((await session.learnt())?.parameters).toEqual(learnt.parameters)
    }
  })

  it('can go back after another run could not replace it', async () => {
    await diverge()
    refuses = () => true
    expect(await session.reset({ ...learning, seed: 5 })).toBe(false)
    expect(await session.recover(0.05)).toBe(false)
    refuses = () => false
    expect(await session.recover(0.05)).toBe(true)
    await until(() => phase() === 'running')
  })

  it('reports the place even if another run could not replace it meanwhile', async () => {
    await session.reset({ ...learning, learningRate: 1000 })
    await session.train()
    await until(() => phase() === 'diverged')
    expect(told().at(-1)?.searching).toBe(true)
    refuses = ({ lists }) => (lists['evaluate']?.length ?? 0) > 0 // that of the search has one list alone
    expect(await session.reset({ ...learning, seed: 5 })).toBe(false)
    const diverged = () => told().filter(({ kind }) => kind === 'diverged')
    await until(() => diverged().at(-1)?.searching === false)
    expect(diverged().at(-1)?.what).not.toBe('network')
  })

  it('gives the snapshot it can go back to as its checkpoint', async () => {
    await diverge()
    for (let i = 0; i < 2; i++) {
      const { snapshot, spec } = (await session.checkpoint())!
      expect(snapshot.step).toBe(told()[1].snapshotStep)
      expect(snapshot.buffers.some((values) => isBad(values))).toBe(false)
      expect(spec.learningRate).toBe(1000)
      for (const { buffer } of snapshot.buffers) structuredClone(buffer, { transfer: [buffer as ArrayBuffer] }) // as a worker does
    }
    expect(await session.recover(0.05)).toBe(true)
    await until(() => phase() === 'finished')
    expect(only('test').at(-1)!.point.accuracy).toBeGreaterThan(0.9)
  })

  it('keeps its last good snapshot when the device is lost after that', async () => {
    // Evaluated once more before it shows, when it has learnt nothing any more: that snapshot is finite, and not worth keeping.
    await session.reset({ ...learning, evaluateEvery: 1 })
    await session.train()
    await until(() => only('test').length >= 20)
    await session.adjust({ learningRate: 1000, epochs: 20, evaluateEvery: 1 })
    await until(() => phase() === 'diverged' && told().at(-1)?.searching === false)
    const { snapshotStep } = told().at(-1)!
    expect(only('test').some(({ point }) => point.step > snapshotStep && Number.isFinite(point.loss))).toBe(true)
    lose()
    await until(() => phase() === 'lost')
    expect(told().at(-1)?.message).toContain(`at step ${snapshotStep.toLocaleString('en')}`)
    await session.train()
    expect(only('rewind')).toEqual([{ type: 'rewind', step: snapshotStep }])
    await session.pause()
  })
})
