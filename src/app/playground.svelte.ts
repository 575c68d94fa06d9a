// The page's state: what the person chose, what the worker said, and what follows from both.

import { proxy, type Remote } from 'comlink'
import { specIssues, summarise, type Spec } from '../model/spec'
import { presets } from '../model/presets'
import type { DeviceInfo } from '../backends/types'
import type { BackendChoice, CurvePoint, Problem, Progress, Sample, Session, SessionEvent } from '../session/protocol'
import { adjustableOf, changedFields, isAdjustable, presetOf } from './config'
import { append } from './curves'
import { Drawing } from './drawing.svelte'
import { readLink, writeLink } from './link'
import { connect, dataFolder } from './session'

/** Something to tell the person, with the button that helps. */
export interface Notice {
  readonly kind: Problem['kind'] | 'link' | 'worker'
  readonly message: string
}

/** What the main button does. */
export type Action = 'Train' | 'Pause' | 'Resume'

/** Milliseconds between predictions of a drawing that stays the same while the network learns. */
const REFRESH = 120
/** Training digits there are to look at, and how many are shown. */
const TRAINING_DIGITS = 60_000
const SHOWN_DIGITS = 25

const atRest: Progress = {
  phase: 'idle',
  step: 0,
  steps: 0,
  epoch: 0,
  imagesPerSecond: 0,
  seconds: 0,
  secondsLeft: undefined,
}

export class Playground {
  /** What the page edits. It may be invalid for as long as someone types. */
  draft = $state.raw<Spec>(presets[0].spec)
  /** What the worker runs. */
  run = $state.raw<Spec>()
  choice = $state<BackendChoice>('auto')

  device = $state.raw<{ readonly info: DeviceInfo; readonly reason: string }>()
  memory = $state.raw<{ readonly buffers: number; readonly bytes: number }>()
  data = $state.raw({ loaded: 0, total: 0, ready: false })
  progress = $state.raw<Progress>(atRest)
  trainCurve = $state.raw<readonly CurvePoint[]>([])
  testCurve = $state.raw<readonly CurvePoint[]>([])
  samples = $state.raw<readonly Sample[]>([])
  notices = $state.raw<readonly Notice[]>([])
  /** Train was pressed, and the worker has not begun yet. */
  starting = $state(false)

  readonly issues = $derived(specIssues(this.draft))
  readonly valid = $derived(this.issues.length === 0)
  readonly preset = $derived(presetOf(this.draft))
  readonly summary = $derived(summarise(this.draft))
  /** Fields whose change waits for a new run. */
  readonly changes = $derived.by(() => {
    if (!this.run || this.progress.phase === 'idle') return []
    const changed = changedFields(this.run, this.draft)
    // What a run takes over at once waits only for someone to finish typing.
    return changed.every(isAdjustable) ? [] : changed
  })
  readonly action = $derived.by((): Action => {
    const { phase } = this.progress
    if (phase === 'running') return 'Pause'
    return (phase === 'paused' || phase === 'lost') && this.changes.length === 0 ? 'Resume' : 'Train'
  })
  readonly canStep = $derived.by(() => {
    const { phase } = this.progress
    return this.valid && (phase === 'idle' || phase === 'paused' || (phase === 'finished' && this.changes.length > 0))
  })
  /** Steps of an epoch, to count curves in epochs. Changes only with the run. */
  stepsPerEpoch = $state(1)

  /** The data set did not load, and nobody has asked again yet. */
  readonly dataFailed = $derived(this.notices.some(({ kind }) => kind === 'data'))

  readonly drawing: Drawing
  readonly #session: Remote<Session>
  #epochsAtReset: number | undefined
  #renewing: Promise<void> | undefined
  #wanted: Spec | undefined
  #refreshed = 0

  constructor() {
    this.#session = connect((message) =>
      this.#tell('worker', `The worker that trains the network stopped: ${message}. Reload the page to start again.`),
    )
    this.drawing = new Drawing((image) => this.#session.predict(image))
    const link = readLink(location.search)
    this.draft = link.spec
    this.choice = link.choice
    this.notices = link.warnings.map((message) => ({ kind: 'link', message }))
    this.#keepLink()
    void this.#session.listen(proxy((event: SessionEvent) => this.#on(event)))
    this.open()
    void this.#renew()
  }

  /** What is wrong with a field, by its path in the spec. */
  issue(field: string): string | undefined {
    return this.issues.find((issue) => issue.field === field)?.message
  }

