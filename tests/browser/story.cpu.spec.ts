// The story of the page: draw, see a guess, train, and the same drawing is read right; by mouse, touch and keyboard.

import { expect, test, type Page } from '@playwright/test'
import { severe } from './accessibility'
import { digits, Playground, type Strokes } from './playground'

// As most people see it.
test.use({ contextOptions: { reducedMotion: 'no-preference' } })

/** What an untrained network says of the drawing, shown as a guess. */
async function guesses(app: Playground) {
  await expect(app.output('Prediction')).toHaveText(/^\d$/)
  await expect(app.output('Prediction')).toHaveAccessibleDescription('a guess')
  await expect(app.page.getByText('It has learnt nothing yet, so this is a guess.')).toBeVisible()
}

/** Waits until the drawing is read as the digit, and the network is far enough to be believed. */
async function reads(app: Playground, digit: number) {
  await app.reaches('Test accuracy', 90)
  await expect(app.output('Prediction')).toHaveText(String(digit))
  await expect(app.output('Prediction')).toHaveAccessibleDescription(/\d%/)
  await expect(app.page.getByText('It has learnt nothing yet')).toBeHidden()
  const shares = (await app.probabilities().allInnerTexts()).map((text) => Number(/([\d.]+)%/.exec(text)?.[1]))
  expect(shares.indexOf(Math.max(...shares)), 'the longest bar').toBe(digit)
}

test('by mouse, with pad, answer and training in sight', async ({ page }, info) => {
  await page.setViewportSize({ width: 1366, height: 768 })
  const app = await Playground.open(page, info)
  await app.draw(digits[7])
  await guesses(app)
  expect(await severe(page), 'a guess').toEqual([])
  await app.button('Train').click()
  await reads(app, 7)
  for (const part of [app.pad, app.output('Prediction'), app.shown, app.output('Test accuracy')]) {
    await expect(part).toBeInViewport()
  }
  await app.pause()
  expect(await severe(page), 'an answer').toEqual([])
  expect(await page.evaluate(() => scrollY), 'nothing was scrolled').toBe(0)
})

/** Draws with a finger. */
async function drawByTouch(page: Page, app: Playground, strokes: Strokes) {
  const box = (await app.pad.boundingBox())!
  const cdp = await page.context().newCDPSession(page)
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: readonly (readonly [number, number])[]) =>
    cdp.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: points.map(([x, y]) => ({ x: box.x + x * box.width, y: box.y + y * box.height })),
    })
  for (const [first, ...rest] of strokes) {
    await touch('touchStart', [first])
    let last = first
    for (const point of rest) {
      for (const share of [0.25, 0.5, 0.75, 1]) {
        await touch('touchMove', [[last[0] + share * (point[0] - last[0]), last[1] + share * (point[1] - last[1])]])
      }
      last = point
    }
    await touch('touchEnd', [])
  }
}

test('by touch, on a phone', async ({ browser }, info) => {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
  const page = await context.newPage()
  const app = await Playground.open(page, info)
  await drawByTouch(page, app, digits[7])
  await guesses(app)
  expect(await severe(page), 'a guess').toEqual([])
  // Chromium cancels a touch that a busy page does not take in time: a person taps again.
  await expect(async () => {
    if (await app.button('Train').isVisible()) await app.button('Train').tap()
    await expect(app.button('Pause')).toBeVisible({ timeout: 3000 })
  }).toPass()
  await reads(app, 7)
  await app.button('Pause').tap()
  await expect(app.output('Status')).toHaveText('Paused')
  expect(await severe(page), 'an answer').toEqual([])
  await context.close()
})

test('by keyboard alone', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  const { keyboard } = page
  /** Goes on by Tab, which must come there. */
  const tabTo = async (name: string) => {
    for (let i = 0; i < 40; i++) {
      await keyboard.press('Tab')
      const there = await page.evaluate(() => {
        const { activeElement: focused } = document
        return focused?.getAttribute('aria-label') ?? focused?.textContent?.trim()
      })
      if (there === name) return
    }
    throw new Error(`Tab does not come to ${name}.`)
  }
  await tabTo('Drawing pad')
  for (const key of [...Array<string>(8).fill('ArrowUp'), 'Space', ...Array<string>(16).fill('ArrowDown'), 'Space']) {
    await keyboard.press(key)
  }
  await guesses(app)
  await tabTo('Train')
  await keyboard.press('Enter')
  await reads(app, 1)
  await expect(app.button('Pause')).toBeFocused()
  await keyboard.press('Space')
  await expect(app.output('Status')).toHaveText('Paused')
  await keyboard.press('Tab')
  await expect(app.button('Step')).toBeFocused()
})

test('the end of a run says what it reached, and what to do next', async ({ page }, info) => {
  const query = { preset: 'softmax', epochs: '1', trainingSize: '6000' }
  const app = await Playground.open(page, info, query)
  await app.draw(digits[7])
  await app.button('Train').click()
  await expect(app.output('Status')).toHaveText('Finished')
  const end = page.getByRole('status', { name: 'End of the run' })
  await expect(end).toContainText(/Finished: \d\d\.\d% of 10,000 test digits right\./)
  expect(await severe(page)).toEqual([])

  // The curves, point by point, by keyboard too.
  const charts = await app.charts()
  const points = charts.getByRole('slider', { name: 'Points of the accuracy chart' })
  await points.focus()
  await page.keyboard.press('Home')
  const first = await points.getAttribute('aria-valuetext')
  await page.keyboard.press('End')
  await expect(points).toHaveAttribute('aria-valuetext', /test \d\d\.\d\d% at epoch 1/)
  expect(await points.getAttribute('aria-valuetext')).not.toBe(first)
  await app.button('Charts').click()

  await end.getByRole('button', { name: 'See its mistakes' }).click()
  await expect(app.tab('Mistakes')).toHaveAttribute('aria-selected', 'true')
  await page.getByRole('list', { name: 'Worst mistakes' }).getByRole('button').first().click()
  await expect(app.pad, 'where the mistake lies now').toBeInViewport({ ratio: 1 })
  await expect(page.getByText(/That is wrong: it is an? \d\./)).toBeInViewport({ ratio: 1 })
  await end.getByRole('button', { name: 'Save it' }).click()
  await expect(app.button('Save network')).toBeVisible()
  await end.getByRole('button', { name: 'Try to fool it' }).click()
  await expect(app.pad).toBeFocused()
  const dare = page.getByRole('status', { name: 'Try to fool it' })
  await expect(dare).toHaveText(/^Draw an? \d that it takes for an? \d: its most common mistake\.$/)
  await expect(dare, 'at the pad').toBeInViewport({ ratio: 1 })
  await app.draw(digits[7])
  await expect(dare).toHaveText(/^It (still )?says \d\./)
  expect(await severe(page)).toEqual([])
  await app.button('Stop trying').click()
  await expect(dare).toBeHidden()
  await expect(app.pad).toBeFocused()
  const steps = await app.step()
  await end.getByRole('button', { name: 'Train longer' }).click()
  await expect(app.output('Epoch')).toHaveText(/ \/ [2-9]/)
  await expect.poll(() => app.step()).toBeGreaterThan(steps)

  // Train does the same, and nothing is lost by it.
  await expect(app.output('Status')).toHaveText('Finished')
  const longer = await app.step()
  await expect(app.button('Train')).toHaveAttribute('title', 'Train for 2 more epochs')
  await app.button('Train').click()
  await expect(app.output('Epoch')).toHaveText(/ \/ 4$/)
  await expect.poll(() => app.step()).toBeGreaterThan(longer)
  await expect(page.getByText('You started over.')).toHaveCount(0)
})
