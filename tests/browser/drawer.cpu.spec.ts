// The settings in short and in full: cards with plain controls, what is wrong with a field, and the way to it.

import { expect, test } from '@playwright/test'
import { severe } from './accessibility'
import { Playground } from './playground'

test('a card and plain controls make a network without a word of jargon', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  const opener = page.getByRole('button', { name: /^Settings:/ })
  await opener.click()
  const cards = app.drawer.getByRole('group', { name: 'Network' }).getByRole('radio')
  await expect(app.drawer.getByRole('tab', { name: 'Simple' })).toHaveAttribute('aria-selected', 'true')
  await expect(cards).toHaveCount(5)
  await expect(cards.and(page.getByRole('radio', { checked: true }))).toHaveAccessibleName(/^Starter/)
  await expect(app.field('Batch size'), 'is only there in full').toBeHidden()
  expect(await severe(page)).toEqual([])

  await app.drawer.getByRole('radio', { name: /^Softmax/ }).check()
  await expect(opener).toHaveAccessibleName(/^Settings: Softmax/)
  await app.drawer.getByRole('radio', { name: 'Fast' }).check()
  await app.drawer.getByRole('spinbutton', { name: /epochs/ }).fill('1')
  await expect(page).toHaveURL(/preset=softmax/)
  await expect(page).toHaveURL(/epochs=1(&|#|$)/)

  // Nothing of it is lost in full.
  await app.settings()
  await expect(app.field('Epochs')).toHaveValue('1')
  await app.closeSettings()
  await app.button('Train').click()
  await expect(app.output('Status')).toHaveText('Finished')
  await app.reaches('Test accuracy', 80)

  // Once it has trained here, a card says how long it takes here.
  await opener.click()
  await app.drawer.getByRole('tab', { name: 'Simple' }).click()
  await expect(app.drawer.getByText(/on this device/).first()).toBeVisible()
})

test('what is wrong is told where the button is that cannot work, and leads to the field', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await app.settings()
  await app.field('Batch size').fill('0')
  await app.closeSettings()
  await expect(app.button('Train')).toBeDisabled()
  await app.button('Fix Batch size first').click()
  await expect(app.drawer).toBeVisible()
  await expect(app.field('Batch size')).toBeFocused()
  await expect(app.field('Batch size')).toBeInViewport()
  expect(await severe(page)).toEqual([])
  await app.field('Batch size').fill('32')
  await expect(app.button('Train')).toBeEnabled()
  await expect(app.button('Fix Batch size first')).toHaveCount(0)
})

test('a layer that does not fit is mended in one click', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await app.settings()
  await app.addLayer('Convolution')
  await expect(app.button('Train')).toBeDisabled()
  await app.drawer.getByRole('button', { name: 'Add it' }).click()
  await expect(app.rows()).toContainText([/Convolution/, /Flatten/, /Dense/, /Output/])
  await expect(app.rows().first(), 'as in the small convolution to choose from').toContainText('28 × 28 × 8')
  await expect(app.button('Train')).toBeEnabled()
  await expect(app.rows().nth(1), 'the keyboard goes on where the button was').toBeFocused()
})

test('one layer is open at a time', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await app.settings()
  await app.rows().nth(0).click()
  await expect(app.field('Units of layer 1')).toBeVisible()
  await app.rows().nth(1).click()
  await expect(app.rows().nth(1)).toHaveAttribute('aria-expanded', 'true')
  await expect(app.field('Units of layer 1')).toBeHidden()
})
