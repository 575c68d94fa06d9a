// How the data set stands, in words: it loads, has just arrived, failed, or is old news.

import { datasetOf, findDataset } from '../../datasets'
import { itemNoun } from '../../ui/class-words'
import { formatBytes, formatCount } from '../../ui/format'
import type { Draft } from '../spec/draft.svelte'
import type { LiveRun } from './live-run.svelte'

export class DataState {
  readonly #run: LiveRun
  readonly #draft: Draft
  /** The step at which the data last arrived. */
  #arrivedAt = $state(0)

  readonly #dataset = $derived.by(() => findDataset(this.#run.data.dataset) ?? datasetOf(this.#draft.spec))
  /** It is on its way. */
  readonly waiting = $derived.by(() => !this.#run.data.ready && !this.#run.dataFailed && !this.#run.lost)
  /** The words are news: something is under way or wrong, or the data has arrived and nothing was trained since. */
  readonly news = $derived.by(() => {
    const { data, progress } = this.#run
    if (!data.ready) return true
    return progress.phase !== 'running' && (progress.step === 0 || progress.step === this.#arrivedAt)
  })
  /** The share that is here, from 0 to 1; undefined before the first byte. */
  readonly share = $derived.by(() => {
    const { ready, loaded, total } = this.#run.data
    if (ready) return 1
    return total > 0 ? loaded / total : this.waiting ? undefined : 0
  })
  readonly words = $derived.by(() => {
    const dataset = this.#dataset
    const nouns = `${itemNoun(dataset)}s`
    const { data, dataFailed, lost } = this.#run
    if (data.ready) return `${formatCount(dataset.train + dataset.test)} ${nouns} loaded`
    if (dataFailed) return `The ${nouns} are not loaded`
    if (lost) return `The ${nouns} are loaded again to go on`
    return data.total > 0
      ? `Loading ${dataset.title}: ${formatBytes(data.loaded, data.total)}`
      : `Opening ${dataset.title}`
  })

  constructor(run: LiveRun, draft: Draft) {
    this.#run = run
    this.#draft = draft
  }

  /** Call it in an effect: keeps the step at which the data arrives. */
  follow(): void {
    const { data, progress } = this.#run
    if (!data.ready) this.#arrivedAt = progress.step
  }
}
