// Serves the built page, as `npm start` does, with a recorder of what goes wrong in it: no engine but Firefox tells that itself.

import { readFile } from 'node:fs/promises'
import type { OutgoingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { preview, type Connect, type PreviewServer } from 'vite'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the page, with a slash at the end. */
    readonly url: string
  }
}

/**
 * Script text for the page and its workers: what a console calls an error, and what nothing caught. The page collects it in `problems`;
 * workers send theirs.
 */
const recorder = `{
  const channel = new BroadcastChannel('problems')
  const inPage = typeof document !== 'undefined'
  const problems = []
  const tell = (text) => (inPage ? problems.push(text) : channel.postMessage('in a worker: ' + text))
  if (inPage) {
    globalThis.problems = problems
    channel.onmessage = ({ data }) => problems.push(data)
  }
  addEventListener('error', (event) => tell('Error: ' + (event.message || event.target?.src || event.target?.href)), true)
  addEventListener('unhandledrejection', ({ reason }) => tell('Unhandled rejection: ' + reason + ' ' + (reason?.stack ?? '')))
  const { error } = console
  console.error = (...what) => {
    tell('console.error: ' + what.map(String).join(' '))
    error.apply(console, what)
  }
}
`

/** Puts the recorder before everything else in pages and in the scripts of workers. */
function withRecorder(folder: string, headers: OutgoingHttpHeaders): Connect.NextHandleFunction {
  return (request, response, next) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    const path = join(folder, pathname.endsWith('/') ? `${pathname}index.html` : pathname)
    const page = path.endsWith('.html')
    const worker = request.headers['sec-fetch-dest'] === 'worker'
    if (!page && !worker) return next()
    readFile(path, 'utf8').then((text) => {
      response.writeHead(200, { ...headers, 'Content-Type': page ? 'text/html' : 'text/javascript' })
      response.end(page ? text.replace('<head>', `<head><script>${recorder}</script>`) : recorder + text)
    }, next)
  }
}

export default async function serve(project: TestProject): Promise<() => Promise<void>> {
  const server: PreviewServer = await preview({
    logLevel: 'warn',
    preview: { host: 'localhost', port: 47_921 },
    plugins: [
      {
        name: 'recorder',
        configurePreviewServer({ middlewares, config }) {
          middlewares.use(withRecorder(join(config.root, config.build.outDir), config.preview.headers))
        },
      },
    ],
  })
  const url = server.resolvedUrls?.local[0]
  if (!url) throw new Error('The page is served at no address.')
  project.provide('url', url)
  return () => server.close()
}
