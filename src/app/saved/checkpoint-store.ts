// Stores checkpoints beyond the visit: IndexedDB, one key a visit, so that two tabs do not overwrite each other.

import { createStore, del, get, keys, promisifyRequest, set } from 'idb-keyval'
import { parseSavedSpec, type Spec } from '../../model/spec'
import type { Checkpoint } from '../../session/protocol'
import { curveNames, type CurveName, type Curves } from '../../session/run-view'
import { mark } from './mark'
import { besideSpec, isOfUnknown, know, type BesideSpec } from './own-dataset'
import { readRunStart, type RunStart } from './run-records'

/** A saved run, with the curves of its charts. */
export interface SavedRun {
  readonly checkpoint: Checkpoint
  /** Steps in the whole run. */
  readonly steps: number
  readonly curves: Curves
  /** Its record among the past runs, if known. */
  readonly record?: RunStart | undefined
}

/** What earlier visits left: the newest run that is open in no page, or why it cannot be read. */
export type Left = { readonly run: SavedRun } | { readonly unreadable: string }

/** Stores checkpoints. Commands reject if the browser refuses. */
export interface CheckpointStore {
  /** Finds and locks what was left, against other pages. Call it once. */
  claim(): Promise<Left | undefined>
  /** Stores this visit's run, as the only one of the visit. The claimed run is deleted if the new one `continues` it; otherwise it is offered again later. */
  write(run: SavedRun, continues: boolean): Promise<void>
  /** Deletes the claimed run. */
  discard(): Promise<void>
  /** Stores the claimed run that `discard` has deleted again. */
  keep(run: SavedRun): Promise<void>
}

const NAME = 'inkling-checkpoints'
/** Version of the format below. A page leaves alone what it cannot read, until a run of its own replaces it. */
const VERSION = 1
/** Most checkpoints kept of closed pages. */
const MOST = 4
/** Stands for a record that the browser cannot read. */
const UNREADABLE = Symbol('unreadable')
/** Milliseconds to wait for a page that is closing: this one, when it reloads. */
const PATIENCE = 500

/** The browser's database. */
export function openCheckpointStore(): CheckpointStore {
  const store = createStore(NAME, 'runs')
  // Names of visits sort by their start.
  const own = `${new Date().toISOString()} ${Math.random().toString(36).slice(2, 10)}`
  let holding: Promise<boolean> | undefined
  let claimed: string | undefined
  let discarded: string | undefined
  return {
    async claim() {
      const names = (await keys<string>(store)).filter((name) => name !== own).sort().reverse() // prettier-ignore
      if (names.length === 0) mark(false)
      for (const old of names.slice(MOST)) void withFree(old, () => del(old, store))
      for (const name of names) {
        if (!(await hold(name))) continue
        const value: unknown = await get(name, store).catch(() => UNREADABLE)
        if (value === undefined) continue // another page has just replaced it with its own
        claimed = name
        return read(value)
      }
      return undefined
    },

    async write(run, continues) {
      await (holding ??= hold(own))
      await store('readwrite', (objects) => {
        objects.put(pack(run), own)
        if (continues && claimed !== undefined) objects.delete(claimed)
        return promisifyRequest(objects.transaction)
      })
      mark(true)
      if (continues) claimed = undefined
    },

    async discard() {
      if (claimed !== undefined) await del(claimed, store)
      discarded = claimed
      claimed = undefined
    },

    async keep(run) {
      if (discarded === undefined) return
      await set(discarded, pack(run), store)
      mark(true)
      claimed = discarded
    },
  }
}

/** Takes a lock until the page closes; false if another page holds it. In browsers without locks there is one page. */
function hold(name: string): Promise<boolean> {
  const { locks } = navigator as { locks?: LockManager }
  if (!locks) return Promise.resolve(true)
  return new Promise((resolve) => {
    const forever = () => {
      resolve(true)
      return new Promise<never>(() => {})
    }
    locks.request(`${NAME} ${name}`, { signal: AbortSignal.timeout(PATIENCE) }, forever).catch(() => resolve(false))
  })
}

async function withFree(name: string, work: () => Promise<void>): Promise<void> {
  const { locks } = navigator as { locks?: LockManager }
  if (!locks) return work()
  await locks.request(`${NAME} ${name}`, { ifAvailable: true }, (lock) => (lock ? work() : undefined))
}

/** A record in the database: curves are rows of step, loss and accuracy, which copy fast. */
interface Packed extends BesideSpec {
  readonly version: typeof VERSION
  readonly checkpoint: Checkpoint
  readonly steps: number
  readonly curves: Readonly<Record<CurveName, Float64Array>>
  readonly record?: RunStart | undefined
}

/** The record of a run. */
export function pack({ checkpoint, steps, curves, record }: SavedRun): Packed {
  const rows = (name: CurveName) => Float64Array.from(curves[name].flatMap((p) => [p.step, p.loss, p.accuracy]))
  return {
    version: VERSION,
    checkpoint,
    steps,
    curves: { train: rows('train'), test: rows('test'), validation: rows('validation') },
    record,
    ...besideSpec(checkpoint.spec),
  }
}

/** Reads a record of any version of the page, or any other value. */
export function read(value: unknown): Left {
  if (value === UNREADABLE) return { unreadable: 'it is damaged' }
  const { version, checkpoint, steps, curves, record, dataset } = Object(value) as Partial<Packed>
  if (version !== VERSION) return { unreadable: 'another version of Inkling kept it' }
  know(dataset)
  if (isOfUnknown(checkpoint?.spec)) {
    return { unreadable: 'it learnt from data of your own that is not in this browser any more' }
  }
  let spec: Spec
  try {
    spec = parseSavedSpec(checkpoint?.spec)
  } catch {
    return { unreadable: 'it was kept by another version of Inkling, or is damaged' }
  }
  const snapshot = checkpoint?.snapshot
  const whole =
    Array.isArray(checkpoint?.buffers) &&
    checkpoint.buffers.every((name) => typeof name === 'string') &&
    Array.isArray(snapshot?.buffers) &&
    Number.isSafeInteger(snapshot.step) &&
    Number.isSafeInteger(steps) &&
    curveNames.every((name) => curves?.[name] instanceof Float64Array)
  if (!whole || !checkpoint || !curves || steps === undefined) return { unreadable: 'it is damaged' }
  const points = (name: CurveName) => {
    const rows = curves[name]
    return Array.from({ length: Math.floor(rows.length / 3) }, (_, i) => {
      const [step, loss, accuracy] = rows.subarray(3 * i)
      return { step, loss, accuracy }
    })
  }
  const unpacked = { train: points('train'), test: points('test'), validation: points('validation') }
  return { run: { checkpoint: { ...checkpoint, spec }, steps, curves: unpacked, record: readRunStart(record) } }
}
