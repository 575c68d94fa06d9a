// Past runs: written down as they go, brought back; a browser that stores none.

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { read } from '../src/app/saved/checkpoint-store'
import { Undo } from '../src/app/run/undo.svelte'
import { FineTuneState } from '../src/app/teaching/fine-tune-state.svelte'
import type { RunRecord } from '../src/app/saved/run-records'
import { MOST_RUNS, MOST_SHOWN, Runs } from '../src/app/saved/runs.svelte'
import type { Spec } from '../src/model/spec'
import { atRest, noCurves } from '../src/session/run-view'
import { after, finish, MemoryStore, settled, spec } from './recorded-runs'

let store: MemoryStore
let stored: Map<string, RunRecord>
let runs: Runs
let undo: Undo
beforeEach(() => {
  undo = new Undo()
  store = new MemoryStore()
  stored = store.stored
  runs = new Runs(() => Promise.resolve(store), undo)
})

describe('the present run', () => {
  it('is recorded after its first step, and updated while it trains', async () => {
    runs.begin(spec)
    runs.keep(after(0, 'idle'))
    await settled()
    expect(runs.records).toEqual([])
    runs.keep(after(10, 'paused'))
    await settled()
    expect([...stored.values()]).toMatchObject([{ number: 1, step: 10, finished: false, finalAccuracy: null }])
    runs.keep(after(1000, 'finished', [0.9, 0.97, 0.96]))
    await settled()
    expect([...stored.values()]).toMatchObject([
      {
        number: 1,
        step: 1000,
        finished: true,
        finalAccuracy: 0.96,
        bestAccuracy: 0.97,
        imagesPerSecond: 500 * spec.batchSize,
      },
    ])
  })

  it('keeps few points, and null for a loss that is no number', async () => {
    runs.begin(spec)
    runs.keep(after(5, 'paused'))
    runs.keep(after(5000, 'finished'))
    await settled()
    expect(runs.records[0].curves.train.length).toBeLessThanOrEqual(300)
    runs.begin(spec)
    runs.keep(after(5, 'paused'))
    await settled()
    expect(runs.records[0].curves.train[3]).toEqual({ step: 4, loss: null, accuracy: 0.5 })
    expect(JSON.parse(JSON.stringify(runs.records[0]))).toEqual(runs.records[0])
  })

  it('is written at most every two seconds while it trains', async () => {
    const now = vi.spyOn(performance, 'now')
    runs.begin(spec)
    for (const [time, step] of [
      [5000, 1],
      [5500, 2],
      [6999, 3],
      [7001, 4],
    ]) {
      now.mockReturnValue(time)
      runs.keep(after(step, 'running'))
      await settled()
      expect(stored.values().next().value?.step).toBe(step === 4 ? 4 : 1)
    }
    now.mockRestore()
  })

  it('notes what another run of its settings would not repeat', async () => {
    const constant: Spec = { ...spec, schedule: { type: 'constant' } }
    runs.begin(constant)
    runs.note('fine-tuned on drawings')
    runs.note('fine-tuned on drawings')
    runs.keep(after(10, 'paused', [], { ...constant, learningRate: 0.5, epochs: 99 }))
    await settled()
    expect(runs.records[0].notes).toEqual(['fine-tuned on drawings', 'learning rate changed in mid-run'])
    const cosine: Spec = { ...spec, schedule: { type: 'cosine', warmup: 0 } }
    runs.begin(cosine)
    runs.keep(after(10, 'paused', [], { ...cosine, epochs: 99 }))
    await settled()
    expect(runs.records[0].notes).toEqual(['epochs changed in mid-run'])
  })

  it('stays as it finished until it trains on', async () => {
    const constant: Spec = { ...spec, schedule: { type: 'constant' } }
    runs.begin(constant)
    runs.keep(after(10, 'finished', [0.9], constant))
    runs.keep(after(10, 'paused', [0.9], { ...constant, epochs: 99, learningRate: 0.5 }))
    await settled()
    expect(runs.records[0]).toMatchObject({ finished: true, notes: [], spec: constant })
    // Closed again with other epochs, and fine-tuned: the settings stay those that it was trained with.
    runs.keep(after(10, 'finished', [0.9], { ...constant, epochs: 1 }))
    runs.fineTuned(true)
    runs.keep(after(10, 'paused', [0.9, 0.95], { ...constant, epochs: 99 }))
    await settled()
    expect(runs.records[0]).toMatchObject({ finished: true, spec: constant, notes: ['fine-tuned on drawings'] })
    runs.keep(after(11, 'paused', [0.9], { ...constant, epochs: 99 }))
    await settled()
    expect(runs.records[0]).toMatchObject({ finished: false, step: 11, spec: { epochs: 99 } })
  })

  it('is recorded as it was at the call, even if the store is slow', async () => {
    runs.begin(spec)
    const run = after(1000, 'finished', [0.9])
    runs.keep(run)
    Object.assign(run, { curves: noCurves, progress: atRest })
    await settled()
    expect(runs.records[0].finalAccuracy).toBe(0.9)
    expect(runs.records[0].curves.train.length).toBeGreaterThan(0)
  })

  it('keeps its record when it is resumed', async () => {
    runs.begin(spec)
    runs.note('started from a file')
    runs.keep(after(10, 'paused'))
    await settled()
    const [before, start] = [runs.records[0], runs.start]
    await finish(runs)
    runs.begin({ ...spec, learningRate: 0.5 }, structuredClone(start))
    runs.keep(after(20, 'paused', [], { ...spec, learningRate: 0.5 }))
    await settled()
    expect(runs.current).toBe(before.id)
    expect(runs.records).toHaveLength(2)
    expect(stored.get(before.id)).toMatchObject({
      number: 1,
      started: before.started,
      step: 20,
      notes: ['started from a file', 'learning rate changed in mid-run'],
    })
  })

  it('has its record in its checkpoint', () => {
    runs.begin(spec)
    const record = runs.start
    const curves = { train: new Float64Array(), test: new Float64Array(), validation: new Float64Array() }
    const checkpoint = { spec, buffers: [], snapshot: { step: 3, buffers: [] } }
    const kept = { version: 1, checkpoint, steps: 9, curves }
    expect(read({ ...kept, record })).toMatchObject({ run: { record } })
    for (const none of [undefined, 'x', { ...record, started: 'today' }]) {
      expect(read({ ...kept, record: none })).toMatchObject({ run: { steps: 9, record: undefined } })
    }
  })

  it('counts as fine-tuned until the fine-tuning is undone', async () => {
    const spoken = { before: { testAccuracy: 0.9, drawings: [] }, after: { testAccuracy: 0.95, drawings: [] } }
    const result = { ...spoken, steps: 1, seconds: 1 }
    let works = true
    const tuner = new FineTuneState(
      { fineTune: () => Promise.resolve(works ? result : undefined), undoFineTuning: () => Promise.resolve(works) },
      (outcome) => outcome && runs.fineTuned(outcome === 'tuned'),
    )
    const notes = async () => {
      runs.keep(after(10, 'paused'))
      await settled()
      return runs.records[0].notes
    }
    runs.begin(spec)
    works = false
    await tuner.start([])
    expect(await notes()).toEqual([])
    works = true
    await tuner.start([])
    expect(await notes()).toEqual(['fine-tuned on drawings'])
    await tuner.undo()
    expect(await notes()).toEqual([])
    // The second of two is taken back: the first still stands.
    await tuner.start([])
    await tuner.start([])
    await tuner.undo()
    expect(await notes()).toEqual(['fine-tuned on drawings'])
    // It stands when the run went on, whatever becomes of the next.
    tuner.forget('Training goes on.')
    works = false
    await tuner.start([])
    expect(await notes()).toEqual(['fine-tuned on drawings'])
  })

  it('counts the last of several evaluations of a step, because the other networks are gone', async () => {
    runs.begin(spec)
    const run = after(200, 'paused', [0.8, 0.9])
    const again = [
      { step: 200, loss: 0.1, accuracy: 0.99 },
      { step: 200, loss: 0.2, accuracy: 0.9 },
    ]
    runs.keep({ ...run, curves: { ...run.curves, test: [...run.curves.test, ...again] } })
    await settled()
    expect(runs.records[0]).toMatchObject({ finalAccuracy: 0.9, bestAccuracy: 0.9 })
    expect(runs.records[0].curves.test.map(({ step }) => step)).toEqual([100, 200])
  })
})

