// Training as it is on every backend alike: each preset takes its first step, and a hidden tab goes on.

import { expect, test } from '@playwright/test'
import { digits, Playground } from './playground'

test('presets take a step and predict', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await app.settings()
  const presets = await app.choice('Preset').getByRole('option').allTextContents()
  const titles = [
    'Starter network, 192 neurons',
    'The classic notebook, 40 neurons',
    'Two layers, 100 and 30 neurons',
    'The network of a famous video, 16 and 16 neurons',
    'Softmax: no hidden layer',
    'Small convolution: best in a minute',
  ]
  expect(presets.map((title) => title.trim())).toEqual(expect.arrayContaining(titles))
  for (const title of titles) {
    await app.choice('Preset').selectOption({ label: title })
    await app.button('Start over').click()
    await expect(app.output('Train loss')).toHaveText('—')
    await app.button('Step').click()
    await expect(page.getByText(/Step 1 of/)).toBeVisible()
    await expect(app.output('Train loss')).toHaveText(/^\d/)
    await app.draw(digits[7])
    await expect(app.output('Prediction')).toHaveText(/^[\d?]$/)
    await app.button('Clear drawing').click()
  }
})

test('a step that takes seconds says so, within a narrow screen, and can be stopped', async ({ page }, info) => {
  await page.setViewportSize({ width: 320, height: 640 })
  const app = await Playground.open(page, info, { 'layers.0.units': '2000', batchSize: '60000' })
  const slow = page.getByRole('status', { name: 'Slow' })
  await app.button('More of the run').click()
  await app.button('Step').click()
  await expect(slow).toContainText('One step takes a while here…')
  await app.fits()
  await slow.getByRole('button', { name: 'Stop' }).click()
  await expect(slow).toBeEmpty()
  await expect(app.output('Status')).toHaveText('Ready')
  await app.button('More of the run').click()
  await expect(page.getByText(/Step 0 of/)).toBeVisible()
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
