// Stores taught drawings beyond the visit: IndexedDB, one key a drawing, so that two tabs do not overwrite each other.

import { createStore, entries, promisifyRequest } from 'idb-keyval'
import { drawingJson, readDrawing } from '../../data/drawings-file'
import type { LabelledDrawing } from '../../session/protocol'

/** A drawing that a person has labelled; its strokes are in the pad's unit square, with four decimals. */
export interface TaughtDrawing extends LabelledDrawing {
  /** Equal for equal strokes, so a drawing that is taught again replaces itself. */
  readonly id: string
  /** When it was taught, in milliseconds since 1970. */
  readonly time: number
}

/** New values of drawings by id; undefined deletes. */
export type Changes = Readonly<Record<string, TaughtDrawing | undefined>>

/** Stores drawings. Both commands reject if the browser refuses. */
export interface DrawingStore {
  read(): Promise<TaughtDrawing[]>
  /** Makes all changes, or none. */
  write(changes: Changes): Promise<void>
  /** Calls `changed` after another tab has changed the drawings. */
  watch(changed: () => void): void
}

const NAME = 'inkling-drawings'

/** The browser's database. Leaves alone the drawings of other versions of the page that this one cannot read. */
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
        // Some browsers throw at any use of a database; then no tab has changes to report.
      }
    },
  }
}
