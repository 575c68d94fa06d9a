// Keeps the pictures in the making beyond the visit: one record in the browser's database.

import { del, get, set } from 'idb-keyval'
import type { Workpiece } from './workshop.svelte'

const KEY = 'inkling-workpiece'
/** Changes of a data set that is kept are kept apart. */
const keyOf = (changed: string | undefined) => (changed === undefined ? KEY : `${KEY} ${changed}`)
/** Milliseconds after a change, so that a camera's pictures are not each written with all before them. */
const PATIENCE = 300

let timer: ReturnType<typeof setTimeout> | undefined

/** What was begun; undefined if nothing was, or the browser keeps nothing. `changed`: id of the data set whose changes it is. */
export const readWorkpiece = (changed?: string): Promise<Workpiece | undefined> =>
  get<Workpiece>(keyOf(changed)).catch(() => undefined)

/** Keeps a workpiece in place of the one before, soon; undefined keeps none. */
export function keepWorkpiece(piece: Workpiece | undefined, changed?: string): void {
  clearTimeout(timer)
  if (piece) timer = setTimeout(() => void set(keyOf(changed), piece).catch(() => {}), PATIENCE)
  else void del(keyOf(changed)).catch(() => {})
}
