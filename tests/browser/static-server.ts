// A server as plain as can be: files, with no header but their type, and for other origins only where that is asked for.

import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

export interface StaticServer {
  /** Origin with a slash. */
  readonly url: string
  close(): Promise<void>
}

/** Serves a folder, and texts or bytes in place of files by their path. Each server has an origin of its own. */
export async function serve(
  folder: string | undefined,
  files: Readonly<Record<string, string | Uint8Array>>,
  { cors }: { readonly cors: boolean },
): Promise<StaticServer> {
  const read = (path: string) => {
    if (Object.hasOwn(files, path)) return Promise.resolve(files[path])
    return folder === undefined ? undefined : readFile(join(folder, normalize(path))).catch(() => undefined)
  }
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    void Promise.resolve(read(path)).then((body) => {
      const type = types[extname(path)] ?? 'application/octet-stream'
      response.writeHead(body === undefined ? 404 : 200, {
        'Content-Type': type,
        ...(cors && { 'Access-Control-Allow-Origin': '*' }),
      })
      response.end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
