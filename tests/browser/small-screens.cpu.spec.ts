// Phones and tablets: the picture stays in sight beside what is told of it, nothing lies over pad and answer, and type can be read.

import { expect, test, type Page } from '@playwright/test'
import { severe } from './accessibility'
import { digits, Playground } from './playground'
import { boxOf, type Box } from './sight'

const sizes = [
  [1366, 768],
  [820, 1180],
  [390, 844],
  [360, 640],
] as const
const phones = sizes.slice(2)

const picture = (page: Page) => page.locator('.night')
const card = (page: Page) => page.getByRole('region', { name: 'The neuron in focus' })
const apart = (a: Box, b: Box) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top
/** Height of a part between two edges. */
const seen = ({ top, bottom }: Box, from: number, to: number) => Math.min(bottom, to) - Math.max(top, from)

test('on a tablet with both charts open, picture and pinned neuron have room, and the pad is whole', async ({
  page,
}, info) => {
  await page.setViewportSize({ width: 820, height: 1180 })
  const app = await Playground.open(page, info)
  await app.draw(digits[7])
  await app.charts()
  await page
    .getByRole('region', { name: /^Layer 1 \(Dense/ })
    .getByRole('presentation')
    .click({ position: { x: 20, y: 20 } })
  await expect(card(page)).toContainText('pinned')
  await expect(card(page).getByRole('table')).toBeAttached()
  const pane = await boxOf(app.shown)
  const dock = await boxOf(page.getByRole('region', { name: 'Training run', exact: true }))
  expect(pane.bottom).toBeLessThanOrEqual(dock.top + 1)
  expect(seen(await boxOf(picture(page)), pane.top, pane.bottom)).toBeGreaterThanOrEqual(230)
  expect(seen(await boxOf(card(page)), pane.top, pane.bottom)).toBeGreaterThanOrEqual(100)
  await expect(app.pad).toBeInViewport({ ratio: 1 })
  await expect(app.output('Prediction')).toBeInViewport({ ratio: 1 })

  // What is told of the neuron scrolls below the picture.
  await card(page).getByRole('row', { name: /^sum/ }).scrollIntoViewIfNeeded()
  expect(seen(await boxOf(picture(page)), pane.top, pane.bottom)).toBeGreaterThanOrEqual(230)
  expect(await severe(page)).toEqual([])
})

for (const [width, height] of phones) {
  test(`the picture stays in sight through a walk at ${width} × ${height}`, async ({ page }, info) => {
    await page.setViewportSize({ width, height })
    const app = await Playground.open(page, info)
    await app.draw(digits[7])
    await app.panel('Inside')
    await app.button('Walk through a step').click()
    const walk = page.getByRole('region', { name: 'Walk through a step' })
    await walk.getByRole('button', { name: '7', exact: true }).click()
    const next = walk.getByRole('button', { name: 'Next' })
    await expect(next).toBeFocused()
    for (;;) {
      const [shown, button, strip] = [
        await boxOf(picture(page)),
        await boxOf(next),
        await boxOf(app.output('Prediction')),
      ]
      expect(shown.top, 'under the strip with the answer').toBeGreaterThan(strip.bottom)
      expect(shown.bottom, 'the words are below').toBeLessThanOrEqual(button.top)
      expect(button.bottom).toBeLessThan((await boxOf(app.button('Train'))).top)
      if ((await next.getAttribute('aria-disabled')) === 'true') break
      await next.click()
    }
    await walk.getByRole('heading', { level: 4 }).evaluate(() => window.scrollBy(0, 60))
    await expect(picture(page), 'while one reads on').toBeInViewport({ ratio: 1 })
  })
}

for (const [width, height] of sizes) {
  test(`notices leave pad, answer and Train free at ${width} × ${height}`, async ({ page }, info) => {
    await page.setViewportSize({ width, height })
    const app = await Playground.open(page, info, { preset: 'nonsense', learningRate: 'banana' })
    const free = async (what: string) => {
      const parts = [app.pad, app.output('Prediction'), app.button(/^(Train|Resume)$/)]
      const boxes = await Promise.all([...parts, page.getByRole('list', { name: 'Class probabilities' })].map(boxOf))
      for (const box of boxes) expect(apart(await boxOf(page.locator('.toasts > div')), box), what).toBe(true)
    }
    await app.draw(digits[7])
    await expect(page.getByRole('alert').first()).toBeVisible()
    await free('a link that asks for what is not there')
    expect(await severe(page)).toEqual([])
    while (await app.button('Dismiss').first().isVisible()) await app.button('Dismiss').first().click()
    await app.button('Train').click()
    await app.reaches('Test accuracy', 50)
    await app.pause()
    await app.press('Start over')
    await expect(page.getByText('You started over.')).toBeVisible()
    await free('an Undo')
    await app.button('Undo').click()
    await expect(page.getByText('You started over.')).toBeHidden()
  })
}

/** Words in sight with letters below 14 pixels. Pictures and charts have their own. */
const tiny = (page: Page) =>
  page.evaluate(() => {
    const found = new Set<string>()
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      const text = texts.currentNode
      const parent = text.parentElement
      if (!text.textContent?.trim() || !parent?.checkVisibility()) continue
      // Numbers on the axes of the calibration chart, and the options that the system draws.
      if (parent.closest('svg, option, .visually-hidden, script, style')) continue
      const range = document.createRange()
      range.selectNodeContents(text)
      const { width, height } = range.getBoundingClientRect()
      if (width < 2 || height < 2) continue
      const size = parseFloat(getComputedStyle(parent).fontSize)
      if (size < 14) found.add(`${size} px: ${text.textContent.trim().slice(0, 40)}`)
    }
    return [...found]
  })

