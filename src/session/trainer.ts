// One run: replays the training list in short chunks, evaluates on schedule, keeps snapshots, answers predictions.

import type { Backend, Program } from '../backends/types'
import { compile, HISTORY_SLOTS, type DataSize, type Model } from '../model/compile'
import { initialContents, type PixelStatistics } from '../model/initialise'
import type { Learnt } from '../model/parameters'
import { rateAt } from '../model/schedules'
import type { Spec } from '../model/spec'
import { fill, learntContents, readLearnt, readSnapshotValues, snapshotContents } from './contents'
import { Curve } from './curve'
import { DivergenceGuard, isFiniteSnapshot, type Breakdown } from './divergence-guard'
import { Evaluations, type Evaluated } from './evaluations'
import { allFinite } from './finite'
import type { Adjustable, CurvePoint, Phase, Prediction, Progress, Snapshot, TestResults } from './protocol'
import { macrotask } from './macrotask'
import { readImage } from './read-image'
import { nextEvaluation, totalSteps } from './timetable'
import { Pace, Speed } from './speed'

/** The data set on the device, and its statistics. */
export interface Data extends DataSize, PixelStatistics {}

export type { Snapshot } from './protocol'

/** What a run tells. */
export interface Listener {
  progress(progress: Progress): void
  train(points: readonly CurvePoint[]): void
  test(point: CurvePoint): void
  /** The held-out images, where there are any, at the same steps. */
  validation(point: CurvePoint): void
  /** Something is not finite any more, and the run has stopped for good. */
  diverged(breakdown: Breakdown): void
  /** Something broke in mid-run: a lost device, or a fault of the program. */
  failed(error: unknown): void
}

/** Submissions that may be under way: one running, one waiting, one being made. */
const IN_FLIGHT = 3
/** Milliseconds between two progress reports. */
const REPORT_MS = 50

export class Trainer {
  #phase: Phase = 'idle'
  /** It was finished before its epochs were raised, and has not trained on since. */
  #reopened = false
  /** Steps submitted, and steps whose results have come back. */
  #step = 0
  #done = 0
  #startedAt = 0
  #disposed = false
  #loop: Promise<void> = Promise.resolve()
  #flight: Promise<void>[] = []
  #lastReport = 0
  readonly #speed = new Speed()
  readonly #pace = new Pace(Math.floor(HISTORY_SLOTS / IN_FLIGHT))
  readonly #curve: Curve
  readonly #evaluations: Evaluations
  readonly #guard = new DivergenceGuard()

  private constructor(
    readonly model: Model,
    readonly program: Program,
    private readonly listener: Listener,
    private spec: Spec,
  ) {
    this.#curve = new Curve(spec.batchSize, Math.ceil(totalSteps(spec, model.trainCount) / 1000))
    this.#evaluations = new Evaluations(program, model)
  }

  /** Compiles and prepares a run, at step 0 or where the snapshot was taken. @throws what Backend.prepare throws. */
  static async create(backend: Backend, spec: Spec, data: Data, listener: Listener, snapshot?: Snapshot) {
    const model = compile(spec, data)
    const program = await backend.prepare(model.plan)
    try {
      const trainer = new Trainer(model, program, listener, spec)
      fill(program, initialContents(model, data))
      if (snapshot) {
        fill(program, snapshotContents(model, snapshot.buffers))
        trainer.#restore(snapshot)
      }
      trainer.#guard.begin(snapshot ?? (await trainer.#readSnapshot()))
      return trainer
    } catch (error) {
      program.dispose()
      throw error
    }
  }

  get phase(): Phase {
    return this.#phase
  }

  /** The spec with what was adjusted in mid-run. */
  get currentSpec(): Spec {
    return this.spec
  }

  /** Steps submitted so far: what is read from the program next is what they made. */
  get submitted(): number {
    return this.#step
  }

  /** The step at which the program was made: until the next one there are no gradients and activations in it. */
  get startedAt(): number {
    return this.#startedAt
  }

  /** The last snapshot in which all is finite: taken at each evaluation, and at step 0. Of a run that has diverged, where to go back to. */
  get snapshot(): Snapshot | undefined {
    return this.#guard.snapshot
  }

  get #steps(): number {
    return Math.max(totalSteps(this.spec, this.model.trainCount), this.#step)
  }

