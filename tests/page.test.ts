// The page and its worker: what the buttons do, how the run follows the draft, and a run that fails.

import { describe, expect, test, vi } from 'vitest'
import { augmentationTypes } from '../src/model/augmentation'
import { initialPart } from '../src/model/fields'
import type { Spec } from '../src/model/spec'
import type { CurvePoint, Divergence, FineTuning, SamplesRequest } from '../src/session/protocol'
import { kinds, notebook, open, settled } from './mock-worker'

describe('a page and its worker', () => {
  test('after a failed reset the message stays, the old network does not train, and Train tries again', async () => {
    const { page, session, be, fail, load } = open()
    load(true)
    await settled(page)
    session.reset.mockImplementation(() => {
      fail('run')
      return Promise.resolve(false)
    })
    page.draft.edit({ batchSize: 32 })
    await settled(page)
    expect(page.run.phase).toBe('idle')
    expect(page.transport.changes).toEqual(['batchSize'])
    await page.transport.act()
    await page.transport.step()
    expect(session.train).not.toHaveBeenCalled()
    expect(session.step).not.toHaveBeenCalled()
    be('running') // by itself, as after a change of backend
    expect(kinds(page)).toEqual(['run'])

    be('paused')
    page.transport.revert()
    expect(page.transport.changes).toEqual([])
    await page.transport.act()
    expect(session.train).toHaveBeenCalledTimes(1)
    expect(kinds(page)).toEqual([])
  })

  test('a change belongs to the next run if a preset waits or the run is over', async () => {
    const { page, session, be, load } = open()
    load(true)
    await vi.waitFor(() => expect(page.run.spec).toBeDefined())
    await settled(page)
    be('paused')
    page.draft.edit({ batchSize: 32 })
    page.draft.edit({ learningRate: 0.5 }) // the run may go on with it, whatever becomes of the batch size
    expect(session.adjust).toHaveBeenLastCalledWith(expect.objectContaining({ learningRate: 0.5 }))
    page.draft.replace(notebook)
    page.draft.edit({ epochs: 3 })
    expect(session.adjust).toHaveBeenCalledTimes(1)
    expect(page.run.spec?.epochs).not.toBe(3)
    page.transport.revert()
    page.draft.edit({ epochs: 4 })
    expect(session.adjust).toHaveBeenCalledTimes(2)
    be('finished')
    page.draft.edit({ batchSize: 32 })
    page.draft.edit({ epochs: 5 })
    expect(session.adjust).toHaveBeenCalledTimes(2)
    expect(page.draft.spec.epochs).toBe(5)
  })

  test('a fresh run removes the message about the old one', async () => {
    const { page, fail } = open()
    fail('run')
    await page.transport.reset()
    expect(kinds(page)).toEqual([])
  })

  test('an error remains after its message is dismissed', async () => {
    const { page, session, fail } = open()
    await vi.waitFor(() => expect(page.run.spec).toBeDefined())
    fail('data')
    page.notices.clear('data')
    expect(page.run.dataFailed).toBe(true)
    await page.transport.act()
    expect(session.open).toHaveBeenCalledTimes(2)
    expect(page.run.dataFailed).toBe(false)
  })

  test('of the buttons pressed while a run is prepared, the last one counts once', async () => {
    const { page, session, load } = open()
    load(true)
    await settled(page)
    let made: (stands: boolean) => void = () => {}
    session.reset.mockImplementation(() => new Promise((resolve) => (made = resolve)))
    page.draft.edit({ batchSize: 32 })
    expect(page.transport.preparing).toBe(true)
    expect(page.transport.changes).toEqual([])
    const pressed = [page.transport.act(), page.transport.step(), page.transport.step(), page.transport.step()]
    made(true)
    await Promise.all(pressed)
    expect(session.step).toHaveBeenCalledTimes(1)
    expect(session.train).not.toHaveBeenCalled()
    expect(page.transport.preparing).toBe(false)
  })

  test('Train and Step end a race of backends for the run that is being made', async () => {
    const { page, session, load } = open()
    load(true)
    await settled(page)
    let made: (stands: boolean) => void = () => {}
    session.reset.mockImplementation(() => new Promise((resolve) => (made = resolve)))
    page.draft.edit({ batchSize: 32 })
    expect(session.endRace).not.toHaveBeenCalled()
    const pressed = page.transport.act()
    expect(session.endRace).toHaveBeenCalledTimes(1)
    made(true)
    await pressed
    session.reset.mockResolvedValue(true)
    await page.transport.step()
    expect(session.endRace).toHaveBeenCalledTimes(2)
  })

  test('backends that race again do so once at a time', async () => {
    const { page, session } = open()
    await settled(page)
    let done: () => void = () => {}
    session.raceAgain.mockImplementation(() => new Promise((resolve) => (done = resolve)))
    const first = page.device.raceAgain()
    await page.device.raceAgain()
    expect([page.device.racing, session.raceAgain.mock.calls.length]).toEqual([true, 1])
    done()
    await first
    expect(page.device.racing).toBe(false)
  })

  test('digits on the page stay when the device is lost', async () => {
    const sample = { example: new Uint8Array(784), label: 7 }
    const samples = vi.fn((_: SamplesRequest) => Promise.resolve([sample]))
    const { page, fail, load } = open(samples)
    load(true)
    await vi.waitFor(() => expect(page.samples.shown).toEqual([sample]))
    samples.mockResolvedValue([])
    fail('device-lost')
    load(false)
    await page.samples.turn(page.draft.spec)
    expect(page.samples.shown).toEqual([sample])
    expect([page.run.lost, page.run.stands, page.run.data.ready]).toEqual([true, false, false])
  })

  test('curves grow by their events, go back with the run, and a fresh run has none', async () => {
    const { page, tell } = open()
    await vi.waitFor(() => expect(page.run.spec).toBeDefined())
    const at = (step: number): CurvePoint => ({ step, loss: 1, accuracy: 0.5 })
    tell({ type: 'train', points: [at(1), at(2)] })
    for (const step of [1, 2]) {
      tell({ type: 'test', point: at(step) })
      tell({ type: 'validation', point: at(step) })
    }
    const curves = () => [page.run.curves.train, page.run.curves.test, page.run.curves.validation]
    expect(curves()).toEqual(Array(3).fill([at(1), at(2)]))
    tell({ type: 'rewind', step: 1 })
    expect(curves()).toEqual(Array(3).fill([at(1)]))
    await page.transport.reset()
    expect(curves()).toEqual([[], [], []])
  })

  test('a diverged run goes back with another learning rate, which the page takes over', async () => {
    const { page, session, be, tell } = open()
    await vi.waitFor(() => expect(page.run.spec).toBeDefined())
    const divergence: Divergence = {
      ...{ kind: 'diverged', message: 'not finite', searching: false, snapshotStep: 1, learningRate: 0.01 },
      ...{ step: 5, layer: undefined, what: 'loss' },
    }
    const diverge = () => {
      be('diverged')
      tell({ type: 'problem', problem: divergence })
    }
    diverge()
    expect(page.notices.shown).toMatchObject([{ kind: 'diverged', divergence }])
    expect(page.advice.remedy).toMatch(/^go on from step 1, above/)
    await page.transport.recover(divergence)
    expect(session.recover).toHaveBeenCalledWith(0.01)
    expect(kinds(page)).toEqual([])
    expect([page.draft.spec.learningRate, page.run.spec?.learningRate]).toEqual([0.01, 0.01])
    expect(page.advice.remedy).toMatch(/^start over/)

    // What waits for a new run stays as it was edited.
    diverge()
    page.draft.edit({ batchSize: 32, learningRate: 0.7 })
    await page.transport.recover(divergence)
    expect(page.draft.spec).toMatchObject({ batchSize: 32, learningRate: 0.7 })
    expect(page.transport.changes).toEqual(['learningRate', 'batchSize'])
  })

  test('a network of a file replaces the draft, and stays until Reset', async () => {
    const { page, session, load, tell } = open()
    load(true)
    await settled(page)
    session.reset.mockClear()
    tell({ type: 'reset', spec: notebook, origin: 'file', step: 0, stepsPerEpoch: 1 })
    expect(page.draft.spec).toEqual(notebook)
    expect(page.runs.start?.notes).toEqual(['started from a file'])
    page.draft.edit({ batchSize: 32 })
    expect(session.reset).not.toHaveBeenCalled()
    expect(page.transport.changes).toEqual(['batchSize'])
  })

  test('nothing else starts during fine-tuning, and the result goes with its network', async () => {
    const { page, session, be, load, fail, tell } = open()
    load(true)
    await settled(page)
    be('paused')
    const standing = { testAccuracy: 1, drawings: [] }
    let done: (result: FineTuning) => void = () => {}
    session.fineTune.mockImplementation(() => new Promise((resolve) => (done = resolve)))
    const fineTune = async () => {
      const tuning = page.fineTune.start([])
      be('paused')
      expect([page.transport.ready, page.transport.canStep]).toEqual([false, false])
      session.reset.mockClear()
      await Promise.all([page.transport.act(), page.transport.step(), page.transport.reset()])
      for (const command of [session.train, session.step, session.reset]) expect(command).not.toHaveBeenCalled()
      done({ before: standing, after: standing, steps: 1, seconds: 1 })
      await tuning
      be('paused') // late news of the pause that came first
      expect(page.fineTune.result).toBeDefined()
      expect([page.transport.ready, page.transport.canStep]).toEqual([true, true])
    }
    const ends: (() => Promise<void> | void)[] = [
      () => be('running'),
      () => page.transport.reset(),
      () => fail('device-lost'),
      () => tell({ type: 'rewind', step: 1 }),
    ]
    for (const end of ends) {
      await fineTune()
      await end()
      expect(page.fineTune.result).toBeUndefined()
      be('paused')
    }
  })

  test('the digits shown change with the settings of batches, and with nothing else', async () => {
    const samples = vi.fn(({ count, turn }: SamplesRequest) =>
      Promise.resolve(Array.from({ length: count }, () => ({ example: new Uint8Array(784), label: turn }))),
    )
    const { page, load } = open(samples)
    load(true)
    await vi.waitFor(() => expect(page.samples.shown).toHaveLength(25))
    page.draft.edit({ trainingSize: 20, batchSize: 10 })
    await vi.waitFor(() => expect(page.samples.shown).toHaveLength(20))
    const augmentation = { ...initialPart(augmentationTypes, 'warp'), rotation: 33 } as Spec['augmentation']
    page.draft.edit({ augmentation })
    await page.samples.show(page.draft.spec)
    expect(samples.mock.lastCall?.[0].spec.augmentation).toEqual(augmentation)
    const asked = samples.mock.calls.length
    page.draft.edit({ learningRate: 0.5 })
    page.draft.edit({ augmentation: { ...augmentation, rotation: NaN } as Spec['augmentation'] }) // while someone types
    page.draft.edit({ augmentation })
    expect(samples.mock.calls).toHaveLength(asked)
    await page.samples.turn(page.draft.spec)
    expect(page.samples.shown[0].label).toBe(1)
    // Back again while the answer is on its way: what is shown at last is what was asked for last.
    page.draft.edit({ styleShare: 0.9 })
    page.draft.edit({ styleShare: 0.1 })
    await page.samples.show(page.draft.spec)
    expect(samples.mock.lastCall?.[0].spec.styleShare).toBe(0.1)
  })
})
