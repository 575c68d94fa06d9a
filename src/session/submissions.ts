// What a run submits to the device, and how it handles the answers: steps, evaluations, passes for a listener.

import type { Program } from '../backends/types'
import { HISTORY_SLOTS, type Model } from '../model/compile'
import type { InputStatistics } from '../model/initialise'
import { fill, readSnapshotValues, snapshotContents } from './contents'
import type { Breakdown } from './divergence-guard'
import { isFiniteSnapshot } from './divergence-guard'
import { Evaluations, type Evaluated } from './evaluations'
import { allFinite } from './finite'
import { Flight } from './flight'
import { macrotask, runInTurns } from './macrotask'
import type { CurvePoint, Snapshot } from './protocol'
import type { Reported, Reports } from './reports'
import { Snapshots, type SnapshotTime } from './snapshots'
import { Pace, RoundTrip } from './pace'
import { nextEvaluation, ratesOf } from './timetable'

/** Batches in the largest piece of an evaluation: an evaluation that is given up waits for the piece under way. */
const MOST_BATCHES = 64

/** Receives results. */
export interface SubmissionListener {
  test(point: CurvePoint): void
  /** The held-out images, if there are any, at the same steps. */
  validation(point: CurvePoint): void
  /** A value is not finite: submit no more steps. */
  diverged(breakdown: Breakdown): void
}

