// Past runs: written down as they go, compared, exported; a browser that stores none.

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { LearningCurves } from '../src/app/learning-curves.svelte'
import { readLink, writeWholeLink } from '../src/app/link'
import { differences } from '../src/app/panels/compare'
import { runsCsv, runsJson } from '../src/app/panels/run-files'
import type { RunRecord, RunStore } from '../src/app/run-records'
import { MOST_RUNS, MOST_SHOWN, Runs, type PresentRun } from '../src/app/runs.svelte'
import type { DeviceInfo } from '../src/backends/types'
import { presets } from '../src/model/presets'
import type { Spec } from '../src/model/spec'
import type { Phase } from '../src/session/protocol'

const spec = presets[0].spec
const device: DeviceInfo = {
  kind: 'wasm',
  label: 'CPU WebAssembly',
  adapter: '2 threads',
  software: true,
  features: [],
}

let stored: Map<string, RunRecord>
let refuse: boolean
const store: RunStore = {
  read: () => Promise.resolve([...stored.values()]),
  put(runs) {
    if (refuse) return Promise.reject(new Error('the disk is full'))
    for (const run of runs) stored.set(run.id, structuredClone(run))
    return Promise.resolve()
  },
  delete(ids) {
    for (const id of ids) stored.delete(id)
    return Promise.resolve()
  },
}

/** A run after some steps of 100 images, whose test accuracy was each of those in turn. */
function after(step: number, phase: Phase, accuracies: readonly number[] = [], of: Spec = spec): PresentRun {
  const curves = new LearningCurves()
  curves.add(
    'test',
    accuracies.map((accuracy, i) => ({ step: 100 * (i + 1), loss: 1 - accuracy, accuracy })),
  )
  curves.add(
    'train',
    Array.from({ length: step }, (_, i) => ({ step: i + 1, loss: i === 3 ? NaN : 2, accuracy: 0.5 })),
  )
  const progress = { phase, step, steps: 1000, epoch: 1, imagesPerSecond: 9, seconds: 2, secondsLeft: 1 }
  return { spec: of, device, progress, stepsPerEpoch: 100, curves }
}

/** Waits for what was begun. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 10))

let runs: Runs
beforeEach(() => {
  stored = new Map()
  refuse = false
  runs = new Runs(() => Promise.resolve(store))
})

/** A whole run. */
async function finish(of: Spec = spec, accuracies: readonly number[] = [0.9]): Promise<RunRecord> {
  runs.begin(of)
  runs.keep(after(1000, 'finished', accuracies, of))
  await settled()
  return runs.records[0]
}

describe('the present run', () => {
  it('is written down once it has taken a step, and in the same place as it goes on', async () => {
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

  it('keeps few points, and a loss that is no number as none', async () => {
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

  it('is written at most every two seconds while it goes on', async () => {
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

  it('says what another run of its settings would not repeat', async () => {
    runs.begin(spec)
    runs.note('fine-tuned on drawings')
    runs.note('fine-tuned on drawings')
    runs.keep(after(10, 'paused', [], { ...spec, learningRate: 0.5, epochs: 99 }))
    await settled()
    expect(runs.records[0].notes).toEqual(['fine-tuned on drawings', 'learning rate changed in mid-run'])
  })
})

describe('past runs', () => {
  it('are there on the next visit, the newest first, and numbered on', async () => {
    const first = await finish()
    await settled()
    runs = new Runs(() => Promise.resolve(store))
    runs.load()
    await settled()
    expect(runs.records).toEqual([first])
    const second = await finish()
    expect(runs.records.map(({ number }) => number)).toEqual([2, 1])
    expect(second.id).not.toBe(first.id)
  })

  it('make room when there are too many', async () => {
    const run = await finish()
    for (let i = 0; i < MOST_RUNS; i++) stored.set(`old-${i}`, { ...run, id: `old-${i}`, started: i })
    runs = new Runs(() => Promise.resolve(store))
    runs.load()
    await settled()
    const newest = await finish()
    expect(runs.records).toHaveLength(MOST_RUNS)
    expect(stored.size).toBe(MOST_RUNS)
    expect(stored.has(newest.id)).toBe(true)
    expect(stored.has('old-0')).toBe(false)
  })

  it('are deleted, and brought back', async () => {
    const run = await finish()
    runs.show(run.id, true)
    runs.delete([run.id])
    await settled()
    expect([runs.records, runs.shownIds, stored.size]).toEqual([[], [], 0])
    // Its run goes on, and does not bring it back.
    runs.keep(after(1000, 'finished'))
    await settled()
    expect(stored.size).toBe(0)
    runs.undoDelete()
    await settled()
    expect([runs.records, stored.size]).toEqual([[run], 1])
  })

  it('are shown a few at a time', async () => {
    const ids: string[] = []
    for (let i = 0; i <= MOST_SHOWN; i++) ids.push((await finish()).id)
    ids.forEach((id) => runs.show(id, true))
    expect(runs.shownIds).toEqual(ids.slice(1))
    runs.show(ids[1], false)
    expect(runs.shown.map(({ id }) => id)).toEqual(ids.slice(2).reverse())
  })

  it('stay for the visit where the browser refuses, and are stored once it does not', async () => {
    refuse = true
    await finish()
    expect(runs.records).toHaveLength(1)
    expect(runs.trouble).toBe('the disk is full')
    refuse = false
    runs.keep(after(1000, 'finished'))
    await settled()
    expect([runs.trouble, stored.size]).toEqual([undefined, 1])
  })
})

describe('files and links', () => {
  it('a table has a line for each run, with its settings', async () => {
    const run = await finish({ ...spec, seed: 7 }, [0.5, 0.25])
    const [head, line, end] = runsCsv([{ ...run, notes: ['a "note", with comma'] }]).split('\r\n')
    expect(head.split(',').slice(0, 4)).toEqual(['run', 'started', 'network', 'seed'])
    expect(line).toContain('784-192-10,7,CPU WebAssembly,2 threads,yes,1000,10,0.25,0.5')
    expect(line).toContain('"a ""note"", with comma"')
    expect(end).toBe('')
    expect(JSON.parse(runsJson([run])).runs).toEqual([run])
  })

  it.each(presets.map(({ spec, name }) => [name, spec] as const))('a link of %s makes the same spec again', (_, of) => {
    const link = writeWholeLink({ ...of, seed: 123 }, 'auto')
    expect(readLink(link)).toEqual({ spec: { ...of, seed: 123 }, choice: 'auto', warnings: [] })
  })

  it('tells what differs', () => {
    const other: Spec = { ...spec, seed: 2, optimizer: { type: 'sgd', weightDecay: 0 } }
    expect(differences([spec, spec])).toEqual([])
    expect(differences([spec, other, spec])).toMatchObject([
      { name: 'Optimizer', values: [expect.stringContaining('adam'), 'sgd, weightDecay 0', expect.anything()] },
      { name: 'Seed', values: ['1', '2', '1'] },
    ])
  })
})
