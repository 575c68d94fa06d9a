// The page's one Undo: what it brings back, and when it goes.

import { describe, expect, test, vi } from 'vitest'
import { findDataset } from '../src/datasets'
import { findPreset } from '../src/model/presets'
import { MOST_EPOCHS } from '../src/model/spec'
import type { CurvePoint } from '../src/session/protocol'
import { notebook, open, settled } from './mock-worker'

const at = (step: number): CurvePoint => ({ step, loss: 1, accuracy: 0.5 })
const offered = (page: ReturnType<typeof open>['page']) => page.undo.change?.text

/** A page whose run stands at step 5, paused. */
async function trained() {
  const opened = open()
  opened.load(true)
  await vi.waitFor(() => expect(opened.page.run.spec).toBeDefined())
  await settled(opened.page)
  opened.be('paused', 5)
  opened.tell({ type: 'train', points: [at(3), at(5)] })
  opened.tell({ type: 'test', point: at(5) })
  return opened
}

describe('Undo brings back', () => {
  test('network, curves, settings and step after Start over, paused', async () => {
    const { page, session, tell } = await trained()
    const { spec } = page.run
    const record = page.runs.start
    await page.transport.reset()
    expect([page.run.progress.step, page.run.curves.test]).toEqual([0, []])
    expect(offered(page)).toBe('You started over.')
    await page.undo.takeBack()
    expect(session.restore.mock.lastCall?.[0].snapshot.step).toBe(5)
    expect([page.run.phase, page.run.progress.step, page.run.spec]).toEqual(['paused', 5, spec])
    expect([page.run.curves.train, page.run.curves.test]).toEqual([[at(3), at(5)], [at(5)]])
    expect([page.draft.spec, page.runs.start]).toEqual([spec, record])
    // The fresh run can be brought back in turn, until this one trains on.
    expect(offered(page)).toMatch(/^Back to .*step 5 of 10, 50/)
    tell({ type: 'progress', progress: { ...page.run.progress, phase: 'running' } })
    expect(page.undo.change?.takeBack).toBeDefined()
    tell({ type: 'progress', progress: { ...page.run.progress, step: 6 } })
    expect(page.undo.change).toBeUndefined()
  })

  test('a run that was training: it is paused first, so that no step is lost', async () => {
    const { page, session, be } = await trained()
    be('running', 6)
    session.pause.mockImplementation(() => Promise.resolve(be('paused', 8)))
    await page.transport.reset()
    await page.undo.takeBack()
    expect([page.run.phase, page.run.progress.step]).toEqual(['paused', 8])
  })

  test('a run that did not learn, with the learning rate that it had', async () => {
    const { page, session } = await trained()
    const { spec } = page.run
    const learningRate = spec!.learningRate / 2
    await page.transport.restart(learningRate)
    expect(session.adjust).not.toHaveBeenCalled()
    expect([page.run.progress.step, page.run.spec?.learningRate]).toEqual([0, learningRate])
    expect(session.train).toHaveBeenCalledTimes(1)
    await page.undo.takeBack()
    expect([page.run.progress.step, page.run.spec, page.draft.spec]).toEqual([5, spec, spec])
  })

  test('the run before a data set, which takes its place as soon as it is chosen', async () => {
    const { page, session, be } = await trained()
    const { spec } = page.run
    const fashion = findPreset('default', findDataset('fashion-mnist'))!.spec
    page.draft.replace(fashion)
    await settled(page)
    expect([page.run.spec, page.transport.changes]).toEqual([fashion, []])
    expect(offered(page)).toBe('Fashion-MNIST took the place of MNIST.')
    expect(session.train).not.toHaveBeenCalled()
    await page.undo.takeBack()
    expect([page.run.spec, page.draft.spec, page.run.progress.step]).toEqual([spec, spec, 5])
    page.draft.replace(fashion)
    await settled(page)
    be('running', 1)
    expect(page.undo.change).toBeUndefined()
  })

  test('the run before a preset, for ten seconds of the training by the same click', async () => {
    const { page, session, be } = await trained()
    const [chosen, text] = [notebook, 'A network with other settings took the place of this one.']
    const now = vi.spyOn(performance, 'now').mockReturnValue(0)
    try {
      const { spec } = page.run
      page.draft.replace(chosen)
      expect(page.undo.change).toBeUndefined() // the run stands until Train
      await page.transport.act()
      expect(session.train).toHaveBeenCalledTimes(1)
      expect([page.run.spec, offered(page)]).toEqual([chosen, text])
      be('running', 7)
      expect(offered(page)).toBe(text)
      await page.undo.takeBack()
      expect([page.run.spec, page.draft.spec, page.run.progress.step]).toEqual([spec, spec, 5])
      expect(page.transport.changes).toEqual([])

      page.draft.replace(chosen)
      await page.transport.act()
      be('running', 8)
      now.mockReturnValue(10_000)
      be('running', 9)
      expect(page.undo.change).toBeUndefined()
    } finally {
      now.mockRestore()
    }
  })

  test('a finished run that cannot train on, which Train replaces', async () => {
    const { page, be } = await trained()
    page.draft.edit({ epochs: MOST_EPOCHS })
    be('finished', 10)
    expect(page.transport.hint).toBe('Start over and train')
    await page.transport.act()
    expect(page.run.progress.step).toBe(0)
    await page.undo.takeBack()
    expect(page.run.progress.step).toBe(10)
  })

  test('deleted runs and drawings, one change at a time', async () => {
    const { page } = await trained()
    await page.taught.keep([[{ x: 0.1, y: 0.1 }, { x: 0.5, y: 0.9 }]], 4) // prettier-ignore
    expect(page.undo.change).toMatchObject({ of: 'drawings', here: true })
    await page.taught.delete(page.taught.drawings[0])
    expect(page.undo.change).toMatchObject({ text: 'Deleted the drawing of a 4.', here: false })
    await page.undo.takeBack()
    expect(page.taught.drawings).toMatchObject([{ label: 4 }])

    page.runs.keep({
      ...{ spec: notebook, stepsPerEpoch: 1, curves: page.run.curves, progress: page.run.progress },
      device: { kind: 'wasm', label: '', adapter: '', software: true, features: [] },
    })
    await vi.waitFor(() => expect(page.runs.records).toHaveLength(1))
    const [{ id }] = page.runs.records
    page.runs.delete([id])
    expect([offered(page), page.runs.told]).toEqual(['Run 1 is deleted.', 'Run 1 is deleted.'])
    await page.undo.takeBack()
    expect(page.runs.records).toMatchObject([{ id }])
    expect([page.undo.change, page.runs.told]).toEqual([undefined, 'Run 1 is back.'])
  })
})

