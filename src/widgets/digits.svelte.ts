// The state of <inkling-digits>: a network, and a drawing or another example that it reads in this thread.

import { datasetOf, mnist } from '../datasets'
import type { Example } from '../model/examples'
import { Drawing } from '../app/drawing/drawing.svelte'
import type { Network } from '../formats/network'
import type { Spec } from '../model/spec'
import { decodeNetwork, fetchNetwork, statisticsOf } from './networks'
import { createReader, type Read } from './reader'

/** A trained network has taken steps; how many, its file does not tell. */
const TRAINED = 1

export class Digits {
  /** Visible name of the widget; else what it is for. */
  label = $state<string>()
  /** Side of the pad in CSS pixels; else as large as its place. */
  size = $state<number>()
  /** Of the network that reads. */
  spec = $state.raw<Spec>()
  /** Why there is no network, as a sentence. */
  problem = $state('')
  readonly drawing = new Drawing(async (example) => {
    const outputs = await this.#read?.(example)
    return outputs && { ...outputs, step: TRAINED }
  }, mnist)

  #read: Read | undefined
  #source: string | undefined
  #loading: AbortController | undefined

  /** @param included base64 of the network to use where there is no address */
  constructor(private readonly included: string | undefined) {}

  /**
   * Reads by the network at this address from now on; without one, by that which is included. The old one stays until the new one is
   * there. Resolves to whether this changed anything: false for the same address and one that another has overtaken.
   * @throws NetworkError
   */
  async load(address: string | null): Promise<boolean> {
    const source = address ?? ''
    if (source === this.#source) return false
    this.#source = source
    this.#loading?.abort()
    const { signal } = (this.#loading = new AbortController())
    try {
      const network = await this.#get(address, signal)
      const read = await createReader(network, statisticsOf(network.spec))
      signal.throwIfAborted()
      const { laid } = this.drawing
      const first = !this.spec
      this.#read = read
      this.spec = network.spec
      this.problem = ''
      this.drawing.enter(datasetOf(network.spec))
      if (first && laid)
        this.drawing.lay(laid) // it waited for its network
      else this.drawing.refresh()
      return true
    } catch (error) {
      if (signal.aborted) return false
      this.problem = error instanceof Error ? error.message : String(error)
      throw error
    }
  }

  /** What the network says of any example of its data set; undefined before there is one. */
  async predict(example: Example) {
    return this.#read?.(example)
  }

  /** Lays an example down, to be read in place of a drawing. */
  show(example: Example): void {
    this.drawing.lay({ example, name: 'the example' })
  }

  /** Stops loading; the next `load` begins again. */
  stop(): void {
    if (!this.#loading?.signal.aborted && !this.spec) this.#source = undefined
    this.#loading?.abort()
  }

  async #get(address: string | null, signal: AbortSignal): Promise<Network> {
    if (address !== null) return fetchNetwork(address, signal)
    if (this.included === undefined)
      throw new Error('It needs a network: set the attribute network to the address of one.')
    return decodeNetwork(this.included)
  }
}
