// Fine-tuning on the taught drawings, as the page sees it: under way, done, and taken back.

import type { FineTuning, LabelledDrawing, Session, SessionEvent } from '../../session/protocol'
import type { RunView } from '../../session/run-view'
import { formatCount, formatShare } from '../../ui/format'

/** What a fine-tuning is waiting for. */
type Command = 'train' | 'undo'
/** What became of the network. */
type Outcome = 'tuned' | 'undone' | undefined

export class FineTuneState {
  /** What the last one did, as long as the network is the one it made. */
  result = $state.raw<FineTuning>()
  /** What the worker is doing. */
  busy = $state<Command>()
  /** What came of the last one where there is no result. */
  told = $state<string>()

  readonly #session: Pick<Session, 'fineTune' | 'undoFineTuning'>
  /** Called when a command has ended: the network may have become another one. */
  readonly #changed: (outcome: Outcome) => void

  constructor(session: Pick<Session, 'fineTune' | 'undoFineTuning'>, changed: (outcome: Outcome) => void) {
    this.#session = session
    this.#changed = changed
  }

  async start(drawings: readonly LabelledDrawing[]): Promise<void> {
    await this.#do('train', async () => {
      const asked = drawings.map(({ strokes, label }) => ({ strokes, label }))
      const result = await this.#session.fineTune(asked)
      if (result) {
        this.result = result
        this.told = undefined
        return 'tuned'
      }
      // Why is told at the top of the page; an older result may still stand.
      this.told = 'The network was not fine-tuned.'
      return undefined
    })
  }

  async undo(): Promise<void> {
    await this.#do('undo', async () => {
      const back = await this.#session.undoFineTuning()
      this.result = undefined
      this.told = back ? 'The network is as it was before.' : 'There is no earlier network to bring back any more.'
      return back ? 'undone' : undefined
    })
  }

  /** The network is another one by now; `because` tells those who look at a result why that goes. */
  forget(because?: string): void {
    if (this.busy || (because !== undefined && !this.result)) return
    this.result = undefined
    this.told = because
  }

  /** Hears every event, with the view before it: most of what becomes of a run makes another network. */
  heard(event: SessionEvent, before: RunView): void {
    const { type } = event
    const lost = type === 'problem' && event.problem.kind === 'device-lost'
    if (type === 'reset' || type === 'rewind' || lost) this.forget()
    if (type !== 'progress') return
    const { phase, step } = event.progress
    if (phase === 'running' || step !== before.progress.step) {
      this.forget('Training goes on from the fine-tuned network.')
    }
  }

  async #do(command: Command, work: () => Promise<Outcome>): Promise<void> {
    if (this.busy) return
    this.busy = command
    let outcome: Outcome
    try {
      outcome = await work()
    } finally {
      this.busy = undefined
      this.#changed(outcome)
    }
  }
}

/** How many of the drawings are read right: `3 of 7`. */
export const formatRead = (drawings: readonly boolean[]): string =>
  `${formatCount(drawings.filter(Boolean).length)} of ${formatCount(drawings.length)}`

/** What was learnt and what was forgotten, in a sentence. */
export function tellFineTuning({ before, after }: FineTuning): string {
  const gained = after.drawings.filter((right, i) => right && !before.drawings[i]).length
  const missed = after.drawings.filter((right, i) => !right && before.drawings[i]).length
  const learnt =
    gained > 0
      ? `It learned to read ${formatCount(gained)} of your drawings`
      : before.drawings.every(Boolean)
        ? 'It could read all of your drawings before'
        : 'It did not learn the drawings that it misreads'
  const lost = missed > 0 ? `, misreads ${formatCount(missed)} that it could read` : ''
  const change = after.testAccuracy - before.testAccuracy
  const size = formatShare(Math.abs(change))
  const forgotten =
    size === formatShare(0)
      ? 'forgot nothing of the test set'
      : change < 0
        ? `forgot ${size} of the test set`
        : `reads ${size} more of the test set`
  return `${learnt}${lost}, and ${forgotten}.`
}
