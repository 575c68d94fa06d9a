// Gets the files of a data set that npm does not install: from a folder, from Debian, or from its authors' addresses.

import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { checked, folderOf, packedBytes, type DataSource, type DataOrigin } from './data-files.ts'
import { aptInstall } from './shell.mjs'

/** Options of `getData`. */
export interface GetOptions {
  /** The folder of all data sets. */
  readonly folder: string
  /** The only folder to take the files from, packed or not. */
  readonly from?: string | undefined
  readonly signal: AbortSignal
  /** Called with a line about each action. */
  tell(line: string): void
  /** Called with the bytes of a file that have arrived, and all its bytes; `total` is 0 if the server does not say. */
  arrived(file: string, bytes: number, total: number): void
  readonly fetch?: typeof globalThis.fetch
  readonly install?: typeof aptInstall
}

/** A place that may have the files. */
interface Place {
  readonly name: string
  /** Reads a file, packed or not. */
  read(file: string): Promise<Buffer<ArrayBuffer>>
}

/**
 * Gets a data set. Replaces the old one only when all files are right. Tries one place after the other.
 * @throws Error that gives the error of each place, and a remedy
 */
export async function getData(
  source: DataSource & { readonly origin: DataOrigin },
  options: GetOptions,
): Promise<void> {
  const refused: string[] = []
  for await (const place of places(source.origin, source, options)) {
    try {
      const files = await readAll(source, place, options)
      await put(folderOf(source, options.folder), files)
      return
    } catch (error) {
      options.signal.throwIfAborted()
      refused.push(messageOf(error))
    }
  }
  const names = source.files.map(({ file }) => `${file}.gz`).join(', ')
  throw new Error(
    `${source.dataset.title} could not be found or downloaded:\n${refused.map((line) => `  ${line}`).join('\n')}\n` +
      `Put its files (${names}) into a folder and run: npm run data -- ${source.dataset.id} --from FOLDER`,
  )
}

/** The places to try, in order. A later place is prepared only after the ones before it failed. */
async function* places(
  { debian, urls }: DataOrigin,
  { files }: DataSource,
  options: GetOptions,
): AsyncGenerator<Place> {
  const { from, tell, install = aptInstall } = options
  if (from !== undefined) return yield inFolder(from)
  const installed = () => files.every(({ file }) => existsSync(join(debian.folder, `${file}.gz`)))
  if (!installed()) {
    const tried = await install([debian.package])
    if (tried && !installed()) tell(`${debian.package} could not be installed.`)
  }
  if (installed()) yield inFolder(debian.folder)
  for (const url of urls) yield onServer(url, options)
}

const inFolder = (folder: string): Place => ({
  name: folder,
  read(file) {
    const packed = join(folder, `${file}.gz`)
    return readFile(existsSync(packed) ? packed : join(folder, file))
  },
})

function onServer(base: string, { fetch = globalThis.fetch, signal, arrived }: GetOptions): Place {
  return {
    name: base,
    async read(file) {
      const url = new URL(`${file}.gz`, base)
      const response = await fetch(url, { signal }).catch((cause: unknown) => {
        throw new Error(`${url.href} cannot be reached: ${reasonOf(cause)}`, { cause })
      })
      if (!response.ok || !response.body)
        throw new Error(`${url.href} is not there: the server answered ${response.status}`)
      const total = Number(response.headers.get('Content-Length') ?? 0)
      const chunks: Uint8Array[] = []
      let bytes = 0
      const reader = response.body.getReader()
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        chunks.push(next.value)
        arrived(file, (bytes += next.value.length), total)
      }
      return Buffer.concat(chunks)
    },
  }
}

/** All files of a data set from one place, checked, as gzip by their names. */
async function readAll(
  source: DataSource,
  place: Place,
  { tell }: GetOptions,
): Promise<ReadonlyMap<string, Buffer<ArrayBuffer>>> {
  tell(`Taking ${source.dataset.title} from ${place.name}`)
  const files = new Map<string, Buffer<ArrayBuffer>>()
  for (const each of source.files) {
    const { raw } = await checked(source, each, await place.read(each.file), `${each.file} from ${place.name}`)
    tell(`  ${each.file}: ${raw.length.toLocaleString('en')} bytes, as published`)
    // Packed again, so that every browser can unpack the file, in whatever form it came.
    files.set(`${each.file}.gz`, await packedBytes(raw))
  }
  return files
}

/** Replaces a folder by one with these files, as a whole. */
async function put(folder: string, files: ReadonlyMap<string, Uint8Array>): Promise<void> {
  const unfinished = `${folder}.${process.pid}`
  try {
    await mkdir(unfinished, { recursive: true })
    for (const [name, bytes] of files) await writeFile(join(unfinished, name), bytes)
    await rm(folder, { recursive: true, force: true })
    await mkdir(dirname(folder), { recursive: true })
    await rename(unfinished, folder)
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Why `fetch` failed: the cause, because the message of `fetch` is always the same. */
const reasonOf = (error: unknown): string => messageOf(error instanceof Error && error.cause ? error.cause : error)
