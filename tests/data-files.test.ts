// The files of data sets on this machine: got from somewhere and checked, built into the site, read by the command line.

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync, crc32 as zlibCrc32 } from 'node:zlib'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { files as realFiles } from 'virtual:datasets'
import { dataSources, readDataset, sourceOf, whyNotHere } from '../src/build/data-files'
import { packDatasets } from '../src/build/datasets'
import { getData, type GetOptions } from '../src/build/get-data'
import { loadFromDisk } from '../src/cli/data'
import { crc32 } from '../src/data/crc32'
import { datasetOf, mnist } from '../src/datasets'
import type { Dataset } from '../src/datasets/dataset'
import { fashionMnist } from '../src/datasets/fashion-mnist'
import { builtDatasets, MissingDataError, loadDataset } from '../src/datasets/load'
import { storesOf } from '../src/datasets/stores'

const BASE = 'https://example.org/data/'
const top = mkdtempSync(join(tmpdir(), 'inkling-data-'))
afterAll(() => rmSync(top, { recursive: true }))

/** Stores in plain memory. */
function memoryStores() {
  const memory = new Map<string, Uint8Array>()
  return {
    memory,
    store(name: string, byteLength: number) {
      const bytes = new Uint8Array(byteLength)
      memory.set(name, bytes)
      return { write: (offset: number, chunk: Uint8Array) => bytes.set(chunk, offset) }
    },
    drop: (name: string) => void memory.delete(name),
  }
}

test('the files of every built data set are complete', async () => {
  const all = await packDatasets()
  expect(builtDatasets()).toContain(mnist.id)
  expect(builtDatasets()).toEqual([...all.keys()])
  expect(realFiles[mnist.id].map(({ path, count }) => [path, count])).toEqual([
    ['train-images.gz', 60_000],
    ['train-labels.gz', 60_000],
    ['test-images.gz', 10_000],
    ['test-labels.gz', 10_000],
  ])
  for (const id of builtDatasets()) {
    const fetch: typeof globalThis.fetch = (url) => {
      const file = all.get(id)?.find(({ path }) => String(url) === BASE + path)
      return Promise.resolve(new Response(new Uint8Array(file?.gz ?? [])))
    }
    const { memory, ...into } = memoryStores()
    const counts = await loadDataset(datasetOf({ dataset: id }), { base: BASE, stores: into, fetch })
    expect(counts).toEqual({ trainCount: 60_000, testCount: 10_000 })
    const stores = storesOf({ id })
    const sizes = Object.values(stores).map((name) => memory.get(name)?.length)
    expect(sizes).toEqual([47_040_000, 60_000, 7_840_000, 10_000])
    // The first training labels, as in every tutorial.
    const first = { mnist: [5, 0, 4, 1, 9, 2, 1, 3, 1, 4], 'fashion-mnist': [9, 0, 0, 3, 0, 2, 7, 2, 5, 5] }[id]
    expect([...(memory.get(stores.trainLabels)?.slice(0, 10) ?? [])]).toEqual(first)
  }
})

test('a missing data set is refused with the command that gets it', async () => {
  const absent: Dataset = { ...mnist, id: 'absent', title: 'Absent' }
  const loading = loadDataset(absent, { base: BASE, stores: memoryStores() })
  await expect(loading).rejects.toThrow(
    new MissingDataError('Absent', 'is not in this build. To get it, run: npm run data -- absent'),
  )
})

