// The state of <inkling-digits>: a network, and a drawing or another example. The network reads it in this thread.

import { datasetOf, mnist } from '../datasets'
import type { Example } from '../model/examples'
import { Drawing } from '../app/drawing/drawing.svelte'
import type { Network } from '../formats/network'
import type { Spec } from '../model/spec'
import { decodeNetwork, fetchNetwork, statisticsOf } from './networks'
import { createReader, type Read } from './reader'

/** Stands for the steps of a trained network: its file does not say how many. */
const TRAINED = 1

export class Digits {
  /** Visible name of the widget; by default its purpose. */
  label = $state<string>()
  /** Side of the pad in CSS pixels; by default the pad fills its container. */
  size = $state<number>()
  /** Spec of the network that reads. */
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

  /** @param included base64 of the network to use without an address */
  constructor(private readonly included: string | undefined) {}

  /**
   * Loads the network at this address, or without one the included network. The old one reads until the new one is loaded.
   * Resolves to whether the network changed: false for the same address, and if a later load supersedes this one.
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
      const read = await createReader(network, statisticsOf(network))
      signal.throwIfAborted()
      const { laid } = this.drawing
      const first = !this.spec
      this.#read = read
      this.spec = network.spec
      this.problem = ''
      this.drawing.enter(datasetOf(network.spec))
      if (first && laid)
        this.drawing.lay(laid) // the example waited for its network
      else this.drawing.refresh()
      return true
    } catch (error) {
      if (signal.aborted) return false
      this.problem = error instanceof Error ? error.message : String(error)
      throw error
    }
  }

  /** The network's answer for any example of its data set; undefined before a network is loaded. */
  async predict(example: Example) {
    return this.#read?.(example)
  }

  /** Puts an example in the place of the drawing. */
  show(example: Example): void {
    this.drawing.lay({ example, name: 'the example' })
  }

  /** Stops loading; the next `load` starts anew. */
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