test('letters are 14 pixels high and more in every tab of a phone', async ({ page }, info) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const app = await Playground.open(page, info)
  const unfold = async () => {
    await page.locator('details').evaluateAll((all: HTMLDetailsElement[]) => all.forEach((each) => (each.open = true)))
    await page.waitForTimeout(500) // what a fold loads when it is opened
  }
  await app.button('Show me a digit').click()
  await app.button('Train').click()
  await app.reaches('Test accuracy', 80)
  await app.pause()
  await unfold()
  expect(await tiny(page), 'Draw').toEqual([])
  for (const name of ['Inside', 'Mistakes', 'Compare', 'Health', 'Kernels', 'Take it with you'] as const) {
    await app.panel(name)
    await expect(app.shown.getByText('Loading…')).toBeHidden()
    if (name === 'Mistakes') {
      const cells = page.getByRole('table', { name: 'Confusion matrix' })
      await expect(cells).toBeVisible()
      // It scrolls in a box of its own, and the classes of its rows stay in sight.
      const row = cells.getByRole('row').nth(3)
      await row.getByRole('button').last().focus()
      const digit = await boxOf(row.getByRole('rowheader'))
      expect(digit.left).toBeGreaterThanOrEqual(0)
      await expect(row.getByRole('button').last()).toBeInViewport({ ratio: 1 })
    }
    await unfold()
    expect(await tiny(page), name).toEqual([])
    await app.fits(name)
  }
  await app.charts()
  expect(await tiny(page), 'charts').toEqual([])
  await app.button('Charts').click()
  await app.settings()
  expect(await tiny(page), 'settings').toEqual([])
})

for (const [width, height] of [...phones, [1366, 768] as const]) {
  test(`no heading of a convolutional network is cut at ${width} px`, async ({ page }, info) => {
    await page.setViewportSize({ width, height })
    for (const preset of ['best-in-a-minute', 'lenet', 'best']) {
      const app = await Playground.open(page, info, { preset })
      await app.draw(digits[7])
      await app.panel('Inside')
      await expect(page.getByText(/^After step 0, on /)).toBeVisible()
      const cut = () =>
        picture(page)
          .locator('h4, h4 span')
          .evaluateAll((all) =>
            all
              .filter((each) => each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).display !== 'inline')
              .map((each) => each.textContent),
          )
      await expect.poll(cut, preset).toEqual([])
    }
  })
}

test('a phone says the name of the program behind More, and names its first tab by what is there', async ({
  page,
}, info) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const app = await Playground.open(page, info)
  await expect(app.tab('Draw')).toBeVisible()
  await page.getByRole('button', { name: 'More', exact: true }).click()
  await expect(page.getByRole('group', { name: 'More' }).getByText('Inkling')).toBeVisible()
  await page.keyboard.press('Escape')

  await app.visit({ dataset: 'plane.spiral.noise10.x.y' }, '#draw')
  await expect(app.tab('Points')).toHaveAttribute('aria-selected', 'true')
  await expect(app.tab('Draw')).toHaveCount(0)
  await app.panel('Inside')
  await app.button('Back to the points').click()
  await expect(app.tab('Points')).toHaveAttribute('aria-selected', 'true')
})
