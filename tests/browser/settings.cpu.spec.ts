// Drawing and settings as a person uses them, which are the same on every backend.

import { expect, test } from '@playwright/test'
import { digits, Playground } from './playground'

test('undoes strokes, one by one', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await app.draw(digits[4])
  await expect(app.output('Prediction')).toHaveText(/^\d$/)
  await app.button('Undo stroke').click()
  await expect(app.output('Prediction')).toHaveText(/^\d$/)
  await app.button('Undo stroke').click()
  await expect(app.output('Prediction')).toHaveText('—')
})

test('draws and reads by keyboard alone', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await app.pad.focus()
  await page.keyboard.press('Space')
  for (let i = 0; i < 12; i++) await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Space')
  await expect(app.output('Prediction')).toHaveText(/^\d$/)
})

test('a change that needs a new run says so, and the curves stay until it starts', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await app.button('Train').click()
  await app.reaches('Test accuracy', 80)
  await app.pause()
  await expect(page.getByText(/^at step /), 'the network at rest is tested').toBeHidden()
  const accuracy = await app.output('Test accuracy').textContent()

  await app.settings()
  await app.field('Learning rate').fill('0.002') // taken over at once
  await expect(app.button('Resume')).toBeVisible()
  await app.choice('Preset').selectOption({ label: 'The network of a famous video, 16 and 16 neurons' })
  await expect(page.getByText('This starts the network over')).toBeVisible()
  await expect(app.output('Test accuracy')).toHaveText(accuracy ?? '')
  await expect(app.field('Batch size')).toHaveValue('1')

  await app.button('Train').click()
  await expect(app.button('Pause')).toBeVisible()
  // At once a new network's, which may have been tested already.
  await expect(app.output('Test accuracy')).not.toHaveText(accuracy ?? '')
  await expect(app.output('Epoch')).toHaveText(/^[01] \/ 10$/)
  await app.pause()
})

test('takes the settings from the address', async ({ page }, info) => {
  const app = await Playground.open(page, info, { preset: 'notebook', seed: '7', epochs: '3' })
  await app.settings()
  await expect(app.choice('Preset')).toHaveValue('notebook')
  await expect(app.field('Seed')).toHaveValue('7')
  await expect(app.field('Epochs')).toHaveValue('3')
  await expect(app.field('Batch size')).toHaveValue('10')
  await expect(app.output('Epoch')).toHaveText('0 / 3')

  await app.visit({ preset: 'nonsense', seed: '-4', epochs: 'many', backend: 'abacus' })
  const alerts = (await page.getByRole('alert').allTextContents()).join(' ')
  for (const word of ['nonsense', '-4', 'many', 'abacus']) expect(alerts).toContain(word)
})

test('a wrong number has a message at its field and keeps its text', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await app.settings()
  await app.field('Batch size').fill('0')
  await expect(app.field('Batch size')).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByText(/must be 1 or more/i)).toBeVisible()
  await expect(app.field('Batch size')).toHaveValue('0')
  await app.field('Batch size').fill('32')
  await expect(page.getByText(/must be 1 or more/i)).toBeHidden()
  await app.button('Step').click()
  await expect(page.getByText(/Step 1 of 18,750/)).toBeVisible()
})
