// One run: replays the training list in short chunks, and evaluates on schedule.

import type { Backend, Program } from '../backends/types'
import type { Example } from '../model/examples'
import { compile, type Model } from '../model/compile'
import { initialContents } from '../model/initialise'
import type { Learnt } from '../model/parameters'
import { evaluatesInAMoment } from '../model/work'
import type { Spec } from '../model/spec'
import { fill, learntContents, readLearnt, snapshotContents } from './contents'
import type { Data } from './data'
import type { Evaluations } from './evaluations'
import { macrotask } from './macrotask'
import type { Adjustable, Phase, Prediction, Snapshot, TestResults } from './protocol'
import { readExample } from './read-example'
import { Reports, type ReportListener } from './reports'
import { Submissions, type SubmissionListener } from './submissions'
import { formOn } from './step-form'
import { totalSteps } from './timetable'

export type { Snapshot } from './protocol'

/** What a run reports. After `diverged` it has stopped for good. */
export interface Listener extends ReportListener, SubmissionListener {
  /** An error in mid-run: a lost device, or a fault of the program. */
  failed(error: unknown): void
}

export class Trainer {
  #running = false
  #lost = false
  #disposed = false
  /** The step at which the run last finished. */
  #endedAt: number | undefined
  #startedAt = 0
  #loop: Promise<void> = Promise.resolve()
  /** The step under way of `step`. */
  #stepping: Promise<void> | undefined
  readonly #reports: Reports
  readonly #submissions: Submissions

  private constructor(
    readonly model: Model,
    readonly program: Program,
    /** The spec as a run needs it. */
    readonly data: Data,
    private readonly listener: Listener,
    private spec: Spec,
  ) {
    this.#reports = new Reports(this, listener)
    const told: SubmissionListener = {
      test: (point) => listener.test(point),
      validation: (point) => listener.validation(point),
      diverged: (breakdown) => {
        this.#stop()
        listener.diverged(breakdown)
      },
    }
    this.#submissions = new Submissions(program, model, this, this.#reports, told, data.statistics)
  }

  /**
   * Compiles and prepares a run at step 0, or at the snapshot's step, with the inputs standardised as there. `whole`: with whole steps where there are any.
   * @throws what Backend.prepare throws.
   */
  static async create(backend: Backend, spec: Spec, own: Data, listener: Listener, snapshot?: Snapshot, whole = false) {
    const data = snapshot?.statistics ? { ...own, statistics: snapshot.statistics } : own
    const model = compile(spec, data, { form: formOn(backend, whole) })
    const program = await backend.prepare(model.plan)
    try {
      const trainer = new Trainer(model, program, data, listener, spec)
      fill(program, initialContents(model, data.statistics))
      if (snapshot) {
        fill(program, snapshotContents(model, snapshot.buffers))
        trainer.#restore(snapshot)
      }
      const { snapshots, now } = trainer.#submissions
      snapshots.guard.begin(snapshot ?? (await snapshots.read(now)))
      return trainer
    } catch (error) {
      program.dispose()
      throw error
    }
  }

