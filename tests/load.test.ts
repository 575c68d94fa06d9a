// Loading a data set from a server that is not one: what arrives is right, or nothing is kept and the error says why.

import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import type { DataFile } from 'virtual:datasets'
import { crc32 } from '../src/data/crc32'
import { mnist } from '../src/datasets'
import type { Dataset } from '../src/datasets/dataset'
import { packed } from '../src/datasets/layout'
import { DataError, loadDataset, type LoadOptions } from '../src/datasets/load'
import { storesOf } from '../src/datasets/stores'
import { idxFile, somePayload } from './idx-files'

const stores = storesOf(mnist)

const TRAIN = 40
const TEST = 7
const BASE = 'https://example.org/sub/data/'

const kinds = { images: 'images', labels: 'labels' } as const
const payloads: Record<DataFile['name'], Uint8Array> = {
  'train-images': somePayload('images', TRAIN),
  'train-labels': somePayload('labels', TRAIN),
  'test-images': somePayload('images', TEST),
  'test-labels': somePayload('labels', TEST),
}
const names = Object.keys(payloads) as DataFile['name'][]
const raw = byName((name) => idxFile(kindOf(name), payloads[name]))
const gz = byName((name) => new Uint8Array(gzipSync(raw[name])))
const files = names.map((name): DataFile => ({
  name,
  path: `${name}.gz`,
  kind: kindOf(name),
  count: name.startsWith('train') ? TRAIN : TEST,
  bytes: gz[name].length,
  rawBytes: raw[name].length,
  crc32: crc32(raw[name]),
}))
/** The payloads by the stores that they go to. */
const stored = {
  [stores.trainInputs]: payloads['train-images'],
  [stores.trainLabels]: payloads['train-labels'],
  [stores.testInputs]: payloads['test-images'],
  [stores.testLabels]: payloads['test-labels'],
}
const total = files.reduce((sum, file) => sum + file.bytes, 0)

function byName<T>(make: (name: DataFile['name']) => T): Record<DataFile['name'], T> {
  return Object.fromEntries(names.map((name) => [name, make(name)])) as Record<DataFile['name'], T>
}

function kindOf(name: DataFile['name']) {
  return name.endsWith(kinds.images) ? kinds.images : kinds.labels
}

/** Stores in plain memory. */
class Memory {
  readonly stores = new Map<string, Uint8Array>()
  writesAfterDrop = 0
  store(name: string, byteLength: number) {
    const bytes = new Uint8Array(byteLength)
    this.stores.set(name, bytes)
    return {
      write: (offset: number, chunk: Uint8Array) => {
        if (this.stores.get(name) !== bytes) this.writesAfterDrop++
        bytes.set(chunk, offset)
      },
    }
  }
  drop(name: string) {
    this.stores.delete(name)
  }
}

type Answer = (signal: AbortSignal) => Response | Promise<Response>

/** A body sent in pieces, a moment apart, that ends with an error when the request is aborted or `after` says so. */
function body(bytes: Uint8Array, signal: AbortSignal, { piece = 97, after = (): void => undefined } = {}) {
  let at = 0
  return new ReadableStream({
    async pull(controller) {
      await new Promise((resolve) => setTimeout(resolve))
      signal.throwIfAborted()
      if (at >= bytes.length) {
        after()
        controller.close()
      } else controller.enqueue(bytes.slice(at, (at += piece)))
    },
  })
}

const sends =
  (bytes: Uint8Array, options?: Parameters<typeof body>[2]): Answer =>
  (signal) =>
    new Response(body(bytes, signal, options))

/** A server with all files, of which some answer otherwise. Remembers the requests that were not aborted. */
function server(answers: Partial<Record<DataFile['name'], Answer>> = {}) {
  const signals: AbortSignal[] = []
  const fetch: typeof globalThis.fetch = async (url, init) => {
    const name = /^https:\/\/example\.org\/sub\/data\/([a-z-]+)\.gz$/.exec(String(url))?.[1] as DataFile['name']
    const signal = init?.signal ?? new AbortController().signal
    signals.push(signal)
    signal.throwIfAborted()
    return (answers[name] ?? sends(gz[name]))(signal)
  }
  return { fetch, signals }
}

/** Loads what must fail, and checks that nothing stays behind. */
async function failure(options: Partial<LoadOptions> & ReturnType<typeof server>): Promise<DataError> {
  const memory = new Memory()
  const error: unknown = await loadDataset(mnist, { base: BASE, stores: memory, files, ...options }).then(
    () => new Error('it loaded'),
    (error: unknown) => error,
  )
  expect(memory.stores.size).toBe(0)
  expect(options.signals.every((signal) => signal.aborted)).toBe(true)
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(memory.writesAfterDrop).toBe(0)
  if (!(error instanceof DataError)) throw error
  return error
}

