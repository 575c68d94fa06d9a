// Loads a data set: computes its points, reads one's own from the browser's database, or gets the site's own files, which it unpacks, checks, and writes to the device as they arrive.

import { files as builtFiles, type DataFile } from 'virtual:datasets'
import { crc32 } from '../data/crc32'
import { download, type DownloadOptions } from '../data/download'
import { DataError, grouped, MissingDataError } from '../data/error'
import { IdxReader, type IdxFile } from '../data/idx'
import type { Dataset } from './dataset'
import { packing, storedBytes } from './layout'
import { loadContent } from './own/load-content'
import { planeContent } from './plane/points'
import { storesOf, type StoreName, type Stores } from './stores'

export { DataError, MissingDataError } from '../data/error'

/** How to load a data set. */
export interface LoadOptions {
  /** Absolute URL of the site's folder `data/`. */
  readonly base: string
  /** Provides the stores of stores.ts, filled as layout.ts says. */
  readonly stores: Stores
  /** Receives the progress, in bytes of the compressed files. */
  progress?(loaded: number, total: number): void
  /** Stops loading. */
  readonly signal?: AbortSignal
  readonly fetch?: typeof globalThis.fetch
  /** The files to expect; by default those of the build. */
  readonly files?: readonly DataFile[]
}

/** Result of loading. */
export interface ExampleCounts {
  readonly trainCount: number
  readonly testCount: number
}

/** Receives the content of a file. */
const storeOf: Readonly<Record<DataFile['name'], StoreName>> = {
  'train-images': 'trainInputs',
  'train-labels': 'trainLabels',
  'test-images': 'testInputs',
  'test-labels': 'testLabels',
}

/** Ids of the data sets whose files this build has. */
export const builtDatasets = (): readonly string[] => Object.keys(builtFiles)

/** Whether this build has a data set, or needs no files for it. */
export const isBuilt = ({ id, plane, own }: Dataset): boolean =>
  plane !== undefined || own !== undefined || Object.hasOwn(builtFiles, id)

const notBuilt = ({ id, title }: Dataset) =>
  new MissingDataError(title, `is not in this build. To get it, run: npm run data -- ${id}`)

/** What a person is told of a data set that this build does not have, as loading it would; undefined where it has. */
export const whyNotBuilt = (dataset: Dataset): string | undefined =>
  isBuilt(dataset) ? undefined : notBuilt(dataset).message

/**
 * Loads a data set into stores: all files of one of images in parallel, points of the plane, or what the browser keeps. All or nothing: after an error no download goes on and the
 * stores are dropped.
 * @throws DataError if the build does not have the data set, or a file is missing, truncated, corrupt, not the build's, or
 * stopped by the signal; the message names the file and its bytes. An error of a store itself is passed on as it is.
 */
export async function loadDataset(dataset: Dataset, options: LoadOptions): Promise<ExampleCounts> {
  const { base, stores, progress, signal, files = builtFiles[dataset.id], fetch = globalThis.fetch } = options
  if (dataset.plane) return loadContent(dataset, planeContent(dataset, dataset.plane), stores)
  if (dataset.own) return (await import('./own/load')).loadOwn(dataset, stores)
  if (!files) throw notBuilt(dataset)
  const folder = base.endsWith('/') ? base : `${base}/`
  const total = files.reduce((sum, file) => sum + file.bytes, 0)
  const loaded = files.map(() => 0)
  const stop = new AbortController()

  const load = (file: DataFile, index: number) =>
    loadFile(dataset, file, new URL(file.path, folder), stores, {
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

  // Waits for every file even after a failure, so that nothing is written after the stores are gone.
  let failure: { readonly error: unknown } | undefined
  const settle = async (file: DataFile, index: number) => {
    try {
      await load(file, index)
    } catch (error) {
      failure ??= { error }
      stop.abort()
    }
  }
  await Promise.all(files.map(settle))
  if (failure) {
    for (const { name } of files) stores.drop(storesOf(dataset)[storeOf[name]])
    throw failure.error
  }
  const count = (name: DataFile['name']) => files.find((file) => file.name === name)?.count ?? 0
  return { trainCount: count('train-images'), testCount: count('test-images') }
}

async function loadFile(
  dataset: Dataset,
  file: DataFile,
  url: URL,
  stores: Stores,
  transport: DownloadOptions,
): Promise<void> {
  const { path: name, kind, count, bytes, rawBytes } = file
  const store = stores.store(
    storesOf(dataset)[storeOf[file.name]],
    kind === 'labels' ? count : count * storedBytes(dataset.input),
  )
  const write = (offset: number, chunk: Uint8Array) => store.write(offset, chunk)
  const reader = new IdxReader(
    idxFile(dataset, name, kind, count),
    kind === 'labels' ? write : packing(dataset.input, write),
  )
  let checksum = 0
  for await (const chunk of download({ name, bytes, rawBytes }, url, transport)) {
    reader.push(chunk)
    checksum = crc32(chunk, checksum)
  }
  reader.end()
  // gzip ends with this checksum, but browsers do not check it when they unpack a response themselves.
  if (checksum !== file.crc32) {
    throw new DataError(name, `is corrupt: all ${grouped(rawBytes)} bytes are there, but some are wrong`)
  }
}

/** The IDX header that a file must have. @throws DataError for data sets that do not come in such files */
function idxFile({ input, classes }: Dataset, name: string, kind: DataFile['kind'], count: number): IdxFile {
  if (kind === 'labels') return { name, kind, count, classes: classes.length }
  if (input.kind === 'features') throw new DataError(name, 'holds images, and its data set has none')
  const { height, width, channels } = input
  return { name, kind, count, size: channels === 1 ? [height, width] : [height, width, channels] }
}
