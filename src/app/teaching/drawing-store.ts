// Where taught drawings outlive the visit: IndexedDB, one key a drawing, so that two tabs do not overwrite each other.

import { createStore, entries, promisifyRequest } from 'idb-keyval'
import { drawingJson, readDrawing } from '../../data/drawings-file'
import type { LabelledDrawing } from '../../session/protocol'

/** A drawing that a person has labelled; its strokes are in the pad's unit square, with four decimals. */
export interface TaughtDrawing extends LabelledDrawing {
  /** The same for the same strokes, so a drawing that is taught again takes its own place. */
  readonly id: string
  /** When it was taught, in milliseconds since 1970. */
  readonly time: number
}

/** What becomes of drawings, by id; undefined deletes. */
export type Changes = Readonly<Record<string, TaughtDrawing | undefined>>

/** Stores drawings. Both commands reject where the browser refuses. */
export interface DrawingStore {
  read(): Promise<TaughtDrawing[]>
  /** Makes all changes, or none. */
  write(changes: Changes): Promise<void>
  /** Calls back whenever another tab has changed something. */
  watch(changed: () => void): void
}

const NAME = 'inkling-drawings'

/** The browser's database. What another version of the page has put there and this one cannot read is left alone. */
export function openDrawingStore(): DrawingStore {
  const store = createStore(NAME, 'drawings')
  let others: BroadcastChannel | undefined
  return {
    async read() {
      const found = await entries<string, { readonly time?: unknown }>(store)
      return found.flatMap(([id, value]) => {
        const drawing = readDrawing(value)
        return drawing ? [{ ...drawing, id, time: Number(value.time) || 0 }] : []
      })
    },

    async write(changes) {
      await store('readwrite', (objects) => {
        for (const [id, drawing] of Object.entries(changes)) {
          if (drawing) objects.put({ ...drawingJson(drawing), time: drawing.time }, id)
          else objects.delete(id)
        }
        return promisifyRequest(objects.transaction)
      })
      others?.postMessage('changed')
    },

    watch(changed) {
      try {
        if (!indexedDB) return
        others = new BroadcastChannel(NAME)
        others.onmessage = changed
      } catch {
        // Some browsers throw at the very mention of a database; then there is nothing to tell of either.
      }
    },
  }
}