describe('getting a data set', () => {
  const contents = ['images', 'labels', 'more images', 'more labels'].map((text) => Buffer.from(text.repeat(100)))
  const real = sourceOf(fashionMnist.id)!
  const urls = ['https://one.example/data/', 'https://two.example/']
  const files = real.files.map((file, i) => ({ ...file, md5: createHash('md5').update(contents[i]).digest('hex') }))
  const names = files.map(({ file }) => `${file}.gz`)

  let [folder, elsewhere] = ['', '']
  beforeEach(() => {
    folder = mkdtempSync(join(top, 'kept-'))
    elsewhere = mkdtempSync(join(top, 'elsewhere-'))
  })

  /** Puts the files into the folder elsewhere, some of them otherwise. */
  const provide = (as: (bytes: Buffer, i: number) => Buffer = (bytes) => gzipSync(bytes), suffix = '.gz') =>
    files.forEach(({ file }, i) => writeFileSync(join(elsewhere, file + suffix), as(contents[i], i)))

  /** Gets it by what the options allow; Debian's folder is the one elsewhere. Returns the lines that were told. */
  async function get(options: Partial<GetOptions> = {}): Promise<string[]> {
    const told: string[] = []
    const source = { ...real, files, origin: { debian: { package: 'some-package', folder: elsewhere }, urls } }
    await getData(source, {
      folder,
      signal: new AbortController().signal,
      tell: (line) => void told.push(line),
      arrived: () => {},
      fetch: () => Promise.reject(new TypeError('fetch failed', { cause: new Error('no network') })),
      install: () => Promise.resolve(false),
      ...options,
    })
    return told
  }

  const refusal = (options?: Partial<GetOptions>): Promise<string> =>
    get(options).then(
      () => 'it was had',
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    )

  /** What is kept, unpacked. */
  const kept = () => names.map((name) => gunzipSync(readFileSync(join(folder, fashionMnist.id, name))))

  test("takes the files of Debian's package if it is installed", async () => {
    provide()
    const told = await get({ install: () => Promise.reject(new Error('installs')) })
    expect(kept()).toEqual(contents)
    expect(told[0]).toBe(`Taking Fashion-MNIST from ${elsewhere}`)
    expect(told).toHaveLength(5)
    expect(readdirSync(folder)).toEqual([fashionMnist.id])
  })

  test("installs Debian's package if it can", async () => {
    const install = (packages: readonly string[]) => {
      expect(packages).toEqual(['some-package'])
      provide()
      return Promise.resolve(true)
    }
    await get({ install })
    expect(kept()).toEqual(contents)
  })

  test('downloads from the next address after a failure, and reports the progress', async () => {
    const arrived: [string, number, number][] = []
    const fetch: typeof globalThis.fetch = (url) => {
      const { href } = url as URL
      if (!href.startsWith(urls[1])) return Promise.resolve(new Response('gone', { status: 403 }))
      const gz = gzipSync(contents[names.indexOf(href.slice(urls[1].length))])
      return Promise.resolve(new Response(gz, { headers: { 'Content-Length': String(gz.length) } }))
    }
    const told = await get({ fetch, arrived: (...what) => void arrived.push(what) })
    expect(kept()).toEqual(contents)
    expect(told.slice(0, 2)).toEqual(urls.map((url) => `Taking Fashion-MNIST from ${url}`))
    expect(arrived.map(([file]) => `${file}.gz`)).toEqual(names)
    expect(arrived.every(([, bytes, total]) => bytes === total && total > 0)).toBe(true)
  })

  test.each([
    ['packed', (bytes: Buffer) => gzipSync(bytes), '.gz'],
    ['unpacked', (bytes: Buffer) => bytes, ''],
  ])('takes %s files from a given folder', async (_, as, suffix) => {
    provide(as, suffix)
    await get({ from: elsewhere })
    expect(kept()).toEqual(contents)
  })

  test.each([
    [
      'another content',
      (bytes: Buffer, i: number) => gzipSync(i === 1 ? 'x' : bytes),
      /train-labels-idx1-ubyte of Fashion-MNIST: the MD5 of its content is \w{32}, not/,
    ],
    [
      'a file cut short',
      (bytes: Buffer, i: number) => gzipSync(bytes).subarray(0, i === 2 ? 30 : undefined),
      /t10k-images-idx3-ubyte from .* is no whole gzip file/,
    ],
    [
      'a web page',
      (bytes: Buffer, i: number) => (i === 0 ? Buffer.from('<!doctype html>') : gzipSync(bytes)),
      /train-images-idx3-ubyte of Fashion-MNIST/,
    ],
  ])('refuses %s, and keeps the old files', async (_, as, message) => {
    provide()
    await get()
    provide(as)
    expect(await refusal({ from: elsewhere })).toMatch(message)
    expect(kept()).toEqual(contents)
    expect(readdirSync(folder)).toEqual([fashionMnist.id])
  })

  test('says why every place failed, and what to do', async () => {
    const message = await refusal()
    for (const url of urls) expect(message).toContain(`${url}${names[0]} cannot be reached: no network`)
    expect(message).toContain(
      `Put its files (${names.join(', ')}) into a folder and run: npm run data -- fashion-mnist --from FOLDER`,
    )
    expect(readdirSync(folder)).toEqual([])
  })

  test('tries no other place after a person stops it', async () => {
    const stop = new AbortController()
    const fetch = () => {
      stop.abort()
      return Promise.reject(new DOMException('aborted', 'AbortError'))
    }
    await expect(get({ fetch, signal: stop.signal })).rejects.toThrow('aborted')
  })
})

describe('the command line', () => {
  const nowhere = join(top, 'nowhere')

  test('says how to get a missing data set', async () => {
    const message = 'Fashion-MNIST is not here. To get it, run: npm run data -- fashion-mnist'
    expect(whyNotHere(fashionMnist.id, nowhere)).toBe(message)
    await expect(loadFromDisk(fashionMnist, { base: '', stores: memoryStores() }, nowhere)).rejects.toThrow(message)
    expect(existsSync(nowhere)).toBe(false)
  })

  test('refuses wrong files, and says how to get the right ones', async () => {
    const folder = join(top, 'wrong', fashionMnist.id)
    mkdirSync(folder, { recursive: true })
    await expect(readDataset(fashionMnist.id, join(top, 'wrong'))).rejects.toThrow(
      /no such file.*npm run data -- fashion-mnist/s,
    )
    for (const { file } of sourceOf(fashionMnist.id)!.files)
      writeFileSync(join(folder, `${file}.gz`), gzipSync('wrong'))
    await expect(readDataset(fashionMnist.id, join(top, 'wrong'))).rejects.toThrow(
      /MD5.*npm run data -- fashion-mnist/s,
    )
  })

  test('loads MNIST as the page does', async () => {
    const memory = memoryStores()
    expect(await loadFromDisk(mnist, { base: '', stores: memory })).toEqual({ trainCount: 60_000, testCount: 10_000 })
    expect([...memory.memory.keys()].sort()).toEqual(Object.values(storesOf(mnist)).sort())
  })

  test('knows a different MD5 for every file of every data set', () => {
    const md5s = dataSources.flatMap(({ files }) => files.map(({ md5 }) => md5))
    expect(new Set(md5s).size).toBe(4 * dataSources.length)
  })
})

test("computes zlib's checksum from pieces of any length", () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 7919) & 255)
  for (const cut of [0, 1, 7, 8, 9, 500, 1000]) {
    const whole = crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut)))
    expect(whole, `cut at ${cut}`).toBe(zlibCrc32(bytes))
  }
})
