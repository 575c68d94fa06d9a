// The page for everyone: forced colours, zoom, and fingers.

import { expect, test } from '@playwright/test'
import { digits, Playground } from './playground'

test('forced colours leave every sign: bars, what is chosen, lists to choose from', async ({ page }, info) => {
  await page.emulateMedia({ forcedColors: 'active' })
  const app = await Playground.open(page, info)
  await app.draw(digits[7])
  await expect(app.output('Prediction')).toHaveText(/\d/)
  const bars = await app.probabilities().evaluateAll((items) =>
    items.map((item) => {
      const fill = item.querySelector('.bar span')!
      const [own, behind] = [fill, fill.parentElement!].map((part) => getComputedStyle(part))
      return { own: own.backgroundColor, behind: behind.backgroundColor, border: behind.borderTopWidth }
    }),
  )
  for (const { own, behind, border } of bars) {
    expect(own, 'a bar on its ground').not.toBe(behind)
    expect(border).toBe('1px')
  }
  expect(new Set(bars.map(({ own }) => own)).size, 'the longest bar has another colour').toBe(2)

  const colours = (name: string) => app.tab(name).evaluate((tab) => getComputedStyle(tab).backgroundColor)
  expect(await colours('Inside'), 'the open tab').not.toBe(await colours('Mistakes'))
  await app.settings()
  await expect(app.choice('Preset')).toHaveCSS('appearance', 'auto')
})

test('in forced colours the curves and the grid of the charts differ in colour and in dashes', async ({
  page,
}, info) => {
  await page.emulateMedia({ forcedColors: 'active' })
  // Every kind of line that a chart draws.
  await page.addInitScript(() => {
    const lines = new Set<string>()
    Object.assign(globalThis, { lines })
    const { stroke } = CanvasRenderingContext2D.prototype
    CanvasRenderingContext2D.prototype.stroke = function (...path: []) {
      if (this.canvas.closest('#charts')) lines.add(`${String(this.strokeStyle)} ${this.getLineDash().join(',')}`)
      Reflect.apply(stroke, this, path)
    }
  })
  const app = await Playground.open(page, info)
  await app.button('Train').click()
  await app.reaches('Test accuracy', 80)
  await app.pause()
  await app.charts()
  const lines = () => page.evaluate(() => [...(globalThis as unknown as { lines: Set<string> }).lines])
  await expect.poll(async () => (await lines()).filter((line) => line.endsWith(' 1,4')).length, 'the grid').toBe(1)
  const drawn = await lines()
  const grid = drawn.find((line) => line.endsWith(' 1,4'))?.split(' 1,4')[0]
  const train = drawn.find((line) => line.endsWith(' 7,3'))?.split(' 7,3')[0]
  const test = drawn.filter((line) => line.endsWith(' ')).map((line) => line.trim())
  expect(train, JSON.stringify(drawn)).toBeDefined()
  expect(grid).not.toBe(train)
  expect(
    test.some((colour) => colour !== grid && colour !== train),
    JSON.stringify(drawn),
  ).toBe(true)
})

for (const [percent, width, height] of [
  [200, 683, 384],
  [400, 342, 192],
] as const) {
  test(`at ${percent}% zoom everything can be reached without scrolling sideways`, async ({ page }, info) => {
    await page.setViewportSize({ width, height })
    const app = await Playground.open(page, info)
    await app.fits()
    await app.draw(digits[7])
    await expect(app.output('Prediction')).toHaveText(/\d/)
    await app.button('Train').click()
    await app.pause()
    for (const name of ['Inside', 'Mistakes', 'Compare', 'Take it with you'] as const) {
      await app.panel(name)
      await expect(app.shown).toBeVisible()
      await app.fits(name)
    }
    await app.settings()
    await app.field('Epochs').scrollIntoViewIfNeeded()
    await expect(app.field('Epochs')).toBeInViewport()
    await app.fits('settings')
  })
}

test('what a finger presses is 44 pixels high and wide', async ({ browser }, info) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
  const page = await context.newPage()
  const app = await Playground.open(page, info)
  const small = () =>
    page.locator('button:visible, select:visible, summary:visible').evaluateAll((all) =>
      all.flatMap((each) => {
        const { width, height } = each.getBoundingClientRect()
        // A pixel may be lost by rounding.
        return width > 0 && (width < 43 || height < 43)
          ? [`${each.ariaLabel ?? each.textContent?.trim()}: ${width.toFixed(0)} × ${height.toFixed(0)}`]
          : []
      }),
    )
  await app.draw(digits[7])
  await expect(app.output('Prediction')).toHaveText(/\d/)
  expect(await small(), 'Draw').toEqual([])
  for (const name of ['Inside', 'Mistakes', 'Compare', 'Take it with you'] as const) {
    await app.panel(name)
    await expect(app.shown).toBeVisible()
    expect(await small(), name).toEqual([])
  }
  await context.close()
})
