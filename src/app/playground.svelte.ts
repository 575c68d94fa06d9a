// The page's state, put together: parts with a state of their own, and which of them hears of what.

import { proxy } from 'comlink'
import { datasetOf } from '../datasets'
import type { KeptDatasets } from '../datasets/own/kept'
import type { RemoteSession, SessionEvent } from '../session/protocol'
import type { RunView } from '../session/run-view'
import { DataDesk } from './data/desk.svelte'
import { OwnSets } from './data/own/own-sets.svelte'
import { Samples } from './data/samples.svelte'
import { Challenge, type Fooling } from './drawing/challenge.svelte'
import { Drawing, type Ask } from './drawing/drawing.svelte'
import { Explanation } from './drawing/explanation.svelte'
import { Preparation } from './drawing/preparation.svelte'
import { readAgain } from './drawing/read-again'
import { TestExamples } from './drawing/test-examples.svelte'
import { Advice } from './run/advice.svelte'
import { DeviceControl } from './run/device.svelte'
import { LiveRun } from './run/live-run.svelte'
import { Making } from './run/making.svelte'
import { Notices } from './run/notices.svelte'
import { Transport } from './run/transport.svelte'
import { Undo } from './run/undo.svelte'
import type { CheckpointStore, SavedRun } from './saved/checkpoint-store'
import { Checkpoints } from './saved/checkpoints'
import { Opening } from './saved/opening.svelte'
import { Recording } from './saved/recording'
import { Replacement, tellRun } from './saved/replacement'
import type { RunStore } from './saved/run-records'
import { Runs } from './saved/runs.svelte'
import { Saving } from './saved/saving.svelte'
import { Transfer } from './saved/transfer.svelte'
import { Draft, type Address } from './spec/draft.svelte'
import type { DrawingStore } from './teaching/drawing-store'
import { FineTuneState } from './teaching/fine-tune-state.svelte'
import { TaughtDrawings } from './teaching/taught-drawings.svelte'

/** Where things outlive the visit. */
interface PageStores {
  readonly drawings: DrawingStore
  readonly datasets: KeptDatasets
  readonly runs: () => Promise<RunStore>
  readonly checkpoints: () => Promise<CheckpointStore>
  /** An earlier visit may have left a checkpoint. */
  readonly left: () => boolean
}

/** What the page lives in. */
export interface Surroundings {
  readonly session: RemoteSession
  /** `data`: absolute URL of the folder with the data files. */
  readonly url: Address & { readonly data: string }
  readonly stores: PageStores
}

/** Whether a run has just come to rest, or has taken a step while it rests. */
const restsAnew = ({ progress }: RunView, before: RunView): boolean =>
  progress.phase === 'paused' && (before.progress.phase !== 'paused' || before.progress.step !== progress.step)

export class Playground {
  readonly session: RemoteSession
  readonly run = new LiveRun()
  readonly notices = new Notices()
  readonly undo = new Undo()
  readonly draft: Draft
  readonly desk: DataDesk
  readonly device: DeviceControl
  readonly transport: Transport
  readonly transfer: Transfer
  readonly advice: Advice
  readonly samples: Samples
  readonly drawing: Drawing
  readonly preparation: Preparation
  readonly examples: TestExamples
  readonly explanation: Explanation
  readonly taught: TaughtDrawings
  readonly challenge: Challenge
  readonly fineTune: FineTuneState
  readonly runs: Runs
  readonly opening: Opening
  readonly saving: Saving

  readonly #checkpoints: Checkpoints
  readonly #recording: Recording
  readonly #readAgain: ReturnType<typeof readAgain>

