// What a run submits to the device, and how it handles the answers: steps, evaluations, passes for a listener.

import type { Program } from '../backends/types'
import { HISTORY_SLOTS, type Model } from '../model/compile'
import type { Breakdown } from './divergence-guard'
import { isFiniteSnapshot } from './divergence-guard'
import { Evaluations, type Evaluated } from './evaluations'
import { allFinite } from './finite'
import { Flight, IN_FLIGHT } from './flight'
import { macrotask } from './macrotask'
import type { CurvePoint, Snapshot } from './protocol'
import type { Reported, Reports } from './reports'
import { Snapshots, type SnapshotTime } from './snapshots'
import { Pace } from './speed'
import { nextEvaluation, ratesOf } from './timetable'

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
  readonly flight = new Flight()
  readonly evaluations: Evaluations
  readonly snapshots: Snapshots
  readonly #pace = new Pace(Math.floor(HISTORY_SLOTS / IN_FLIGHT))

  constructor(
    private readonly program: Program,
    private readonly model: Model,
    private readonly run: Reported,
    private readonly reports: Reports,
    private readonly listener: SubmissionListener,
  ) {
    this.evaluations = new Evaluations(program, model)
    this.snapshots = new Snapshots(program, model, this.evaluations)
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

  /** The device begins to work for the run. */
  begin(): void {
    this.#pace.mark(performance.now())
  }

  /** Learning rates of `count` steps from `step` on. */
  rates(step: number, count: number): Float32Array {
    return ratesOf(this.run.currentSpec, this.model.trainCount, this.run.steps, step, count)
  }

  /** Submits up to `count` steps, not past an evaluation or the end of the history. Without a count, submits about a frame's work. */
  submitSteps(count = this.#pace.chunk): void {
    const { program, model, snapshots } = this
    const due = nextEvaluation(this.#step, this.run.currentSpec, model.trainCount)
    const first = this.#step % HISTORY_SLOTS
    const steps = Math.min(count, due - this.#step, HISTORY_SLOTS - first)
    const from = this.#step
    const rates = this.rates(from, steps)
    snapshots.guard.submitted(from, rates)
    program.write(model.buffers.rates, rates, first)
    program.run('train', steps)
    this.#step += steps
    if (this.#step === due) this.evaluations.begin()
    const history = program.read(model.buffers.history, 2 * first, 2 * steps)
    this.flight.add(history.then((values) => this.#record(from, values)))
    if (snapshots.guard.lookDue()) this.#lookAtGradients()
  }

  /** Submits the next batch of the evaluation that is under way. */
  submitEvaluation(): void {
    const evaluated = this.evaluations.submit(this.#step)
    // Both reads begin in one task, so the snapshot is of the network that is evaluated.
    const read = this.evaluations.underWay ? undefined : this.snapshots.read(this.now)
    this.flight.add(
      Promise.all([evaluated, read]).then(([evaluated, snapshot]) => {
        if (evaluated && snapshot) this.#takeIn(evaluated, { ...snapshot, evaluation: 'done' })
        this.#pace.mark(performance.now())
      }),
    )
  }

  /** Completes the evaluation under way, if there is one. @throws DeviceLostError */
  async finishEvaluation(): Promise<void> {
    while (this.evaluations.underWay) {
      this.submitEvaluation()
      await this.flight.drain()
      await macrotask()
    }
  }

  /** Runs the pass for the results listener, if one is due. @throws DeviceLostError */
  async pass(): Promise<void> {
    await this.evaluations.pass(this.#step)
    this.#pace.mark(performance.now())
  }

  /** Checks that the gradients are finite; the parameters then are too. */
  #lookAtGradients(): void {
    const step = this.#step
    const gradients = this.program.read(this.model.buffers.gradients)
    this.flight.add(
      gradients.then((values) => {
        if (!allFinite(values)) this.#diverge('network', step)
      }),
    )
  }

  /** Handles the losses and hits of the steps from `from` on. */
  #record(from: number, history: Float32Array): void {
    const now = performance.now()
    this.#pace.done(now, history.length / 2)
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
