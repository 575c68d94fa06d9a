// Passes over images that are not trained on: the evaluations of a run, of the test set and of the held-out images after it, and
// passes over the test set for one who wants to hear what the network says of every image.

import type { Program } from '../backends/types'
import type { Evaluation, Model } from '../model/compile'
import { macrotask } from './macrotask'
import type { CurvePoint, Snapshot, TestResults } from './protocol'
import { TestReadings } from './test-readings'

/** Mean loss and accuracy over a set of images. */
export type Score = Omit<CurvePoint, 'step'>

/** What an evaluation came to. */
export interface Evaluated {
  /** The step whose parameters it measures. */
  readonly step: number
  readonly test: Score
  /** Of the held-out images, where there are any. */
  readonly validation: Score | undefined
  /** What the network says of every test image, where someone listened when it began. */
  readonly results: TestResults | undefined
}

export class Evaluations {
  /** Batches of the evaluation under way that are still to be submitted. */
  #left = 0
  /** The step whose parameters the last evaluation measures. */
  #step = -1
  /** The step of the last evaluation whose result is known. */
  #knownStep = -1
  #last: Evaluated | undefined
  /** Hears what the network says of every test image. Without one nothing of it is read. */
  #listener: ((results: TestResults) => void) | undefined
  /** What is read for the listener in the evaluation under way. */
  #readings: TestReadings | undefined
  #passDue = false

  constructor(
    private readonly program: Program,
    private readonly model: Model,
  ) {}

  /** Batches are still to be submitted before training goes on. */
  get underWay(): boolean {
    return this.#left > 0
  }

  /** The last evaluation whose result is known. */
  get last(): Evaluated | undefined {
    return this.#last
  }

  /** Whether an evaluation of the network after a step has at least begun to be submitted. */
  measures(step: number): boolean {
    return this.#step === step
  }

  /** Batches in an evaluation. */
  get #batches(): number {
    return this.model.test.steps + (this.model.validation?.steps ?? 0)
  }

  /** An evaluation is due: all of it, also where one was under way. */
  begin(): void {
    this.#left = this.#batches
  }

  /** The same of a network that was changed: what is known of its step is true no more. */
  beginAnew(): void {
    this.#knownStep = -1
    this.begin()
  }

  /** Stands as it did when a snapshot was taken. */
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
   * Submits the next batch of the evaluation that is due, of the network after `step`. Resolves when it is done; the last one with what
   * the evaluation came to, which is known from `took` on. @throws DeviceLostError
   */
  submit(step: number): Promise<Evaluated | undefined> {
    const { test, validation } = this.model
    const inTest = this.#left > (validation?.steps ?? 0)
    if (this.#left === this.#batches) this.#readings = this.#listener && this.#read(step)
    const readings = this.#readings
    this.program.run(inTest ? 'evaluate' : 'validate', 1)
    const read = inTest ? readings?.take() : undefined
    this.#left--
    this.#step = step
    if (this.#left > 0) return Promise.all([this.program.settled(), read]).then(() => undefined)
    return Promise.all([this.#score(test), validation && this.#score(validation), read]).then(
      ([tested, validated]): Evaluated => ({ step, test: tested, validation: validated, results: readings?.results }),
    )
  }

  /** The run has taken in what an evaluation came to. */
  took(evaluated: Evaluated): void {
    this.#last = evaluated
    this.#knownStep = evaluated.step
  }

  /** Makes a pass due for someone who listens from now on; without one it ends, and nothing more is read. */
  listen(listener: ((results: TestResults) => void) | undefined): void {
    this.#listener = listener
    this.#passDue = listener !== undefined
  }

  /** A pass for the listener alone is due. */
  get passDue(): boolean {
    return this.#passDue
  }

  /** Gives up the pass for the listener alone, also one under way. */
  giveUpPass(): void {
    this.#passDue = false
  }

  /** Tells the listener. */
  tell(results: TestResults): void {
    this.#listener?.(results)
  }

  /** A pass over the test set for the listener alone, where one is due: no point of a curve, no snapshot. @throws DeviceLostError */
  async pass(step: number): Promise<void> {
    if (!this.#passDue) return
    // The two count their batches in one place, so an evaluation that waits for Resume begins anew.
    if (this.#left > 0) this.begin()
    const readings = this.#read(step)
    for (let i = 0; i < this.model.test.steps; i++) {
      this.program.run('evaluate', 1)
      await readings.take()
      await macrotask()
      if (!this.#passDue) return
    }
    this.#passDue = false
    this.tell(readings.results)
  }

  #read(step: number): TestReadings {
    return new TestReadings(this.program, this.model.test, this.model.spec.loss, step)
  }

  /** Score of a pass that has been submitted. */
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