  /** Starts or resumes. Nothing where it runs already, is done or has diverged. */
  start(): void {
    if (this.#phase !== 'idle' && this.#phase !== 'paused') return
    this.#evaluations.giveUpPass()
    this.#reopened = false
    this.#setPhase('running')
    this.#loop = this.#loop.then(() => this.#run())
  }

  /** Stops submitting; resolves when the device has done what it was given. */
  async pause(): Promise<void> {
    this.#evaluations.giveUpPass()
    if (this.#phase === 'running') this.#setPhase('paused')
    await this.#loop
  }

  /** One batch, and the evaluation if one is due after it. Nothing while running or when done. */
  step(): Promise<void> {
    if (this.#phase !== 'idle' && this.#phase !== 'paused') return Promise.resolve()
    this.#evaluations.giveUpPass()
    this.#reopened = false
    this.#loop = this.#loop.then(async () => {
      if (this.#phase !== 'idle' && this.#phase !== 'paused') return
      await this.#working(async () => {
        await this.#finishEvaluation()
        if (this.#step < this.#steps) this.#submitSteps(1)
        await this.#finishEvaluation()
        await this.#drain()
        if (this.#phase !== 'diverged') this.#setPhase(this.#step >= this.#steps ? 'finished' : 'paused')
      })
    })
    return this.#loop
  }

  /**
   * Tells the listener what the network says of every test image: as it is now, in a pass that is no evaluation of the run and that
   * is given up when the run is started, stepped or paused before its end; and after each evaluation. Without a listener that ends.
   */
  listenToResults(listener: ((results: TestResults) => void) | undefined): void {
    if (this.#disposed) return
    this.#evaluations.listen(listener)
    // While the run goes on, its loop makes the pass.
    this.#loop = this.#loop.then(() =>
      this.#passForListener().catch((error: unknown) => {
        if (this.#phase !== 'lost' && !this.#disposed) this.listener.failed(error)
      }),
    )
  }

  /** Takes over what may change in mid-run. */
  adjust(settings: Adjustable): void {
    this.spec = { ...this.spec, ...settings }
    // More epochs may reopen a run that is done, and as few as before close it again.
    const ended = this.#step >= this.#steps
    if (this.#phase === 'finished' && !ended) {
      this.#phase = 'paused'
      this.#reopened = true
    } else if (this.#phase === 'paused' && this.#reopened && ended) {
      this.#phase = 'finished'
      this.#reopened = false
    }
    this.#report()
  }

  /** Runs an image of 784 bytes through the newest parameters; undefined where an output is not finite. @throws DeviceLostError */
  async predict(image: Uint8Array): Promise<Prediction | undefined> {
    const step = this.#step
    const read = await readImage(this.program, this.model, image)
    return read && { ...read, step }
  }

  /** What the network has learnt so far; pause first. @throws DeviceLostError */
  learnt(): Promise<Learnt> {
    return readLearnt(this.program, this.model)
  }

  /** Accuracy on the test set of the network as it is, evaluated if it has changed since the last time; pause first. */
  async testAccuracy(): Promise<number> {
    const evaluations = this.#evaluations
    if (evaluations.last?.step !== this.#step || evaluations.underWay) await this.#evaluate(() => {})
    return evaluations.last?.test.accuracy ?? 0
  }

  /** Replaces what the network has learnt, wherever the run stands, and evaluates it; pause first. */
  replace(learnt: Learnt): Promise<void> {
    return this.#evaluate(() => fill(this.program, learntContents(this.model, learnt)))
  }

  /** Evaluates all of it, also where an evaluation was under way, after a change of the network. */
  #evaluate(change: () => void): Promise<void> {
    this.#loop = this.#loop.then(() =>
      this.#working(async () => {
        change()
        this.#evaluations.beginAnew()
        await this.#finishEvaluation()
        await this.#drain()
      }),
    )
    return this.#loop
  }

  /** A fresh snapshot of where the run stands, which `snapshot` then is if all in it is finite; pause first. @throws DeviceLostError */
  async takeSnapshot(): Promise<Snapshot> {
    const snapshot = await this.#readSnapshot()
    if (isFiniteSnapshot(snapshot)) this.#guard.keep(snapshot)
    return snapshot
  }

  /**
   * A snapshot of the moment to give away, which leaves the last good one where it is; a copy of that one where something is not finite
   * any more. All reads begin in one task, between two steps; training goes on meanwhile. @throws DeviceLostError
   */
  async readSnapshot(): Promise<Snapshot> {
    const snapshot = await this.#readSnapshot()
    const { snapshot: good, broken } = this.#guard
    if (!good || (!broken && isFiniteSnapshot(snapshot))) return snapshot
    return { ...good, buffers: good.buffers.map((values) => values.slice()) }
  }

  /** Ends the run without touching the device, which is gone. */
  abandon(): void {
    this.#setPhase('lost')
  }

  /** Frees the run's memory; pause first. Whoever listens to results hears no more of it. */
  dispose(): void {
    this.#disposed = true
    this.#evaluations.listen(undefined)
    this.program.dispose()
  }

  /** Tells where the run stands. */
  announce(): void {
    this.#report()
  }

  async #run(): Promise<void> {
    await this.#working(async () => {
      let ended = false
      while (this.#phase === 'running' && !ended) {
        if (this.#evaluations.underWay) this.#submitEvaluation()
        else if (this.#evaluations.passDue) await this.#passForListener()
        else if (this.#step < this.#steps) this.#submitSteps(this.#pace.chunk)
        else if (!this.#evaluations.measures(this.#step)) this.#evaluations.begin()
        else ended = true
        if (this.#flight.length >= IN_FLIGHT) await this.#flight[0]
        await macrotask()
      }
      await this.#drain()
      // Someone may have paused and resumed while this waited: then the next round goes on.
      if (ended && this.#phase === 'running') this.#setPhase('finished')
      else this.#report()
    })
  }

  /** Does the work with the clock running. After an error the run stands paused and the listener has been told. */
  async #working(work: () => Promise<void>): Promise<void> {
    this.#speed.start()
    this.#pace.mark(performance.now())
    try {
      await work()
    } catch (error) {
      this.#flight = []
      if (this.#phase === 'lost') return
      if (this.#phase !== 'diverged') this.#setPhase('paused')
      this.listener.failed(error)
    } finally {
      this.#speed.stop()
    }
  }

  /** Submits up to `count` steps, not past an evaluation or the end of the history. */
  #submitSteps(count: number): void {
    const due = nextEvaluation(this.#step, this.spec, this.model.trainCount)
    const first = this.#step % HISTORY_SLOTS
    const steps = Math.min(count, due - this.#step, HISTORY_SLOTS - first)
    const from = this.#step
    const rates = this.rates(from, steps)
    this.#guard.submitted(from, rates)
    this.program.write(this.model.buffers.rates, rates, first)
    this.program.run('train', steps)
    this.#step += steps
    if (this.#step === due) this.#evaluations.begin()
    const history = this.program.read(this.model.buffers.history, 2 * first, 2 * steps)
    this.#track(history.then((values) => this.#record(from, values)))
    if (this.#guard.lookDue()) this.#lookAtGradients()
  }

  /** Looks whether the gradients are finite, as the parameters then are too. */
  #lookAtGradients(): void {
    const step = this.#step
    const gradients = this.program.read(this.model.buffers.gradients)
    this.#track(
      gradients.then((values) => {
        if (!allFinite(values)) this.#diverge('network', step)
      }),
    )
  }

  /** Learning rates of `count` steps from `step` on. */
  rates(step: number, count: number): Float32Array {
    const { learningRate, schedule, batchSize } = this.spec
    const stepsPerEpoch = this.model.trainCount / batchSize
    const steps = this.#steps
    return Float32Array.from({ length: count }, (_, i) =>
      rateAt(learningRate, schedule, { step: step + i, steps, stepsPerEpoch }),
    )
  }

  #submitEvaluation(): void {
    const evaluated = this.#evaluations.submit(this.#step)
    // Asked for in the same task: of the network that is evaluated.
    const read = this.#evaluations.underWay ? undefined : this.#readSnapshot()
    this.#track(
      Promise.all([evaluated, read]).then(([evaluated, snapshot]) => {
        if (evaluated && snapshot) this.#takeIn(evaluated, { ...snapshot, evaluation: 'done' })
        this.#pace.mark(performance.now())
      }),
    )
  }

  /** Takes in and tells what an evaluation came to, and the network that it measures. */
  #takeIn(evaluated: Evaluated, snapshot: Snapshot): void {
    const { step, test, validation, results } = evaluated
    this.#evaluations.took(evaluated)
    this.#flushCurve()
    this.listener.test({ step, ...test })
    if (validation) this.listener.validation({ step, ...validation })
    if (!isFiniteSnapshot(snapshot)) this.#diverge('network', step)
    else if (!Number.isFinite(test.loss)) this.#diverge('test loss', step, snapshot)
    else if (validation && !Number.isFinite(validation.loss)) this.#diverge('validation loss', step, snapshot)
    else this.#guard.keep(snapshot, test.accuracy)
    if (results) this.#evaluations.tell(results)
  }

  async #passForListener(): Promise<void> {
    if (this.#phase === 'lost') return
    await this.#evaluations.pass(this.#step)
    this.#pace.mark(performance.now())
  }

  async #finishEvaluation(): Promise<void> {
    while (this.#evaluations.underWay) {
      this.#submitEvaluation()
      await this.#drain()
      await macrotask()
    }
  }

  /** Takes in the losses and hits of the steps from `from` on. */
  #record(from: number, history: Float32Array): void {
    const now = performance.now()
    const steps = history.length / 2
    this.#done = from + steps
    this.#pace.done(now, steps)
    this.#speed.add(now, steps)
    for (let i = 0; i < steps; i++) this.#curve.add(from + i + 1, history[2 * i], history[2 * i + 1])
    const broken = history.findIndex((value, i) => i % 2 === 0 && !Number.isFinite(value))
    if (broken >= 0) this.#diverge('loss', from + broken / 2 + 1)
    if (now - this.#lastReport >= REPORT_MS) this.#report()
  }

  /** Stops for good, once. */
  #diverge(sign: Breakdown['sign'], step: number, evaluated?: Snapshot): void {
    if (this.#phase === 'lost') return
    const breakdown = this.#guard.breakDown(sign, step, this.#step, evaluated)
    if (!breakdown) return
    this.#setPhase('diverged')
    this.listener.diverged(breakdown)
  }

  #track(work: Promise<void>): void {
    const done = work.then(() => {
      this.#flight = this.#flight.filter((other) => other !== done)
    })
    this.#flight.push(done)
    // The loop meets the error when it waits for the oldest; here it only must not count as unhandled.
    done.catch(() => {})
  }

  async #drain(): Promise<void> {
    while (this.#flight.length > 0) await this.#flight[0]
  }

  async #readSnapshot(): Promise<Snapshot> {
    const step = this.#step
    const seconds = this.#speed.seconds
    const standing = this.#evaluations.standingAt(step)
    const buffers = await readSnapshotValues(this.program, this.model)
    return { step, seconds, evaluation: standing(), buffers }
  }

  #restore(snapshot: Snapshot): void {
    const { step, seconds, evaluation } = snapshot
    this.#step = this.#done = this.#startedAt = step
    this.#evaluations.restore(snapshot)
    this.#speed.restore(step, seconds)
    const ended = step >= this.#steps && evaluation === 'done'
    this.#phase = step === 0 ? 'idle' : ended ? 'finished' : 'paused'
  }

  #setPhase(phase: Phase): void {
    this.#phase = phase
    this.#report()
  }

  #flushCurve(): void {
    const points = this.#curve.take(this.#phase !== 'running')
    if (points.length > 0) this.listener.train(points)
  }

  #report(): void {
    this.#lastReport = performance.now()
    this.#flushCurve()
    const steps = this.#steps
    const step = this.#done
    const speed = this.#speed.stepsPerSecond
    this.listener.progress({
      phase: this.#phase,
      step,
      steps,
      epoch: Math.min((step * this.spec.batchSize) / this.model.trainCount, this.#epochsOf(step)),
      imagesPerSecond: speed * this.spec.batchSize,
      seconds: this.#speed.seconds,
      secondsLeft: speed > 0 ? (steps - step) / speed : undefined,
    })
  }

  /** The last step's batch may run on into the next epoch; the run ends with its last one all the same. */
  #epochsOf(step: number): number {
    return step >= totalSteps(this.spec, this.model.trainCount) ? this.spec.epochs : Infinity
  }
}
