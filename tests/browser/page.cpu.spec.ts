// The page itself, whatever it runs on: accessibility, widths, touch, and where it can be served from.

import { expect, test } from '@playwright/test'
import { severe } from './accessibility'
import { digits, Playground } from './playground'

test('has no serious accessibility violation, light or dark', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await app.button('Step').click()
  await app.draw(digits[3])
  await expect(app.output('Prediction')).toHaveText(/^\d$/)
  expect(await severe(page)).toEqual([])

  await page.getByText('Why?').click()
  await page.getByRole('checkbox', { name: 'Pen width' }).uncheck()
  await expect(page.getByRole('list', { name: 'From drawing to picture' })).toContainText(/[?%]/)
  expect(await severe(page), 'a step left out').toEqual([])

  await app.settings()
  await app.field('Batch size').fill('32')
  await expect(page.getByText('This starts the network over')).toBeVisible()
  expect(await severe(page), 'changes that wait').toEqual([])

  await app.field('Batch size').fill('0')
  await expect(app.field('Batch size')).toHaveAttribute('aria-invalid', 'true')
  expect(await severe(page), 'a wrong number').toEqual([])

  await app.field('Batch size').fill('64')
  await app.addLayer('Convolution')
  await page.getByText('More settings').click()
  await app.choice('Schedule').selectOption('One-cycle')
  await expect(page.getByText('put a Flatten layer before it')).toBeVisible()
  expect(await severe(page), 'a stack that cannot be').toEqual([])

  await app.closeSettings()
  await app.button(/: About this device$/).click()
  await expect(page.getByRole('dialog', { name: 'About this device' })).toContainText(/\d buffers/)
  expect(await severe(page), 'the facts about the device').toEqual([])

  await page.route('**/data/*.gz', (route) => route.fulfill({ status: 404 }))
  await app.visit({ preset: 'nonsense' })
  await expect(page.getByRole('alert')).toHaveCount(2)
  expect(await severe(page), 'alerts').toEqual([])
})

test('does not scroll sideways from 390 to 1600 px', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await app.draw(digits[3])
  await page.getByText('Why?').click()
  for (const width of [390, 600, 768, 1024, 1280, 1440, 1600]) {
    await page.setViewportSize({ width, height: 844 })
    // Charts follow a new width a moment later.
    await app.fits(`at ${width} px`)
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

test('draws in a browser without coalesced events', async ({ page }, info) => {
  await page.addInitScript(() => Reflect.deleteProperty(PointerEvent.prototype, 'getCoalescedEvents'))
  const app = await Playground.open(page, info)
  await app.draw(digits[2])
  await expect(app.output('Prediction')).toHaveText(/^\d$/)
})

test('undoes by key in the middle of a stroke, and takes a held Space once', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  const box = (await app.pad.boundingBox())!
  await page.mouse.move(box.x + 50, box.y + 50)
  await page.mouse.down()
  await page.mouse.move(box.x + 150, box.y + 150, { steps: 4 })
  await page.keyboard.press('Control+z')
  await page.mouse.move(box.x + 50, box.y + 150, { steps: 4 })
  await page.mouse.up()
  await expect(app.output('Prediction')).toHaveText('—')

  for (let i = 0; i < 4; i++) await page.keyboard.down('Space') // the first press and three repeats
  await expect(page.getByRole('status', { name: 'Pen' })).toHaveText('Pen down')
})

test('says that it prepares a run, and takes one step for many presses of Step', async ({ page }, info) => {
  // A worker that takes its time over a new run.
  await page.addInitScript(() => {
    const post = Worker.prototype.postMessage
    let last = Promise.resolve()
    Worker.prototype.postMessage = function (message: { path?: string[] }, ...rest: unknown[]) {
      const slow = message.path?.[0] === 'reset' ? 1500 : 0
      last = last
        .then(() => new Promise((resolve) => setTimeout(resolve, slow)))
        .then(() => Reflect.apply(post, this, [message, ...rest]))
    }
  })
  const app = await Playground.open(page, info)
  await expect(app.output('Status')).toHaveText('Ready')
  await app.settings()
  await app.field('Batch size').fill('32')
  for (let i = 0; i < 3; i++) await app.button('Step').click()
  await expect(app.output('Status')).toHaveText('Preparing…')
  await expect(app.button('Train')).toHaveAttribute('aria-busy', 'true')
  await expect(page.getByText('Step 1 of 18,750')).toBeVisible()
  await expect(app.button('Resume')).toHaveAttribute('aria-busy', 'false')
  await page.waitForTimeout(300)
  await expect(page.getByText('Step 1 of 18,750')).toBeVisible()
})

test('sends no request to another host', async ({ page }, info) => {
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
  await page.unrouteAll({ behavior: 'ignoreErrors' }) // what is loaded for later may still be under way
})

test('a pen outside the pad leaves no ink', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  const seen = page.getByRole('img', { name: /as the network sees it/ })
  const picture = () => seen.locator('canvas').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL())
  await app.draw([
    [
      [0.5, 0.2],
      [0.5, 1.1],
    ],
  ])
  const atTheEdge = await picture()
  await app.button('Clear drawing').click()
  await app.draw([
    [
      [0.5, 0.2],
      [0.5, 1.1],
      [0.5, 1.8],
    ],
  ])
  expect(await picture()).toBe(atTheEdge)
})

test('the keyboard keeps its focus when a button goes away', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await app.draw(digits[1])
  await app.button('Clear drawing').focus()
  await page.keyboard.press('Enter')
  await expect(app.output('Prediction')).toHaveText('—')
  await expect(app.button('Clear drawing')).toBeFocused()
})