  /**
   * Changes the draft. At step 0 the run follows at once. Later, what may change in mid-run is taken over at once and
   * the rest waits for a new run; a change of everything (a preset) waits as a whole.
   */
  edit(change: Partial<Spec>): void {
    this.draft = { ...this.draft, ...change }
    if (!this.valid) return
    this.#keepLink()
    const changed = this.run ? changedFields(this.run, this.draft) : []
    const live = changed.every(isAdjustable)
    if (!this.run || this.#renewing || (this.progress.phase === 'idle' && !live)) void this.#renew()
    else if (live) this.#adjust(this.draft)
    else if (Object.keys(change).every(isAdjustable)) this.#adjust({ ...this.run, ...change })
  }

  /** Drops the changes that wait for a new run. */
  revert(): void {
    if (this.run) this.draft = this.run
    this.#keepLink()
  }

  /** Train, Pause or Resume. */
  async act(): Promise<void> {
    if (this.action === 'Pause') return this.#session.pause()
    if (!this.valid) return
    this.starting = true
    if (this.dataFailed) this.open()
    if (await this.#prepare()) await this.#session.train()
    this.starting = false
  }

  async step(): Promise<void> {
    if (this.valid && (await this.#prepare())) await this.#session.step()
  }

  async reset(): Promise<void> {
    if (this.valid) await this.#renew()
  }

  choose(choice: BackendChoice): void {
    this.choice = choice
    this.#keepLink()
    this.open()
  }

  /** Opens the chosen backend and fetches the data; again after trouble. */
  open(): void {
    this.#dismissAll('data', 'backend')
    this.data = { loaded: 0, total: 0, ready: false }
    void this.#session.open(this.choice, dataFolder())
  }

  cancelData(): void {
    void this.#session.abortData()
  }

  dismiss(notice: Notice): void {
    this.notices = this.notices.filter((other) => other !== notice)
  }

  async showSamples(): Promise<void> {
    const others = this.samples.length > 0
    const indices = Array.from({ length: SHOWN_DIGITS }, (_, i) =>
      others ? Math.floor(Math.random() * TRAINING_DIGITS) : i,
    )
    this.samples = await this.#session.samples(indices)
  }

  async measureMemory(): Promise<void> {
    this.memory = undefined
    this.memory = await this.#session.memory()
  }

  loseDevice(): void {
    void this.#session.loseDevice()
  }

  /** Makes sure that the worker's run is the draft. */
  async #prepare(): Promise<boolean> {
    if (this.progress.phase === 'finished' || this.changes.length > 0) await this.#renew()
    else await this.#renewing
    return this.valid
  }

  /** A fresh run of the draft. One at a time, and the newest draft wins. */
  #renew(): Promise<void> {
    this.#wanted = this.draft
    return (this.#renewing ??= this.#drain())
  }

  async #drain(): Promise<void> {
    while (this.#wanted) {
      const spec = this.#wanted
      this.#wanted = undefined
      await this.#session.reset(spec)
    }
    this.#renewing = undefined
  }

  #adjust(spec: Spec): void {
    const settings = adjustableOf(spec)
    if (this.run) this.run = { ...this.run, ...settings }
    void this.#session.adjust(settings)
  }

  #keepLink(): void {
    if (!this.valid) return
    const query = writeLink(location.search, this.draft, this.preset, this.choice)
    history.replaceState(history.state, '', `${location.pathname}${query}${location.hash}`)
  }

  #tell(kind: Notice['kind'], message: string): void {
    this.notices = [...this.notices.filter((notice) => notice.kind !== kind), { kind, message }]
  }

  #dismissAll(...kinds: readonly Notice['kind'][]): void {
    this.notices = this.notices.filter(({ kind }) => !kinds.includes(kind))
  }

  #on(event: SessionEvent): void {
    switch (event.type) {
      case 'device':
        this.device = { info: event.device, reason: event.reason }
        return this.drawing.refresh()
      case 'data':
        this.data = event
        if (event.ready && this.samples.length === 0) void this.showSamples()
        return
      case 'reset':
        this.run = event.spec
        this.#epochsAtReset = event.spec.epochs
        this.trainCurve = []
        this.testCurve = []
        this.progress = atRest
        this.#dismissAll('run', 'device-lost')
        return this.drawing.refresh()
      case 'rewind':
        this.trainCurve = this.trainCurve.filter(({ step }) => step <= event.step)
        this.testCurve = this.testCurve.filter(({ step }) => step <= event.step)
        return this.drawing.refresh()
      case 'progress':
        return this.#onProgress(event.progress)
      case 'train':
        this.trainCurve = append(this.trainCurve, event.points)
        return
      case 'test':
        this.testCurve = append(this.testCurve, [event.point])
        return
      case 'problem':
        if (event.problem.kind === 'data') this.starting = false
        return this.#tell(event.problem.kind, event.problem.message)
    }
  }

  #onProgress(progress: Progress): void {
    const turned = progress.phase !== this.progress.phase
    this.progress = progress
    if (this.#epochsAtReset !== undefined && progress.steps > 0) {
      this.stepsPerEpoch = progress.steps / this.#epochsAtReset
      this.#epochsAtReset = undefined
    }
    if (turned && progress.phase === 'running') this.#dismissAll('device-lost', 'run')
    if (turned || performance.now() - this.#refreshed > REFRESH) {
      this.#refreshed = performance.now()
      this.drawing.refresh()
    }
  }
}
