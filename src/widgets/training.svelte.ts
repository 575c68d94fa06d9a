// The state of <inkling-playground>: a worker, started at the first Train, and the state of its run.

import { proxy } from 'comlink'
import { datasetOf } from '../datasets'
import { whyNotBuilt } from '../datasets/load'
import { Drawing } from '../app/drawing/drawing.svelte'
import { TestExamples } from '../app/drawing/test-examples.svelte'
import { readAgain } from '../app/drawing/read-again'
import { LiveRun } from '../app/run/live-run.svelte'
import { presets, type Preset } from '../model/presets'
import type { BackendChoice, CurvePoint, Phase, SessionEvent } from '../session/protocol'
import { epochEnd } from '../session/timetable'
import { connect, type Connection } from './connect'

/** The wanted run: preset, backend, and the place of the data. */
export interface Wanted {
  readonly preset: Preset
  readonly backend: BackendChoice
  /** Absolute URL of the folder with the data files. */
  readonly data: string
}

/** Detail of the event `epoch`: results on the test set after this epoch, counted from 1. */
export interface EpochDetail {
  readonly epoch: number
  /** Accuracy, from 0 to 1. */
  readonly accuracy: number
  /** Mean loss per image. */
  readonly loss: number
}

/** Phases in which Train starts a fresh run. */
const startsAnew: readonly Phase[] = ['idle', 'finished', 'diverged']

export class Training {
  /** Visible name of the widget. */
  label = $state('')
  /** Side of the pad in CSS pixels; by default the pad fills its container. */
  size = $state<number>()
  /** Errors in the attributes, in sentences. */
  warning = $state('')
  /** The wanted run, which the real one follows. */
  wanted = $state.raw<Wanted>({ preset: presets[0], backend: 'auto', data: '' })
  /** What went wrong and what to do, in sentences. */
  problem = $state('')
  /** Why there is no data set for what is wanted, before Train finds that out. */
  readonly missing = $derived(whyNotBuilt(datasetOf(this.wanted.preset.spec)))
  /** Whether Train was pressed and training has not begun yet. */
  starting = $state(false)
  /** The run as the worker reports it. */
  readonly run = new LiveRun()
  readonly drawing = new Drawing(
    (example) => this.#ask((session) => session.predict(example)),
    datasetOf(presets[0].spec),
  )
  /** Test examples, which replace the pad if classes cannot be drawn. */
  readonly examples = new TestExamples(
    (numbers) => this.#ask((session) => session.inspect('testImages', numbers)),
    this.drawing,
  )

  readonly running = $derived(this.run.phase === 'running')
  readonly action = $derived.by(() => {
    if (this.running) return 'Pause'
    return this.run.phase === 'paused' || this.run.phase === 'lost' ? 'Resume' : 'Train'
  })
  /** The latest evaluation of the test set. */
  readonly tested = $derived(this.run.curves.test.at(-1))

  #connection = $state.raw<Connection>()
  readonly #readAgain = readAgain(this.drawing)

  constructor(private readonly onepoch: (detail: EpochDetail) => void) {}

  /** Whether a worker exists: a run trains or waits to. */
  get started(): boolean {
    return this.#connection !== undefined
  }

  /** Changes the wanted run. Another network makes a fresh run, which does not start by itself; another backend keeps the run. */
  async want(wanted: Wanted): Promise<void> {
    const before = this.wanted
    this.wanted = wanted
    this.drawing.enter(datasetOf(wanted.preset.spec))
    if (before.preset !== wanted.preset || before.data !== wanted.data) this.problem = ''
    if (!this.#connection) return
    if (before.preset !== wanted.preset) await this.#ask((session) => session.reset(wanted.preset.spec))
    if (before.backend !== wanted.backend || before.data !== wanted.data) await this.#open()
  }

  /** Starts or resumes training. The first call starts a worker, which fetches the data set. */
  async train(): Promise<void> {
    if (this.running || this.starting) return
    this.starting = true
    this.problem = ''
    const fresh = startsAnew.includes(this.run.phase)
    try {
      if (!this.#connection) await this.#start()
      else if (this.run.dataFailed) await this.#open()
      if (this.run.dataFailed) return
      if (fresh && !(await this.#ask((session) => session.reset(this.wanted.preset.spec)))) return
      await this.#ask((session) => session.train())
    } finally {
      this.starting = false
    }
  }

  async pause(): Promise<void> {
    await this.#ask((session) => session.pause())
  }

  /** Replaces the run by a fresh one. */
  async reset(): Promise<void> {
    this.problem = ''
    await this.#ask((session) => session.reset(this.wanted.preset.spec))
  }

  /** Ends the worker and forgets the run. */
  close(): void {
    this.#connection?.close()
    this.#connection = undefined
    this.starting = false
    this.problem = ''
    this.run.clear()
    this.drawing.refresh()
  }

  async #start(): Promise<void> {
    const connection = connect((message) => {
      this.close()
      this.problem = `The worker that trains the network stopped: ${message}. Press Train to start again.`
    })
    this.#connection = connection
    const listener = proxy((event: SessionEvent) => {
      if (this.#connection === connection) this.#on(event)
    })
    await this.#ask((session) => session.listen(listener))
    await this.#open()
  }

  async #open(): Promise<void> {
    this.run.opening()
    await this.#ask((session) => session.open(this.wanted.backend, this.wanted.data, this.wanted.preset.spec.dataset))
  }

  /** Sends a command to the worker. Undefined without a worker, or once it is closed: it never answers then. */
  async #ask<T>(command: (session: Connection['session']) => Promise<T>): Promise<T | undefined> {
    if (!this.#connection) return undefined
    const { session, closed } = this.#connection
    return Promise.race([command(session), closed])
  }

  #on(event: SessionEvent): void {
    const before = this.run.view
    this.run.heard(event)
    this.#readAgain(event, before)
    if (event.type === 'test') this.#onTest(event.point)
    if (event.type === 'problem') this.problem = event.problem.message
  }

  /** Reports an evaluation at the end of an epoch; it ignores those in between. */
  #onTest({ step, accuracy, loss }: CurvePoint): void {
    const { spec } = this.wanted.preset
    const epoch = Math.floor((step * spec.batchSize) / spec.trainingSize)
    if (epoch > 0 && epochEnd(epoch, spec, spec.trainingSize) === step) this.onepoch({ epoch, accuracy, loss })
  }
}
