// Files that are dropped on the page: folders are opened, and data is told from networks and drawings.

/** A file, and its path from what was dropped on. */
export interface PathedFile {
  readonly path: string
  readonly file: File
}

/** Endings of files that hold data, besides folders. */
const DATA = /(\.(csv|tsv|zip|png|jpe?g|webp)|[.-]idx[0-9]-ubyte(\.gz)?|ubyte(\.gz)?)$/i

/** Whether they are data to learn from: a folder is, and so is all that is dropped on the desk. */
export const isData = (files: readonly PathedFile[], atDesk: boolean): boolean =>
  atDesk || files.some(({ path }) => path.includes('/') || DATA.test(path))

/** The files of a drop, those in folders among them. Call it while the event is handled: it reads the list at once. */
export async function droppedFiles(transfer: DataTransfer): Promise<PathedFile[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry?.() ?? [])
  const plain = [...transfer.files].map((file) => ({ path: file.name, file }))
  if (!entries.some(({ isDirectory }) => isDirectory)) return plain
  return (await Promise.all(entries.map((entry) => filesUnder(entry)))).flat()
}

/** Files of a chosen folder, or chosen by themselves. */
export const chosenFiles = (files: Iterable<File>): PathedFile[] =>
  [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }))

async function filesUnder(entry: FileSystemEntry): Promise<PathedFile[]> {
  const path = entry.fullPath.replace(/^\//, '')
  if (entry.isFile) {
    // What cannot be read, as a link to nowhere, is left out.
    const file = await new Promise<File | undefined>((resolve) =>
      (entry as FileSystemFileEntry).file(resolve, () => resolve(undefined)),
    )
    return file ? [{ path, file }] : []
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const found: FileSystemEntry[] = []
  // A reader gives some entries at a time, and none at the end.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve) => reader.readEntries(resolve, () => resolve([])))
    if (some.length === 0) break
    found.push(...some)
  }
  const files: PathedFile[] = []
  for (const each of found) files.push(...(await filesUnder(each)))
  return files
}
