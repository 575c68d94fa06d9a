// The page and the widgets in Firefox and WebKit, one engine after the other: the behaviours are written once, in page.ts and widgets.ts.

import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest'
import type { Browser } from './browser'
import { firefox } from './firefox'
import { pageBehaviours } from './page'
import { keepScreenshot, Visitor } from './visitor'
import { webkit } from './webkit'
import { widgetBehaviours } from './widgets'

for (const engine of [firefox, webkit]) {
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

    describe('the page', () => pageBehaviours(() => browser))
    describe('the widgets', () => widgetBehaviours(() => browser))
  })
}
