// Past runs: records the present run while it trains, and compares it with past ones.

import type { DeviceInfo } from '../../backends/types'
import type { Spec } from '../../model/spec'
import type { CurvePoint, Progress } from '../../session/protocol'
import type { Curves } from '../../session/run-view'
import { changedFields, fieldNames } from '../spec/config'
import { thin } from '../curves/curves'
import { formatCount } from '../../ui/format'
import { refusalOf } from '../../ui/refusal'
import type { Undo } from '../run/undo.svelte'
import type { RunRecord, RunStart, RunStore } from './run-records'

/** Points kept of a curve. */
const POINTS = 300
/** Milliseconds between two records of a run that trains. */
const INTERVAL = 2000
/** Most runs kept; the oldest are deleted first. */
export const MOST_RUNS = 200
/** Most runs whose curves are shown beside the present ones: one per colour. */
export const MOST_SHOWN = 4

const FINE_TUNED = 'fine-tuned on drawings'

/** The facts of the present run that go into its record. */
export interface PresentRun {
  readonly spec: Spec
  readonly device: DeviceInfo
  readonly progress: Progress
  readonly stepsPerEpoch: number
  readonly curves: Curves
}

export class Runs {
  /** All records, newest first. */
  records = $state.raw<readonly RunRecord[]>([])
  /** Ids of runs whose curves are shown. */
  shownIds = $state.raw<readonly string[]>([])
  /** Why the browser stores no runs, as the end of a sentence. */
  trouble = $state<string>()
  /** What was done last with past runs. */
  told = $state('')
  /** The runs of the last deletion, for Undo. The record of the present run among them is kept up to date. */
  deleted = $state.raw<readonly RunRecord[]>([])
  /** Id of the present run. */
  current = $state<string>()

  readonly shown = $derived(this.records.filter(({ id }) => this.shownIds.includes(id)))

  #start: RunStart | undefined
  /** Whether the last fine-tuning was the first of its run. */
  #firstTuning = false
  /** Ids of deleted runs. Without it the present run would come back at its next step. */
  #unwanted: readonly string[] = []
  #kept = -INTERVAL
  /** The present run at its end. */
  #finished: Pick<PresentRun, 'spec' | 'progress'> | undefined
  #queue: Promise<void> = Promise.resolve()

  /** Set once the store was read. */
  #store: RunStore | undefined

  /** Is called when the stored runs are here, which may have brought descriptors of data sets. */
  came: () => void = () => {}

  readonly #open: () => Promise<RunStore>
  readonly #undo: Undo

  /** Calls `open` at the first read or write. */
  constructor(open: () => Promise<RunStore>, undo: Undo) {
    this.#open = open
    this.#undo = undo
  }

  /** Reads the stored runs. */
  load(): void {
    this.#do(() => {})
  }

  /** Begins the record of a fresh run, or continues that of `start`. The first write comes after a step. */
  begin(spec: Spec, start?: RunStart): void {
    const started = Date.now()
    this.#start = start ?? { id: `${started}-${Math.random().toString(36).slice(2)}`, started, spec, notes: [] }
    this.current = this.#start.id
    this.#firstTuning = false
    this.#kept = -INTERVAL
    this.#finished = undefined
  }

  /** The identity of the present run, for its checkpoints. */
  get start(): RunStart | undefined {
    return this.#start
  }

  /** Notes an event that another run of the same spec would not repeat. False if it was noted before. */
  note(text: string): boolean {
    const start = this.#start
    if (!start || start.notes.includes(text)) return false
    this.#start = { ...start, notes: [...start.notes, text] }
    return true
  }

  /** Notes a fine-tuning of the present network (`stands`), or that the last one was undone. */
  fineTuned(stands: boolean): void {
    const start = this.#start
    if (stands) this.#firstTuning = this.note(FINE_TUNED)
    else if (start && this.#firstTuning) {
      this.#start = { ...start, notes: start.notes.filter((note) => note !== FINE_TUNED) }
    }
  }

