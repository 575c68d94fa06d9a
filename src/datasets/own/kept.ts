// The data sets of one's own that this browser keeps: IndexedDB, read by the page and by its worker. Of each a descriptor, which is small, and its contents.

import { createStore, get, promisifyRequest, type UseStore } from 'idb-keyval'
import type { Dataset } from '../dataset'
import type { Content } from './content'
import { readDescriptor } from './descriptor'

const NAME = 'inkling-datasets'
/** Starts of the keys: descriptors lie together, so that they are listed without their contents. */
const DESCRIPTOR = 'dataset '
const CONTENT = 'content '

/** Bytes that the site uses of what the browser lets it keep. */
export interface StorageRoom {
  readonly used: number
  readonly most: number
}

/** Where data sets of one's own are kept. Commands reject if the browser refuses. */
export interface KeptDatasets {
  /** The descriptors, the newest first. */
  list(): Promise<Dataset[]>
  /** Undefined if it is not here. */
  read(id: string): Promise<Content | undefined>
  /** Keeps both, or nothing. @throws DOMException `QuotaExceededError` if there is no room */
  write(dataset: Dataset, content: Content): Promise<void>
  /** Replaces the descriptor of a data set that is here: another title. */
  describe(dataset: Dataset): Promise<void>
  delete(id: string): Promise<void>
  /** Asks how much room the site has. Undefined if the browser does not say. */
  room(): Promise<StorageRoom | undefined>
  /** Calls `changed` after another tab has changed the list. */
  watch(changed: () => void): void
}

let opened: UseStore | undefined
const database = (): UseStore => (opened ??= createStore(NAME, 'datasets'))

/** The contents of a data set of one's own, from the browser's database. Undefined if it is not here, and where there is no database. */
export const readKept = async (id: string): Promise<Content | undefined> =>
  globalThis.indexedDB ? get<Content>(CONTENT + id, database()) : undefined

/** The descriptors of all that are here, the newest first. Leaves alone what this version of the page cannot read. */
export async function listKept(): Promise<Dataset[]> {
  const found = await database()('readonly', (objects) =>
    promisifyRequest<unknown[]>(objects.getAll(IDBKeyRange.bound(DESCRIPTOR, `${DESCRIPTOR}\uffff`))),
  )
  return found.flatMap((value) => readDescriptor(value) ?? []).sort((a, b) => (b.own?.made ?? 0) - (a.own?.made ?? 0))
}

/** The browser's database. */
export function openKeptDatasets(): KeptDatasets {
  let others: BroadcastChannel | undefined
  const change = async (work: (objects: IDBObjectStore) => void): Promise<void> => {
    await database()('readwrite', (objects) => {
      work(objects)
      return promisifyRequest(objects.transaction)
    })
    others?.postMessage('changed')
  }
  return {
    list: listKept,
    read: readKept,
    write: (dataset, content) =>
      change((objects) => {
        objects.put(dataset, DESCRIPTOR + dataset.id)
        objects.put(content, CONTENT + dataset.id)
      }),
    describe: (dataset) => change((objects) => objects.put(dataset, DESCRIPTOR + dataset.id)),
    delete: (id) =>
      change((objects) => {
        objects.delete(DESCRIPTOR + id)
        objects.delete(CONTENT + id)
      }),
    async room() {
      const { usage, quota } = (await navigator.storage?.estimate?.().catch(() => undefined)) ?? {}
      return usage !== undefined && quota !== undefined ? { used: usage, most: quota } : undefined
    },
    watch(changed) {
      try {
        others = new BroadcastChannel(NAME)
        others.onmessage = changed
      } catch {
        // Some browsers throw where storage is blocked; then no tab has changes to report.
      }
    },
  }
}
