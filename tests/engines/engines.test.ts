// The page and the widgets in Firefox and WebKit, one engine after the other: the behaviours are written once, in page.ts, widgets.ts and
// webgpu.ts.

import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import type { Browser } from './browser'
import { firefox, firefoxWithWebGPU } from './firefox'
import { pageBehaviours } from './page'
import { keepScreenshot, Visitor } from './visitor'
import { webgpuBehaviours } from './webgpu'
import { webkit } from './webkit'
import { widgetBehaviours } from './widgets'

for (const engine of [firefox, webkit, firefoxWithWebGPU]) {
  describe(engine.name, () => {
    let browser: Browser

    beforeAll(async () => {
      browser = await engine.start()
      await browser.resize(1440, 900)
    })
    afterAll(() => browser?.close())

    afterEach(async ({ task }) => {
      const visitor = new Visitor(browser)
      if (task.result?.state === 'fail') await keepScreenshot(browser, `${engine.name} ${task.name}`)
      expect(await visitor.problems()).toEqual([])
      expect(await visitor.all('alert')).toEqual([])
    })

    if (engine === firefoxWithWebGPU) {
      describe('the page', () => webgpuBehaviours(() => browser))
    } else {
      describe('the page', () => pageBehaviours(() => browser))
      describe('the widgets', () => widgetBehaviours(() => browser))
    }
  })
}
