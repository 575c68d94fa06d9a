// Autosave: when the run is saved, what is not worth it, and what becomes of a run that was left.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Autosave, type AutosavedPage } from '../src/app/saved/autosave.svelte'
import type { CheckpointStore, SavedRun } from '../src/app/saved/checkpoint-store'
import { presets } from '../src/model/presets'
import type { Phase, SessionEvent } from '../src/session/protocol'
import { atRest, noCurves, noRun, reduce, type RunView } from '../src/session/run-view'

const { spec } = presets[0]
const test = { step: 5, loss: 1, accuracy: 0.5 }

/** A run that was trained and tested. */
const saved = (weight = 1, step = 5): SavedRun => ({
  checkpoint: {
    spec,
    snapshot: { step, seconds: 1, evaluation: 'done', buffers: [Float32Array.of(weight)] },
    buffers: [''],
  },
  steps: 10,
  curves: { ...noCurves, test: [test] },
})

let view: RunView
let present: SavedRun
let left: { run: SavedRun } | undefined
const store = {
  claim: vi.fn(() => Promise.resolve(left)),
  write: vi.fn<CheckpointStore['write']>(() => Promise.resolve()),
  discard: vi.fn(() => Promise.resolve()),
  keep: vi.fn<CheckpointStore['keep']>(() => Promise.resolve()),
}
const resume = vi.fn(() => Promise.resolve(true))
const discarded = vi.fn<AutosavedPage['discarded']>()

beforeEach(() => {
  vi.useFakeTimers()
  vi.clearAllMocks()
  vi.stubGlobal('document', new EventTarget())
  view = noRun
  present = saved()
  left = undefined
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

async function start(): Promise<Autosave> {
  const autosave = new Autosave({ take: () => Promise.resolve(present), resume, discarded }, store)
  await vi.advanceTimersByTimeAsync(0)
  return autosave
}
const tell = (autosave: Autosave, event: SessionEvent) => autosave.heard(event, (view = reduce(view, event)))
const be = (autosave: Autosave, phase: Phase) =>
  tell(autosave, { type: 'progress', progress: { ...atRest, phase, step: 5 } })
const writes = async (milliseconds: number) => {
  await vi.advanceTimersByTimeAsync(milliseconds)
  return store.write.mock.calls.length
}

describe('a run', () => {
  it.each(['paused', 'finished'] as const)('is saved at once when it is %s', async (phase) => {
    const autosave = await start()
    be(autosave, 'running')
    expect(await writes(100)).toBe(0)
    be(autosave, phase)
    expect(await writes(0)).toBe(1)
    be(autosave, phase)
    expect(await writes(60_000)).toBe(1)
  })

  it('is saved when it is tested, but not twice within three seconds', async () => {
    const autosave = await start()
    be(autosave, 'running')
    for (let i = 0; i < 4; i++) tell(autosave, { type: 'test', point: test })
    expect(await writes(0)).toBe(1)
    tell(autosave, { type: 'test', point: test })
    expect(await writes(2900)).toBe(1)
    expect(await writes(200)).toBe(2)
  })

  it('is saved every fifteen seconds if it is not tested', async () => {
    const autosave = await start()
    be(autosave, 'running')
    expect(await writes(14_900)).toBe(0)
    expect(await writes(200)).toBe(1)
  })

  it.each([
    ['at step 0', () => saved(1, 0)],
    ['that has gone to pieces', () => saved(NaN)],
  ])('%s is not worth saving', async (_, make) => {
    present = make()
    const autosave = await start()
    be(autosave, 'paused')
    expect(await writes(100)).toBe(0)
  })

  it('that cannot be saved is reported until it is saved', async () => {
    store.write.mockRejectedValueOnce(new DOMException('', 'QuotaExceededError'))
    const autosave = await start()
    be(autosave, 'paused')
    await writes(0)
    expect(autosave.trouble).toBe('its storage is full')
    be(autosave, 'running')
    be(autosave, 'finished')
    await writes(0)
    expect(autosave.trouble).toBeUndefined()
  })
})

describe('a run that was left', () => {
  beforeEach(() => (left = { run: saved(2) }))

  it('is offered until a run of this visit has been tested', async () => {
    const autosave = await start()
    expect(autosave.left).toEqual(left)
    present = { ...saved(), curves: noCurves }
    be(autosave, 'paused')
    expect(await writes(0)).toBe(0)
    expect(autosave.left).toEqual(left)
    present = saved()
    be(autosave, 'running')
    be(autosave, 'paused')
    await writes(0)
    expect(store.write).toHaveBeenCalledWith(present, false)
    expect(autosave.left).toBeUndefined()
  })

  it('goes on as this visit’s own', async () => {
    const autosave = await start()
    await autosave.resume()
    expect(resume).toHaveBeenCalledWith(saved(2))
    expect(autosave.left).toBeUndefined()
    be(autosave, 'paused')
    await writes(0)
    expect(store.write).toHaveBeenCalledWith(present, true)
  })

  it('stays if it could not be resumed, goes when it is discarded, and comes back', async () => {
    resume.mockResolvedValueOnce(false)
    const autosave = await start()
    await autosave.resume()
    expect(autosave.left).toEqual(left)
    await autosave.discard()
    expect(autosave.left).toBeUndefined()
    expect(store.discard).toHaveBeenCalledOnce()

    const [run, takeBack] = discarded.mock.calls[0]
    expect(run).toEqual(saved(2))
    expect(await takeBack()).toBe(true)
    expect(autosave.left).toEqual(left)
    expect(store.keep).toHaveBeenCalledWith(saved(2))
  })
})
