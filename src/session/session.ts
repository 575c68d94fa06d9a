// The session behind the page: queues commands and delegates them to its device, its run and its inspectors.

import { transfer } from 'comlink'
import { DeviceLostError } from '../backends'
import { addDataset, mnist } from '../datasets'
import type { Dataset } from '../datasets/dataset'
import type { InputStatistics } from '../model/initialise'
import type { Learnt } from '../model/parameters'
import type { Example } from '../model/examples'
import type { Spec } from '../model/spec'
import type { Data } from './data'
import { DeviceHost, type SessionParts } from './device'
import { makeInspectors } from './inspectors/table'
import type { Present } from './present'
import type {
  Adjustable,
  BackendChoice,
  Checkpoint,
  FineTuning,
  InspectionKind,
  Inspections,
  LabelledDrawing,
  Prediction,
  ResultsListener,
  Session,
  SessionEvent,
} from './protocol'
import { CommandQueue } from './queue'
import { SUPERSEDED } from './requests'
import { RunSlot } from './run'

export type { SessionParts } from './device'

export class LocalSession implements Session {
  #emit: (event: SessionEvent) => void = () => {}
  /** The newest reset. */
  #reset: Promise<boolean | undefined> | undefined
  readonly #host: DeviceHost
  readonly #run: RunSlot
  readonly #inspectors = makeInspectors()
  /** Opening, resetting and training run one after the other. */
  readonly #queue = new CommandQueue((error) => this.#failed(error))

