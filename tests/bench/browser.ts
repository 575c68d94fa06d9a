// The Chromium that everything is measured in, and the servers of the pages.

import { availableParallelism } from 'node:os'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { chromium, type Browser, type Page } from 'playwright'
import { build, preview } from 'vite'
import { messageOf } from '../../src/cli/errors'
import { withWebGPU } from '../browser/chromium'
import type { Ceilings } from './page/gpu-ceilings'
import type { Outcome, Task } from './page/task'
import type { Timing } from './page/timing'

/** Pages measured in the background must run as fast as in front. */
const unthrottled = [
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
]

/** WebGPU on a graphics processor without a screen, where Chromium would not offer it by itself. */
const hardware = [
  '--no-sandbox',
  '--enable-unsafe-webgpu',
  '--ignore-gpu-blocklist',
  ...(process.platform === 'linux'
    ? ['--enable-features=Vulkan', '--use-angle=vulkan', '--disable-vulkan-surface']
    : []),
]

/** A page's server, which knows what was loaded from it. */
export interface Site {
  readonly url: string
  /** Bytes of all scripts, and of all WebAssembly, that were asked for since the last call, as gzip; in kB. */
  loaded(): Promise<{ readonly javascript: number; readonly webassembly: number }>
  close(): Promise<void>
}

/** Builds a page and serves the build. */
export async function serve(configFile: string, port: number): Promise<Site> {
  await build({ configFile, logLevel: 'warn' })
  const server = await preview({ configFile, preview: { port }, logLevel: 'warn' })
  const url = server.resolvedUrls?.local[0]
  if (url === undefined) throw new Error(`The server of ${configFile} has no address.`)
  const { root, build: output } = server.config
  const folder = resolve(root, output.outDir)
  let requests = new Set<string>()
  server.httpServer.on('request', ({ url = '' }) => requests.add(url.split('?')[0]))
  const kilobytes = async (extension: string) => {
    const paths = [...requests].filter((path) => path.endsWith(extension))
    const sizes = paths.map(async (path) => gzipSync(await readFile(join(folder, path))).length)
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) / 1000
  }
  return {
    url,
    async loaded() {
      const [javascript, webassembly] = await Promise.all([kilobytes('.js'), kilobytes('.wasm')])
      requests = new Set()
      return { javascript, webassembly }
    },
    close: () => server.close(),
  }
}

/** One Chromium for the whole run, started again only where it dies. */
export class Measuring {
  #browser: Browser

  private constructor(
    browser: Browser,
    private readonly args: readonly string[],
    readonly site: Site,
    /** Of WebGPU, in the browser's words. */
    readonly adapter: string,
  ) {
    this.#browser = browser
  }

  /** Takes WebGPU on a graphics processor where there is one, else in software. */
  static async open(site: Site, software: boolean): Promise<Measuring> {
    for (const args of software ? [withWebGPU.args] : [hardware, withWebGPU.args]) {
      const browser = await launch(args)
      const kind = args === hardware ? 'a graphics processor' : 'WebGPU in software'
      console.error(`Asks Chromium for ${kind}.`)
      // Some drivers never answer: Mesa's for the CPU with the flags for hardware.
      const { name, isFallback } = await within(ANSWER, adapterOf(browser, site.url)).catch((error: unknown) => {
        console.error(`Chromium gave none: ${messageOf(error)}`)
        return { name: '', isFallback: false }
      })
      if (name !== '' && (!isFallback || args === withWebGPU.args)) return new Measuring(browser, args, site, name)
      await end(browser)
    }
    return new Measuring(await launch(withWebGPU.args), withWebGPU.args, site, 'none')
  }

  get version(): string {
    return this.#browser.version()
  }

  close(): Promise<void> {
    return end(this.#browser)
  }

  /** Does something with a page of its own, for so many seconds at most. */
  async withPage<T>(limit: number, work: (page: Page) => Promise<T>, baseURL = this.site.url): Promise<T> {
    if (!this.#browser.isConnected()) this.#browser = await launch(this.args)
    const context = await this.#browser.newContext({ baseURL })
    const page = await context.newPage()
    const broken = new Promise<never>((_, reject) => page.on('crash', () => reject(new Error('The page crashed.'))))
    try {
      return await within(limit, Promise.race([work(page), broken]))
    } finally {
      // A page that hangs may not close: then the next one gets another browser.
      await within(ANSWER, context.close()).catch(() => end(this.#browser))
    }
  }

  measure(task: Task, limit: number): Promise<Outcome> {
    return this.withPage(limit, async (page) => {
      await page.goto('.')
      return page.evaluate((task) => bench.measure(task), task)
    })
  }

  /** Of the adapter, or of all cores of the CPU together. */
  ceilings(device: 'webgpu' | 'cpu', { seconds, repeats }: Timing): Promise<Ceilings> {
    const request = { device, timing: { seconds, repeats }, workers: device === 'cpu' ? availableParallelism() : 1 }
    return this.withPage(120, async (page) => {
      await page.goto('.')
      return page.evaluate(async ({ device, timing, workers }) => {
        const all = await Promise.all(Array.from({ length: workers }, () => bench.ceilings(device, timing)))
        const sum = (key: 'gigaflops' | 'gigabytes') => all.reduce((total, ceilings) => total + ceilings[key], 0)
        return { gigaflops: sum('gigaflops'), gigabytes: sum('gigabytes') }
      }, request)
    })
  }
}

/** Seconds that a browser may take for what it does at once. */
const ANSWER = 30

/** It took longer than it may. */
export class Overdue extends Error {
  override name = 'Overdue'
}

/** What `work` resolves to. @throws Overdue after so many seconds */
async function within<T>(seconds: number, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Overdue(`It took more than ${seconds} s.`)), 1000 * seconds)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}

/** Closes a browser, if it still answers. */
async function end(browser: Browser): Promise<void> {
  await within(ANSWER, browser.close()).catch(() => undefined)
}

function launch(args: readonly string[]): Promise<Browser> {
  return chromium.launch({ ...withWebGPU, args: [...args, ...unthrottled] })
}

async function adapterOf(browser: Browser, url: string): Promise<{ name: string; isFallback: boolean }> {
  const page = await browser.newPage()
  await page.goto(url)
  const found = await page.evaluate(async () => {
    const adapter = await navigator.gpu?.requestAdapter({ powerPreference: 'high-performance' })
    if (!adapter) return { name: '', isFallback: false }
    const { vendor, architecture, description, isFallbackAdapter } = adapter.info
    return {
      name: [vendor, architecture, description].filter(Boolean).join(' ') || 'unnamed adapter',
      isFallback: isFallbackAdapter,
    }
  })
  await page.close()
  return found
}
