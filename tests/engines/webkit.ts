// WebKit: WebKitGTK's MiniBrowser on a screen of its own, driven by WebKitWebDriver, which speaks classic WebDriver.

import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { Builder, Capabilities, Key as SeleniumKey, Origin } from 'selenium-webdriver'
import type { Browser, Engine, Key, Point } from './browser'

const keys: Record<Key, string> = {
  Tab: SeleniumKey.TAB,
  Enter: SeleniumKey.ENTER,
  Space: ' ',
  ArrowDown: SeleniumKey.ARROW_DOWN,
  ArrowRight: SeleniumKey.ARROW_RIGHT,
  Delete: SeleniumKey.DELETE,
}

/** Programs that `npm run test:browsers` found. */
function program(name: string): string {
  const path = process.env[name]
  if (!path) throw new Error(`${name} is not set: start this by \`npm run test:browsers\`.`)
  return path
}

/** Starts an X server without a screen that anybody sees. @returns its display, `:99` */
async function startScreen(): Promise<{ server: ChildProcess; display: string }> {
  const args = ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp']
  const server = spawn(program('XVFB_PATH'), args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] })
  const failed = once(server, 'exit').then(() => Promise.reject(new Error('Xvfb does not start.')))
  const line = once(createInterface(server.stdio[3] as Readable), 'line') as Promise<[string]>
  const [number] = await Promise.race([line, failed])
  failed.catch(() => {}) // it ends when the tests do
  return { server, display: `:${number}` }
}

/** A port that nobody listens at. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (!address || typeof address === 'string') throw new Error('There is no free port.')
  return address.port
}

/** Waits until WebDriver answers. */
async function answers(url: string): Promise<void> {
  for (const end = Date.now() + 20_000; ; await pause(50)) {
    const ready = await fetch(`${url}/status`).then(
      (response) => response.ok,
      () => false,
    )
    if (ready) return
    if (Date.now() > end) throw new Error('WebKitWebDriver does not answer.')
  }
}

export const webkit: Engine = {
  name: 'WebKit',

  async start(): Promise<Browser> {
    const home = await mkdtemp(join(tmpdir(), 'inkling-webkit-'))
    const { server, display } = await startScreen()
    const port = await freePort()
    const driver = spawn(program('WEBKIT_DRIVER_PATH'), [`--port=${port}`], {
      stdio: 'ignore',
      env: {
        ...process.env,
        DISPLAY: display,
        XDG_DATA_HOME: home,
        XDG_CACHE_HOME: home,
        XDG_CONFIG_HOME: home,
        // Without a GPU the usual way to the screen is slow and often shows nothing.
        WEBKIT_DISABLE_DMABUF_RENDERER: '1',
        // Its sandbox does not start as root.
        ...(process.getuid?.() === 0 ? { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1' } : {}),
      },
    })
    const stop = async () => {
      driver.kill()
      server.kill()
      await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    }

    const url = `http://127.0.0.1:${port}`
    const capabilities = new Capabilities({
      browserName: 'MiniBrowser',
      'webkitgtk:browserOptions': { binary: program('MINIBROWSER_PATH'), args: ['--automation'] },
    })
    const session = await answers(url)
      .then(() => new Builder().usingServer(url).withCapabilities(capabilities).build())
      .catch(async (error: unknown) => {
        await stop()
        throw error
      })

    return {
      // Under its driver a page sometimes takes no clicks and draws no more until the next one is opened (once in some 80 loads).
      loads: 3,
      errors: [],
      goto: (address) => session.get(address),
      async resize(width, height) {
        const frame = await session.executeScript<[number, number]>(
          'return [outerWidth - innerWidth, outerHeight - innerHeight]',
        )
        await session
          .manage()
          .window()
          .setRect({ x: 0, y: 0, width: width + frame[0], height: height + frame[1] })
      },
      evaluate: (expression) => session.executeScript(`return ${expression}`),
      async drag([first, ...rest]) {
        const actions = session.actions()
        const move = ([x, y]: Point) =>
          actions.move({ origin: Origin.VIEWPORT, x: Math.round(x), y: Math.round(y), duration: 0 })
        move(first).press()
        for (const point of rest) move(point)
        await actions.release().perform()
      },
      async press(...names) {
        const actions = session.actions()
        for (const name of names) actions.keyDown(keys[name]).keyUp(keys[name])
        await actions.perform()
      },
      async screenshot() {
        return Buffer.from(await session.takeScreenshot(), 'base64')
      },
      async close() {
        await session.quit()
        await stop()
      },
    }
  },
}
