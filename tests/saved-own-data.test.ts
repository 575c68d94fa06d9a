// Runs on a person's own data, stored by one visit and read by another whose browser no longer has the data.

import { describe, expect, it, vi } from 'vitest'
import type { SavedRun } from '../src/app/saved/checkpoint-store'
import type { RunRecord } from '../src/app/saved/run-records'
import type { Dataset } from '../src/datasets/dataset'
import { ownDataset } from '../src/datasets/own/dataset'
import { sorted } from '../src/datasets/own/read/sort'
import { Undo } from '../src/app/run/undo.svelte'
import { presets } from '../src/model/presets'
import type { Spec } from '../src/model/spec'
import type { Session } from '../src/session/protocol'
import { noCurves } from '../src/session/run-view'
import { finish, MemoryStore } from './recorded-runs'

const values = Uint8Array.from({ length: 16 * 16 }, (_, i) => (i * 53 + Math.floor(i / 16) * 29) % 256)
const labels = Uint8Array.from({ length: 16 }, (_, i) => i % 2)
const input = { kind: 'image', height: 4, width: 4, channels: 1 } as const
const own = ownDataset('Leaves', sorted('test', { input, classes: ['oak', 'ash'], values, labels }, 0.25).content)

/** The modules of a page that has just been loaded: it knows no data of a person's own. */
async function visit() {
  vi.resetModules()
  const [datasets, checkpoints, records, { presetsFor }] = await Promise.all([
    import('../src/datasets'),
    import('../src/app/saved/checkpoint-store'),
    import('../src/app/saved/run-records'),
    import('../src/model/presets'),
  ])
  return { ...datasets, ...checkpoints, ...records, presetsFor }
}

/** What an earlier visit stored of a run on the data, which it knew. */
async function kept(): Promise<{ saved: SavedRun; packed: unknown; record: RunRecord; packedRun: unknown }> {
  const { addDataset, presetsFor, pack, packRun } = await visit()
  addDataset(own)
  const { spec } = presetsFor(own)[0]
  const saved: SavedRun = { ...savedOf(spec), record: { id: 'a', started: 1, spec, notes: [] } }
  const runs = new (await import('../src/app/saved/runs.svelte')).Runs(
    () => Promise.resolve(new MemoryStore()),
    new Undo(),
  )
  const record = await finish(runs, spec)
  return { saved, packed: structuredClone(pack(saved)), record, packedRun: structuredClone(packRun(record)) }
}

const savedOf = (spec: Spec): SavedRun => ({
  checkpoint: {
    spec,
    snapshot: { step: 5, seconds: 1, evaluation: 'done', buffers: [Float32Array.of(1)] },
    buffers: [''],
  },
  steps: 10,
  curves: noCurves,
})

const without = (value: unknown) => ({ ...(value as object), dataset: undefined })

describe('a checkpoint on data of a person’s own', () => {
  it('is read without the data, whose descriptor it brings', async () => {
    const { saved, packed } = await kept()
    const { read, findDataset } = await visit()
    expect(findDataset(own.id)).toBeUndefined()
    expect(read(packed)).toEqual({ run: saved })
    expect(findDataset(own.id)).toEqual(own)
  })

  it('does not rename data that are known', async () => {
    const { packed } = await kept()
    const { read, findDataset, addDataset } = await visit()
    addDataset({ ...own, title: 'Renamed' })
    expect(read(packed)).toHaveProperty('run')
    expect(findDataset(own.id)?.title).toBe('Renamed')
  })

  it.each([
    ['no descriptor', without],
    ['a damaged one', (packed: unknown) => ({ ...(packed as object), dataset: { ...own, classes: [] } })],
    [
      'another one',
      (packed: unknown) => ({
        ...(packed as object),
        dataset: { ...own, id: own.id.replace(/.$/, (c) => (c === '0' ? '1' : '0')) },
      }),
    ],
  ])('says what is missing where it has %s', async (_, change) => {
    const { packed } = await kept()
    const { read } = await visit()
    expect(read(change(packed))).toEqual({
      unreadable: 'it learnt from data of your own that is not in this browser any more',
    })
  })

  it('needs no descriptor where the data are known', async () => {
    const { saved, packed } = await kept()
    const { read, addDataset } = await visit()
    addDataset(own)
    expect(read(without(packed))).toEqual({ run: saved })
  })
})

describe('the record of a run on data of a person’s own', () => {
  it('is read without the data, whose descriptor it brings', async () => {
    const { record, packedRun } = await kept()
    const { readRun, findDataset } = await visit()
    expect(readRun(without(packedRun))).toBeUndefined()
    expect(readRun(packedRun)).toEqual(record)
    expect(findDataset(own.id)).toEqual(own)
  })
})

it('runs on the program’s data are stored without a descriptor, and read', async () => {
  const { pack, packRun, read, readRun } = await visit()
  const { record } = await kept()
  const { spec } = presets[0]
  expect(pack(savedOf(spec))).not.toHaveProperty('dataset')
  expect(read(pack(savedOf(spec)))).toEqual({ run: savedOf(spec) })
  expect(packRun({ ...record, spec })).toEqual({ ...record, spec })
  expect(readRun({ ...record, spec })).toEqual({ ...record, spec })
})

describe('the worker knows the data', () => {
  /** Checkpoints over a worker that writes down what it is told. */
  async function opened() {
    const { saved, packed, packedRun } = await kept()
    const { read, readRun, allDatasets } = await visit()
    const [{ Checkpoints }, { Runs }] = await Promise.all([
      import('../src/app/saved/checkpoints'),
      import('../src/app/saved/runs.svelte'),
    ])
    const told: string[] = []
    const says = (what: string) => () => (told.push(what), Promise.resolve(true))
    const session = {
      addDataset: ({ id }: Dataset) => (told.push(id), Promise.resolve()),
      restore: says('restore'),
      startFrom: says('startFrom'),
    } as unknown as Session
    const store = new MemoryStore()
    store.read = () => Promise.resolve([readRun(packedRun)!])
    const runs = new Runs(() => Promise.resolve(store), new Undo())
    const making = { during: (work: Promise<unknown>) => work }
    const checkpoints = new Checkpoints({ session, runs, making, run: {}, device: {} } as never)
    return { saved, packed, read, told, runs, checkpoints, program: allDatasets()[0] }
  }

  it('before it restores a run on them', async () => {
    const { saved, packed, read, told, checkpoints } = await opened()
    read(packed)
    expect(await checkpoints.restore(saved)).toBe(true)
    expect(told).toEqual([own.id, 'restore'])
  })

  it('before a run starts from a network of them, or on them', async () => {
    const { saved, packed, read, told, checkpoints, program } = await opened()
    read(packed)
    const { spec } = presets[0]
    expect(spec.dataset).toBe(program.id)
    await checkpoints.startFrom(spec, saved.checkpoint)
    await checkpoints.startFrom(saved.checkpoint.spec, savedOf(spec).checkpoint)
    expect(told).toEqual([own.id, 'startFrom', own.id, 'startFrom'])
  })

  it('but is not told of those of the program', async () => {
    const { told, checkpoints } = await opened()
    await checkpoints.restore(savedOf(presets[0].spec))
    expect(told).toEqual(['restore'])
  })

  it('when past runs on them are read: a draft may be made of one', async () => {
    const { told, runs } = await opened()
    runs.load()
    await vi.waitFor(() => expect(runs.records).toHaveLength(1))
    await vi.waitFor(() => expect(told).toEqual([own.id]))
  })
})
