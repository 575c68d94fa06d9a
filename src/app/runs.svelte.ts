// Past runs: the present one is written down as it goes, and any of them can be compared with it.

import type { DeviceInfo } from '../backends/types'
import type { Spec } from '../model/spec'
import type { CurvePoint, Progress } from '../session/protocol'
import { changedFields, fieldNames } from './config'
import { thin } from './curves'
import type { LearningCurves } from './learning-curves.svelte'
import type { RunRecord, RunStore } from './run-records'

/** Points kept of a curve. */
const POINTS = 300
/** Milliseconds between two writings of a run that goes on. */
const INTERVAL = 2000
/** Most runs kept; the oldest make room. */
export const MOST_RUNS = 200
/** Most runs whose curves are shown beside those of the present one: there are so many colours. */
export const MOST_SHOWN = 4

/** The present run as the page knows it. */
export interface PresentRun {
  readonly spec: Spec
  readonly device: DeviceInfo
  readonly progress: Progress
  readonly stepsPerEpoch: number
  readonly curves: LearningCurves
}

export class Runs {
  /** The newest first. */
  records = $state.raw<readonly RunRecord[]>([])
  /** Ids of runs whose curves are shown. */
  shownIds = $state.raw<readonly string[]>([])
  /** Why the browser stores none, as the end of a sentence. */
  trouble = $state<string>()
  /** The runs that were deleted last, to bring them back. */
  deleted = $state.raw<readonly RunRecord[]>([])
  /** Id of the present run. */
  current = $state<string>()

  readonly shown = $derived(this.records.filter(({ id }) => this.shownIds.includes(id)))

  #start: { readonly started: number; readonly spec: Spec; readonly notes: string[] } | undefined
  #kept = -INTERVAL
  #queue: Promise<void> = Promise.resolve()

  /** Once it was read. */
  #store: RunStore | undefined

  readonly #open: () => Promise<RunStore>

  /** `open` is called when something is to be written or looked at for the first time. */
  constructor(open: () => Promise<RunStore>) {
    this.#open = open
  }

  /** Reads what is stored, for those who look. */
  load(): void {
    this.#do(() => {})
  }

  /** A fresh run stands ready. It is written down once it has taken a step. */
  begin(spec: Spec): void {
    const started = Date.now()
    this.#start = { started, spec, notes: [] }
    this.current = `${started}-${Math.random().toString(36).slice(2)}`
    this.#kept = -INTERVAL
  }

  /** Something has happened to the run that another run of its spec would not repeat. */
  note(text: string): void {
    if (this.#start && !this.#start.notes.includes(text)) this.#start.notes.push(text)
  }

  /** Writes the present run down as it stands; one that goes on, every two seconds. */
  keep(run: PresentRun): void {
    const [start, id] = [this.#start, this.current]
    const now = performance.now()
    if (!start || !id || run.progress.step === 0) return
    if (run.progress.phase === 'running' && now - this.#kept < INTERVAL) return
    this.#kept = now
    const changed = changedFields(start.spec, run.spec).filter(
      (field) => field !== 'epochs' && field !== 'evaluateEvery',
    )
    for (const field of changed) this.note(`${fieldNames[field]} changed in mid-run`)
    let record: RunRecord
    let old: string[]
    const write = () => {
      const number = this.records.find((record) => record.id === id)?.number ?? 1 + (this.records[0]?.number ?? 0)
      record = recordOf(run, { id, number, started: start.started, notes: [...start.notes] })
      this.#take([record])
      old = this.records.slice(MOST_RUNS).map((record) => record.id)
      this.records = this.records.slice(0, MOST_RUNS)
    }
    this.#do(write, async (store) => {
      await store.put([record])
      if (old.length > 0) await store.delete(old)
    })
  }

  /** Shows or hides the curves of a run; the first shown makes room where there are too many. */
  show(id: string, shown: boolean): void {
    const others = this.shownIds.filter((other) => other !== id)
    this.shownIds = shown ? [...others, id].slice(-MOST_SHOWN) : others
  }

  delete(ids: readonly string[]): void {
    this.deleted = this.records.filter(({ id }) => ids.includes(id))
    this.records = this.records.filter(({ id }) => !ids.includes(id))
    this.shownIds = this.shownIds.filter((id) => !ids.includes(id))
    if (this.current && ids.includes(this.current)) this.#start = undefined // it would come back at its next step
    this.#do(
      () => {},
      (store) => store.delete(ids),
    )
  }

  undoDelete(): void {
    const runs = this.deleted
    this.deleted = []
    this.#do(
      () => this.#take(runs),
      (store) => store.put(runs),
    )
  }

  #take(runs: readonly RunRecord[]): void {
    const others = this.records.filter(({ id }) => !runs.some((run) => run.id === id))
    this.records = [...others, ...runs].sort((a, b) => b.started - a.started)
  }

  /** Reads what is stored if nobody has, changes what is known, and then what is stored: one after the other. */
  #do(change: () => void, write: (store: RunStore) => Promise<void> = () => Promise.resolve()): void {
    this.#queue = this.#queue.then(async () => {
      let trouble: unknown
      const tried = async (work: () => Promise<void>) => work().catch((error: unknown) => void (trouble = error))
      await tried(async () => {
        if (this.#store) return
        const store = await this.#open()
        this.#take(await store.read())
        this.#store = store
      })
      // What the browser refuses is known for as long as the page is open.
      change()
      const store = this.#store
      if (store) await tried(() => write(store))
      this.trouble = trouble === undefined ? undefined : trouble instanceof Error ? trouble.message : String(trouble)
    })
  }
}

function recordOf(
  { spec, device, progress, stepsPerEpoch, curves }: PresentRun,
  known: Pick<RunRecord, 'id' | 'number' | 'started' | 'notes'>,
): RunRecord {
  const { step, steps, seconds, phase } = progress
  const accuracies = curves.test.map(({ accuracy }) => accuracy)
  const plain = (points: readonly CurvePoint[]) =>
    thin(points, POINTS).map((point) => ({
      step: point.step,
      loss: Number.isFinite(point.loss) ? point.loss : null,
      accuracy: Number.isFinite(point.accuracy) ? point.accuracy : null,
    }))
  return {
    ...known,
    spec,
    backend: { kind: device.kind, label: device.label, adapter: device.adapter },
    finished: phase === 'finished',
    step,
    steps,
    stepsPerEpoch,
    seconds,
    imagesPerSecond: seconds > 0 ? (step * spec.batchSize) / seconds : 0,
    finalAccuracy: accuracies.at(-1) ?? null,
    bestAccuracy: accuracies.length > 0 ? Math.max(...accuracies) : null,
    curves: { train: plain(curves.train), test: plain(curves.test), validation: plain(curves.validation) },
  }
}
