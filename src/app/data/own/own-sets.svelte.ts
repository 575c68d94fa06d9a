// The data sets of one's own that this browser keeps: the list, and what can be done with one. The worker and the page's table of data sets follow it.

import { addDataset, ownDatasets } from '../../../datasets'
import type { Dataset } from '../../../datasets/dataset'
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
    return (await this.#write(dataset, content)) ? dataset : undefined
  }

  /** Keeps a data set in the place of an older one of which it is a change. As `keep`. */
  async replace(old: Dataset, title: string, content: Content): Promise<Dataset | undefined> {
    const before = await this.read(old.id)
    const dataset = await this.keep(title, content)
    if (!dataset || dataset.id === old.id) return dataset
    if (!(await this.#drop(old))) return dataset
    if (before) {
      this.#parts.undo.offer({
        of: 'records',
        text: `Changed ${title}.`,
        takeBack: async () => (await this.#write(old, before)) && this.#drop(dataset),
      })
    }
    return dataset
  }

  async rename(dataset: Dataset, title: string): Promise<void> {
    const renamed: Dataset = { ...dataset, title, source: { ...dataset.source, work: title } }
    if (await this.#try(() => this.#parts.kept.describe(renamed))) this.#know([renamed])
  }

  /** Deletes a data set; Undo brings it back. A network that is learning from it goes on. */
  async delete(dataset: Dataset): Promise<void> {
    const content = await this.read(dataset.id)
    if (!(await this.#drop(dataset))) return
    this.#parts.undo.offer({
      of: 'records',
      text: `Deleted ${dataset.title}.`,
      ...(content && { takeBack: () => this.#write(dataset, content) }),
    })
  }

  read(id: string): Promise<Content | undefined> {
    return this.#parts.kept.read(id).catch(() => undefined)
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

  async #write(dataset: Dataset, content: Content): Promise<boolean> {
    if (!(await this.#try(() => this.#parts.kept.write(dataset, content)))) return false
    this.#know([dataset])
    void this.measure()
    return true
  }

  async #drop({ id }: Dataset): Promise<boolean> {
    if (!(await this.#try(() => this.#parts.kept.delete(id)))) return false
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
    this.problem = undefined
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
