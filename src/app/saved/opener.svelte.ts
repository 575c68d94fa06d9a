// Replaces the run by the network of a file or by a run of an earlier visit, with an undo. Adds the drawings of a file to the taught
// ones. Loaded with the first file or run that is opened.

import { datasetOf } from '../../datasets'
import { formatList } from '../../ui/format'
import type { Checkpoints } from './checkpoints'
import type { LiveRun } from '../run/live-run.svelte'
import type { Draft } from '../spec/draft.svelte'
import type { TaughtDrawings } from '../teaching/taught-drawings.svelte'
import { holdsDrawings, readFiles } from './read-files'
import type { SavedRun } from './checkpoint-store'
import { networkWords } from '../spec/config'
import { tellRun, type Replacement, type Replacing } from './replacement'

/** The parts that an opener uses. */
export interface OpenerParts {
  readonly taught: Pick<TaughtDrawings, 'import' | 'refused'>
  readonly run: Pick<LiveRun, 'dataFailed'>
  readonly draft: Pick<Draft, 'spec'>
  readonly checkpoints: Pick<Checkpoints, 'restore' | 'load'>
  readonly replacement: Pick<Replacement, 'replace'>
}

export class Opener {
  /** What was refused last, and why. */
  refused = $state<string>()
  /** Whether files are being read or a run is being replaced. */
  busy = $state(false)

  readonly #parts: OpenerParts

  constructor(parts: OpenerParts) {
    this.#parts = parts
  }

  /** Opens the files of one network, or one file of drawings. Reports errors; after an error nothing has changed. */
  async open(files: readonly File[]): Promise<void> {
    if (files.length === 0 || this.busy) return
    const names = formatList(files.map(({ name }) => name))
    await this.#alone(async () => {
      if (await holdsDrawings(files)) {
        await this.#keep(files[0])
        return true
      }
      const network = await readFiles(files, datasetOf(this.#parts.draft.spec))
      return this.#replace(() => this.#parts.checkpoints.load(network), {
        text: `Opened ${names}: ${networkWords(network.spec)}.`,
        notes: network.notes,
      })
    }, names)
  }

  /** Adds the drawings of a file to the taught ones. */
  async #keep(file: File): Promise<void> {
    const { taught } = this.#parts
    await taught.import(file)
    if (!taught.refused) return
    this.refused = `${taught.refused.why} Nothing has changed.`
    taught.refused = undefined // reported here instead
  }

  /** Resumes a run of an earlier visit; false if that failed. */
  resume(run: SavedRun): Promise<boolean> {
    return this.#alone(
      () =>
        this.#replace(
          () => this.#parts.checkpoints.restore(run),
          { text: `Resumed ${tellRun(run)}.` },
          run.checkpoint.snapshot.step,
        ),
      'The run',
    )
  }

  /** Dismisses the message about a refusal. */
  forgive(): void {
    this.refused = undefined
  }

  /** Does the work. False if other work is in progress, or after an error, which it reports. */
  async #alone(work: () => Promise<boolean>, what: string): Promise<boolean> {
    if (this.busy) return false
    this.busy = true
    this.refused = undefined
    try {
      return await work()
    } catch (error) {
      this.refused = `${what} ${error instanceof Error ? error.message : String(error)}. Nothing has changed.`
      return false
    } finally {
      this.busy = false
    }
  }

  /** Makes another run in place of the present one. If that fails, the session reports why. */
  async #replace(make: () => Promise<boolean>, change: Replacing, step = 0): Promise<boolean> {
    const { run, replacement } = this.#parts
    if (await replacement.replace(make, change, step)) return true
    if (run.dataFailed) return false // its notice says enough
    throw new Error('cannot be used: the reason stands above')
  }
}
