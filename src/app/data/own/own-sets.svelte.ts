// The data sets of one's own that this browser keeps: the list, and what can be done with one. The worker and the page's table of data sets follow it.

import { addDataset, ownDatasets } from '../../../datasets'
import type { Dataset } from '../../../datasets/dataset'
import type { Example } from '../../../datasets/layout'
import type { Content } from '../../../datasets/own/content'
import type { KeptDatasets, StorageRoom } from '../../../datasets/own/kept'
import type { Session } from '../../../session/protocol'
import type { Undo } from '../../run/undo.svelte'

interface Parts {
  readonly kept: KeptDatasets
  readonly session: Pick<Session, 'addDataset'>
  readonly undo: Undo
  /** Is told of every set that comes to be known: one may be awaited. */
  readonly came?: (dataset: Dataset) => void
}

export class OwnSets {
  /** The newest first. */
  sets = $state.raw<readonly Dataset[]>([])
  /** Why the last change failed, and what to do. */
  problem = $state<string>()
  room = $state.raw<StorageRoom>()
  /** The one that was deleted last, until another change. */
  deleted = $state.raw<Dataset>()
  /** Resolves when the sets that were kept are known, or cannot be. */
  readonly ready: Promise<void>

  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
    // What the page knew before this was made: the set that its address names.
    for (const dataset of ownDatasets()) void parts.session.addDataset(dataset)
    this.ready = this.#list()
    parts.kept.watch(() => void this.#list())
  }

  /** Keeps a data set. Undefined if the browser does not, which `problem` says. @throws RangeError if nothing can be learnt from it */
  async keep(title: string, content: Content): Promise<Dataset | undefined> {
    const { ownDataset } = await import('../../../datasets/own/dataset')
    const dataset = ownDataset(title, content)
    if (!(await this.#try(() => this.#parts.kept.write(dataset, content)))) return undefined
    this.#know([dataset])
    void this.measure()
    return dataset
  }

  /** Keeps a data set in the place of an older one of which it is a change. As `keep`. */
  async replace(old: Dataset, title: string, content: Content): Promise<Dataset | undefined> {
    const dataset = await this.keep(title, content)
    if (dataset && dataset.id !== old.id) await this.#hide(old)
    return dataset
  }

  /** A run learns from a data set: one that was taken off the list, and that Undo has brought back, is on it again. */
  async used(dataset: Dataset): Promise<void> {
    await this.ready
    if (!dataset.own || this.sets.some(({ id }) => id === dataset.id) || !(await this.read(dataset.id))) return
    await this.#bringBack(dataset)
  }

  async rename(dataset: Dataset, title: string): Promise<void> {
    const renamed: Dataset = { ...dataset, title, source: { ...dataset.source, work: title } }
    if (await this.#try(() => this.#parts.kept.describe(renamed))) this.#know([renamed])
  }

  /** Deletes a data set; Undo brings it back. A network that is learning from it goes on. */
  async delete(dataset: Dataset): Promise<void> {
    if (!(await this.#hide(dataset))) return
    this.deleted = dataset
    this.#parts.undo.offer({
      of: 'records',
      text: `Deleted ${dataset.title}.`,
      takeBack: () => this.#bringBack(dataset),
    })
  }

  read(id: string): Promise<Content | undefined> {
    return this.#parts.kept.read(id).catch(() => undefined)
  }

  /** Takes the last deletion back. */
  async undelete(): Promise<void> {
    if (this.deleted && (await this.#bringBack(this.deleted))) this.#parts.undo.expire('records')
  }

  /** An example of each of the first classes, for a list. */
  samples(id: string): Promise<readonly Example[]> {
    return this.#parts.kept.samples(id).catch(() => [])
  }

  /** Asks how much room there is. */
  async measure(): Promise<void> {
    this.room = await this.#parts.kept.room().catch(() => undefined)
  }

  async #list(): Promise<void> {
    try {
      const sets = await this.#parts.kept.list()
      this.#know(sets)
      this.sets = sets
    } catch {
      // A browser that keeps nothing has none.
    }
  }

  async #bringBack(dataset: Dataset): Promise<boolean> {
    if (!(await this.#try(() => this.#parts.kept.describe(dataset)))) return false
    this.#know([dataset])
    return true
  }

  async #hide({ id }: Dataset): Promise<boolean> {
    if (!(await this.#try(() => this.#parts.kept.hide(id)))) return false
    this.sets = this.sets.filter((each) => each.id !== id)
    void this.measure()
    return true
  }

  #know(datasets: readonly Dataset[]): void {
    for (const dataset of datasets) {
      addDataset(dataset)
      void this.#parts.session.addDataset(dataset)
      this.#parts.came?.(dataset)
    }
    const others = this.sets.filter(({ id }) => !datasets.some((dataset) => dataset.id === id))
    this.sets = [...datasets, ...others].sort((a, b) => (b.own?.made ?? 0) - (a.own?.made ?? 0))
  }

  /** False if the browser refuses, which `problem` then says. */
  async #try(work: () => Promise<void>): Promise<boolean> {
    this.problem = this.deleted = undefined
    try {
      await work()
      return true
    } catch (error) {
      const full = error instanceof DOMException && error.name === 'QuotaExceededError'
      this.problem = full
        ? 'There is no room left in this browser for this data. Delete data that you do not need, or free space on the disk, and try again.'
        : `This browser does not keep it: ${error instanceof Error ? error.message : String(error)}. In a private window nothing can be kept.`
      return false
    }
  }
}
