// What the events of a run come to: evaluations, where it stands, how fast it was.

import type { Spec } from '../model/spec'
import type { CurvePoint, Phase, SessionEvent } from '../session/protocol'

/** The test set after a step. Accuracies are in per cent. */
export interface Evaluation {
  readonly step: number
  readonly epoch: number
  /** Mean over the steps since the last evaluation; null where their results are not in yet. */
  readonly trainLoss: number | null
  readonly testLoss: number
  readonly testAccuracy: number
  /** Of the held-out images; null where there are none. */
  readonly validationAccuracy: number | null
  /** Trained since the last evaluation, this one's time included. */
  readonly imagesPerSecond: number
  /** Since the first step. */
  readonly seconds: number
}

/** Takes in what a session tells of one run. */
export class RunLog {
  phase: Phase = 'idle'
  /** What went wrong. */
  problem: string | undefined
  /** More will be told of it: where a run diverged is looked for. */
  searching = false
  last: Evaluation | undefined
  /** Highest test accuracy so far. */
  best: number | undefined
  #step = 0
  #start: number | undefined
  #end = 0
  #test: CurvePoint | undefined
  /** Training losses that no evaluation has told yet; those of later steps may come before an evaluation's result. */
  #losses: CurvePoint[] = []
  /** The last step whose training loss was told. */
  #told = 0

  constructor(
    private readonly spec: Spec,
    private readonly evaluated: (evaluation: Evaluation) => void,
  ) {}

  /** Seconds from the first step to the last event. */
  get seconds(): number {
    return this.#start === undefined ? 0 : (this.#end - this.#start) / 1000
  }

  /** Images trained on. */
  get images(): number {
    return this.#step * this.spec.batchSize
  }

  /** Epochs done; the last batch may run on into the next one, which does not count. */
  get epochs(): number {
    return this.#epochsAt(this.#step)
  }

  take(event: SessionEvent): void {
    this.#end = performance.now()
    switch (event.type) {
      case 'progress':
        this.phase = event.progress.phase
        this.#step = event.progress.step
        if (this.phase === 'running') this.#start ??= this.#end
        break
      case 'train':
        this.#losses.push(...event.points)
        break
      case 'test':
        this.#test = event.point
        if (this.spec.validationSize === 0) this.#close(event.point)
        break
      case 'validation':
        if (this.#test) this.#close(this.#test, event.point)
        break
      case 'problem':
        this.searching = event.problem.kind === 'diverged' && event.problem.searching
        if (event.problem.kind === 'diverged') this.problem = event.problem.message
        // The session tells of resuming, which nobody can do here.
        this.problem ??= event.problem.kind === 'device-lost' ? 'The graphics device was lost.' : event.problem.message
        break
      default:
    }
  }

  #epochsAt(step: number): number {
    return rounded(Math.min((step * this.spec.batchSize) / this.spec.trainingSize, this.spec.epochs))
  }

  /** Mean training loss up to a step since the last time; null where no results are in. */
  #lossUntil(until: number): number | null {
    let [sum, from] = [0, this.#told]
    for (const { step, loss } of this.#losses.filter(({ step }) => step <= until)) {
      sum += loss * (step - from) // a point is the mean over the steps since the one before
      from = step
    }
    const steps = from - this.#told
    this.#told = from
    this.#losses = this.#losses.filter(({ step }) => step > until)
    return steps > 0 ? sum / steps : null
  }

  #close(test: CurvePoint, validation?: CurvePoint): void {
    const { seconds } = this
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

/** Whole images per second; 0 where no time has gone by. */
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