  constructor({ session, url, stores }: Surroundings) {
    const { run, notices, undo } = this
    const making = new Making()
    this.session = session
    const draft = (this.draft = new Draft(url, (edit) => {
      this.#showSamples(draft.spec.dataset !== this.run.data.dataset)
      if (edit && 'dataset' in edit.change) notices.clear('link') // it spoke of what was there before
      if (edit) this.transport.follow(edit)
    }))
    notices.tellAll('link', draft.warnings)
    const sets = new OwnSets({ kept: stores.datasets, session, undo, came: ({ id }) => draft.came(id) })
    this.desk = new DataDesk(sets, draft)

    const predict: Ask = (example) => session.predict(example)
    this.drawing = new Drawing(predict, datasetOf(draft.spec))
    this.preparation = new Preparation(this.drawing, predict)
    this.examples = new TestExamples((numbers) => session.inspect('testImages', numbers), this.drawing)
    this.explanation = new Explanation((example) => session.inspect('look', { example, saliency: false }))
    this.#readAgain = readAgain(this.drawing)
    this.challenge = new Challenge(this.drawing, () => this.#commonMistake())
    this.samples = new Samples((request) => session.inspect('samples', request))
    this.taught = new TaughtDrawings(stores.drawings, undo)
    this.fineTune = new FineTuneState(session, (outcome) => {
      if (outcome) {
        this.#recording.fineTuned(outcome === 'tuned')
        undo.expire('run')
        this.explanation.forget()
      }
      this.drawing.refresh()
    })

    const device = (this.device = new DeviceControl({ session, run, draft, making, notices, data: url.data }))
    const runs = (this.runs = new Runs(() => sets.ready.then(stores.runs), undo))
    this.#recording = new Recording(run, runs)
    const checkpoints = (this.#checkpoints = new Checkpoints({ session, run, device, making, runs }))
    const occupied = () => this.fineTune.busy !== undefined
    const replaced = (before: SavedRun) => this.transfer.replaced(before)
    const replacement = new Replacement({ run, session, checkpoints, undo, replaced })
    this.transfer = new Transfer({ run, draft, checkpoints, replacement, occupied })
    const replace: Replacement['replace'] = (make, change) => replacement.replace(make, change)
    this.transport = new Transport({ session, run, draft, device, making, notices, replace, occupied })
    this.advice = new Advice(run, this.transport)
    this.opening = new Opening({ taught: this.taught, run, draft, checkpoints, replacement }, notices)
    this.saving = new Saving({
      run,
      open: () => sets.ready.then(stores.checkpoints),
      page: {
        take: () => checkpoints.take(),
        resume: async (saved) => (await this.opening.here())?.resume(saved) ?? false,
        discarded: (saved, takeBack) =>
          this.undo.offer({ of: 'records', text: `Discarded ${tellRun(saved)}.`, takeBack }),
      },
    })

    void session.listen(proxy((event: SessionEvent) => this.#heard(event)))
    if (stores.left()) void this.saving.here()
    void device.open()
    void this.transport.renew()
  }

  /** The worker is gone, and with it all that it could do. */
  workerStopped(message: string): void {
    this.notices.tell(
      'worker',
      `The worker that trains the network stopped: ${message}. Reload the page to start again.`,
    )
  }

  #heard(event: SessionEvent): void {
    const { run } = this
    const before = run.view
    run.heard(event)
    this.notices.heard(event, run.problems)
    this.transport.heard(event)
    this.undo.heard(event, run.view)
    if (event.type === 'data') this.#showSamples()
    // What the page says of a network is of that network: one that rests is tested, as it is at step 0 and wherever it is paused.
    if (event.type === 'reset' ? event.origin === 'fresh' : restsAnew(run.view, before))
      void this.session.evaluateAtRest()
    this.#checkpoints.heard(event)
    this.fineTune.heard(event, before)
    this.#recording.heard(event, before)
    if (event.type === 'reset') {
      this.explanation.forget()
      this.challenge.end()
      const dataset = datasetOf(event.spec)
      this.drawing.enter(dataset)
      void this.desk.sets.used(dataset)
    }
    this.#readAgain(event, before)
    this.saving.heard(event)
  }

  /** What the present network takes for something else most often; undefined where it makes no mistake. Loads what few need. */
  async #commonMistake(): Promise<Fooling | undefined> {
    const { dataset } = this.drawing
    const [{ resultsOf }, { commonMistakes, confusionMatrix }] = await Promise.all([
      import('./panels/results.svelte'),
      import('./panels/test-metrics'),
    ])
    const answers = await resultsOf(this.session, dataset).once()
    return answers && commonMistakes(confusionMatrix(answers, dataset.classes.length)).at(0)
  }

  /** `chosen`: the draft is of another data set than the one that loads or failed to. */
  #showSamples(chosen = false): void {
    if ((chosen || this.run.data.ready) && this.draft.valid) void this.samples.show(this.draft.spec)
  }
}
