// Replaces the present run by another, and offers to take that back.

import type { Session } from '../../session/protocol'
import { formatCount, formatShare } from '../../ui/format'
import type { LiveRun } from '../run/live-run.svelte'
import type { Change, Undo } from '../run/undo.svelte'
import { networkWords } from '../spec/config'
import type { SavedRun } from './checkpoint-store'
import type { Checkpoints } from './checkpoints'

/** What replaces the present run. */
export type Replacing = Pick<Change, 'text' | 'notes' | 'trains'>

interface Parts {
  readonly run: Pick<LiveRun, 'phase' | 'view'>
  readonly session: Pick<Session, 'train' | 'pause'>
  readonly checkpoints: Pick<Checkpoints, 'take' | 'restore'>
  readonly undo: Undo
  /** Is told of a run that another one replaces, where its network has learnt something. */
  readonly replaced?: (before: SavedRun) => void
}

export class Replacement {
  constructor(private readonly parts: Parts) {}

  /**
   * Makes another run, and keeps the present one for Undo, or the one to go `back` to. If that fails, the present run goes on, and the result
   * is false. `step`: where the other begins.
   */
  async replace(make: () => Promise<boolean>, change: Replacing, step = 0, back?: SavedRun): Promise<boolean> {
    const { run, session, checkpoints, undo, replaced } = this.parts
    const running = run.phase === 'running'
    if (running) await session.pause()
    const before = back ?? (await checkpoints.take())
    const { number, origin } = run.view
    const made = await make()
    if (!made) {
      if (running) await session.train()
      return false
    }
    if (before && (before.checkpoint.snapshot.step > 0 || origin !== 'fresh')) replaced?.(before)
    // Without a run to bring back, a change that was offered meanwhile may still have one.
    if (before || !undo.change?.takeBack) {
      const takeBack = before && (() => this.#bringBack(before))
      undo.offer({ of: 'run', ...change, ...(takeBack && { takeBack }) }, step, run.view.number === number)
    }
    return true
  }

  /** Restores a run; that can be taken back, too. */
  #bringBack(run: SavedRun): Promise<boolean> {
    const { step } = run.checkpoint.snapshot
    return this.replace(() => this.parts.checkpoints.restore(run), { text: `Back to ${tellRun(run)}.` }, step)
  }
}

/** `Starter on MNIST, step 2,400 of 4,690, 97.81%`. */
export function tellRun({ checkpoint: { spec, snapshot }, steps, curves }: SavedRun): string {
  const { step } = snapshot
  const where =
    step >= steps && steps > 0
      ? `all ${formatCount(steps)} steps`
      : `step ${formatCount(step)} of ${formatCount(steps)}`
  const accuracy = curves.test.at(-1)?.accuracy
  return [networkWords(spec), where, ...(accuracy === undefined ? [] : [formatShare(accuracy)])].join(', ')
}