  /** Writes the record of the present run; while it trains, at most every two seconds. */
  keep(present: PresentRun): void {
    const start = this.#start
    const now = performance.now()
    const { phase, step } = present.progress
    if (!start || step === 0) return
    if (phase === 'running' && now - this.#kept < INTERVAL) return
    // More epochs may reopen a finished run. Its record changes only when it trains on.
    const stands = (phase === 'paused' || phase === 'finished') && step === this.#finished?.progress.step
    const run = stands ? { ...present, ...this.#finished } : present
    this.#finished = run.progress.phase === 'finished' ? { spec: run.spec, progress: run.progress } : undefined
    this.#kept = now
    for (const field of changedFields(start.spec, run.spec)) {
      const harmless = field === 'evaluateEvery' || (field === 'epochs' && !stretches(run.spec.schedule))
      if (!harmless) this.note(`${fieldNames[field]} changed in mid-run`)
    }
    // The record is made now: at its turn in the queue the curves may belong to another run.
    const unnumbered = recordOf(run, this.#start ?? start)
    const { id } = start
    let record: RunRecord | undefined
    let old: string[] = []
    const write = () => {
      const known = [...this.records, ...this.deleted]
      const number =
        known.find((other) => other.id === id)?.number ?? 1 + Math.max(0, ...known.map(({ number }) => number))
      const numbered = { ...unnumbered, number }
      if (this.#unwanted.includes(id)) {
        this.deleted = this.deleted.map((other) => (other.id === id ? numbered : other))
        return
      }
      record = numbered
      this.#take([record])
      old = this.records.slice(MOST_RUNS).map((record) => record.id)
      this.records = this.records.slice(0, MOST_RUNS)
    }
    this.#do(write, async (store) => {
      if (record) await store.put([record])
      if (old.length > 0) await store.delete(old)
    })
  }

  /** Shows or hides the curves of a run. Too many hide the one that was shown first. */
  show(id: string, shown: boolean): void {
    const others = this.shownIds.filter((other) => other !== id)
    this.shownIds = shown ? [...others, id].slice(-MOST_SHOWN) : others
  }

  /** Deletes records; Undo brings them back. */
  delete(ids: readonly string[]): void {
    if (ids.length === 0) return // an empty deletion would replace the one that can be undone
    this.deleted = this.records.filter(({ id }) => ids.includes(id))
    this.records = this.records.filter(({ id }) => !ids.includes(id))
    this.shownIds = this.shownIds.filter((id) => !ids.includes(id))
    this.#unwanted = [...this.#unwanted, ...ids]
    this.#do(
      () => {},
      (store) => store.delete(ids),
    )
    this.told = `${tellRuns(this.deleted)} deleted.`
    this.#undo.offer({ of: 'records', text: this.told, takeBack: () => this.#undelete() })
  }

  async #undelete(): Promise<boolean> {
    const runs = this.deleted
    this.told = `${tellRuns(runs)} back.`
    this.deleted = []
    this.#unwanted = this.#unwanted.filter((id) => !runs.some((run) => run.id === id))
    let missing: readonly RunRecord[] = []
    this.#do(
      () => {
        // The present run may have been recorded again meanwhile.
        missing = runs.filter(({ id }) => !this.records.some((record) => record.id === id))
        this.#take(missing)
      },
      (store) => store.put(missing),
    )
    await this.#queue
    return true
  }

  #take(runs: readonly RunRecord[]): void {
    const others = this.records.filter(({ id }) => !runs.some((run) => run.id === id))
    this.records = [...others, ...runs].sort((a, b) => b.started - a.started)
  }

  /** Reads the store the first time, then changes the records here, then the store. Calls run one after the other. */
  #do(change: () => void, write: (store: RunStore) => Promise<void> = () => Promise.resolve()): void {
    this.#queue = this.#queue.then(async () => {
      let trouble: unknown
      const tried = async (work: () => Promise<void>) => work().catch((error: unknown) => void (trouble = error))
      await tried(async () => {
        if (this.#store) return
        const store = await this.#open()
        this.#take(await store.read())
        this.#store = store
        this.came()
      })
      // After a refusal the change still holds while the page is open.
      change()
      const store = this.#store
      if (store) await tried(() => write(store))
      this.trouble = trouble === undefined ? undefined : refusalOf(trouble)
    })
  }
}

/** `Run 3 is` or `4 runs are`. */
const tellRuns = (runs: readonly RunRecord[]) =>
  runs.length === 1 ? `Run ${runs[0].number} is` : `${formatCount(runs.length)} runs are`

/** Whether the learning rate of a step depends on the number of all steps. */
const stretches = ({ type }: Spec['schedule']): boolean => type === 'cosine' || type === 'one-cycle'

function recordOf(
  { spec, device, progress, stepsPerEpoch, curves }: PresentRun,
  { id, started, notes }: RunStart,
): Omit<RunRecord, 'number'> {
  const { step, steps, seconds, phase } = progress
  // A fine-tuning and its undo evaluate the same step again: the last evaluation counts.
  const test = curves.test.filter((point, i, all) => point.step !== all.at(i + 1)?.step)
  const accuracies = test.map(({ accuracy }) => accuracy)
  const plain = (points: readonly CurvePoint[]) =>
    thin(points, POINTS).map((point) => ({
      step: point.step,
      loss: Number.isFinite(point.loss) ? point.loss : null,
      accuracy: Number.isFinite(point.accuracy) ? point.accuracy : null,
    }))
  return {
    id,
    started,
    notes,
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
    curves: { train: plain(curves.train), test: plain(test), validation: plain(curves.validation) },
  }
}