describe('past runs', () => {
  it('are there on the next visit, the newest first, and numbered on', async () => {
    const first = await finish(runs)
    await settled()
    runs = new Runs(() => Promise.resolve(store), undo)
    runs.load()
    await settled()
    expect(runs.records).toEqual([first])
    const second = await finish(runs)
    expect(runs.records.map(({ number }) => number)).toEqual([2, 1])
    expect(second.id).not.toBe(first.id)
  })

  it('are deleted from the oldest on when there are too many', async () => {
    const run = await finish(runs)
    for (let i = 0; i < MOST_RUNS; i++) stored.set(`old-${i}`, { ...run, id: `old-${i}`, started: i })
    runs = new Runs(() => Promise.resolve(store), undo)
    runs.load()
    await settled()
    const newest = await finish(runs)
    expect(runs.records).toHaveLength(MOST_RUNS)
    expect(stored.size).toBe(MOST_RUNS)
    expect(stored.has(newest.id)).toBe(true)
    expect(stored.has('old-0')).toBe(false)
  })

  it('are deleted, and brought back', async () => {
    const run = await finish(runs)
    runs.show(run.id, true)
    runs.delete([run.id])
    await settled()
    expect([runs.records, runs.shownIds, stored.size]).toEqual([[], [], 0])
    await undo.takeBack()
    await settled()
    expect([runs.records, stored.size]).toEqual([[run], 1])
  })

  it('do not return by themselves if deleted while training, and go on after an undo', async () => {
    const other = await finish(runs)
    runs.begin(spec)
    runs.keep(after(10, 'paused'))
    await settled()
    const run = runs.records[0]
    runs.delete([run.id])
    runs.keep(after(20, 'paused'))
    await settled()
    expect([runs.records, stored.size]).toEqual([[other], 1])
    await undo.takeBack()
    await settled()
    expect(runs.records).toMatchObject([{ id: run.id, number: run.number, step: 20 }, { id: other.id }])
    expect(stored.get(run.id)?.step).toBe(20)
    runs.keep(after(30, 'paused'))
    await settled()
    expect(stored.get(run.id)?.step).toBe(30)
    // Once another is what can be brought back, too.
    runs.delete([run.id])
    runs.delete([other.id])
    runs.keep(after(40, 'paused'))
    await settled()
    expect([runs.records, stored.size]).toEqual([[], 0])
  })

  it('have unique numbers, even after the newest was deleted', async () => {
    await finish(runs)
    const second = await finish(runs)
    runs.delete([second.id])
    const third = await finish(runs)
    expect(third.number).toBe(3)
    await undo.takeBack()
    await settled()
    expect(runs.records.map(({ number }) => number).sort()).toEqual([1, 2, 3])
    // The newest is not always the one with the highest number.
    stored.set('other tab', { ...third, id: 'other tab', number: 9, started: 5 })
    runs = new Runs(() => Promise.resolve(store), undo)
    expect((await finish(runs)).number).toBe(10)
  })

  it('are shown a few at a time', async () => {
    const ids: string[] = []
    for (let i = 0; i <= MOST_SHOWN; i++) ids.push((await finish(runs)).id)
    ids.forEach((id) => runs.show(id, true))
    expect(runs.shownIds).toEqual(ids.slice(1))
    runs.show(ids[1], false)
    expect(runs.shown.map(({ id }) => id)).toEqual(ids.slice(2).reverse())
  })

  it('stay for the visit while the browser refuses, and are stored once it accepts', async () => {
    store.refuse = true
    await finish(runs)
    expect(runs.records).toHaveLength(1)
    expect(runs.trouble).toBe('its storage is full')
    store.refuse = false
    runs.keep(after(1000, 'finished'))
    await settled()
    expect([runs.trouble, stored.size]).toEqual([undefined, 1])
  })
})