export class Submissions {
  /** Steps submitted. */
  #step = 0
  readonly #trip = new RoundTrip()
  readonly flight = new Flight(this.#trip)
  readonly evaluations: Evaluations
  readonly snapshots: Snapshots
  readonly #steps = new Pace(this.#trip, HISTORY_SLOTS)
  readonly #batches = new Pace(this.#trip, MOST_BATCHES)

  constructor(
    private readonly program: Program,
    private readonly model: Model,
    private readonly run: Reported,
    private readonly reports: Reports,
    private readonly listener: SubmissionListener,
    statistics: InputStatistics | undefined,
  ) {
    this.evaluations = new Evaluations(program, model)
    this.snapshots = new Snapshots(program, model, this.evaluations, statistics)
  }

  /** Steps submitted so far. */
  get step(): number {
    return this.#step
  }

  /** Where the run stands if a snapshot is read now. */
  get now(): SnapshotTime {
    return { step: this.#step, seconds: this.reports.seconds }
  }

  /** Restores the state at a snapshot. */
  restore(snapshot: Snapshot): void {
    this.#step = snapshot.step
    this.evaluations.restore(snapshot)
    this.reports.restore(snapshot.step, snapshot.seconds)
  }

  /** Measures the round trip to the device, which has nothing to do. @throws DeviceLostError */
  async measure(): Promise<void> {
    await this.#trip.measure(() => this.program.read(this.model.buffers.history, 0, 2))
    this.mark()
  }

  /** The device begins to work for the run, or has ended other work. */
  mark(): void {
    const now = performance.now()
    this.#steps.mark(now)
    this.#batches.mark(now)
  }

  /** Learning rates of `count` steps from `step` on. */
  rates(step: number, count: number): Float32Array {
    return ratesOf(this.run.currentSpec, this.model.trainCount, this.run.steps, step, count)
  }

  /** Submits up to `count` steps, not past an evaluation or the end of the history. Without a count, submits a piece of work. */
  submitSteps(count = this.#steps.size): void {
    const start = performance.now()
    const rates = this.#writeRates(count)
    this.program.run('train', rates.length)
    this.#submitted(rates, start)
  }

  /**
   * Submits one step. A CPU hears others between the calls of a step that is slow, and gives it up once `stopped` is true: the network is
   * then as it was before.
   */
  async submitStep(stopped: () => boolean): Promise<void> {
    const { program, model } = this
    const calls = program.calls?.('train')
    if (!calls) return this.submitSteps(1)
    const before = await readSnapshotValues(program, model)
    const start = performance.now()
    const rates = this.#writeRates(1)
    if (await runInTurns(calls, stopped)) this.#submitted(rates, start)
    else fill(program, snapshotContents(model, before))
  }

  /** Writes the learning rates of the next steps, at most `count`, and returns them. */
  #writeRates(count: number): Float32Array {
    const { program, model } = this
    const first = this.#step % HISTORY_SLOTS
    const steps = Math.min(count, this.#due - this.#step, HISTORY_SLOTS - first)
    const rates = this.rates(this.#step, steps)
    program.write(model.buffers.rates, rates, first)
    return rates
  }

  /** Counts steps that were submitted at `start` with these learning rates, and handles their results when they come. */
  #submitted(rates: Float32Array, start: number): void {
    const { program, model, snapshots } = this
    const from = this.#step
    const due = this.#due
    const steps = rates.length
    snapshots.guard.submitted(from, rates)
    this.#step += steps
    if (this.#step === due) this.evaluations.begin()
    const history = program.read(model.buffers.history, 2 * (from % HISTORY_SLOTS), 2 * steps)
    this.flight.add(
      this.#steps.timeOf(steps),
      history.then((values) => this.#record(from, values, start)),
    )
    if (snapshots.guard.lookDue()) this.#lookAtGradients()
  }

  /** The step after which the next evaluation is due. */
  get #due(): number {
    return nextEvaluation(this.#step, this.run.currentSpec, this.model.trainCount)
  }

  /** Submits the next batches of the evaluation that is under way. */
  submitEvaluation(): void {
    const start = performance.now()
    const { batches, answer } = this.evaluations.submit(this.#step, this.#batches.size)
    // Both reads begin in one task, so the snapshot is of the network that is evaluated.
    const read = this.evaluations.underWay ? undefined : this.snapshots.read(this.now)
    this.flight.add(
      this.#batches.timeOf(batches),
      Promise.all([answer, read]).then(([evaluated, snapshot]) => {
        this.#batches.done(performance.now(), start, batches)
        this.mark()
        if (evaluated && snapshot) this.#takeIn(evaluated, { ...snapshot, evaluation: 'done' })
      }),
    )
  }

  /** Completes the evaluation under way, if there is one; once `stopped` is true, it waits where it is. @throws DeviceLostError */
  async finishEvaluation(stopped: () => boolean = () => false): Promise<void> {
    while (this.evaluations.underWay && !stopped()) {
      this.submitEvaluation()
      await this.flight.drain()
      await macrotask()
    }
  }

  /** Evaluates the resting network, for as long as that is wanted. @throws DeviceLostError */
  async evaluateAtRest(): Promise<void> {
    const { evaluations, flight } = this
    const { underWay } = evaluations
    if (!evaluations.restDue || (evaluations.measures(this.#step) && !underWay)) return
    evaluations.begin()
    try {
      while (evaluations.underWay && evaluations.restDue) {
        this.submitEvaluation()
        await flight.drain()
        await macrotask()
      }
    } catch (error) {
      flight.clear()
      throw error
    } finally {
      evaluations.endAtRest(underWay)
    }
  }

  /** Runs the pass for the results listener, if one is due. @throws DeviceLostError */
  async pass(): Promise<void> {
    await this.evaluations.pass(this.#step, this.flight, this.#batches)
    this.mark()
  }

  /** Checks that the gradients are finite; the parameters then are too. */
  #lookAtGradients(): void {
    const step = this.#step
    const gradients = this.program.read(this.model.buffers.gradients)
    this.flight.add(
      0,
      gradients.then((values) => {
        if (!allFinite(values)) this.#diverge('network', step)
      }),
    )
  }

  /** Handles the losses and hits of the steps from `from` on, submitted at `start`. */
  #record(from: number, history: Float32Array, start: number): void {
    const now = performance.now()
    this.#steps.done(now, start, history.length / 2)
    this.#batches.mark(now)
    this.reports.record(from, history, now)
    const broken = history.findIndex((value, i) => i % 2 === 0 && !Number.isFinite(value))
    if (broken >= 0) this.#diverge('loss', from + broken / 2 + 1)
    this.reports.tellIfDue(now)
  }

  /** Handles and reports the scores of an evaluation, and the snapshot of its network. */
  #takeIn(evaluated: Evaluated, snapshot: Snapshot): void {
    if (this.run.phase === 'lost') return // the step from which the run goes on has been reported
    const { step, test, validation, results } = evaluated
    this.evaluations.took(evaluated)
    this.reports.tellCurve()
    this.listener.test({ step, ...test })
    if (validation) this.listener.validation({ step, ...validation })
    if (!isFiniteSnapshot(snapshot)) this.#diverge('network', step)
    else if (!Number.isFinite(test.loss)) this.#diverge('test loss', step, snapshot)
    else if (validation && !Number.isFinite(validation.loss)) this.#diverge('validation loss', step, snapshot)
    else this.snapshots.guard.keep(snapshot, test.accuracy)
    if (results) this.evaluations.tell(results)
  }

  #diverge(sign: Breakdown['sign'], step: number, evaluated?: Snapshot): void {
    if (this.run.phase === 'lost') return
    const breakdown = this.snapshots.guard.breakDown(sign, step, this.#step, evaluated)
    if (breakdown) this.listener.diverged(breakdown)
  }
}
