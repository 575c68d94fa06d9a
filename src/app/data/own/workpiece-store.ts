// Keeps the pictures in the making beyond the visit: one record in the browser's database.

import { del, get, set } from 'idb-keyval'
import type { Workpiece } from './workshop.svelte'

const KEY = 'inkling-workpiece'
/** Milliseconds after a change, so that a camera's pictures are not each written with all before them. */
const PATIENCE = 300

let timer: ReturnType<typeof setTimeout> | undefined

/** What was begun; undefined if nothing was, or the browser keeps nothing. */
export const readWorkpiece = (): Promise<Workpiece | undefined> => get<Workpiece>(KEY).catch(() => undefined)

/** Keeps a workpiece in place of the one before, soon; undefined keeps none. */
export function keepWorkpiece(piece: Workpiece | undefined): void {
  clearTimeout(timer)
  if (piece) timer = setTimeout(() => void set(KEY, piece).catch(() => {}), PATIENCE)
  else void del(KEY).catch(() => {})
}
