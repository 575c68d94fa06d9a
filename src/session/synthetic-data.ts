// The synthetic drawings on a device, beside the data set: made when a spec first wants them, kept while the data set can use them.

import type { Backend } from '../backends/types'
import type { SyntheticImages } from '../data/synthetic-digits'
import type { Spec } from '../model/spec'
import type { ExampleStores } from '../model/buffers'

/** Names of their stores on the device. */
const stores = { inputs: 'synthetic-inputs', labels: 'synthetic-labels' } as const

export class SyntheticData {
  #drawings: Promise<SyntheticImages> | undefined
  /** By device that holds them. */
  readonly #there = new WeakMap<Backend, ExampleStores>()

  constructor(private readonly make: () => SyntheticImages | Promise<SyntheticImages>) {}

  /** The synthetic drawings. After an error the next call tries again. */
  made(): Promise<SyntheticImages> {
    this.#drawings ??= Promise.resolve(this.make()).catch((error: unknown) => {
      this.#drawings = undefined
      throw error
    })
    return this.#drawings
  }

  /** Stores of the drawings on a device, filled at first use. Undefined if the spec wants none. @throws what making them throws */
  async on(backend: Backend, { styleShare }: Spec): Promise<ExampleStores | undefined> {
    if (styleShare === 0) return undefined
    let there = this.#there.get(backend)
    if (!there) {
      const { images, labels } = await this.made()
      backend.store(stores.inputs, images.length).write(0, images)
      backend.store(stores.labels, labels.length).write(0, labels)
      there = { ...stores, count: labels.length }
      this.#there.set(backend, there)
    }
    return there
  }

  /** Frees the drawings, on the present device too; a spec that wants them again has them made anew. */
  drop(backend: Backend): void {
    if (this.#there.delete(backend)) for (const name of Object.values(stores)) backend.drop(name)
    this.#drawings = undefined
  }
}