describe('Undo is not offered', () => {
  test('for a run at step 0, which is as good as the next', async () => {
    const { page, session, load } = open()
    load(true)
    await settled(page)
    page.draft.edit({ batchSize: 32 })
    await page.transport.reset()
    expect(session.checkpoint).not.toHaveBeenCalled()
    expect(page.undo.change).toBeUndefined()
  })

  test('for a finished run that Train goes on with, for as many epochs again', async () => {
    const { page, session, be } = await trained()
    const { spec } = page.draft
    be('finished', 10)
    expect(page.transport.hint).toBe(`Train for ${spec.epochs} more epochs`)
    await page.transport.act()
    expect(session.reset).toHaveBeenCalledTimes(1) // the page's own
    expect(session.train).toHaveBeenCalledTimes(1)
    expect([page.run.progress.step, page.run.spec?.epochs]).toEqual([10, 2 * spec.epochs])
    expect(page.undo.change).toBeUndefined()
  })

  test('for a run that could not be replaced; it trains on', async () => {
    const { page, session, be } = await trained()
    be('running', 6)
    session.reset.mockResolvedValue(false)
    await page.transport.reset()
    expect(page.undo.change).toBeUndefined()
    expect(session.train).toHaveBeenCalledTimes(1)
    expect(page.run.progress.step).toBe(1)
  })
})

describe('an old Undo', () => {
  test('stays while the new run is only edited at step 0, and goes with its first step', async () => {
    const { page, be } = await trained()
    await page.transport.reset()
    page.draft.edit({ batchSize: 32 })
    await settled(page)
    expect(page.run.spec?.batchSize).toBe(32)
    expect(offered(page)).toBe('You started over.')
    be('idle', 0)
    expect(offered(page)).toBe('You started over.')
    be('paused', 1)
    expect(page.undo.change).toBeUndefined()
  })

  test('goes ten seconds after the click that started the new run, though that is over by then', async () => {
    const { page, be } = await trained()
    vi.useFakeTimers()
    try {
      await page.transport.restart(page.draft.spec.learningRate / 2)
      be('finished', 10)
      vi.advanceTimersByTime(9_000)
      expect(page.undo.change?.takeBack).toBeDefined()
      vi.advanceTimersByTime(1_000)
      expect(page.undo.change).toBeUndefined()
    } finally {
      vi.useRealTimers()
    }
  })

  test('stays when the event of its own run comes after the answer', async () => {
    const { page, session, tell } = await trained()
    await page.transport.reset()
    const restore = session.restore.getMockImplementation()
    session.restore.mockResolvedValue(true)
    await page.undo.takeBack()
    const [checkpoint] = session.restore.mock.lastCall ?? []
    if (checkpoint) await restore?.(checkpoint)
    expect([offered(page), page.run.progress.step]).toEqual([expect.stringMatching(/^Back to/), 5])
    tell({ type: 'progress', progress: { ...page.run.progress, step: 6 } })
    expect(page.undo.change).toBeUndefined()
  })

  test.each(['file', 'checkpoint'] as const)('goes when a run of a %s takes the place', async (origin) => {
    const { page, tell } = await trained()
    await page.transport.reset()
    tell({ type: 'reset', spec: notebook, origin, step: 0, stepsPerEpoch: 1 })
    expect(page.undo.change).toBeUndefined()
  })

  test('goes when the network is fine-tuned', async () => {
    const { page, session } = await trained()
    await page.transport.reset()
    await page.undo.takeBack()
    expect(page.undo.change?.takeBack).toBeDefined()
    const standing = { testAccuracy: 1, drawings: [] }
    session.fineTune.mockResolvedValue({ before: standing, after: standing, steps: 1, seconds: 1 })
    await page.fineTune.start([])
    expect(page.undo.change).toBeUndefined()
  })

  test('of drawings and past runs outlives training, and can be dismissed', async () => {
    const { page, be } = await trained()
    await page.taught.keep([[{ x: 0.1, y: 0.1 }, { x: 0.5, y: 0.9 }]], 4) // prettier-ignore
    be('running', 9)
    expect(offered(page)).toBe('Kept as a 4.')
    page.undo.dismiss()
    expect(page.undo.change).toBeUndefined()
  })

  test('stays where the run before cannot be restored', async () => {
    const { page, session } = await trained()
    await page.transport.reset()
    session.restore.mockResolvedValue(false)
    await page.undo.takeBack()
    expect(offered(page)).toBe('You started over.')
    expect(page.undo.busy).toBe(false)
  })
})
