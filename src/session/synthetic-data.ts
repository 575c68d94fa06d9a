// The synthetic drawings on a device, beside the data set: made when a spec wants them for the first time, and once.

import type { Backend } from '../backends/types'
import type { StyleImages } from '../data/styles'
import type { Spec } from '../model/spec'
import type { Data } from './data'

/** Where they lie on the device. */
const stores = { inputs: 'synthetic-inputs', labels: 'synthetic-labels' } as const

export class SyntheticData {
  #drawings: Promise<StyleImages> | undefined

  constructor(private readonly make: () => StyleImages | Promise<StyleImages>) {}

  /** The drawings of a spec that wants some. What goes wrong with making them may go right the next time. */
  made(): Promise<StyleImages> {
    this.#drawings ??= Promise.resolve(this.make()).catch((error: unknown) => {
      this.#drawings = undefined
      throw error
    })
    return this.#drawings
  }

  /** The data set with the drawings, if the spec wants them and they are not there yet. @throws what making them throws */
  async besides(data: Data, backend: Backend, { styleShare }: Spec): Promise<Data> {
    if (styleShare === 0 || data.synthetic) return data
    const { images, labels } = await this.made()
    backend.store(stores.inputs, images.length).write(0, images)
    backend.store(stores.labels, labels.length).write(0, labels)
    return { ...data, synthetic: { ...stores, count: labels.length } }
  }
}
