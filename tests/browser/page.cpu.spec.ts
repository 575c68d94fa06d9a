// The page itself, whatever it runs on: accessibility, widths, touch, and where it can be served from.

import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { digits, Playground } from './playground'

for (const colorScheme of ['light', 'dark'] as const) {
  test(`has no serious accessibility violation, ${colorScheme}`, async ({ page }, info) => {
    await page.emulateMedia({ colorScheme })
    const app = await Playground.open(page, info)
    await app.button('Step').click()
    await app.draw(digits[3])
    await expect(app.output('Prediction')).toHaveText(/^\d$/)
    const { violations } = await new AxeBuilder({ page }).analyze()
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
    expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
  })
}

test('does not scroll sideways from 390 to 1600 px', async ({ page }, info) => {
  await Playground.open(page, info)
  for (const width of [390, 600, 768, 1024, 1280, 1440, 1600]) {
    await page.setViewportSize({ width, height: 844 })
    // Charts follow a new width a moment later.
    await expect
      .poll(() => page.evaluate(() => document.documentElement.scrollWidth - innerWidth), { message: `at ${width} px` })
      .toBeLessThanOrEqual(0)
  }
})

test('touch draws without scrolling the page', async ({ browser }, info) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
  const page = await context.newPage()
  const app = await Playground.open(page, info)
  await app.pad.scrollIntoViewIfNeeded()
  const box = (await app.pad.boundingBox())!
  const scroll = await page.evaluate(() => scrollY)
  const cdp = await context.newCDPSession(page)
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', y?: number) =>
    cdp.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: y === undefined ? [] : [{ x: box.x + box.width / 2, y: box.y + y * box.height }],
    })
  await touch('touchStart', 0.2)
  for (let y = 0.25; y < 0.85; y += 0.05) await touch('touchMove', y)
  await touch('touchEnd')
  await expect(app.output('Prediction')).toHaveText(/^\d$/)
  expect(await page.evaluate(() => scrollY)).toBe(scroll)
  await context.close()
})

test('asks nothing of any other host', async ({ page }, info) => {
  const hosts = new Set<string>()
  page.on('request', (request) => hosts.add(new URL(request.url()).host))
  const app = await Playground.open(page, info)
  await app.button('Step').click()
  await expect(page.getByText(/Step 1 of/)).toBeVisible()
  expect([...hosts]).toEqual([new URL(page.url()).host])
})

test('works from a sub-path', async ({ page }, info) => {
  // The server answers under any path; relative links must stay below it.
  await page.route('**/some/where/**', async (route) => {
    const url = new URL(route.request().url())
    url.pathname = url.pathname.replace('/some/where', '')
    await route.fulfill({ response: await route.fetch({ url: url.href }) })
  })
  const app = new Playground(page, info.project.name)
  await page.goto(`some/where/?backend=${app.backend}`)
  await app.loaded()
  await app.button('Step').click()
  await expect(page.getByText(/Step 1 of/)).toBeVisible()
})
