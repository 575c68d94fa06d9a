// What a run reports: progress, its speed, and the training curve.

import type { Model } from '../model/compile'
import type { Spec } from '../model/spec'
import { Curve } from './curve'
import type { CurvePoint, Phase, Progress } from './protocol'
import { Speed } from './speed'
import { totalSteps } from './timetable'

/** Milliseconds between two progress reports. */
const REPORT_MS = 50

/** Receives the reports. */
export interface ReportListener {
  progress(progress: Progress): void
  train(points: readonly CurvePoint[]): void
}

/** The run to report on. */
export interface Reported {
  readonly model: Model
  readonly phase: Phase
  /** With the settings that were adjusted in mid-run. */
  readonly currentSpec: Spec
  /** Steps in the whole run. */
  readonly steps: number
}

export class Reports {
  /** Steps whose results have come back. */
  #done = 0
  #last = 0
  readonly #speed = new Speed()
  readonly #curve: Curve

  constructor(
    private readonly run: Reported,
    private readonly listener: ReportListener,
  ) {
    const { model, currentSpec } = run
    this.#curve = new Curve(currentSpec.batchSize, Math.ceil(totalSteps(currentSpec, model.trainCount) / 1000))
  }

  /** Seconds spent training, pauses left out. */
  get seconds(): number {
    return this.#speed.seconds
  }

  /** Restores the state at a snapshot. */
  restore(step: number, seconds: number): void {
    this.#done = step
    this.#speed.restore(step, seconds)
  }

  /** The device works for the run from now on. */
  start(): void {
    this.#speed.start()
  }

  stop(): void {
    this.#speed.stop()
  }

  /** Adds losses and hits of the steps from `from` on, in pairs, that arrived at a time (performance.now()). */
  record(from: number, history: Float32Array, now: number): void {
    const steps = history.length / 2
    this.#done = from + steps
    this.#speed.add(now, steps)
    for (let i = 0; i < steps; i++) this.#curve.add(from + i + 1, history[2 * i], history[2 * i + 1])
  }

  /** Reports progress if the last report is old enough. */
  tellIfDue(now: number): void {
    if (now - this.#last >= REPORT_MS) this.tell()
  }

  /** Reports the points of the curve that are ready; of a run that stands still, all points. */
  tellCurve(): void {
    const points = this.#curve.take(this.run.phase !== 'running')
    if (points.length > 0) this.listener.train(points)
  }

  /** Reports the curve and the progress. */
  tell(): void {
    this.#last = performance.now()
    this.tellCurve()
    const { phase, steps, currentSpec, model } = this.run
    const { batchSize, epochs } = currentSpec
    const step = this.#done
    const speed = this.#speed.stepsPerSecond
    // The last batch may run on into the next epoch, but the run ends with its last epoch.
    const most = step >= totalSteps(currentSpec, model.trainCount) ? epochs : Infinity
    this.listener.progress({
      phase,
      step,
      steps,
      epoch: Math.min((step * batchSize) / model.trainCount, most),
      imagesPerSecond: speed * batchSize,
      seconds: this.#speed.seconds,
      secondsLeft: speed > 0 ? (steps - step) / speed : undefined,
    })
  }
}
