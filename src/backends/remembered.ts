// What was measured on a device, remembered in the browser's database from visit to visit.

import { get, set } from 'idb-keyval'

/** What was remembered under this name, if a database holds it. Some browsers throw on access to it. */
export async function remembered<T>(name: string): Promise<T | undefined> {
  try {
    return await get<T>(name)
  } catch {
    return undefined
  }
}

/** Without a database the next visit measures again. */
export async function remember(name: string, value: unknown): Promise<void> {
  try {
    await set(name, value)
  } catch {
    // Only time is lost.
  }
}

/** A short name for a text. */
export function digest(text: string): string {
  let hash = 0x811c9dc5 // FNV-1a
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(16)
}
