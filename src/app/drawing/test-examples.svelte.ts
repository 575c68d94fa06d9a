// Puts examples of the test set on the pad, or in its place: by number, the next, a random one.

import type { Dataset } from '../../datasets/dataset'
import type { Sample } from '../../session/protocol'
import { exampleNoun, oneOf } from '../../ui/class-words'
import { turns } from '../../ui/newest'
import type { Drawing, LaidExample } from './drawing.svelte'

/** `test image No. 1234, a 9`: without a comma, as people type it. */
export const testExampleName = (dataset: Dataset, number: number, label: number): string =>
  `test ${exampleNoun(dataset)} No. ${number}, ${oneOf(dataset, label)}`

/** An example of the test set for the pad. */
export const testExample = (dataset: Dataset, number: number, { example, label }: Sample): LaidExample => ({
  example,
  label,
  name: testExampleName(dataset, number, label),
  number,
})

/** Gets examples of the test set by number; empty without a run. */
type Fetch = (numbers: readonly number[]) => Promise<readonly Sample[] | undefined>

export class TestExamples {
  /** The number that is being fetched. */
  #asked = $state<number>()
  /** The number that was shown last. */
  #last = $state(0)

  readonly #ask = turns()
  readonly #fetch: Fetch
  readonly #drawing: Drawing

  constructor(fetch: Fetch, drawing: Drawing) {
    this.#fetch = fetch
    this.#drawing = drawing
  }

  get dataset(): Dataset {
    return this.#drawing.dataset
  }

  /** How many there are, numbered from 0. */
  get count(): number {
    return this.dataset.test
  }

  /** The requested number, else the shown one, else the last one shown. */
  get number(): number {
    return Math.min(this.#asked ?? this.#drawing.laid?.number ?? this.#last, this.count - 1)
  }

  /** Shows an example, unless another is requested meanwhile. False if it cannot be fetched. */
  async show(number: number): Promise<boolean> {
    const { dataset } = this
    const newest = this.#ask()
    this.#asked = this.#last = number
    const samples = await this.#fetch([number]).catch(() => undefined)
    if (!newest()) return true
    this.#asked = undefined
    const sample = samples?.[0]
    if (!sample || dataset !== this.dataset) return false
    this.#drawing.lay(testExample(dataset, number, sample))
    return true
  }

  /** Gives up the one that is being fetched: something else was chosen. */
  cancel(): void {
    this.#ask()
    this.#asked = undefined
  }

  /** Shows the example some numbers further on, wrapping from the last to the first. */
  readonly onward = (by: number): Promise<boolean> => this.show((this.number + by + this.count) % this.count)

  readonly random = (): Promise<boolean> => this.show(Math.floor(Math.random() * this.count))
}
