// A session whose data sets arrive as a test wants: digits, and features that are none.

import type { Backend } from '../src/backends/types'
import { mnist } from '../src/datasets'
import type { Dataset } from '../src/datasets/dataset'
import { DataError, type ExampleCounts, type LoadOptions } from '../src/datasets/load'
import type { Spec } from '../src/model/spec'
import { losable } from './losable'
import { fillOddStores, oddFeatures } from './odd-sets'
import { loadTiny, softmax, until, WatchedSession } from './training-session'

export const digits = softmax
export const features: Spec = {
  ...softmax,
  dataset: oddFeatures.id,
  layers: [{ type: 'dense', units: 3, activation: 'linear', initialiser: 'glorot', bias: 'yes' }],
  trainingSize: oddFeatures.train,
}

/** How an arrival ends that is cut short. */
export const cut = () => new DataError('train-images.gz', 'ended after 5 of 10 bytes')

function stopped(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(new DataError('train-images.gz', 'was stopped'))
    if (signal?.aborted) stop()
    signal?.addEventListener('abort', stop)
  })
}

export class Arrivals {
  /** Ids of the data sets whose loading was begun, in order. */
  readonly begun: string[] = []
  /** What the next loads wait for; they end where they are stopped meanwhile. */
  arrival: Promise<unknown> = Promise.resolve()
  /** Why loading does not even begin. */
  refused: DataError | undefined
  /** Called before and after everything that the session waits for. */
  moment: () => void = () => {}
  readonly watched = new WatchedSession(() => losable(() => this.moment()), (...of) => this.load(...of)) // prettier-ignore

  async load(dataset: Dataset, options: LoadOptions): Promise<ExampleCounts> {
    if (this.refused) throw this.refused
    if (!options.signal?.aborted) this.begun.push(dataset.id)
    await Promise.race([this.arrival, stopped(options.signal)])
    options.progress?.(10, 10)
    if (dataset === mnist) return loadTiny(dataset, options)
    fillOddStores(options.stores as Backend, dataset)
    return { trainCount: dataset.train, testCount: dataset.test }
  }

  /** Loads stay under way from now on, until the function that this gives is called. */
  never(): (error?: DataError) => void {
    let [arrive, fail]: [() => void, (error: DataError) => void] = [() => {}, () => {}]
    this.arrival = new Promise<void>((resolve, reject) => ([arrive, fail] = [resolve, reject]))
    return (error) => (error ? fail(error) : arrive())
  }

  /** Examples of a batch. */
  samplesOf(spec: Spec) {
    return this.watched.session.inspect('samples', { spec, count: 4, turn: 0 })
  }

  loading(id: string): Promise<void> {
    return until(() => this.begun.at(-1) === id, `loading of ${id}`)
  }
}
