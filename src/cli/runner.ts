// Runs specs one after the other on the page's own session, without a page.

import type { Choice } from '../backends'
import type { BackendKind } from '../backends/types'
import type { Dataset } from '../datasets/dataset'
import type { Network } from '../formats/network'
import type { Learnt } from '../model/parameters'
import type { Spec } from '../model/spec'
import type { BackendChoice, Prediction, SessionEvent } from '../session/protocol'
import { LocalSession } from '../session/session'
import { makeSynthetic } from '../session/synthetic'
import { loadFromDisk, whyMissing } from './data'
import { openDevice } from './device'
import { Failure } from './errors'
import { perSecond, rounded, RunLog, type EvaluationReport } from './log'

/** How a run ended. `failed`: `message` says why. */
export type Outcome = 'finished' | 'time limit' | 'interrupted' | 'failed'

/** Summary of a run that has ended. Accuracies are in per cent, and null without an evaluation. */
export interface Summary {
  readonly outcome: Outcome
  readonly message: string | null
  readonly spec: Spec
  readonly backend: BackendKind
  readonly adapter: string
  readonly accuracy: number | null
  /** The highest of all evaluations. */
  readonly bestAccuracy: number | null
  readonly epochs: number
  readonly images: number
  readonly seconds: number
  /** Over the whole run, evaluations included. */
  readonly imagesPerSecond: number
}

interface RunOptions {
  /** Ends the run early, with a last evaluation. */
  readonly minutes: number | undefined
  /** Ends it at once. */
  readonly signal: AbortSignal
  /** Receives every evaluation. */
  evaluated(evaluation: EvaluationReport): void
}

/** A device with the data set on it. */
export class Runner {
  #hear: (event: SessionEvent) => void = () => {}

  private constructor(
    readonly device: Choice,
    private readonly session: LocalSession,
  ) {}

  /** Opens a device and loads the data set. @throws UsageError or Failure */
  static async open(choice: BackendChoice, dataset: Dataset): Promise<Runner> {
    const missing = whyMissing(dataset)
    if (missing) throw new Failure(missing)
    const device = await openDevice(choice)
    const session = new LocalSession({ makeSynthetic, open: () => Promise.resolve(device), load: loadFromDisk })
    const runner = new Runner(device, session)
    await session.listen((event) => runner.#hear(event))
    let problem: string | undefined
    runner.#hear = (event) => {
      if (event.type === 'problem') problem = event.problem.message
    }
    await session.open(device.backend.info.kind, '', dataset.id) // chosen for good: results tell the device of all runs
    if (problem) throw new Failure(problem)
    return runner
  }

  async run(spec: Spec, { minutes, signal, evaluated }: RunOptions): Promise<Summary> {
    const log = new RunLog(spec, evaluated)
    let end: (outcome: Outcome) => void = () => {}
    const ended = new Promise<Outcome>((resolve) => (end = resolve))
    this.#hear = (event) => {
      log.take(event)
      if (log.problem && !log.searching) end('failed')
      else if (log.phase === 'finished') end('finished')
    }
    const interrupt = () => end('interrupted')
    signal.addEventListener('abort', interrupt)
    if (signal.aborted) interrupt()
    else if (await this.session.reset(spec)) await this.session.train()
    const timer = minutes === undefined ? undefined : setTimeout(() => end('time limit'), minutes * 60 * 1000)
    const outcome = await ended
    clearTimeout(timer)
    signal.removeEventListener('abort', interrupt)
    await this.session.pause()
    return this.#summary(spec, log, outcome === 'time limit' ? await this.#cut(log) : outcome)
  }

  /** Reads the network of the last run, whose spec is this one. @throws Failure without a run */
  async network(spec: Spec): Promise<Network> {
    const learnt = await this.session.learnt()
    if (!learnt) throw new Failure('There is no network.')
    return { spec, learnt, statistics: await this.session.inspect('pixelStatistics') }
  }

  /** Loads a trained network. @throws Failure */
  async restore(spec: Spec, learnt: Learnt): Promise<void> {
    let problem: string | undefined
    this.#hear = (event) => {
      if (event.type === 'problem') problem = event.problem.message
    }
    if (await this.session.reset(spec)) await this.session.replace(learnt)
    if (problem) throw new Failure(problem)
  }

  /** The present network's answer for an example. @throws Failure if it is not finite */
  async predict(image: Uint8Array): Promise<Prediction> {
    const prediction = await this.session.predict(image)
    if (!prediction) throw new Failure("The network's outputs are not finite numbers.")
    return prediction
  }

  /** Evaluates a paused run where it stands. */
  async #cut(log: RunLog): Promise<Outcome> {
    await this.session.evaluate()
    if (log.problem) return 'failed'
    return log.phase === 'finished' ? 'finished' : 'time limit'
  }

  #summary(spec: Spec, log: RunLog, outcome: Outcome): Summary {
    const { kind, adapter } = this.device.backend.info
    return {
      outcome,
      message: log.problem ?? null,
      spec,
      backend: kind,
      adapter,
      accuracy: log.last?.testAccuracy ?? null,
      bestAccuracy: log.best ?? null,
      epochs: log.epochs,
      images: log.images,
      seconds: rounded(log.seconds),
      imagesPerSecond: perSecond(log.images, log.seconds),
    }
  }
}
