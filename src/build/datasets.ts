// Vite plugins for the data sets on this machine: gzip files of the site (`data/*.gz` for MNIST, `data/<id>/*.gz` for the others), and
// a module that lists them (`virtual:datasets`).

import { crc32 } from 'node:zlib'
import type { DataFile } from 'virtual:datasets'
import type { Plugin } from 'vite'
import { dataSources, isHere, packedBytes, readDataset, type RawFile } from './data-files.ts'

/** A data file and its gzip bytes. */
export interface PackedDataFile extends DataFile {
  readonly gz: Buffer
}

let packed: Promise<ReadonlyMap<string, readonly PackedDataFile[]>> | undefined

/**
 * The files by the data sets' ids, checked and packed. The work (a second for MNIST) happens once per process.
 * @throws Error on a wrong file
 */
export function packDatasets(): Promise<ReadonlyMap<string, readonly PackedDataFile[]>> {
  return (packed ??= packAll())
}

async function packAll() {
  const here = dataSources.filter((source) => isHere(source))
  return new Map(
    await Promise.all(
      here.map(async ({ dataset: { id } }) => [id, await Promise.all((await readDataset(id)).map(pack))] as const),
    ),
  )
}

async function pack({ raw, gz: given, ...file }: RawFile): Promise<PackedDataFile> {
  const gz = given ?? (await packedBytes(raw))
  return { ...file, bytes: gz.length, rawBytes: raw.length, crc32: crc32(raw), gz }
}

async function packedLists(): Promise<Record<string, DataFile[]>> {
  const all = await packDatasets()
  return Object.fromEntries([...all].map(([id, files]) => [id, files.map(({ gz: _, ...file }) => file)]))
}

/**
 * The lists of files as a module; worker bundles need it too.
 * @param options.empty makes empty lists, for programs that read the files of this machine themselves
 */
export function datasetLists({ empty = false } = {}): Plugin {
  const id = '\0virtual:datasets'
  return {
    name: 'inkling:dataset-lists',
    resolveId: (source) => (source === 'virtual:datasets' ? id : undefined),
    async load(module) {
      if (module !== id) return undefined
      return `export const files = ${JSON.stringify(empty ? {} : await packedLists())}`
    },
  }
}

/** The files themselves: emitted by the build, served by the dev server. */
export function datasetFiles(): Plugin {
  return {
    name: 'inkling:dataset-files',
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const path = /^\/data\/([a-z0-9/-]+\.gz)(\?|$)/.exec(request.url ?? '')?.[1]
        if (path === undefined) return next()
        packDatasets().then((all) => {
          const file = [...all.values()].flat().find((file) => file.path === path)
          if (!file) return next()
          response.setHeader('Content-Type', 'application/gzip')
          response.setHeader('Cache-Control', 'no-cache')
          response.end(file.gz)
        }, next)
      })
    },
    async generateBundle() {
      for (const { path, gz } of [...(await packDatasets()).values()].flat()) {
        this.emitFile({ type: 'asset', fileName: `data/${path}`, source: gz })
      }
    },
  }
}
