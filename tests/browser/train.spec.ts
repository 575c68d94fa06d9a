// The main job, on both backends: load, train, draw, and every button of the transport.

import { expect, test } from '@playwright/test'
import { digits, Playground } from './playground'

test('trains the default preset past 95% and reads a drawing', async ({ page }, info) => {
  const errors: Error[] = []
  page.on('pageerror', (error) => errors.push(error))
  const app = await Playground.open(page, info)
  await expect(app.output('Running on')).toContainText(app.backend === 'webgpu' ? 'WebGPU' : 'CPU WebAssembly')
  await expect(app.page.getByRole('progressbar', { name: 'Data' })).toBeAttached()
  await expect(app.output('Prediction')).toHaveText('—')

  await app.button('Train').click()
  await app.reaches('Test accuracy', 90)
  await expect(app.output('Test accuracy')).toHaveText(/^\d\d\.\d\d%$/)
  await expect(app.output('Epoch')).toHaveText(/^\d+ \/ 10$/)
  expect(await app.number('Train loss')).toBeLessThan(1)
  expect(await app.number('Images per second')).toBeGreaterThan(0)

  // While it trains, the prediction follows the pen.
  await app.draw(digits[0])
  await expect(app.output('Prediction')).toHaveText(/^\d$/)
  await app.button('Clear drawing').click()
  await expect(app.output('Prediction')).toHaveText('—')

  await app.reaches('Test accuracy', 95)
  await app.pause()
  for (const [digit, strokes] of Object.entries(digits)) {
    await app.draw(strokes)
    await expect(app.output('Prediction'), `the drawn ${digit}`).toHaveText(digit)
    await expect(app.probabilities()).toHaveCount(10)
    await expect(app.probabilities().nth(Number(digit))).toContainText(/[3-9]\d(\.\d+)?%|100/)
    await app.button('Clear drawing').click()
  }
  expect(errors).toEqual([])
})

test('pauses, resumes, steps and resets', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await app.button('Step').click()
  await expect(page.getByText(/Step 1 of/)).toBeVisible()
  const lossOfFirstStep = await app.output('Train loss').textContent()
  expect(Number(lossOfFirstStep)).toBeGreaterThan(1)
  await app.button('Step').click()
  await expect(page.getByText(/Step 2 of/)).toBeVisible()

  await app.button('Resume').click()
  await expect.poll(() => app.step()).toBeGreaterThan(20)
  await app.pause()
  await page.waitForTimeout(200) // what was under way is reported
  const paused = await app.step()
  await page.waitForTimeout(500)
  expect(await app.step()).toBe(paused)

  await app.button('Resume').click()
  await expect.poll(() => app.step()).toBeGreaterThan(paused)
  await app.button('Start over').click()
  await expect(app.button('Train')).toBeVisible()
  await expect(app.output('Test accuracy')).toHaveText('—')
  await expect(app.output('Epoch')).toHaveText('0 / 10')

  // The same seed gives the same start.
  await app.button('Step').click()
  await expect(app.output('Train loss')).toHaveText(lossOfFirstStep ?? '')
  await app.button('Start over').click()
  await app.settings()
  await app.field('Seed').fill('2')
  await app.button('Step').click()
  await expect(page.getByText(/Step 1 of/)).toBeVisible()
  await expect(app.output('Train loss')).not.toHaveText(lossOfFirstStep ?? '')
})

test('builds a convolutional network from the default, layer by layer, and trains it', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await app.settings()
  await expect(page.getByText('152,650 parameters')).toBeVisible()
  await app.addLayer('Convolution')
  await app.field('Filters of layer 1').fill('4')
  await app.choice('Padding of layer 1').selectOption('Valid')
  await app.field('Kernel of layer 1').fill('5')
  await expect(page.getByText('put a Flatten layer before it')).toBeVisible()
  await expect(app.button('Train')).toBeDisabled()
  await app.addLayer('Flatten')
  await app.addLayer('Max pooling')
  await app.addLayer('Dropout')
  await app.addLayer('Batch norm')
  await app.choice('Optimizer').selectOption('Nesterov')
  await app.field('Learning rate').fill('0.05')
  await expect(app.rows()).toContainText([
    /Convolution.*24 × 24 × 4.*104 params/,
    /Max pooling.*12 × 12 × 4/,
    /Flatten.*576/,
    /Dense.*192.*110,784 params/,
    /Dropout.*192/,
    /Batch norm.*384 params/,
    /Output.*1,930 params/,
  ])

  await app.button('Train').click()
  await expect.poll(() => app.step()).toBeGreaterThan(20)
  await app.pause()
  expect(await app.number('Train loss')).toBeLessThan(2.5)
  await app.draw(digits[7])
  await expect(app.output('Prediction')).toHaveText(/^[\d?]$/)
})