  constructor(parts: SessionParts) {
    const tell = (event: SessionEvent) => this.#emit(event)
    this.#host = new DeviceHost(parts, {
      tell,
      lost: () => this.#run.abandon(),
      faulted: (error) => {
        void this.#run.trainer?.pause()
        this.#stopped(`${error.message} The run was stopped; the CPU backend can run it.`)
      },
    })
    this.#run = new RunSlot(this.#host, {
      tell,
      failed: (error) => this.#failed(error),
      leaves: () => Object.values(this.#inspectors).forEach((inspector) => inspector.close()),
    })
  }

  addDataset(dataset: Dataset): Promise<void> {
    addDataset(dataset)
    return Promise.resolve()
  }

  listen(listener: (event: SessionEvent) => void): Promise<void> {
    this.#emit = listener
    return Promise.resolve()
  }

  async open(choice: BackendChoice, data: string, dataset = mnist.id): Promise<void> {
    const moment = this.#host.choose(choice, data, dataset)
    await this.#queue.do(() => this.#run.open(moment))
  }

  endRace(): Promise<void> {
    this.#host.endRace()
    return Promise.resolve()
  }

  async raceAgain(): Promise<void> {
    await this.#queue.do(() => this.#run.raceAgain())
  }

  abortData(): Promise<void> {
    this.#host.abortData()
    return Promise.resolve()
  }

  async reset(spec: Spec): Promise<boolean> {
    const [moment, stopped] = [this.#host.chooseRun(spec), this.#run.watchStops()]
    const own: Promise<boolean | undefined> = this.#queue.do(() =>
      own === this.#reset ? this.#run.reset(spec, moment, stopped) : undefined,
    )
    this.#reset = own
    let [newest, stands] = [own, await own]
    while (newest !== this.#reset) {
      newest = this.#reset
      stands = await newest
    }
    return stands ?? false
  }

  async train(): Promise<void> {
    this.#host.endRace()
    const moment = this.#host.request()
    await this.#queue.do(() => this.#run.train(moment))
  }

  pause(): Promise<void> {
    return this.#run.pause()
  }

  async step(): Promise<void> {
    this.#host.endRace()
    const stopped = this.#run.watchStops()
    await this.#queue.do(() => this.#run.step(stopped))
  }

  stop(): Promise<void> {
    this.#host.endRace(SUPERSEDED)
    this.#run.stop()
    return Promise.resolve()
  }

  async evaluate(): Promise<void> {
    await this.#withPresent(async ({ trainer }) => {
      await trainer.pause()
      await trainer.evaluate()
    })
  }

  /** In its turn, as a race may be under way; the evaluation itself keeps no command waiting. */
  async evaluateAtRest(): Promise<void> {
    await this.#queue.do(() => this.#run.trainer?.evaluateAtRest())
  }

  async adjust(settings: Adjustable): Promise<void> {
    await this.#queue.do(() => this.#run.adjust(settings))
  }

  async recover(learningRate: number): Promise<boolean> {
    const stopped = this.#run.watchStops()
    return (await this.#queue.do(() => this.#run.recover(learningRate, stopped))) ?? false
  }

  async predict(example: Example): Promise<Prediction | undefined> {
    const { trainer } = this.#run
    if (!trainer || this.#host.gone) return undefined
    try {
      return await trainer.predict(example)
    } catch (error) {
      if (error instanceof DeviceLostError) return undefined // the loss reports itself
      throw error
    }
  }

  watchResults(listener?: ResultsListener): Promise<void> {
    this.#run.watchResults(listener)
    return Promise.resolve()
  }

  fineTune(drawings: readonly LabelledDrawing[]): Promise<FineTuning | undefined> {
    return this.#withPresent((present) => this.#run.fineTuner.tune(present, drawings))
  }

  async undoFineTuning(): Promise<boolean> {
    return (await this.#withPresent((present) => this.#run.fineTuner.undo(present))) ?? false
  }

  /** Reads what the network has learnt, paused where it stands. Undefined without a run. */
  learnt(): Promise<Learnt | undefined> {
    return this.#queue.do(() => this.#run.learnt())
  }

  /** Replaces what the present network has learnt by values of the same layout. */
  async replace(learnt: Learnt): Promise<void> {
    await this.#queue.do(() => this.#run.replace(learnt))
  }

  checkpoint(): Promise<Checkpoint | undefined> {
    return this.#withPresent(async ({ trainer }) => {
      const { model, currentSpec } = trainer
      const snapshot = await trainer.readSnapshot()
      const buffers = snapshot.buffers.map(({ buffer }) => buffer as ArrayBuffer)
      const names = model.snapshot.map(({ name }) => name)
      return transfer({ spec: currentSpec, snapshot, buffers: names }, buffers)
    })
  }

  async restore(checkpoint: Checkpoint): Promise<boolean> {
    const [moment, stopped] = [this.#host.request(), this.#run.watchStops()]
    const stands = await this.#queue.do(async () => {
      const { checked, checkedSpec } = await import('./checkpoint')
      return this.#run.goOn(
        'checkpoint',
        checkedSpec(checkpoint.spec),
        (data) => checked(checkpoint, data),
        moment,
        stopped,
      )
    })
    return stands ?? false
  }

  load(spec: Spec, learnt: Learnt, statistics?: InputStatistics): Promise<boolean> {
    return this.#startWith('file', spec, ({ startingFrom }, data) => startingFrom(spec, learnt, data, statistics))
  }

  async startFrom(spec: Spec, from: Checkpoint): Promise<number | undefined> {
    let taken = 0
    const stands = await this.#startWith('transfer', spec, ({ transferred }, data) => {
      const { checkpoint, kept } = transferred(spec, from, data)
      taken = kept
      return checkpoint
    })
    return stands ? taken : undefined
  }

  /** Replaces the run by one at step 0 with a network that has learnt, and evaluates it. */
  async #startWith(
    origin: 'file' | 'transfer',
    spec: Spec,
    make: (module: typeof import('./checkpoint'), data: Data) => Checkpoint,
  ): Promise<boolean> {
    const [moment, stopped] = [this.#host.request(), this.#run.watchStops()]
    const loading = this.#queue.do(async () => {
      const module = await import('./checkpoint')
      return this.#run.goOn(origin, module.checkedSpec(spec), (data) => make(module, data), moment, stopped)
    })
    // Queued at once: a Train that came between would have to end first.
    await this.#withPresent(async ({ trainer }) => {
      if (await loading) await trainer.evaluate()
    })
    return (await loading) ?? false
  }

  async inspect<Kind extends InspectionKind>(
    kind: Kind,
    ...request: Parameters<Inspections[Kind]>
  ): Promise<ReturnType<Inspections[Kind]>> {
    const inspector = this.#inspectors[kind]
    if (inspector.before) await inspector.before(this.#host, ...request)
    const scene = () => ({ run: this.#run.present, host: this.#host })
    return (await this.#queue.do(() => inspector.inspect(scene(), ...request))) ?? inspector.nothing
  }

  async endInspection(kind: InspectionKind): Promise<void> {
    await this.#queue.do(() => this.#inspectors[kind].close())
  }

  memory(): Promise<{ buffers: number; bytes: number }> {
    return Promise.resolve(this.#host.memory())
  }

  loseDevice(): Promise<void> {
    this.#host.lose()
    return Promise.resolve()
  }

  /** Runs a task on the present run, in its turn. Undefined without a run, and after an error, which is reported. */
  #withPresent<T>(work: (present: Present) => Promise<T>): Promise<T | undefined> {
    return this.#queue.do(() => {
      const { present } = this.#run
      return present && work(present)
    })
  }

  #failed(error: unknown): void {
    if (error instanceof DeviceLostError && this.#host.lost()) return
    this.#stopped(error instanceof Error ? error.message : String(error))
  }

  #stopped(message: string): void {
    this.#emit({ type: 'problem', problem: { kind: 'run', message } })
  }
}
