// Firefox, driven over WebDriver BiDi by Puppeteer.

import puppeteer from 'puppeteer-core'
import type { Browser, Engine } from './browser'

export const firefox: Engine = { name: 'Firefox', start: () => start({}) }

/** Firefox with WebGPU, on any adapter that there is. */
export const firefoxWithWebGPU: Engine = {
  name: 'Firefox with WebGPU',
  start: () =>
    start({
      'dom.webgpu.enabled': true,
      'dom.webgpu.workers.enabled': true,
      'gfx.webgpu.force-enabled': true,
      'gfx.webgpu.ignore-blocklist': true,
    }),
}

async function start(preferences: Record<string, boolean>): Promise<Browser> {
  const executablePath = process.env['FIREFOX_PATH']
  if (!executablePath) throw new Error('FIREFOX_PATH is not set: start this by `npm run test:browsers`.')
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath,
    headless: true,
    defaultViewport: null,
    extraPrefsFirefox: preferences,
  })
  const [page = await browser.newPage()] = await browser.pages()
  const errors: string[] = []
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  page.on('pageerror', (error) => errors.push(error instanceof Error ? error.message : String(error)))

  return {
    // Under remote control, whatever is subscribed to, `new Worker` within a worker never returns in one load of ten on a busy
    // machine (12 of 140; without remote control in none of 82).
    loads: 3,
    errors,
    async goto(url) {
      errors.length = 0
      await page.goto(url)
    },
    resize: (width, height) => page.setViewport({ width, height }),
    evaluate: <Result>(expression: string) => page.evaluate<[], () => Result>(expression),
    async drag([first, ...rest]) {
      await page.mouse.move(...first)
      await page.mouse.down()
      for (const point of rest) await page.mouse.move(...point)
      await page.mouse.up()
    },
    async press(...names) {
      for (const name of names) await page.keyboard.press(name === 'Space' ? ' ' : name)
    },
    screenshot: () => page.screenshot(),
    close: () => browser.close(),
  }
}
