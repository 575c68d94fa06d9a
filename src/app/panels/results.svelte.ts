// The state of the Results panel: the newest answers for the test set, and images of it as far as they were shown.

import { proxy, type Remote } from 'comlink'
import { SvelteMap } from 'svelte/reactivity'
import type { Sample, Session, TestResults } from '../../session/protocol'

/** Milliseconds between two sets of answers that are shown: a run may evaluate ten times a second, and drawing them takes tens of milliseconds. */
const INTERVAL = 1000

/** The answers for the test set, for as long as someone watches. */
export class Results {
  newest = $state.raw<TestResults>()
  /** They are those of a network that has been replaced. */
  stale = $state(false)

  #latest: TestResults | undefined
  #shown = -INTERVAL
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly session: Remote<Session>) {}

  /** Has the test set read by the network as it is, and again after each evaluation until `end`. */
  watch(): void {
    const listener = (results: TestResults | undefined) => {
      clearTimeout(this.#timer)
      this.#latest = results
      if (results) this.#timer = setTimeout(() => this.#show(), this.#shown + INTERVAL - performance.now())
      else this.stale = true
    }
    void this.session.watchResults(proxy(listener))
  }

  end(): void {
    clearTimeout(this.#timer)
    void this.session.watchResults()
  }

  #show(): void {
    this.#shown = performance.now()
    this.newest = this.#latest
    this.stale = false
  }
}

/** Images of the test set, each fetched once: they never change. */
export class TestImages {
  readonly #images = new SvelteMap<number, Sample>()
  /** Those that are there or on their way. */
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- nothing shows it
  readonly #asked = new Set<number>()

  constructor(private readonly session: Remote<Session>) {}

  /** The image of a number, from 0; nothing while it has not come. */
  get(number: number): Sample | undefined {
    return this.#images.get(number)
  }

  /** Fetches those that are not there. */
  async fetch(numbers: readonly number[]): Promise<void> {
    const missing = numbers.filter((number) => !this.#asked.has(number))
    if (missing.length === 0) return
    missing.forEach((number) => this.#asked.add(number))
    const images = await this.session.testImages(missing).catch(() => [])
    missing.forEach((number, i) => {
      if (images[i]) this.#images.set(number, images[i])
      else this.#asked.delete(number) // there is no run now: asked again the next time
    })
  }
}
