// Puts the network of a file, or a run of an earlier visit, in the place of the run, which can be brought back; drawings of a file
// go to the taught ones. Loaded when the first is opened.

import { datasetOf } from '../../datasets'
import { formatCount, formatList, formatShare } from '../../ui/format'
import type { Session } from '../../session/protocol'
import type { Checkpoints } from './checkpoints'
import type { LiveRun } from '../run/live-run.svelte'
import type { Draft } from '../spec/draft.svelte'
import type { TaughtDrawings } from '../teaching/taught-drawings.svelte'
import { holdsDrawings, readFiles } from './read-files'
import type { SavedRun } from './checkpoint-store'
import { networkWords } from '../spec/stack'

/** What took the place of a run. */
interface Told {
  readonly text: string
  readonly notes: readonly string[]
  /** The run before. */
  readonly before: SavedRun | undefined
}

/** What an opener works with. */
export interface OpenerParts {
  readonly taught: Pick<TaughtDrawings, 'import' | 'refused'>
  readonly run: Pick<LiveRun, 'phase'>
  readonly draft: Pick<Draft, 'spec'>
  readonly session: Pick<Session, 'train' | 'pause'>
  readonly checkpoints: Pick<Checkpoints, 'take' | 'restore' | 'load'>
}

export class Opener {
  told = $state.raw<Told>()
  /** What was refused since, and why. */
  refused = $state<string>()
  /** Files are read, or their network is being put in place. */
  busy = $state(false)

  readonly #parts: OpenerParts

  constructor(parts: OpenerParts) {
    this.#parts = parts
  }

  /** Opens the files of one network, or one of drawings. What is wrong with them is told, and then nothing has changed. */
  async open(files: readonly File[]): Promise<void> {
    if (files.length === 0 || this.busy) return
    const names = formatList(files.map(({ name }) => name))
    await this.#alone(async () => {
      if (await holdsDrawings(files)) return this.#keep(files[0])
      const network = await readFiles(files, datasetOf(this.#parts.draft.spec))
      await this.#replace(
        () => this.#parts.checkpoints.load(network),
        `Opened ${names}: ${networkWords(network.spec)}.`,
        network.notes,
      )
    }, names)
  }

  /** Keeps the drawings of a file. */
  async #keep(file: File): Promise<void> {
    const { taught } = this.#parts
    await taught.import(file)
    if (taught.refused) {
      this.refused = `${taught.refused.why} Nothing has changed.`
      taught.refused = undefined // told once
    } else {
      this.told = {
        text: `The drawings of ${file.name} are kept, under Taught drawings.`,
        notes: [],
        before: undefined,
      }
    }
  }

  /** Goes on with a run of an earlier visit; false where it cannot. */
  resume(run: SavedRun): Promise<boolean> {
    return this.#alone(
      () => this.#replace(() => this.#parts.checkpoints.restore(run), `Resumed ${tellRun(run)}.`),
      'The run',
    )
  }

  /** Brings back what was there before; that can be undone, too. */
  async undo(): Promise<void> {
    const before = this.told?.before
    if (!before) return
    await this.#alone(
      () => this.#replace(() => this.#parts.checkpoints.restore(before), `Back to ${tellRun(before)}.`),
      'The run',
    )
  }

  /** Forgets what was refused, once it has been read. */
  forgive(): void {
    this.refused = undefined
  }

  /** Does the work; false where other work is under way, and after trouble, which is told. */
  async #alone(work: () => Promise<void>, what: string): Promise<boolean> {
    if (this.busy) return false
    this.busy = true
    this.refused = undefined
    try {
      await work()
      return true
    } catch (error) {
      this.refused = `${what} ${error instanceof Error ? error.message : String(error)}. Nothing has changed.`
      return false
    } finally {
      this.busy = false
    }
  }

  /** Makes another run and keeps the present one; where the other cannot be made, the session tells why and the present one goes on. */
  async #replace(make: () => Promise<boolean>, text: string, notes: readonly string[] = []): Promise<void> {
    const { run, session, checkpoints } = this.#parts
    const running = run.phase === 'running'
    if (running) await session.pause()
    const before = await checkpoints.take()
    const made = await make()
    if (!made) {
      if (running) await session.train()
      throw new Error('cannot be used: the reason stands above')
    }
    this.told = { text, notes, before }
  }
}

/** `256-192-4 on MNIST, step 2,400 of 4,690, 97.81%`. */
export function tellRun({ checkpoint: { spec, snapshot }, steps, curves }: SavedRun): string {
  const { step } = snapshot
  const where =
    step >= steps && steps > 0
      ? `all ${formatCount(steps)} steps`
      : `step ${formatCount(step)} of ${formatCount(steps)}`
  const accuracy = curves.test.at(-1)?.accuracy
  return [networkWords(spec), where, ...(accuracy === undefined ? [] : [formatShare(accuracy)])].join(', ')
}