const bytesOf = (name: DataFile['name']) => gz[name].length.toLocaleString('en')

test('loads the four files into stores and reports the progress', async () => {
  const memory = new Memory()
  const progress: number[] = []
  const counts = await loadDataset(mnist, {
    base: BASE,
    stores: memory,
    files,
    fetch: server().fetch,
    progress(loaded, of) {
      expect(of).toBe(total)
      progress.push(loaded)
    },
  })
  expect(Object.fromEntries(memory.stores)).toEqual(stored)
  expect([counts.trainCount, counts.testCount]).toEqual([TRAIN, TEST])
  expect(progress).toEqual(progress.toSorted((a, b) => a - b))
  expect(progress.at(-1)).toBe(total)
})

test('takes a folder without its last slash', async () => {
  const counts = await loadDataset(mnist, {
    base: BASE.slice(0, -1),
    stores: new Memory(),
    files,
    fetch: server().fetch,
  })
  expect(counts.trainCount).toBe(TRAIN)
})

test('a body that the host or browser has already unpacked is used as it is', async () => {
  const memory = new Memory()
  let last = 0
  const { fetch } = server(byName((name) => sends(raw[name], { piece: 1000 })))
  await loadDataset(mnist, { base: BASE, stores: memory, files, fetch, progress: (loaded) => (last = loaded) })
  expect(Object.fromEntries(memory.stores)).toEqual(stored)
  expect(last).toBe(total)
})

test('a body that arrives byte by byte gives the same result', async () => {
  const memory = new Memory()
  const { fetch } = server({
    'test-labels': sends(gz['test-labels'], { piece: 1 }),
    'train-labels': sends(raw['train-labels'], { piece: 1 }),
  })
  await loadDataset(mnist, { base: BASE, stores: memory, files, fetch })
  expect(Object.fromEntries(memory.stores)).toEqual(stored)
})

test('a missing file', async () => {
  const missing = () => new Response('no', { status: 404, statusText: 'Not Found' })
  const { message } = await failure(server({ 'test-images': missing }))
  expect(message).toBe(
    `test-images.gz is not there: the server answered 404 Not Found (0 of ${bytesOf('test-images')} bytes)`,
  )
})

test('a server that cannot be reached', async () => {
  const down = () => Promise.reject(new TypeError('Failed to fetch'))
  const error = await failure(server({ 'train-labels': down }))
  expect(error.message).toBe(`train-labels.gz lost its connection after 0 of ${bytesOf('train-labels')} bytes`)
  expect(error.file).toBe('train-labels.gz')
  expect(error.cause).toBeInstanceOf(TypeError)
})

test('a connection that breaks in the middle', async () => {
  const breaks = () => {
    throw new TypeError('network error')
  }
  const half = sends(gz['train-images'].subarray(0, 500), { after: breaks })
  const { message } = await failure(server({ 'train-images': half }))
  expect(message).toBe(`train-images.gz lost its connection after 500 of ${bytesOf('train-images')} bytes`)
})

test.each([0, 1, 2, 10, 500])('a download that ends after %i bytes', async (length) => {
  const short = sends(gz['train-images'].subarray(0, length))
  const { message } = await failure(server({ 'train-images': short }))
  expect(message).toBe(`train-images.gz ended after ${length} of ${bytesOf('train-images')} bytes`)
})

test('a download that ends one byte early', async () => {
  const { message } = await failure(server({ 'test-labels': sends(gz['test-labels'].subarray(0, -1)) }))
  expect(message).toBe(`test-labels.gz ended after ${gz['test-labels'].length - 1} of ${bytesOf('test-labels')} bytes`)
})

test('an unpacked body that ends early', async () => {
  const { message } = await failure(server({ 'test-images': sends(raw['test-images'].subarray(0, 300)) }))
  expect(message).toBe('test-images.gz ended after 300 of 5,504 bytes')
})

test('a file with bytes after its end, packed or not', async () => {
  const long = Uint8Array.from([...raw['test-labels'], 1, 2, 3])
  for (const bytes of [long, gzipSync(long)]) {
    const { message } = await failure(server({ 'test-labels': sends(bytes) }))
    expect(message).toBe('test-labels.gz goes on after its 15 bytes')
  }
})

test('a file packed again by the host is still right', async () => {
  const memory = new Memory()
  const anew = byName((name) => sends(gzipSync(raw[name], { level: 0 })))
  const loaded: number[] = []
  const progress = (bytes: number) => loaded.push(bytes)
  await loadDataset(mnist, { base: BASE, stores: memory, files, fetch: server(anew).fetch, progress })
  expect(Object.fromEntries(memory.stores)).toEqual(stored)
  expect(Math.max(...loaded)).toBe(total)
})

