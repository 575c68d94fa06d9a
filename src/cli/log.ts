// Collects the events of a run: evaluations, progress, speed.

import type { Spec } from '../model/spec'
import type { Phase, SessionEvent } from '../session/protocol'
import { divergenceOf, noRun, reduce, type RunView } from '../session/run-view'

/** The test set after a step. Accuracies are in per cent. */
export interface EvaluationReport {
  readonly step: number
  readonly epoch: number
  /** Mean over the steps since the last evaluation; null if their results are missing. */
  readonly trainLoss: number | null
  readonly testLoss: number
  readonly testAccuracy: number
  /** On the held-out images; null without any. */
  readonly validationAccuracy: number | null
  /** Seconds trained since the last evaluation, including this one. */
  readonly imagesPerSecond: number
  /** Since the first step. */
  readonly seconds: number
}

/** Handles the events of one run. */
export class RunLog {
  last: EvaluationReport | undefined
  /** Highest test accuracy so far. */
  best: number | undefined
  #view: RunView = noRun
  #start: number | undefined
  #end = 0
  /** The last step whose training loss an evaluation has reported. */
  #told = 0

  constructor(
    private readonly spec: Spec,
    private readonly evaluated: (evaluation: EvaluationReport) => void,
  ) {}

  get phase(): Phase {
    return this.#view.progress.phase
  }

  /** The problem to report: a divergence before all others, then the first. */
  get problem(): string | undefined {
    const [first] = this.#view.problems
    const { message, kind } = divergenceOf(this.#view) ?? first ?? {}
    // The session mentions Resume, which the command line does not have.
    return kind === 'device-lost' ? 'The graphics device was lost.' : message
  }

  /** More reports follow: the search for the place of the divergence goes on. */
  get searching(): boolean {
    return divergenceOf(this.#view)?.searching ?? false
  }

  /** Seconds from the first step to the last event. */
  get seconds(): number {
    return this.#start === undefined ? 0 : (this.#end - this.#start) / 1000
  }

  /** Images trained on. */
  get images(): number {
    return this.#view.progress.step * this.spec.batchSize
  }

  /** Epochs completed. The part of the last batch that runs on into the next epoch does not count. */
  get epochs(): number {
    return this.#epochsAt(this.#view.progress.step)
  }

  take(event: SessionEvent): void {
    this.#end = performance.now()
    this.#view = reduce(this.#view, event)
    if (this.phase === 'running') this.#start ??= this.#end
    // The result on the held-out images, if any, comes after that on the test set.
    const last = this.spec.validationSize === 0 ? 'test' : 'validation'
    if (event.type === last) this.#close()
  }

  #epochsAt(step: number): number {
    return rounded(Math.min((step * this.spec.batchSize) / this.spec.trainingSize, this.spec.epochs))
  }

  /** Mean training loss up to a step since the last call; null without results. */
  #lossUntil(until: number): number | null {
    const first = this.#told
    let sum = 0
    for (const { step, loss } of this.#view.curves.train) {
      if (step <= this.#told || step > until) continue // those of later steps may come before an evaluation's result
      sum += loss * (step - this.#told) // a point is the mean over the steps since the one before
      this.#told = step
    }
    const steps = this.#told - first
    return steps > 0 ? sum / steps : null
  }

  #close(): void {
    const { seconds } = this
    const { curves } = this.#view
    const [test, validation] = [curves.test.at(-1), curves.validation.at(-1)]
    if (!test) return
    const before = this.last ?? { step: 0, seconds: 0 }
    const testAccuracy = percent(test.accuracy)
    this.last = {
      step: test.step,
      epoch: this.#epochsAt(test.step),
      trainLoss: this.#lossUntil(test.step),
      testLoss: test.loss,
      testAccuracy,
      validationAccuracy: validation ? percent(validation.accuracy) : null,
      imagesPerSecond: perSecond((test.step - before.step) * this.spec.batchSize, seconds - before.seconds),
      seconds: rounded(seconds),
    }
    this.best = Math.max(this.best ?? 0, testAccuracy)
    this.evaluated(this.last)
  }
}

/** Whole images per second; 0 if no time has passed. */
export function perSecond(images: number, seconds: number): number {
  return seconds > 0 ? Math.round(images / seconds) : 0
}

/** To four decimals. */
export function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4
}

/** A share from 0 to 1 in per cent. */
function percent(share: number): number {
  return rounded(share * 100)
}
