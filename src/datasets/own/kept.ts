// The data sets of one's own that this browser keeps: IndexedDB, read by the page and by its worker. Of each a descriptor, which is small, and its contents.

import { createStore, delMany, get, promisifyRequest, type UseStore } from 'idb-keyval'
import type { Dataset } from '../dataset'
import type { Example } from '../layout'
import { firstOf, type Content } from './content'
import { readDescriptor } from './descriptor'

const NAME = 'inkling-datasets'
/** Starts of the keys: descriptors lie together, so that they are listed without their contents. */
const DESCRIPTOR = 'dataset '
const CONTENT = 'content '
const HIDDEN = 'hidden '
const SAMPLES = 'samples '
/** Classes of which an example is kept apart, to be shown in lists. */
const SHOWN = 3
/** Milliseconds after which the contents of a data set that was taken off the list go: Undo may need them before. */
const GRACE = 24 * 60 * 60 * 1000

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
  /** An example of each of the first classes. */
  samples(id: string): Promise<readonly Example[]>
  /** Keeps both, or nothing. @throws DOMException `QuotaExceededError` if there is no room */
  write(dataset: Dataset, content: Content): Promise<void>
  /** Puts a descriptor in the place of that of a data set whose contents are here: another title, or one that was taken off the list. */
  describe(dataset: Dataset): Promise<void>
  /** Takes a data set off the list. Its contents go a day later, or when the room is needed: until then Undo finds them. */
  hide(id: string): Promise<void>
  /** Frees what nothing needs any more, and asks how much room the site has. Undefined if the browser does not say. */
  room(): Promise<StorageRoom | undefined>
  /** Calls `changed` after another tab has changed the list. */
  watch(changed: () => void): void
}

/** All keys with this start. */
const under = (start: string) => IDBKeyRange.bound(start, `${start}\uffff`)

let opened: UseStore | undefined
const database = (): UseStore => (opened ??= createStore(NAME, 'datasets'))

/** The contents of a data set of one's own, from the browser's database. Undefined if it is not here, and where there is no database. */
export const readKept = async (id: string): Promise<Content | undefined> =>
  globalThis.indexedDB ? get<Content>(CONTENT + id, database()) : undefined

/** The descriptors of all that are here, the newest first. Leaves alone what this version of the page cannot read. */
export async function listKept(): Promise<Dataset[]> {
  const found = await database()('readonly', (objects) =>
    promisifyRequest<unknown[]>(objects.getAll(under(DESCRIPTOR))),
  )
  return found.flatMap((value) => readDescriptor(value) ?? []).sort((a, b) => (b.own?.made ?? 0) - (a.own?.made ?? 0))
}

/** Deletes the contents of data sets that were taken off the list so many milliseconds ago. Whether there were any. */
async function purge(age: number): Promise<boolean> {
  const [keys, times] = await database()('readonly', (objects) =>
    Promise.all([
      promisifyRequest(objects.getAllKeys(under(HIDDEN))),
      promisifyRequest<unknown[]>(objects.getAll(under(HIDDEN))),
    ]),
  )
  const ids = keys.map((key) => String(key).slice(HIDDEN.length))
  const old = ids.filter((_, i) => Date.now() - Number(times[i]) >= age)
  if (old.length > 0)
    await delMany(
      old.flatMap((id) => [HIDDEN + id, CONTENT + id, SAMPLES + id]),
      database(),
    )
  return old.length > 0
}

const samplesOf = (content: Content): readonly Example[] =>
  content.classes.slice(0, SHOWN).flatMap((_, label) => firstOf(content, label) ?? [])

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
    samples: async (id) => (await get<readonly Example[]>(SAMPLES + id, database())) ?? [],
    async write(dataset, content) {
      const put = () =>
        change((objects) => {
          objects.put(dataset, DESCRIPTOR + dataset.id)
          objects.put(content, CONTENT + dataset.id)
          objects.put(samplesOf(content), SAMPLES + dataset.id)
          objects.delete(HIDDEN + dataset.id)
        })
      try {
        await put()
      } catch (error) {
        if (!(await purge(0))) throw error
        await put()
      }
    },
    describe: (dataset) =>
      change((objects) => {
        objects.put(dataset, DESCRIPTOR + dataset.id)
        objects.delete(HIDDEN + dataset.id)
      }),
    hide: (id) =>
      change((objects) => {
        objects.delete(DESCRIPTOR + id)
        objects.put(Date.now(), HIDDEN + id)
      }),
    async room() {
      await purge(GRACE)
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
