// The state of <inkling-playground>: a worker that trains a network from the first Train on, and what it says.

import { proxy } from 'comlink'
import { datasetOf } from '../datasets'
import { Drawing } from '../app/drawing/drawing.svelte'
import { TestExamples } from '../app/drawing/test-examples.svelte'
import { readAgain } from '../app/drawing/read-again'
import { LiveRun } from '../app/run/live-run.svelte'
import { presets, type Preset } from '../model/presets'
import type { BackendChoice, CurvePoint, Phase, SessionEvent } from '../session/protocol'
import { epochEnd } from '../session/timetable'
import { connect, type Connection } from './connect'

/** What to train, on what, and from where. */
export interface Wanted {
  readonly preset: Preset
  readonly backend: BackendChoice
  /** Absolute URL of the folder with the data files. */
  readonly data: string
}

/** What the event `epoch` tells: the test set after this epoch, counted from 1. */
export interface EpochDetail {
  readonly epoch: number
  /** Share from 0 to 1. */
  readonly accuracy: number
  /** Mean per image. */
  readonly loss: number
}

/** Where Train means a fresh run. */
const startsAnew: readonly Phase[] = ['idle', 'finished', 'diverged']

export class Training {
  /** Visible name of the widget. */
  label = $state('')
  /** Side of the pad in CSS pixels; else as large as its place. */
  size = $state<number>()
  /** What is wrong with what is wanted, in sentences. */
  warning = $state('')
  /** What is wanted: the run follows. */
  wanted = $state.raw<Wanted>({ preset: presets[0], backend: 'auto', data: '' })
  /** What went wrong and what to do, in sentences. */
  problem = $state('')
  /** Train was pressed, and it has not begun yet. */
  starting = $state(false)
  /** What the worker says. */
  readonly run = new LiveRun()
  readonly drawing = new Drawing(
    (example) => this.#ask((session) => session.predict(example)),
    datasetOf(presets[0].spec),
  )
  /** For the pad's place, where classes cannot be drawn. */
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

  /** Something runs, or waits to: a worker is there. */
  get started(): boolean {
    return this.#connection !== undefined
  }

  /** Wants something else. Another network is a fresh run, which does not start by itself; another backend takes the run along. */
  async want(wanted: Wanted): Promise<void> {
    const before = this.wanted
    this.wanted = wanted
    this.drawing.enter(datasetOf(wanted.preset.spec))
    if (!this.#connection) return
    if (before.preset !== wanted.preset) await this.#ask((session) => session.reset(wanted.preset.spec))
    if (before.backend !== wanted.backend || before.data !== wanted.data) await this.#open()
  }

  /** Trains, or goes on; the first time it starts a worker, which fetches the data set. */
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

  /** Back to the start. */
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

  /** Asks the worker; undefined where there is none, or once it is closed: it never answers then. */
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

  /** Tells of an evaluation at the end of an epoch; there may be others in between. */
  #onTest({ step, accuracy, loss }: CurvePoint): void {
    const { spec } = this.wanted.preset
    const epoch = Math.floor((step * spec.batchSize) / spec.trainingSize)
    if (epoch > 0 && epochEnd(epoch, spec, spec.trainingSize) === step) this.onepoch({ epoch, accuracy, loss })
  }
}
