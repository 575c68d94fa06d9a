// Downloads one gzip file: counts its bytes, unpacks them as they arrive, and reports each kind of failure.

import { DataError, grouped } from './error'

/** A file on the server. */
interface PackedFile {
  readonly name: string
  /** Bytes as gzip. */
  readonly bytes: number
  /** Bytes unpacked. */
  readonly rawBytes: number
}

/** Options of a download. */
export interface DownloadOptions {
  readonly fetch: typeof globalThis.fetch
  readonly signal: AbortSignal
  /** Receives the number of `bytes` that have arrived so far. */
  arrived(bytes: number): void
}

type Chunks = AsyncGenerator<Uint8Array<ArrayBuffer>, void>

/**
 * Yields the unpacked bytes of the file. Many static hosts send a .gz file with `Content-Encoding: gzip`, and then the
 * browser has unpacked it already; the first two bytes tell. Leaving the loop early cancels the download.
 * @throws DataError when it is missing, does not arrive whole, is no valid gzip, or is stopped by the signal. The caller
 * checks the bytes.
 */
export async function* download(file: PackedFile, url: URL, { fetch, signal, arrived }: DownloadOptions): Chunks {
  let seen = 0
  let size = file.bytes
  let ended = false
  /** Set when the bytes stop coming: engines differ in how a pipe reports its source's error. */
  let broken: DataError | undefined

  const error = (what: string, cause: unknown) =>
    new DataError(file.name, `${what} after ${grouped(seen)} of ${grouped(size)} bytes`, { cause })
  const cut = (cause: unknown) => (broken = error(signal.aborted ? 'was stopped' : 'lost its connection', cause))
  const spoilt = (cause: unknown) =>
    broken ?? error(ended && seen < size ? 'ended' : 'is no valid gzip: unpacking failed', cause)

  async function* arriving(): Chunks {
    const response = await fetch(url, { signal, cache: 'no-cache' }).catch((cause: unknown) => {
      throw cut(cause)
    })
    if (!response.ok) {
      const answer = `${response.status} ${response.statusText}`.trim()
      throw new DataError(file.name, `is not there: the server answered ${answer} (0 of ${grouped(size)} bytes)`)
    }
    if (response.body) yield* read(response.body, cut)
  }

  async function* counted(chunks: Chunks): Chunks {
    for await (const chunk of chunks) {
      seen += chunk.length
      arrived(Math.min(file.bytes, Math.round((seen * file.bytes) / size)))
      yield chunk
    }
    ended = true
  }

  const chunks = arriving()
  const head = await firstBytes(chunks, 2)
  const packed = head.length < 2 || (head[0] === 0x1f && head[1] === 0x8b)
  if (!packed) size = file.rawBytes
  const all = counted(startingWith(head, chunks))
  yield* packed ? read(streamOf(all).pipeThrough(new DecompressionStream('gzip')), spoilt) : all
}

/** Yields the stream's chunks, and cancels it when left early. `worded` turns an error of the stream into words. */
async function* read(stream: ReadableStream<Uint8Array<ArrayBuffer>>, worded: (cause: unknown) => DataError): Chunks {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw worded(cause)
      })
      if (done) return
      yield value
    }
  } finally {
    reader.cancel().catch(() => undefined) // a broken stream has reported the reason already
  }
}

/** Takes chunks until they hold `count` bytes or end. */
async function firstBytes(chunks: Chunks, count: number): Promise<Uint8Array<ArrayBuffer>> {
  let head = new Uint8Array(0)
  while (head.length < count) {
    const { done, value } = await chunks.next()
    if (done) break
    const longer = new Uint8Array(head.length + value.length)
    longer.set(head)
    longer.set(value, head.length)
    head = longer
  }
  return head
}

async function* startingWith(head: Uint8Array<ArrayBuffer>, rest: Chunks): Chunks {
  try {
    yield head
    yield* rest
  } finally {
    await rest.return() // also if only the head was read
  }
}

function streamOf(chunks: Chunks): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await chunks.return()
    },
  })
}
