// The data sets on a device. Loads each when a spec first needs it, with everything else that a run of the spec needs.

import type { Backend } from '../backends/types'
import { datasetOf } from '../datasets'
import type { Dataset } from '../datasets/dataset'
import { storedBytes, unpacked, valuesIn } from '../datasets/layout'
import type { ExampleCounts } from '../datasets/load'
import { storesOf } from '../datasets/stores'
import { isStandardised } from '../model/batch'
import type { InputStatistics } from '../model/initialise'
import type { Spec } from '../model/spec'
import type { Data } from './data'
import { Loads } from './loads'
import type { SyntheticData } from './synthetic-data'

/** Bytes that are copied at once from one device to another. */
const PIECE = 1 << 24

export class DataHost {
  readonly loads = new Loads()
  /** Data sets on the device, by id. */
  readonly #counts = new Map<string, ExampleCounts>()

  /** `statistics`: by data set and number of examples; computing them takes about half a second for MNIST. */
  constructor(
    readonly backend: Backend,
    private readonly synthetic: SyntheticData,
    private readonly statistics = new Map<string, InputStatistics>(),
  ) {}

  has({ id }: Dataset): boolean {
    return this.#counts.has(id)
  }

  /** Records that a data set was loaded onto the device. */
  take({ id }: Dataset, counts: ExampleCounts): void {
    this.#counts.set(id, counts)
  }

  /** Frees the data sets, and the synthetic drawings, that a run of this one does not need. */
  dropOthers({ id, abilities }: Dataset): void {
    if (!abilities.synthetic) this.synthetic.drop(this.backend)
    for (const other of [...this.#counts.keys()]) {
      if (other === id) continue
      for (const name of Object.values(storesOf({ id: other }))) this.backend.drop(name)
      this.#counts.delete(other)
    }
  }

  /** What a run of the spec needs. Undefined if its data set is not loaded. @throws DeviceLostError, and what making drawings throws */
  async dataFor(spec: Spec): Promise<Data | undefined> {
    const dataset = datasetOf(spec)
    const counts = this.#counts.get(dataset.id)
    if (!counts) return undefined
    const synthetic = await this.synthetic.on(this.backend, spec)
    const statistics = isStandardised(spec) ? await this.#statisticsOf(dataset, counts, spec) : undefined
    return { ...counts, ...(synthetic && { synthetic }), ...(statistics && { statistics }) }
  }

  /** Puts what a run of the spec needs onto another device too, which holds nothing else. @throws as `dataFor` */
  async copyTo(backend: Backend, spec: Spec): Promise<DataHost> {
    const copy = new DataHost(backend, this.synthetic, this.statistics)
    const dataset = datasetOf(spec)
    const counts = this.#counts.get(dataset.id)
    if (!counts) return copy
    const [stores, bytes] = [storesOf(dataset), storedBytes(dataset.input)]
    for (const [name, length] of [
      [stores.trainInputs, counts.trainCount * bytes],
      [stores.trainLabels, counts.trainCount],
      [stores.testInputs, counts.testCount * bytes],
      [stores.testLabels, counts.testCount],
    ] as const) {
      const store = backend.store(name, length)
      for (let at = 0; at < length; at += PIECE) {
        store.write(at, await this.backend.readStore(name, at, Math.min(PIECE, length - at)))
      }
    }
    copy.take(dataset, counts)
    await this.synthetic.on(backend, spec)
    return copy
  }

  async #statisticsOf(dataset: Dataset, { trainCount }: ExampleCounts, spec: Spec): Promise<InputStatistics> {
    const count = spec.input === 'standardised-all' ? trainCount : Math.min(spec.trainingSize, trainCount)
    const key = `${dataset.id} ${count}`
    const known = this.statistics.get(key)
    if (known) return known
    const [{ input }, bytes] = [dataset, storedBytes(dataset.input)]
    const store = storesOf(dataset).trainInputs
    const read = async (first: number, many: number) =>
      unpacked(input, await this.backend.readStore(store, first * bytes, many * bytes), many)
    const { inputStatistics } = await import('./statistics') // only standardised inputs need it
    const statistics = await inputStatistics(read, count, valuesIn(input))
    this.statistics.set(key, statistics)
    return statistics
  }
}
