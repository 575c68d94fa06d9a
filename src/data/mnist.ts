// MNIST from the site's own files, streamed: fetch, unpack, check, and write to the device as the bytes arrive.

import { files as mnistFiles, type MnistFile } from 'virtual:mnist'
import { crc32 } from './crc32'
import { download, type DownloadOptions } from './download'
import { DataError, grouped } from './error'
import { IdxReader, IMAGE_BYTES, payloadBytes } from './idx'

export { DataError } from './error'

/** Where the bytes go; a backend is one. */
export interface Stores {
  /** Makes an empty store, replacing one of the same name. */
  store(name: string, byteLength: number): { write(offset: number, bytes: Uint8Array): void }
  /** Frees a store; one that does not exist is no error. */
  drop(name: string): void
}

export interface MnistOptions {
  /** Absolute URL of the folder with the files. */
  readonly base: string
  /** Gets the stores `train-images`, `train-labels`, `test-images` and `test-labels`: the bytes after the IDX headers. */
  readonly stores: Stores
  /** Hears of every chunk; bytes of the compressed files. */
  progress?(loaded: number, total: number): void
  /** Stops loading. */
  readonly signal?: AbortSignal
  readonly fetch?: typeof globalThis.fetch
  /** The files to expect, as the build made them; tests bring smaller ones. */
  readonly files?: readonly MnistFile[]
}

/** What is known of the data set once it is loaded. */
export interface Mnist {
  readonly trainCount: number
  readonly testCount: number
  /** Mean of every pixel over the training images, as byte / 255; 784 values. */
  readonly mean: Float32Array
  /** Standard deviation (of the population) of every pixel, as byte / 255; 1 where a pixel never changes. */
  readonly deviation: Float32Array
}

/**
 * Loads the four files at once into stores. All or nothing: after an error nothing goes on loading and the stores are
 * dropped.
 * @throws DataError when a file is missing, truncated, corrupt, not what the build made, or stopped by the signal; the
 * message names the file and its bytes. An error of a store itself is passed on as it is.
 */
export async function loadMnist(options: MnistOptions): Promise<Mnist> {
  const { base, stores, progress, signal, files = mnistFiles, fetch = globalThis.fetch } = options
  const folder = base.endsWith('/') ? base : `${base}/`
  const total = files.reduce((sum, file) => sum + file.bytes, 0)
  const loaded = files.map(() => 0)
  const pixels = new PixelSums()
  const stop = new AbortController()

  const load = (file: MnistFile, index: number) =>
    loadFile(file, new URL(`${file.name}.gz`, folder), stores, file.name === 'train-images' ? pixels : undefined, {
      fetch,
      signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
      arrived(bytes) {
        loaded[index] = bytes
        progress?.(
          loaded.reduce((sum, n) => sum + n),
          total,
        )
      },
    })

  // Waits for every file even after a failure, so that nothing is written once the stores are gone.
  let failure: { readonly error: unknown } | undefined
  const settle = async (file: MnistFile, index: number) => {
    try {
      await load(file, index)
    } catch (error) {
      failure ??= { error }
      stop.abort()
    }
  }
  await Promise.all(files.map(settle))
  if (failure) {
    for (const { name } of files) stores.drop(name)
    throw failure.error
  }
  const count = (name: MnistFile['name']) => files.find((file) => file.name === name)?.count ?? 0
  return { trainCount: count('train-images'), testCount: count('test-images'), ...pixels.statistics() }
}

async function loadFile(
  file: MnistFile,
  url: URL,
  stores: Stores,
  pixels: PixelSums | undefined,
  transport: DownloadOptions,
): Promise<void> {
  const name = `${file.name}.gz`
  const store = stores.store(file.name, payloadBytes(file))
  const reader = new IdxReader({ ...file, name }, (offset, bytes) => {
    store.write(offset, bytes)
    pixels?.add(offset, bytes)
  })
  let checksum = 0
  for await (const chunk of download({ ...file, name }, url, transport)) {
    reader.push(chunk)
    checksum = crc32(chunk, checksum)
  }
  reader.end()
  // gzip ends with this checksum, but browsers do not check it where they unpack a response by themselves.
  if (checksum !== file.crc32) {
    throw new DataError(name, `is corrupt: all ${grouped(file.rawBytes)} bytes are there, but some are wrong`)
  }
}

/** Sums over the training images of every pixel's byte and its square: whole numbers, exact in a double. */
class PixelSums {
  readonly #sum = new Float64Array(IMAGE_BYTES)
  readonly #squares = new Float64Array(IMAGE_BYTES)
  #bytes = 0

  add(offset: number, bytes: Uint8Array): void {
    const [sum, squares] = [this.#sum, this.#squares]
    let pixel = offset % IMAGE_BYTES
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]
      // Four of five are zero: without them this takes 100 ms instead of 240 in Node 20.
      if (byte !== 0) {
        sum[pixel] += byte
        squares[pixel] += byte * byte
      }
      if (++pixel === IMAGE_BYTES) pixel = 0
    }
    this.#bytes += bytes.length
  }

  statistics(): Pick<Mnist, 'mean' | 'deviation'> {
    const n = this.#bytes / IMAGE_BYTES
    const mean = Float32Array.from(this.#sum, (sum) => sum / n / 255)
    const deviation = Float32Array.from(this.#sum, (sum, pixel) => {
      const scaled = n * this.#squares[pixel] - sum * sum // n^2 times the variance, exact
      return scaled > 0 ? Math.sqrt(scaled) / n / 255 : 1
    })
    return { mean, deviation }
  }
}
