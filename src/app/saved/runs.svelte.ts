// Past runs: the present one is written down as it goes, and any of them can be compared with it.

import type { DeviceInfo } from '../../backends/types'
import type { Spec } from '../../model/spec'
import type { CurvePoint, Progress } from '../../session/protocol'
import type { Curves } from '../../session/run-view'
import { changedFields, fieldNames } from '../spec/config'
import { thin } from '../curves/curves'
import { refusalOf } from '../../ui/refusal'
import type { RunRecord, RunStart, RunStore } from './run-records'

/** Points kept of a curve. */
const POINTS = 300
/** Milliseconds between two writings of a run that goes on. */
const INTERVAL = 2000
/** Most runs kept; the oldest make room. */
export const MOST_RUNS = 200
/** Most runs whose curves are shown beside those of the present one: there are so many colours. */
export const MOST_SHOWN = 4

const FINE_TUNED = 'fine-tuned on drawings'

/** The present run as the page knows it. */
export interface PresentRun {
  readonly spec: Spec
  readonly device: DeviceInfo
  readonly progress: Progress
  readonly stepsPerEpoch: number
  readonly curves: Curves
}

export class Runs {
  /** The newest first. */
  records = $state.raw<readonly RunRecord[]>([])
  /** Ids of runs whose curves are shown. */
  shownIds = $state.raw<readonly string[]>([])
  /** Why the browser stores none, as the end of a sentence. */
  trouble = $state<string>()
  /** The runs that were deleted last, to bring them back; the present one among them as it has come to stand since. */
  deleted = $state.raw<readonly RunRecord[]>([])
  /** Id of the present run. */
  current = $state<string>()

  readonly shown = $derived(this.records.filter(({ id }) => this.shownIds.includes(id)))

  #start: RunStart | undefined
  /** The last fine-tuning is the first of its run. */
  #firstTuning = false
  /** Ids of runs that were deleted: the present one would come back at its next step. */
  #unwanted: readonly string[] = []
  #kept = -INTERVAL
  /** The present run as it finished. */
  #finished: Pick<PresentRun, 'spec' | 'progress'> | undefined
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

  /** A fresh run stands ready, or one that goes on as what it was. It is written down once it has taken a step. */
  begin(spec: Spec, start?: RunStart): void {
    const started = Date.now()
    this.#start = start ?? { id: `${started}-${Math.random().toString(36).slice(2)}`, started, spec, notes: [] }
    this.current = this.#start.id
    this.#firstTuning = false
    this.#kept = -INTERVAL
    this.#finished = undefined
  }

  /** What the present run is known by, to go on with it elsewhere. */
  get start(): RunStart | undefined {
    return this.#start
  }

  /** Something has happened to the run that another run of its spec would not repeat. False where that was known. */
  note(text: string): boolean {
    const start = this.#start
    if (!start || start.notes.includes(text)) return false
    this.#start = { ...start, notes: [...start.notes, text] }
    return true
  }

  /** The present network was fine-tuned, or the last fine-tuning was taken back. */
  fineTuned(stands: boolean): void {
    const start = this.#start
    if (stands) this.#firstTuning = this.note(FINE_TUNED)
    else if (start && this.#firstTuning) {
      this.#start = { ...start, notes: start.notes.filter((note) => note !== FINE_TUNED) }
    }
  }

  /** Writes the present run down as it stands; one that goes on, every two seconds. */
  keep(present: PresentRun): void {
    const start = this.#start
    const now = performance.now()
    const { phase, step } = present.progress
    if (!start || step === 0) return
    if (phase === 'running' && now - this.#kept < INTERVAL) return
    // More epochs may reopen it: that changes what it was once it trains on.
    const stands = (phase === 'paused' || phase === 'finished') && step === this.#finished?.progress.step
    const run = stands ? { ...present, ...this.#finished } : present
    this.#finished = run.progress.phase === 'finished' ? { spec: run.spec, progress: run.progress } : undefined
    this.#kept = now
    for (const field of changedFields(start.spec, run.spec)) {
      const harmless = field === 'evaluateEvery' || (field === 'epochs' && !stretches(run.spec.schedule))
      if (!harmless) this.note(`${fieldNames[field]} changed in mid-run`)
    }
    // Made now: when its turn to be written comes, the curves may be those of another run.
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

  /** Shows or hides the curves of a run; the first shown makes room where there are too many. */
  show(id: string, shown: boolean): void {
    const others = this.shownIds.filter((other) => other !== id)
    this.shownIds = shown ? [...others, id].slice(-MOST_SHOWN) : others
  }

  delete(ids: readonly string[]): void {
    this.deleted = this.records.filter(({ id }) => ids.includes(id))
    this.records = this.records.filter(({ id }) => !ids.includes(id))
    this.shownIds = this.shownIds.filter((id) => !ids.includes(id))
    this.#unwanted = [...this.#unwanted, ...ids]
    this.#do(
      () => {},
      (store) => store.delete(ids),
    )
  }

  undoDelete(): void {
    const runs = this.deleted
    this.deleted = []
    this.#unwanted = this.#unwanted.filter((id) => !runs.some((run) => run.id === id))
    let missing: readonly RunRecord[] = []
    this.#do(
      () => {
        // The present one may have been written since.
        missing = runs.filter(({ id }) => !this.records.some((record) => record.id === id))
        this.#take(missing)
      },
      (store) => store.put(missing),
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
      this.trouble = trouble === undefined ? undefined : refusalOf(trouble)
    })
  }
}

/** The rate of a step depends on how many there are in all. */
const stretches = ({ type }: Spec['schedule']): boolean => type === 'cosine' || type === 'one-cycle'

function recordOf(
  { spec, device, progress, stepsPerEpoch, curves }: PresentRun,
  { id, started, notes }: RunStart,
): Omit<RunRecord, 'number'> {
  const { step, steps, seconds, phase } = progress
  // A step is evaluated again when its network was fine-tuned, or brought back from that: the last one counts.
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
