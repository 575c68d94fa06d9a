// The page's state: what the person chose, what the worker said, and what follows from both.

import { atRest } from './run/at-rest'
import { proxy } from 'comlink'
import { specIssues, summarise, type Spec } from '../model/spec'
import { presets } from '../model/presets'
import type { DeviceInfo } from '../backends/types'
import type { Network } from '../formats/network'
import type {
  BackendChoice,
  CurvePoint,
  Divergence,
  Problem,
  Progress,
  RemoteSession,
  SessionEvent,
} from '../session/protocol'
import { adjustableOf, changedFields, isAdjustable, presetOf } from './spec/config'
import { Drawing, type Ask } from './drawing/drawing.svelte'
import { openDrawingStore } from './teaching/drawing-store'
import { formatCount } from '../ui/format'
import { FineTuner } from './teaching/fine-tuning.svelte'
import type { Keeper } from './saved/keeper.svelte'
import { Kept } from './teaching/kept.svelte'
import { curveNames, LearningCurves } from './curves/learning-curves.svelte'
import { readLink, writeLink } from './spec/link'
import { isMarked } from './saved/mark'
import type { Opener } from './saved/opener.svelte'
import type { KeptRun } from './saved/checkpoint-store'
import { Runs } from './saved/runs.svelte'
import { Samples } from './data/samples.svelte'
import { connect, dataFolder } from './run/session'
import { Preparation } from './drawing/preparation.svelte'

/** Something to tell the person, with the button that helps. */
export interface Notice {
  readonly kind: Problem['kind'] | 'link' | 'worker'
  readonly message: string
  /** Of a run that has diverged: what `recover` needs. */
  readonly divergence?: Divergence
}

/** What the main button does. */
export type Action = 'Train' | 'Pause' | 'Resume'

