// Stores past runs beyond the visit: IndexedDB, one key a run, so that two tabs do not overwrite each other.

import { createStore, entries, promisifyRequest } from 'idb-keyval'
import * as v from 'valibot'
import { parseSavedSpec, specIssues, type Spec } from '../../model/spec'
import { besideSpec, know } from './own-dataset'

const count = v.pipe(v.number(), v.finite(), v.minValue(0))
/** A loss that is not finite is null, as in JSON. */
const point = v.object({ step: count, loss: v.nullable(v.number()), accuracy: v.nullable(v.number()) })
const points = v.array(point)

const startSchema = v.object({
  id: v.string(),
  /** When it started, in milliseconds since 1970. */
  started: count,
  /** Its spec at the start. */
  spec: v.pipe(
    v.custom<Spec>((value) => specIssues(value).length === 0),
    v.transform((spec) => parseSavedSpec(spec)),
  ),
  /** What happened that another run of the same spec would not repeat, in words. */
  notes: v.array(v.string()),
})

/** The identity of a run, which it keeps in checkpoints and when it is resumed. */
export type RunStart = Readonly<v.InferOutput<typeof startSchema>>

/** Reads a stored start; undefined if the value is none. */
export function readRunStart(value: unknown): RunStart | undefined {
  const start = v.safeParse(startSchema, value)
  return start.success ? start.output : undefined
}

const schema = v.object({
  /** `spec` includes the adjustments made in mid-run. */
  ...startSchema.entries,
  /** Number of the run on the page, from 1. */
  number: count,
  /** The device that it ran on last. */
  backend: v.object({ kind: v.picklist(['webgpu', 'wasm', 'reference']), label: v.string(), adapter: v.string() }),
  finished: v.boolean(),
  step: count,
  steps: count,
  stepsPerEpoch: count,
  /** Seconds spent training. */
  seconds: count,
  /** Mean over the whole run. */
  imagesPerSecond: count,
  /** Accuracy on the test set, from 0 to 1, in the last and in the best evaluation; null before the first. */
  finalAccuracy: v.nullable(count),
  bestAccuracy: v.nullable(count),
  curves: v.object({ train: points, test: points, validation: points }),
})

/** A past run, or the present one so far. */
export type RunRecord = Readonly<v.InferOutput<typeof schema>>

/** What the database has of a run: its record, and the descriptor of its data where that is a person's own. */
export const packRun = (run: RunRecord): unknown => ({ ...run, ...besideSpec(run.spec) })

/** Reads a stored run, whose data set is known afterwards; undefined if the value is none. */
export function readRun(value: unknown): RunRecord | undefined {
  know((Object(value) as { dataset?: unknown }).dataset)
  const run = v.safeParse(schema, value)
  return run.success ? run.output : undefined
}

/** Stores records of runs. All commands reject if the browser refuses. */
export interface RunStore {
  read(): Promise<RunRecord[]>
  put(runs: readonly RunRecord[]): Promise<void>
  delete(ids: readonly string[]): Promise<void>
}

/** The browser's database. Leaves alone the records of other versions of the page that this one cannot read. */
export function openRunStore(): RunStore {
  const store = createStore('inkling-runs', 'runs')
  return {
    async read() {
      const found = await entries<string, unknown>(store)
      return found.flatMap(([, value]) => readRun(value) ?? [])
    },
    put: (runs) =>
      store('readwrite', (objects) => {
        for (const run of runs) objects.put(packRun(run), run.id)
        return promisifyRequest(objects.transaction)
      }),
    delete: (ids) =>
      store('readwrite', (objects) => {
        for (const id of ids) objects.delete(id)
        return promisifyRequest(objects.transaction)
      }),
  }
}
