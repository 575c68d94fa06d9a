// Training as it is on every backend alike: each preset takes its first step, and a hidden tab goes on.

import { expect, test } from '@playwright/test'
import { digits, Playground } from './playground'

test('presets take a step and predict', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  const presets = await app.choice('Preset').getByRole('option').allTextContents()
  const titles = [
    '784-192-10 ReLU, softmax, Adam',
    '784-40-10 sigmoid, MSE, SGD',
    '784-100-30-10 sigmoid, softmax',
    '784-16-16-10 sigmoid, MSE, batch 1',
    'Softmax regression, standardised',
    'Best in a minute: a small CNN',
  ]
  expect(presets.map((title) => title.trim())).toEqual(expect.arrayContaining(titles))
  for (const title of titles) {
    await app.choice('Preset').selectOption({ label: title })
    await app.button('Reset').click()
    await expect(app.output('Train loss')).toHaveText('—')
    await app.button('Step').click()
    await expect(page.getByText(/Step 1 of/)).toBeVisible()
    await expect(app.output('Train loss')).toHaveText(/^\d/)
    await app.draw(digits[7])
    await expect(app.output('Prediction')).toHaveText(/^[\d?]$/)
    await app.button('Clear drawing').click()
  }
})

test('goes on training in a hidden tab', async ({ page }, info) => {
  // A headless browser hides no tab, so this does what hiding does to a page: no frames any more, and slow timers.
  await page.addInitScript(() => {
    const { requestAnimationFrame: frame, setTimeout: timer } = globalThis
    let hidden = false
    Object.assign(globalThis, {
      hide: () => (hidden = true),
      requestAnimationFrame: (work: FrameRequestCallback) => (hidden ? 0 : frame(work)),
      setTimeout: (work: () => void, delay = 0) => timer(work, hidden ? Math.max(delay, 1000) : delay),
    })
    Object.defineProperty(document, 'visibilityState', { get: () => (hidden ? 'hidden' : 'visible') })
    Object.defineProperty(document, 'hidden', { get: () => hidden })
  })
  const app = await Playground.open(page, info)
  await app.button('Train').click()
  await app.reaches('Images per second', 1)
  await page.evaluate(() => {
    ;(globalThis as unknown as { hide: () => void }).hide()
    document.dispatchEvent(new Event('visibilitychange'))
  })
  await app.reaches('Test accuracy', 94)
  await app.reaches('Epoch', 2)
})
