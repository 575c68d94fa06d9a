// Passes over examples that are not trained on: evaluations of the test set and then the held-out examples, and
// passes over the test set alone for the results listener.

import type { Program } from '../backends/types'
import type { Evaluation, Model } from '../model/compile'
import type { Flight } from './flight'
import { macrotask } from './macrotask'
import type { Pace } from './pace'
import type { CurvePoint, Snapshot, TestResults } from './protocol'
import { TestReadings } from './test-readings'

/** Mean loss and accuracy over a set of examples. */
export type Score = Omit<CurvePoint, 'step'>

/** Result of an evaluation. */
export interface Evaluated {
  /** The step whose parameters it measures. */
  readonly step: number
  readonly test: Score
  /** Of the held-out examples, if there are any. */
  readonly validation: Score | undefined
  /** Answers for every test example, if there was a listener at the start. */
  readonly results: TestResults | undefined
}

export class Evaluations {
  /** Batches of the present evaluation still to submit. */
  #left = 0
  /** The step whose parameters the newest evaluation measures. */
  #step = -1
  /** The step of the newest evaluation with a known result. */
  #knownStep = -1
  #last: Evaluated | undefined
  /** Receives the answers for every test example. Without a listener they are not read. */
  #listener: ((results: TestResults) => void) | undefined
  /** Answers that the present evaluation reads for the listener. */
  #readings: TestReadings | undefined
  #passDue = false
  #restDue = false

  constructor(
    private readonly program: Program,
    private readonly model: Model,
  ) {}

  /** Whether batches must be submitted before training goes on. */
  get underWay(): boolean {
    return this.#left > 0
  }

  /** The newest evaluation with a known result. */
  get last(): Evaluated | undefined {
    return this.#last
  }

  /** Whether an evaluation of the network after a step has at least begun. */
  measures(step: number): boolean {
    return this.#step === step
  }

  /** Batches in an evaluation. */
  get #batches(): number {
    return this.model.test.steps + (this.model.validation?.steps ?? 0)
  }

  /** Makes a whole evaluation due, even if one was under way. */
  begin(): void {
    this.#left = this.#batches
  }

  /** Makes an evaluation of a changed network due, and forgets the result for its step. */
  beginAnew(): void {
    this.#knownStep = -1
    this.begin()
  }

  /** Restores the state at a snapshot. */
  restore({ step, evaluation }: Snapshot): void {
    this.#step = this.#knownStep = evaluation === 'done' ? step : -1
    this.#left = evaluation === 'due' ? this.#batches : 0
  }

  /**
   * How the test set stands at a step. Call it before a snapshot is read, and what it returns after: an evaluation that has been
   * submitted is lost to whoever goes on from the snapshot, unless its result has come meanwhile.
   */
  standingAt(step: number): () => Snapshot['evaluation'] {
    const [begun, ended] = [this.#left > 0, this.#step === step]
    return () => (ended && this.#knownStep >= step ? 'done' : begun || ended ? 'due' : 'none')
  }

  /**
   * Submits the next batches of the due evaluation, of the network after `step`: `count` of them, or fewer at the end of a set. The answer
   * resolves when they are done; the last one with the result, which counts as known once `took` is called, or with a DeviceLostError.
   */
  submit(step: number, count: number): { readonly batches: number; readonly answer: Promise<Evaluated | undefined> } {
    const { test, validation } = this.model
    const held = validation?.steps ?? 0
    const inTest = this.#left > held
    if (this.#left === this.#batches) this.#readings = this.#listener && this.#read(step)
    const readings = this.#readings
    // A batch's answers are read before the next batch takes their place.
    const batches = inTest && readings ? 1 : Math.min(count, inTest ? this.#left - held : this.#left)
    this.program.run(inTest ? 'evaluate' : 'validate', batches)
    const read = inTest ? readings?.take() : undefined
    this.#left -= batches
    this.#step = step
    if (this.#left > 0) {
      return { batches, answer: Promise.all([this.program.settled(), read]).then(() => undefined) }
    }
    const answer = Promise.all([this.#score(test), validation && this.#score(validation), read]).then(
      ([tested, validated]): Evaluated => ({ step, test: tested, validation: validated, results: readings?.results }),
    )
    return { batches, answer }
  }

  /** Records that the run has handled a result. */
  took(evaluated: Evaluated): void {
    this.#last = evaluated
    this.#knownStep = evaluated.step
  }

  /** Sets the listener and makes a pass for it due. Without a listener, ends the pass. */
  listen(listener: ((results: TestResults) => void) | undefined): void {
    this.#listener = listener
    this.#passDue = listener !== undefined
  }

  /** Whether a pass for the listener alone is due. */
  get passDue(): boolean {
    return this.#passDue
  }

  /** Gives up what no run waits for, even under way: the pass for the listener alone, and the evaluation at rest. */
  giveUpBackground(): void {
    this.#passDue = false
    this.#restDue = false
  }

  /** Gives up the pass for the listener alone. */
  giveUpPass(): void {
    this.#passDue = false
  }

  /** Makes an evaluation of the resting network due that no run waits for. */
  askAtRest(): void {
    this.#restDue = true
  }

  /** Whether that evaluation is still wanted. */
  get restDue(): boolean {
    return this.#restDue
  }

  /** Ends that evaluation: what is left of it is dropped. `owed`: the run waits for an evaluation here anyway, which starts again. */
  endAtRest(owed: boolean): void {
    this.#restDue = false
    if (this.#left === 0) return
    this.#left = owed ? this.#batches : 0
    this.#step = -1
  }

  /** Sends the answers to the listener. */
  tell(results: TestResults): void {
    this.#listener?.(results)
  }

  /** Runs the due pass over the test set for the listener alone: no point of a curve, no snapshot. @throws DeviceLostError */
  async pass(step: number, flight: Flight, pace: Pace): Promise<void> {
    if (!this.#passDue) return
    // Both passes use one counter of batches, so an evaluation that waits for Resume starts again.
    if (this.#left > 0) this.begin()
    const readings = this.#read(step)
    for (let i = 0; i < this.model.test.steps; i++) {
      const start = performance.now()
      this.program.run('evaluate', 1)
      flight.add(
        pace.timeOf(1),
        readings.take().then(() => pace.done(performance.now(), start, 1)),
      )
      while (flight.full) await flight.oldest()
      await macrotask()
      if (!this.#passDue) break
    }
    await flight.drain()
    if (!this.#passDue) return
    this.#passDue = false
    this.tell(readings.results)
  }

  #read(step: number): TestReadings {
    return new TestReadings(this.program, this.model.test, this.model.spec.loss, step)
  }

  /** Score of a submitted pass. */
  async #score({ history, steps, count }: Evaluation): Promise<Score> {
    const values = await this.program.read(history, 0, 2 * steps)
    let loss = 0
    let hits = 0
    for (let i = 0; i < steps; i++) {
      loss += values[2 * i]
      hits += values[2 * i + 1]
    }
    return { loss: loss / count, accuracy: hits / count }
  }
}
