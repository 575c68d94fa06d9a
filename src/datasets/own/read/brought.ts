// Files that a browser gives, as brought files.

import type { BroughtFile } from './types'

/** A file or blob under a path. */
export interface BroughtBlob {
  readonly path: string
  readonly blob: Blob
}

/** A browser's file. Its path is the one given, or that in the chosen folder, or its name. */
export const blobOf = (file: File, path?: string): BroughtBlob => ({
  path: path ?? (file.webkitRelativePath || file.name),
  blob: file,
})

/** A blob as a brought file. */
export const broughtBlob = ({ path, blob }: BroughtBlob): BroughtFile => ({
  path,
  size: blob.size,
  read: async (from, to) => new Uint8Array(await blob.slice(from, to).arrayBuffer()),
})
