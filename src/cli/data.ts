// Data sets from this machine's files, loaded as the page loads them, as if a server sent them unpacked.

import { crc32 } from 'node:zlib'
import { dataFolder, readDataset, whyNotHere } from '../build/data-files'
import type { Dataset } from '../datasets/dataset'
import { storedBytes, unpacked, valuesIn } from '../datasets/layout'
import { loadDataset, type ExampleCounts, type LoadOptions } from '../datasets/load'
import type { Content } from '../datasets/own/content'
import { isOwnId } from '../datasets/own/id'
import { loadContent } from '../datasets/own/load-content'
import { storesOf } from '../datasets/stores'
import type { InputStatistics } from '../model/initialise'
import { inputStatistics } from '../session/statistics'
import { Failure } from './errors'

/** Data sets that a person brought to this process, by id. */
const brought = new Map<string, Content>()

/** Keeps a content for loadFromDisk. */
export const keepContent = (id: string, content: Content): void => void brought.set(id, content)

/** What a person is told of a data set that is not here; undefined if it is. */
export function whyMissing({ id, plane, own }: Dataset): string | undefined {
  if (plane || brought.has(id)) return undefined
  return own || isOwnId(id) ? whyNotBrought(id) : whyNotHere(id)
}

/** What a person is told where a data set of one's own is named and is not here. */
export const whyNotBrought = (id: string): string =>
  `${id} is a data set of somebody's own, known by its contents. To use it, bring it: --data PATH, a folder, zip, CSV or IDX files.`

/** Loads a data set onto a device. @throws what readDataset and loadDataset throw */
export async function loadFromDisk(
  dataset: Dataset,
  options: LoadOptions,
  folder: string = dataFolder,
): Promise<ExampleCounts> {
  if (dataset.plane) return loadDataset(dataset, options)
  const content = brought.get(dataset.id)
  if (content) return loadContent(dataset, content, options.stores)
  if (dataset.own) throw new Failure(whyNotBrought(dataset.id))
  const read = await readDataset(dataset.id, folder)
  const files = read.map(({ raw, gz: _, ...file }) => ({
    ...file,
    bytes: raw.length,
    rawBytes: raw.length,
    crc32: crc32(raw),
  }))
  const base = 'file:///'
  const send: typeof fetch = (url) => {
    const file = read.find(({ path }) => String(url) === base + path)
    return Promise.resolve(file ? new Response(file.raw) : new Response(null, { status: 404 }))
  }
  return loadDataset(dataset, { ...options, base, files, fetch: send })
}

/** Statistics of all training examples of a data set. @throws as loadFromDisk does */
export async function trainingStatistics(dataset: Dataset): Promise<InputStatistics> {
  const memory = new Map<string, Uint8Array>()
  const { trainCount } = await loadFromDisk(dataset, {
    base: '',
    stores: {
      store(name, byteLength) {
        const bytes = new Uint8Array(byteLength)
        memory.set(name, bytes)
        return { write: (offset, chunk) => bytes.set(chunk, offset) }
      },
      drop: (name) => void memory.delete(name),
    },
  })
  const { input } = dataset
  const [bytes, row] = [memory.get(storesOf(dataset).trainInputs) ?? new Uint8Array(0), storedBytes(input)]
  const read = (first: number, count: number) =>
    Promise.resolve(unpacked(input, bytes.subarray(first * row, (first + count) * row), count))
  return inputStatistics(read, trainCount, valuesIn(input))
}
