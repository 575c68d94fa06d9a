// A network's answers for the test set, shared by all panels: the newest answers, and the examples shown so far.

import { proxy } from 'comlink'
import { SvelteMap } from 'svelte/reactivity'
import type { Dataset } from '../../datasets/dataset'
import type { Sample, RemoteSession, TestResults } from '../../session/protocol'

/** Milliseconds between two sets of answers on the page: a run may evaluate ten times a second, and drawing them takes tens of milliseconds. */
const INTERVAL = 1000

/** The answers for the test set, while a panel watches. */
export class Results {
  newest = $state.raw<TestResults>()
  /** They are from a network that has been replaced. */
  stale = $state(false)

  #watchers = 0
  /** Who waits for the next answers. */
  #waiting: ((answers: TestResults | undefined) => void)[] = []
  /** What the listener received last; of the present network. */
  #latest: TestResults | undefined
  #shown = -INTERVAL
  #timer: ReturnType<typeof setTimeout> | undefined

  /** Data set of the answers. */
  dataset: Dataset

  constructor(
    private readonly session: RemoteSession,
    dataset: Dataset,
  ) {
    this.dataset = $state.raw(dataset)
  }

  /** The run is of another data set: the old answers do not fit. */
  enter(dataset: Dataset): void {
    if (dataset === this.dataset) return
    this.dataset = dataset
    clearTimeout(this.#timer)
    this.newest = this.#latest = undefined
    this.stale = false
  }

  /** Asks for answers now and after each evaluation, until the returned function is called. */
  watch(): () => void {
    if (this.#watchers++ === 0) this.read()
    return () => {
      if (--this.#watchers > 0) return
      clearTimeout(this.#timer)
      this.newest = this.#latest = undefined // nobody receives later answers
      this.stale = false
      void this.session.watchResults()
    }
  }

  /** The present network's answers, once they are here; undefined where there are none. Panels may watch at the same time. */
  async once(): Promise<TestResults | undefined> {
    const alone = this.#watchers === 0
    const stop = this.watch()
    try {
      if (this.#latest) return this.#latest
      if (!alone) this.read() // a run that rests sends no more of itself
      return await new Promise<TestResults | undefined>((resolve) => this.#waiting.push(resolve))
    } finally {
      stop()
    }
  }

  /** Asks for answers of the present network. For panels that watch. */
  read(): void {
    const listener = (results: TestResults | undefined) => {
      clearTimeout(this.#timer)
      if (this.#watchers === 0) return
      this.#latest = results
      for (const resolve of this.#waiting.splice(0)) resolve(results)
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

/** One for each session, because a session sends its results to one listener. */
const all = new WeakMap<RemoteSession, Results>()

/** State that all panels of a session share, for the data set of its run. */
export function resultsOf(session: RemoteSession, dataset: Dataset): Results {
  const results = all.get(session) ?? new Results(session, dataset)
  results.enter(dataset)
  all.set(session, results)
  return results
}

/** Examples of the test set, each fetched once: they never change. */
export class TestSamples {
  readonly #samples = new SvelteMap<number, Sample>()
  /** Numbers that are loaded or requested. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing shows it
  readonly #asked = new Set<number>()

  constructor(private readonly session: RemoteSession) {}

  /** The example of a number, from 0; undefined until it is loaded. */
  get(number: number): Sample | undefined {
    return this.#samples.get(number)
  }

  /** Fetches the examples that are missing. */
  async fetch(numbers: readonly number[]): Promise<void> {
    const missing = numbers.filter((number) => !this.#asked.has(number))
    if (missing.length === 0) return
    missing.forEach((number) => this.#asked.add(number))
    const samples = await this.session.inspect('testImages', missing).catch(() => [])
    missing.forEach((number, i) => {
      if (samples[i]) this.#samples.set(number, samples[i])
      else this.#asked.delete(number) // no run now: asks again next time
    })
  }
}