/** Milliseconds between predictions of a drawing that stays the same while the network learns. */
const REFRESH = 120

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
  readonly curves = new LearningCurves()
  readonly samples: Samples
  notices = $state.raw<readonly Notice[]>([])
  /** Pause was pressed, and the steps under way are not over yet. */
  pausing = $state(false)
  /** Train or Step was pressed, and the worker has not begun yet. */
  starting = $state(false)
  /** The worker has the run on a device: from its start there until the device changes or goes away. */
  stands = $state(false)
  /** The device went away; what needs one next opens another. */
  lost = $state(false)
  /** Commands under way that make a run. */
  #making = $state(0)

  readonly issues = $derived(specIssues(this.draft))
  readonly valid = $derived(this.issues.length === 0)
  readonly preset = $derived(presetOf(this.draft))
  readonly summary = $derived(summarise(this.draft))
  /** A run is being made, which takes seconds where a device is slow to compile. */
  readonly preparing = $derived(this.starting || (this.data.ready && this.#making > 0))
  /** Fields whose change waits for a new run. At step 0 it comes by itself, unless it could not be made. */
  readonly changes = $derived.by(() => {
    if (!this.run || (this.progress.phase === 'idle' && this.#making > 0)) return []
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
    const over = phase === 'finished' || phase === 'diverged'
    return this.ready && (phase === 'idle' || phase === 'paused' || (over && this.changes.length > 0))
  })
  /** Steps of an epoch, to count curves in epochs. Changes only with the run. */
  stepsPerEpoch = $state(1)

  /** What helps a network whose numbers are no longer finite, as the end of a sentence. */
  readonly remedy = $derived.by(() => {
    const divergence = this.notices.find(({ divergence }) => divergence)?.divergence
    return divergence
      ? `go on from step ${formatCount(divergence.snapshotStep)}, above, or Train starts over from step 0`
      : 'reset it, with a lower learning rate'
  })
  /** What to say of such a network. */
  readonly broken = $derived(`The network’s numbers are no longer finite: ${this.remedy}.`)
  /** What to say where there is no network on a device. */
  readonly absent = $derived.by(() =>
    this.lost
      ? `The device was lost: ${this.action} opens another, and the network comes back.`
      : 'The network is not there yet.',
  )
  /** The data set did not load, and nobody has asked again yet. */
  readonly dataFailed = $derived(this.notices.some(({ kind }) => kind === 'data'))

  readonly drawing: Drawing
  readonly preparation: Preparation
  readonly kept = new Kept(openDrawingStore())
  readonly runs = new Runs(async () => (await import('./saved/run-records')).openRunStore())
  readonly fineTuner: FineTuner
  /** Opens files; there once one was opened or a run resumed. */
  opener = $state.raw<Opener>()
  /** Keeps the run for a later visit; there once there is something to keep, or something was left. */
  keeper = $state.raw<Keeper>()
  /** A run may be made or trained: the draft is valid, and no fine-tuning is under way. */
  readonly ready = $derived.by(() => this.valid && !this.fineTuner.busy)
  /** For panels that ask the worker for themselves. */
  readonly session: RemoteSession
  #epochsAtReset: number | undefined
  #renewing: Promise<boolean> | undefined
  #wanted: Spec | undefined
  /** The draft is another run altogether, from a preset: no change of it is for the present one. */
  #apart = false
  /** What to do once the run is prepared. */
  #next: (() => Promise<void> | void) | undefined
  #refreshed = 0
  /** Runs that were there, counted. */
  #resets = 0
  /** A kept run that is on its way. */
  #arriving: KeptRun | undefined
  /** The recovery under way begins at step 0, with nothing brought along: that is a run like any other of its settings. */
  #afresh = false
  /** The run began with a network out of a file, which another start would lose. */
  #brought = false

  constructor() {
    this.session = connect((message) =>
      this.#tell('worker', `The worker that trains the network stopped: ${message}. Reload the page to start again.`),
    )
    const predict: Ask = (image) => this.session.predict(image)
    this.drawing = new Drawing(predict)
    this.preparation = new Preparation(this.drawing, predict)
    this.samples = new Samples((request) => this.session.inspect('samples', request))
    this.fineTuner = new FineTuner(this.session, (outcome) => {
      if (outcome) {
        this.runs.fineTuned(outcome === 'tuned')
        this.#keepRun()
      }
      this.drawing.refresh()
    })
    const link = readLink(location.search)
    this.draft = link.spec
    this.choice = link.choice
    this.notices = link.warnings.map((message) => ({ kind: 'link', message }))
    this.#keepLink()
    void this.session.listen(
      proxy((event: SessionEvent) => {
        this.#on(event)
        this.#keep(event)
      }),
    )
    if (isMarked()) void this.#keeperHere()
    void this.open()
    void this.#renew()
  }

  #keeperComing: Promise<Keeper | undefined> | undefined

  /** What of a session's events has to do with keeping its run; the code for that comes with the first that has. */
  #keep(event: SessionEvent): void {
    if (this.keeper) return this.keeper.heard(event)
    const { phase, seconds } = this.progress
    const worth = event.type === 'test' || phase === 'finished' || (phase === 'paused' && seconds > 0) || seconds > 10
    if (worth) void this.#keeperHere().then((keeper) => keeper?.heard(event))
  }

  #keeperHere(): Promise<Keeper | undefined> {
    return (this.#keeperComing ??= import('./saved/keeper.svelte').then(
      ({ Keeper }) => {
        const resume = async (run: KeptRun) => (await this.openerHere())?.resume(run) ?? false
        return (this.keeper = new Keeper({ take: () => this.take(), resume }))
      },
      () => undefined, // nothing is kept, then
    ))
  }

  /** What is wrong with a field, by its path in the spec. */
  issue(field: string): string | undefined {
    return this.issues.find((issue) => issue.field === field)?.message
  }

  /**
   * Changes the draft. At step 0 the run follows at once. Later, what may change in mid-run is taken over at once, unless the run
   * is over and other changes wait, and the rest waits for a new run; a change of everything (a preset) waits as a whole, with what is changed in it later.
   */
  edit(change: Partial<Spec>): void {
    this.draft = { ...this.draft, ...change }
    if (!this.valid) return
    this.#keepLink()
    this.#showSamples()
    const changed = this.run ? changedFields(this.run, this.draft) : []
    const live = changed.every(isAdjustable)
    this.#apart = !live && (this.#apart || Object.keys(change).length === Object.keys(this.draft).length)
    const fresh = this.progress.phase === 'idle' && !this.#brought
    if (!this.run || this.#renewing || (fresh && !live)) void this.#renew()
    else if (live) this.#adjust(this.draft)
    else if (!this.#apart && this.progress.phase !== 'finished' && Object.keys(change).every(isAdjustable)) {
      this.#adjust({ ...this.run, ...change })
    }
  }

  /** Drops the changes that wait for a new run. */
  revert(): void {
    if (this.run) this.draft = this.run
    this.#apart = false
    this.#keepLink()
    this.#showSamples()
  }

  /** Train, Pause or Resume. */
  async act(): Promise<void> {
    if (this.action === 'Pause') {
      this.pausing = true
      await this.session.pause()
      this.pausing = false
      return
    }
    await this.#begin(() => {
      this.#dismissAll('device-lost', 'run', 'diverged') // whoever goes on has read them
      return this.session.train()
    })
  }

  async step(): Promise<void> {
    await this.#begin(() => void this.session.step())
  }

  async reset(): Promise<void> {
    if (this.ready) await this.#renew()
  }

  /** The run as it stands, with its curves; it goes on meanwhile. Undefined where there is none. */
  async take(): Promise<KeptRun | undefined> {
    const run = this.#resets
    const checkpoint = await this.session.checkpoint()
    if (!checkpoint || run !== this.#resets) return undefined
    const upTo = (points: readonly CurvePoint[]) => points.filter(({ step }) => step <= checkpoint.snapshot.step)
    const { train, test, validation } = this.curves
    const curves = { train: upTo(train), test: upTo(test), validation: upTo(validation) }
    return { checkpoint, steps: this.progress.steps, curves, record: this.runs.start }
  }

  /** Puts a kept run in the place of the present one, paused; false where it does not fit, which the worker has told. */
  async restore(run: KeptRun): Promise<boolean> {
    if (this.dataFailed) await this.open()
    this.#arriving = run
    const restored = await this.#make(this.session.restore(run.checkpoint))
    if (!restored) this.#arriving = undefined
    return restored
  }

  /** A fresh run that starts from a network; false where it cannot be made, which the worker has told. */
  async load({ spec, learnt }: Network): Promise<boolean> {
    if (this.dataFailed) await this.open()
    return this.#make(this.session.load(spec, learnt))
  }

  /** What opens files; undefined where its code could not be loaded, which is told. */
  async openerHere(): Promise<Opener | undefined> {
    try {
      const { Opener } = await import('./saved/opener.svelte')
      return (this.opener ??= new Opener(this))
    } catch {
      this.#tell(
        'run',
        'Nothing can be opened now: the code for it could not be loaded. Try again when the site can be reached.',
      )
      return undefined
    }
  }

  /** Goes on with a run that has diverged, from where it was still well and with the lower learning rate that goes with that. */
  async recover({ learningRate, snapshotStep }: Divergence): Promise<void> {
    this.#afresh = snapshotStep === 0 && this.runs.start?.notes.length === 0
    const waits = this.changes.length > 0
    if (this.run) this.run = { ...this.run, learningRate }
    this.draft = waits ? this.draft : { ...this.draft, learningRate }
    this.#keepLink()
    this.starting = true
    if (await this.#make(this.session.recover(learningRate))) this.#dismissAll('diverged', 'run')
    this.#afresh = false
    this.starting = false
  }

  choose(choice: BackendChoice): void {
    this.choice = choice
    this.#keepLink()
    void this.open()
  }

  /** Opens the chosen backend and fetches the data; again after trouble. */
  async open(): Promise<void> {
    this.#dismissAll('data', 'backend')
    this.lost = false
    this.data = { loaded: 0, total: 0, ready: false }
    await this.#make(this.session.open(this.choice, dataFolder()))
  }

  cancelData(): void {
    void this.session.abortData()
  }

  dismiss(notice: Notice): void {
    this.notices = this.notices.filter((other) => other !== notice)
  }

  async measureMemory(): Promise<void> {
    this.memory = undefined
    this.memory = await this.session.memory()
  }

  loseDevice(): void {
    void this.session.loseDevice()
  }

  /** Prepares the run and goes on with it. What is pressed meanwhile takes the place of what was pressed first. */
  async #begin(next: () => Promise<void> | void): Promise<void> {
    if (!this.ready) return
    const waiting = this.#next !== undefined
    this.#next = next
    if (waiting) return
    this.starting = true
    const ready = await this.#prepare()
    const newest = this.#next
    this.#next = undefined
    if (ready) await newest()
    this.starting = false
  }

  /** Makes sure that the worker's run is the draft; false where that failed, which the worker has told. */
  async #prepare(): Promise<boolean> {
    if (this.dataFailed) await this.open()
    const { phase } = this.progress
    const renew = !this.run || phase === 'finished' || phase === 'diverged' || this.changes.length > 0
    const made = await (this.#renewing ?? (renew ? this.#renew() : true))
    return made && this.valid
  }

  /** A fresh run of the draft. One at a time, and the newest draft wins. Resolves to whether it stands. */
  #renew(): Promise<boolean> {
    this.#wanted = this.draft
    return (this.#renewing ??= this.#drain())
  }

  async #drain(): Promise<boolean> {
    let made = false
    while (this.#wanted) {
      const spec = this.#wanted
      this.#wanted = undefined
      made = await this.#make(this.session.reset(spec))
    }
    this.#renewing = undefined
    return made
  }

  /** Counts a command among those that make a run until it is done. */
  async #make<T>(command: Promise<T>): Promise<T> {
    this.#making++
    try {
      return await command
    } finally {
      this.#making--
    }
  }

  #adjust(spec: Spec): void {
    const settings = adjustableOf(spec)
    if (this.run) this.run = { ...this.run, ...settings }
    void this.session.adjust(settings)
  }

  #keepRun(): void {
    const [spec, device] = [this.run, this.device?.info]
    const { progress, stepsPerEpoch, curves } = this
    if (spec && device) this.runs.keep({ spec, device, progress, stepsPerEpoch, curves })
  }

  #showSamples(): void {
    if (this.data.ready && this.valid) void this.samples.show(this.draft)
  }

  #keepLink(): void {
    if (!this.valid) return
    const query = writeLink(location.search, this.draft, this.choice)
    history.replaceState(history.state, '', `${location.pathname}${query}${location.hash}`)
  }

  #tell(kind: Notice['kind'], message: string): void {
    if (this.notices.some((notice) => notice.kind === kind && notice.message === message)) return // read out once
    this.notices = [...this.notices.filter((notice) => notice.kind !== kind), { kind, message }]
  }

  #tellDivergence(divergence: Divergence): void {
    this.#dismissAll('diverged')
    this.notices = [...this.notices, { kind: 'diverged', message: divergence.message, divergence }]
  }

  #dismissAll(...kinds: readonly Notice['kind'][]): void {
    this.notices = this.notices.filter(({ kind }) => !kinds.includes(kind))
  }

  #on(event: SessionEvent): void {
    switch (event.type) {
      case 'device':
        this.device = { info: event.device, reason: event.reason }
        this.lost = this.stands = false
        return this.drawing.refresh()
      case 'data':
        this.data = event
        return this.#showSamples()
      case 'reset':
        return this.#onReset(event.spec, event.step)
      case 'rewind':
        this.stands = true
        this.fineTuner.forget()
        this.curves.rewind(event.step)
        if (this.#afresh && this.run) this.runs.begin(this.run)
        this.#afresh = false
        return this.drawing.refresh()
      case 'progress':
        return this.#onProgress(event.progress)
      case 'train':
        return this.curves.add('train', event.points)
      case 'test':
      case 'validation':
        this.curves.add(event.type, [event.point])
        return this.#keepRun()
      case 'problem':
        if (event.problem.kind === 'data') this.starting = false
        if (event.problem.kind === 'device-lost') {
          this.lost = true
          this.stands = false
          this.fineTuner.forget()
        }
        if (event.problem.kind === 'diverged') return this.#tellDivergence(event.problem)
        return this.#tell(event.problem.kind, event.problem.message)
    }
  }

  /** `step`: where a run stands that was not made from the draft. */
  #onReset(spec: Spec, step: number | undefined): void {
    this.run = spec
    this.stands = true
    this.#resets++
    this.#epochsAtReset = spec.epochs
    this.#apart = this.#afresh = false
    this.fineTuner.forget()
    this.curves.clear()
    this.#brought = step === 0
    if (step !== undefined) {
      // A run may have gone further than its epochs, which can be lowered.
      this.#epochsAtReset = undefined
      this.stepsPerEpoch = spec.trainingSize / spec.batchSize
      this.draft = spec
      this.#keepLink()
      this.#showSamples()
      for (const name of curveNames) this.curves.add(name, this.#arriving?.curves[name] ?? [])
    }
    this.#beginRun(spec, step)
    this.progress = atRest
    this.#dismissAll('run', 'device-lost', 'diverged')
    this.drawing.refresh()
  }

  /** Begins what is written down of a run, or goes on with that of a kept one. */
  #beginRun(spec: Spec, step: number | undefined): void {
    if (step === undefined) return this.runs.begin(spec)
    const arriving = this.#arriving
    this.#arriving = undefined
    this.runs.begin(spec, arriving?.record)
    if (!arriving) this.runs.note('started from a file')
    else if (!arriving.record) this.runs.note(`resumed from step ${formatCount(step)}`)
  }

  #onProgress(progress: Progress): void {
    const turned = progress.phase !== this.progress.phase
    if (progress.phase === 'running' || progress.step !== this.progress.step) {
      this.fineTuner.forget('Training goes on from the fine-tuned network.')
    }
    this.progress = progress
    if (this.#epochsAtReset !== undefined && progress.steps > 0) {
      this.stepsPerEpoch = progress.steps / this.#epochsAtReset
      this.#epochsAtReset = undefined
    }
    if (turned) this.#keepRun()
    if (turned || performance.now() - this.#refreshed > REFRESH) {
      this.#refreshed = performance.now()
      this.drawing.refresh()
    }
  }
}
