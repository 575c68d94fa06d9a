// Where past runs outlive the visit: IndexedDB, one key a run, so that two tabs do not overwrite each other.

import { createStore, entries, promisifyRequest } from 'idb-keyval'
import * as v from 'valibot'
import { specIssues, type Spec } from '../../model/spec'

const count = v.pipe(v.number(), v.finite(), v.minValue(0))
/** A loss that is not finite is null, as JSON has it. */
const point = v.object({ step: count, loss: v.nullable(v.number()), accuracy: v.nullable(v.number()) })
const points = v.array(point)

const startSchema = v.object({
  id: v.string(),
  /** When it started, in milliseconds since 1970. */
  started: count,
  /** As it started. */
  spec: v.custom<Spec>((value) => specIssues(value).length === 0),
  /** In words, what makes another run of the same spec differ from it. */
  notes: v.array(v.string()),
})

/** What a run is known by, which goes with it wherever it goes on. */
export type RunStart = Readonly<v.InferOutput<typeof startSchema>>

/** Undefined where that is no such thing. */
export function readRunStart(value: unknown): RunStart | undefined {
  const start = v.safeParse(startSchema, value)
  return start.success ? start.output : undefined
}

const schema = v.object({
  /** Its spec is with what was adjusted in mid-run. */
  ...startSchema.entries,
  /** Counts runs from 1, to call them by. */
  number: count,
  /** What it ran on last. */
  backend: v.object({ kind: v.picklist(['webgpu', 'wasm', 'reference']), label: v.string(), adapter: v.string() }),
  finished: v.boolean(),
  step: count,
  steps: count,
  stepsPerEpoch: count,
  /** Seconds spent training. */
  seconds: count,
  /** Means over the whole run. */
  imagesPerSecond: count,
  /** On the test set, from 0 to 1: of the last evaluation and of the best one; null before the first. */
  finalAccuracy: v.nullable(count),
  bestAccuracy: v.nullable(count),
  curves: v.object({ train: points, test: points, validation: points }),
})

/** A past run, or the present one as it stands. */
export type RunRecord = Readonly<v.InferOutput<typeof schema>>

/** Stores records of runs. All commands reject where the browser refuses. */
export interface RunStore {
  read(): Promise<RunRecord[]>
  put(runs: readonly RunRecord[]): Promise<void>
  delete(ids: readonly string[]): Promise<void>
}

/** The browser's database. What another version of the page has put there and this one cannot read is left alone. */
export function openRunStore(): RunStore {
  const store = createStore('inkling-runs', 'runs')
  return {
    async read() {
      const found = await entries<string, unknown>(store)
      return found.flatMap(([, value]) => {
        const run = v.safeParse(schema, value)
        return run.success ? [run.output] : []
      })
    },
    put: (runs) =>
      store('readwrite', (objects) => {
        for (const run of runs) objects.put(run, run.id)
        return promisifyRequest(objects.transaction)
      }),
    delete: (ids) =>
      store('readwrite', (objects) => {
        for (const id of ids) objects.delete(id)
        return promisifyRequest(objects.transaction)
      }),
  }
}