  get phase(): Phase {
    if (this.#lost) return 'lost'
    if (this.#submissions.snapshots.guard.broken) return 'diverged'
    if (this.#running) return 'running'
    if (this.#step === 0) return 'idle'
    // More epochs reopen a run that has ended, and as few as before close it again if it has not trained on.
    return this.#endedAt === this.#step && this.#step >= this.steps ? 'finished' : 'paused'
  }

  /** The spec, with the settings that were adjusted in mid-run. */
  get currentSpec(): Spec {
    return this.spec
  }

  /** Steps in the whole run. */
  get steps(): number {
    return Math.max(totalSteps(this.spec, this.model.trainCount), this.#step)
  }

  /** Steps submitted so far: a snapshot read next holds their results. */
  get submitted(): number {
    return this.#step
  }

  /** The step at which the program was made. Until the next step it holds no gradients and no activations. */
  get startedAt(): number {
    return this.#startedAt
  }

  /** The newest finite snapshot, taken at each evaluation and at step 0. Of a diverged run, the one to go back to. */
  get snapshot(): Snapshot | undefined {
    return this.#submissions.snapshots.guard.snapshot
  }

  /** Whether the run can train on. */
  get #waits(): boolean {
    return this.phase === 'idle' || this.phase === 'paused'
  }

  /** Steps submitted. */
  get #step(): number {
    return this.#submissions.step
  }

  get #evaluations(): Evaluations {
    return this.#submissions.evaluations
  }

  /** Starts or resumes. Does nothing if the run is running, finished or diverged. */
  start(): void {
    if (!this.#waits) return
    // The curve begins with the network as it was made, where that is known in a moment.
    if (this.#step === 0 && evaluatesInAMoment(this.spec)) this.#evaluations.giveUpPass()
    else this.#evaluations.giveUpBackground()
    this.#running = true
    this.#reports.tell()
    this.#loop = this.#loop.then(() => this.#run())
  }

  /** Stops submitting. Resolves when the device has completed what was submitted. */
  async pause(): Promise<void> {
    this.#evaluations.giveUpBackground()
    if (this.#running) this.#stop()
    await this.#loop
  }

  /**
   * Trains one batch, and evaluates if that is due after it. Does nothing while running or when finished. Once `stopped` is true, the rest
   * is left: an evaluation to whatever comes next, a batch on a CPU altogether.
   */
  step(stopped: () => boolean = () => false): Promise<void> {
    if (!this.#waits) return Promise.resolve()
    this.#evaluations.giveUpBackground()
    this.#loop = this.#loop.then(async () => {
      if (!this.#waits) return
      await this.#working(async () => {
        await this.#submissions.finishEvaluation(stopped)
        if (this.#step < this.steps && !stopped()) await (this.#stepping = this.#submissions.submitStep(stopped))
        await this.#submissions.finishEvaluation(stopped)
        await this.#submissions.flight.drain()
        if (this.#step >= this.steps && !this.#evaluations.underWay) this.#endedAt = this.#step
        if (this.phase !== 'diverged') this.#reports.tell()
      })
    })
    return this.#loop
  }

  /**
   * Sends the listener the answers for every test image: once at the present step, in a pass that is no evaluation of the run and that
   * ends early if the run is started, stepped or paused, and after each evaluation. No listener: nothing is sent any more.
   */
  listenToResults(listener: ((results: TestResults) => void) | undefined): void {
    if (this.#disposed) return
    this.#evaluations.listen(listener)
    // The loop of a running run makes the pass.
    this.#loop = this.#loop.then(async () => {
      try {
        if (!this.#lost) await this.#submissions.pass()
      } catch (error) {
        if (!this.#lost && !this.#disposed) this.listener.failed(error)
      }
    })
  }

  /** Applies the settings that may change in mid-run. */
  adjust(settings: Adjustable): void {
    this.spec = { ...this.spec, ...settings }
    this.#reports.tell()
  }

  /** Runs an example through the newest parameters. Undefined if an output is not finite. @throws RangeError or DeviceLostError */
  async predict(example: Example): Promise<Prediction | undefined> {
    await this.#stepping?.catch(() => {}) // an answer in the middle of a step would spoil both
    const step = this.#step
    const read = await readExample(this.program, this.model, example)
    return read && { ...read, step }
  }

  /** Reads what the network has learnt so far; pause first. @throws DeviceLostError */
  learnt(): Promise<Learnt> {
    return readLearnt(this.program, this.model)
  }

  /** Evaluates the network if it has changed since the last evaluation; pause first. Does nothing if the run has diverged. */
  async evaluate(): Promise<void> {
    const stands = this.phase !== 'diverged' && this.phase !== 'lost'
    if (stands && this.#evaluations.standingAt(this.#step)() !== 'done') await this.#evaluate(() => {})
  }

  /** Evaluates a network that rests in the background, unless the run is started, stepped or paused meanwhile. */
  evaluateAtRest(): void {
    if (!this.#waits || this.#disposed) return
    this.#evaluations.askAtRest()
    this.#loop = this.#loop.then(async () => {
      try {
        await this.#submissions.evaluateAtRest()
      } catch (error) {
        if (!this.#lost && !this.#disposed) this.listener.failed(error)
      }
    })
  }

  /** Accuracy on the test set, evaluated first if the network has changed since the last evaluation; pause first. */
  async testAccuracy(): Promise<number> {
    const evaluations = this.#evaluations
    if (evaluations.last?.step !== this.#step || evaluations.underWay) await this.#evaluate(() => {})
    return evaluations.last?.test.accuracy ?? 0
  }

  /** Replaces what the network has learnt, at whatever step, and evaluates it; pause first. */
  replace(learnt: Learnt): Promise<void> {
    return this.#evaluate(() => fill(this.program, learntContents(this.model, learnt)))
  }

  /** Runs a whole evaluation of a changed network, even if one was under way. */
  #evaluate(change: () => void): Promise<void> {
    this.#loop = this.#loop.then(() =>
      this.#working(async () => {
        change()
        this.#evaluations.beginAnew()
        await this.#submissions.finishEvaluation()
        await this.#submissions.flight.drain()
      }),
    )
    return this.#loop
  }

  /** Takes a snapshot, which becomes `snapshot` if all its values are finite; pause first. @throws DeviceLostError */
  takeSnapshot(): Promise<Snapshot> {
    return this.#submissions.snapshots.take(this.#submissions.now)
  }

  /**
   * Takes a snapshot for the caller, between two steps; training goes on meanwhile. Of a diverged run, a copy of the one to
   * go back to. @throws DeviceLostError
   */
  readSnapshot(): Promise<Snapshot> {
    return this.#submissions.snapshots.give(this.#submissions.now)
  }

  /** Ends the run without touching its lost device. */
  abandon(): void {
    this.#lost = true
    this.#stop()
  }

  /** Frees the run's memory; pause first. The results listener gets nothing more. */
  dispose(): void {
    this.#disposed = true
    this.#evaluations.giveUpBackground()
    this.#evaluations.listen(undefined)
    this.program.dispose()
  }

  /** Reports where the run stands. */
  announce(): void {
    this.#reports.tell()
  }

  /** Learning rates of `count` steps from `step` on. */
  rates(step: number, count: number): Float32Array {
    return this.#submissions.rates(step, count)
  }

  async #run(): Promise<void> {
    if (!this.#running) return // it was paused, or the round before went on in its place
    await this.#working(async () => {
      await this.#submissions.measure()
      let ended = false
      while (this.#running && !ended) {
        if (this.#evaluations.underWay) this.#submissions.submitEvaluation()
        else if (this.#evaluations.passDue) await this.#submissions.pass()
        else if (this.#step < this.steps) this.#submissions.submitSteps()
        else if (!this.#evaluations.measures(this.#step)) this.#evaluations.begin()
        else ended = true
        while (this.#submissions.flight.full) await this.#submissions.flight.oldest()
        await macrotask()
      }
      await this.#submissions.flight.drain()
      // A pause and a resume may both have happened during the wait: the next round then goes on.
      if (ended && this.#running) {
        this.#endedAt = this.#step
        this.#running = false
      }
      this.#reports.tell()
    })
  }

  /** Runs the work with the clock on. After an error the run is paused and the error is reported. */
  async #working(work: () => Promise<void>): Promise<void> {
    this.#reports.start()
    this.#submissions.mark()
    try {
      await work()
    } catch (error) {
      this.#submissions.flight.clear()
      if (this.#lost) return
      this.#stop()
      this.listener.failed(error)
    } finally {
      this.#reports.stop()
    }
  }

  /** Ends training, and reports that. */
  #stop(): void {
    this.#running = false
    this.#reports.tell()
  }

  #restore(snapshot: Snapshot): void {
    this.#submissions.restore(snapshot)
    this.#startedAt = snapshot.step
    if (snapshot.step >= this.steps && snapshot.evaluation === 'done') this.#endedAt = snapshot.step
  }
}
