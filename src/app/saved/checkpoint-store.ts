// Where runs outlive the visit: IndexedDB, one key a visit, so that two tabs do not overwrite each other.

import { createStore, del, get, keys, promisifyRequest } from 'idb-keyval'
import { parseSavedSpec, type Spec } from '../../model/spec'
import type { Checkpoint } from '../../session/protocol'
import { curveNames, type CurveName, type Curves } from '../../session/run-view'
import { mark } from './mark'
import { readRunStart, type RunStart } from './run-records'

/** A run that can go on, and what its charts show. */
export interface SavedRun {
  readonly checkpoint: Checkpoint
  /** In the whole run. */
  readonly steps: number
  readonly curves: Curves
  /** What it is known by among the past runs, if that is known. */
  readonly record?: RunStart | undefined
}

/** What earlier visits left: the newest run that no open page works on, or why it cannot be read. */
export type Left = { readonly run: SavedRun } | { readonly unreadable: string }

/** Stores checkpoints. Commands reject where the browser refuses. */
export interface CheckpointStore {
  /** Finds what was left, and holds it against other pages. Call it once. */
  claim(): Promise<Left | undefined>
  /** Stores this visit's run, as the only one of the visit. What was claimed goes if the run `continues` it, and is offered again later if not. */
  write(run: SavedRun, continues: boolean): Promise<void>
  /** Deletes what was claimed. */
  discard(): Promise<void>
}

const NAME = 'inkling-checkpoints'
/** Of the format below; a page leaves alone what it cannot read until a run of its own takes the place. */
const VERSION = 1
/** Checkpoints of closed pages that are kept at most. */
const MOST = 4
/** Stands for what the browser itself cannot read any more. */
const UNREADABLE = Symbol('unreadable')
/** Milliseconds to wait for a page that is just being closed: this one, when it is reloaded. */
const PATIENCE = 500

/** The browser's database. */
export function openCheckpointStore(): CheckpointStore {
  const store = createStore(NAME, 'runs')
  // Names of the visits sort by when they began.
  const own = `${new Date().toISOString()} ${Math.random().toString(36).slice(2, 10)}`
  let holding: Promise<boolean> | undefined
  let claimed: string | undefined
  return {
    async claim() {
      const names = (await keys<string>(store)).filter((name) => name !== own).sort().reverse() // prettier-ignore
      if (names.length === 0) mark(false)
      for (const old of names.slice(MOST)) void withFree(old, () => del(old, store))
      for (const name of names) {
        if (!(await hold(name))) continue
        const value: unknown = await get(name, store).catch(() => UNREADABLE)
        if (value === undefined) continue // another page has just put its own in its place
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
      claimed = undefined
    },
  }
}

/** Takes a lock for as long as the page is open; false where another page has it. Browsers without locks have one page. */
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

/** What lies in the database: curves as rows of step, loss and accuracy, which are quickly copied. */
interface Packed {
  readonly version: typeof VERSION
  readonly checkpoint: Checkpoint
  readonly steps: number
  readonly curves: Readonly<Record<CurveName, Float64Array>>
  readonly record?: RunStart | undefined
}

function pack({ checkpoint, steps, curves, record }: SavedRun): Packed {
  const rows = (name: CurveName) => Float64Array.from(curves[name].flatMap((p) => [p.step, p.loss, p.accuracy]))
  return {
    version: VERSION,
    checkpoint,
    steps,
    curves: { train: rows('train'), test: rows('test'), validation: rows('validation') },
    record,
  }
}

/** Reads what any version of the page, or nobody, may have written. */
export function read(value: unknown): Left {
  if (value === UNREADABLE) return { unreadable: 'it is damaged' }
  const { version, checkpoint, steps, curves, record } = Object(value) as Partial<Packed>
  if (version !== VERSION) return { unreadable: 'another version of Inkling kept it' }
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