test('gzip with any byte of the data or checksum wrong', async () => {
  const file = gz['train-images']
  for (let at = 12; at < file.length; at += Math.ceil(file.length / 40)) {
    const wrong = Uint8Array.from(file)
    wrong[at] ^= 0x55
    const { message } = await failure(server({ 'train-images': sends(wrong, { piece: 100_000 }) }))
    expect(message).toMatch(/^train-images\.gz (is no valid gzip: .* after \S+ of|is corrupt: all|ended after|goes on)/)
    expect(message).toMatch(/\d bytes/)
  }
})

test('an unpacked body of the right length with one wrong byte', async () => {
  const wrong = Uint8Array.from(raw['test-images'])
  wrong[3000] ^= 1
  const { message } = await failure(server({ 'test-images': sends(wrong) }))
  expect(message).toBe('test-images.gz is corrupt: all 5,504 bytes are there, but some are wrong')
})

test('a web page in place of a file', async () => {
  const page = () => new Response('<!doctype html><p>Welcome</p>', { headers: { 'Content-Type': 'text/html' } })
  const { message } = await failure(server({ 'train-images': page }))
  expect(message).toMatch(/^train-images\.gz is no IDX file of images: .*0x3c21646f.*web page\.$/)
})

test('a refused file is not read on', async () => {
  let cancelled = false
  const endless = () =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(100)),
        cancel: () => void (cancelled = true),
      }),
    )
  await failure(server({ 'train-images': endless }))
  expect(cancelled).toBe(true)
})

test('a label over 9', async () => {
  const labels = Uint8Array.from(payloads['train-labels'])
  labels[31] = 10
  const file = idxFile('labels', labels)
  for (const bytes of [file, gzipSync(file)]) {
    const { message } = await failure(server({ 'train-labels': sends(bytes) }))
    expect(message).toBe(
      'train-labels.gz has 10 as a label, but they go from 0 to 9 (label 31 of 40, counted from 0; byte 39 of 48 bytes)',
    )
  }
})

test('the files of another data set', async () => {
  for (const bytes of [raw['test-labels'], gz['test-labels']]) {
    const { message } = await failure(server({ 'train-labels': sends(bytes) }))
    expect(message).toBe('train-labels.gz holds 7 labels, not 40 (at byte 4 of 48 bytes)')
  }
})

test('a person who stops it midway', async () => {
  const person = new AbortController()
  let loaded = 0
  const progress = (bytes: number) => {
    loaded = bytes
    if (bytes > total / 3) person.abort()
  }
  const { message } = await failure({ ...server(), signal: person.signal, progress })
  expect(message).toMatch(/^(train|test)-(images|labels)\.gz was stopped after [\d,]+ of [\d,]+ bytes$/)
  expect(loaded).toBeLessThan(total)
})

test('a person who stopped it before', async () => {
  const { message } = await failure({ ...server(), signal: AbortSignal.abort() })
  expect(message).toBe(`train-images.gz was stopped after 0 of ${bytesOf('train-images')} bytes`)
})

test('an error of a store is passed on and the stores dropped', async () => {
  class Full extends Memory {
    override store(name: string, byteLength: number) {
      if (name === stores.testInputs) throw new RangeError('out of memory')
      return super.store(name, byteLength)
    }
  }
  const memory = new Full()
  const loading = loadDataset(mnist, { base: BASE, stores: memory, files, fetch: server().fetch })
  await expect(loading).rejects.toThrow(RangeError)
  expect(memory.stores.size).toBe(0)
})

test('images that fill no whole blocks are stored with padding, from pieces of any length', async () => {
  for (const [height, width, channels] of [
    [5, 3, 1],
    [2, 5, 3],
  ] as const) {
    const small: Dataset = { ...mnist, id: 'small', input: { kind: 'image', height, width, channels } }
    const size = channels === 1 ? [height, width] : [height, width, channels]
    const images = somePayload('images', 9, height * width * channels)
    const file = idxFile('images', images, size)
    const list: DataFile[] = [
      {
        name: 'test-images',
        path: 'small/a.gz',
        kind: 'images',
        count: 9,
        bytes: 99,
        rawBytes: file.length,
        crc32: crc32(file),
      },
    ]
    for (const piece of [1, 7, 50, 1000]) {
      const memory = new Memory()
      const fetch: typeof globalThis.fetch = (url, init) => {
        expect(String(url)).toBe(`${BASE}small/a.gz`)
        return Promise.resolve(new Response(body(file, init?.signal ?? new AbortController().signal, { piece })))
      }
      await loadDataset(small, { base: BASE, stores: memory, files: list, fetch })
      expect(memory.stores.get(storesOf(small).testInputs)).toEqual(packed(small.input, images))
    }
  }
})
