// Networks for a widget: the one that is included, or one from an address.

import statisticsFile from 'virtual:included/statistics'
import { FormatError } from '../formats/error'
import { readNetwork, type Network } from '../formats/network'
import { readSafetensors } from '../formats/safetensors'
import { datasetOf, mnist } from '../datasets'
import type { InputStatistics } from '../model/initialise'
import { isStandardised } from '../model/batch'
import type { Spec } from '../model/spec'

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))

/** A network inside the module, as base64. */
export const decodeNetwork = (base64: string): Network => readNetwork(bytesOf(base64))

/**
 * Mean and deviation of every pixel of the training images that a network has learnt from: those of MNIST, which are included. None where
 * the network does not standardise. @throws NetworkError for one of another data set that does: its file does not tell them
 */
export function statisticsOf(spec: Spec): InputStatistics | undefined {
  if (!isStandardised(spec)) return undefined
  const dataset = datasetOf(spec)
  if (dataset !== mnist) {
    const why = `its inputs are standardised, and the statistics of ${dataset.title} are not included`
    throw new NetworkError(`The network cannot be used here: ${why}.`)
  }
  const { tensors } = readSafetensors(bytesOf(statisticsFile))
  const values = (wanted: string) => tensors.find(({ name }) => name === wanted)?.values ?? new Float32Array(0)
  return { mean: values('mean'), deviation: values('deviation') }
}

/** What a page is told where a network cannot be had: a sentence. */
export class NetworkError extends Error {
  override name = 'NetworkError'
}

/** Fetches a network (safetensors with its spec, as Inkling saves it). @throws NetworkError, or the signal's reason */
export async function fetchNetwork(address: string, signal: AbortSignal): Promise<Network> {
  const name = address.startsWith('data:') ? 'The network' : `The network ${address}`
  let bytes: Uint8Array
  try {
    const response = await fetch(new URL(address, document.baseURI), { signal })
    if (!response.ok) throw new NetworkError(`${name} is not there: the server answered ${response.status}.`)
    bytes = new Uint8Array(await response.arrayBuffer())
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof NetworkError) throw error
    throw new NetworkError(
      `${name} cannot be fetched. Check the address, and that a server of another origin allows it (Access-Control-Allow-Origin).`,
    )
  }
  try {
    return readNetwork(bytes)
  } catch (error) {
    if (error instanceof FormatError) throw new NetworkError(`${name} ${error.message}.`)
    throw error
  }
}
