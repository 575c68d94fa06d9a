// What the network says of the test set, for all panels that ask: the newest answers, and examples as far as they were shown.

import { proxy } from 'comlink'
import { SvelteMap } from 'svelte/reactivity'
import type { Dataset } from '../../datasets/dataset'
import type { Sample, RemoteSession, TestResults } from '../../session/protocol'

/** Milliseconds between two sets of answers that are shown: a run may evaluate ten times a second, and drawing them takes tens of milliseconds. */
const INTERVAL = 1000

/** The answers for the test set, for as long as someone watches. */
export class Results {
  newest = $state.raw<TestResults>()
  /** They are those of a network that has been replaced. */
  stale = $state(false)

  #watchers = 0
  #latest: TestResults | undefined
  #shown = -INTERVAL
  #timer: ReturnType<typeof setTimeout> | undefined

  /** Whose test set it is. */
  dataset: Dataset

  constructor(
    private readonly session: RemoteSession,
    dataset: Dataset,
  ) {
    this.dataset = $state.raw(dataset)
  }

  /** The run is of another data set: what was heard is not of that. */
  enter(dataset: Dataset): void {
    if (dataset === this.dataset) return
    this.dataset = dataset
    clearTimeout(this.#timer)
    this.newest = this.#latest = undefined
    this.stale = false
  }

  /** Has the test set read now and after each evaluation, until the function that it returns is called. */
  watch(): () => void {
    if (this.#watchers++ === 0) this.read()
    return () => {
      if (--this.#watchers > 0) return
      clearTimeout(this.#timer)
      this.newest = undefined // nobody hears how the network goes on from here
      this.stale = false
      void this.session.watchResults()
    }
  }

  /** Has the test set read by the network as it is. For those who watch. */
  read(): void {
    const listener = (results: TestResults | undefined) => {
      clearTimeout(this.#timer)
      this.#latest = results
      if (this.#watchers === 0) return
      if (results) this.#timer = setTimeout(() => this.#show(), this.#shown + INTERVAL - performance.now())
      else this.stale = true
    }
    void this.session.watchResults(proxy(listener))
  }

  #show(): void {
    this.#shown = performance.now()
    this.newest = this.#latest
    this.stale = false
  }
}

/** One for each session, because a session tells its results to one listener. */
const all = new WeakMap<RemoteSession, Results>()

/** What all panels of a session share, for the data set of its run. */
export function resultsOf(session: RemoteSession, dataset: Dataset): Results {
  const results = all.get(session) ?? new Results(session, dataset)
  results.enter(dataset)
  all.set(session, results)
  return results
}

/** Examples of the test set, each fetched once: they never change. */
export class TestSamples {
  readonly #samples = new SvelteMap<number, Sample>()
  /** Those that are there or on their way. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing shows it
  readonly #asked = new Set<number>()

  constructor(private readonly session: RemoteSession) {}

  /** The example of a number, from 0; nothing while it has not come. */
  get(number: number): Sample | undefined {
    return this.#samples.get(number)
  }

  /** Fetches those that are not there. */
  async fetch(numbers: readonly number[]): Promise<void> {
    const missing = numbers.filter((number) => !this.#asked.has(number))
    if (missing.length === 0) return
    missing.forEach((number) => this.#asked.add(number))
    const samples = await this.session.inspect('testImages', missing).catch(() => [])
    missing.forEach((number, i) => {
      if (samples[i]) this.#samples.set(number, samples[i])
      else this.#asked.delete(number) // there is no run now: asked again the next time
    })
  }
}
