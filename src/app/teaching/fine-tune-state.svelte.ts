// The page's state of a fine-tuning on the taught drawings: in progress, done, undone.

import type { FineTuning, LabelledDrawing, Session, SessionEvent } from '../../session/protocol'
import type { RunView } from '../../session/run-view'
import { formatCount, formatShare } from '../../ui/format'

/** A command of fine-tuning to the worker. */
type Command = 'train' | 'undo'
/** The change of the network by a command. */
type Outcome = 'tuned' | 'undone' | undefined

export class FineTuneState {
  /** Result of the last fine-tuning, while the network is still the one it made. */
  result = $state.raw<FineTuning>()
  /** The command in progress. */
  busy = $state<Command>()
  /** Message about the last command if there is no result. */
  told = $state<string>()

  readonly #session: Pick<Session, 'fineTune' | 'undoFineTuning'>
  /** Called at the end of a command, which may have changed the network. */
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
      // The top of the page says why. An older result may still be valid.
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

  /** Drops the result, because the network has changed. `because` replaces a result on the screen by a reason. */
  forget(because?: string): void {
    if (this.busy || (because !== undefined && !this.result)) return
    this.result = undefined
    this.told = because
  }

  /** Handles every event; `before`: the view before it. Most changes of a run change the network. */
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

/** The number of drawings read right: `3 of 7`. */
export const formatRead = (drawings: readonly boolean[]): string =>
  `${formatCount(drawings.filter(Boolean).length)} of ${formatCount(drawings.length)}`

/** What the network learnt and forgot, in a sentence. */
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
