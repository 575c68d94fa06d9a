// Networks for a widget: the included one, or one from an address.

import statisticsFile from 'virtual:included/statistics'
import { FormatError } from '../formats/error'
import { readNetwork, type Network } from '../formats/network'
import { readSafetensors } from '../formats/safetensors'
import { datasetOf, mnist } from '../datasets'
import type { InputStatistics } from '../model/initialise'
import { isStandardised } from '../model/batch'

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))

/** Decodes a network inside the module from base64. */
export const decodeNetwork = (base64: string): Network => readNetwork(bytesOf(base64))

/**
 * Mean and deviation of every value of the examples that a network has learnt from: those of its file, or those of MNIST, which are
 * included for older files. None where the network does not standardise. @throws NetworkError for an older file of another data set
 */
export function statisticsOf({ spec, statistics }: Network): InputStatistics | undefined {
  if (statistics || !isStandardised(spec)) return statistics
  const dataset = datasetOf(spec)
  if (dataset !== mnist) {
    const why = `its inputs are standardised, and the statistics of ${dataset.title} are not included in its file`
    throw new NetworkError(`The network cannot be used here: ${why}. Open it in Inkling and save it again.`)
  }
  const { tensors } = readSafetensors(bytesOf(statisticsFile))
  const values = (wanted: string) => tensors.find(({ name }) => name === wanted)?.values ?? new Float32Array(0)
  return { mean: values('mean'), deviation: values('deviation') }
}

/** A network could not be loaded. The message is a sentence for the page. */
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
