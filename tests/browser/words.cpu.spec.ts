// What the page says: cards that explain terms, and a run that goes nowhere.

import { expect, test, type Page } from '@playwright/test'
import { axe } from './accessibility'
import { digits, Playground } from './playground'

const cards = (page: Page) => page.getByRole('tooltip')

test('a term is explained to the pointer, and in the description of its figure', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await page.getByText('Test accuracy', { exact: true }).hover()
  await expect(cards(page)).toContainText('The share of the test set')
  await expect(app.output('Test accuracy')).toHaveAccessibleDescription(/^The share of the test set/)
  const { violations } = await axe(page).include('.dock').analyze()
  expect(violations).toEqual([])
  await cards(page).hover() // it can be read with the pointer on it
  await page.waitForTimeout(500)
  await expect(cards(page)).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(cards(page)).toHaveCount(0)
})

test('a term of the dock is explained to the keyboard once its figure is there', async ({ page }, info) => {
  const app = await Playground.open(page, info, { preset: 'softmax', epochs: '1', trainingSize: '6000' })
  const { keyboard } = page
  await app.button('Start over').focus()
  await keyboard.press('Tab')
  await expect(app.button('Charts'), 'before the first step').toBeFocused()

  await app.button('Train').click()
  await expect(app.output('Status')).toHaveText('Finished')
  await app.button('Start over').focus()
  for (const [term, meaning] of [
    ['Test accuracy', 'The share of the test set'],
    ['Epoch', 'One pass through all the training examples.'],
    ['Train loss', 'How wrong the answers are on the batches'],
  ]) {
    await keyboard.press('Tab')
    await expect(app.button(term)).toBeFocused()
    await expect(cards(page)).toContainText(meaning)
  }
  const { violations } = await axe(page).include('.dock').analyze()
  expect(violations).toEqual([])
  await keyboard.press('Tab')
  await expect(app.button('Charts')).toBeFocused()
  await expect(cards(page)).toHaveCount(0)
})

test('a term in a label is explained to the keyboard and to a tap, and the field keeps its name', async ({
  page,
}, info) => {
  const app = await Playground.open(page, info)
  await app.settings()
  const rate = app.field('Learning rate')
  await rate.focus()
  await page.keyboard.press('Shift+Tab')
  await expect(cards(page)).toContainText('How far the weights move in each step.')
  await expect(app.button('Learning rate')).toHaveAccessibleDescription(/How far the weights move/)
  await expect(rate).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(cards(page)).toHaveCount(0)
  await expect(rate).toBeVisible()

  await app.button('Batch size').click()
  await expect(cards(page)).toContainText('The examples that the network sees in one step.')
  await expect(app.field('Batch size')).not.toBeFocused()
  await page.getByRole('heading', { name: 'Settings', exact: true }).click()
  await expect(cards(page)).toHaveCount(0)
})

test('a run that goes nowhere is named and never sure, and one click mends it', async ({ page }, info) => {
  const app = await Playground.open(page, info, { learningRate: '100' })
  await app.draw(digits[7])
  await app.button('Train').click()
  const changes = page.getByRole('status', { name: 'Changes' })
  await expect(changes).toContainText('It is not learning: the learning rate of 100 is too high. Use 0.002?')
  await expect(app.output('Test accuracy')).toHaveText(/%/)
  await expect(app.output('Prediction')).toHaveAccessibleDescription('a guess')
  await expect(page.getByText(/^It says \d, but it gets only \d+% of the test set right\.$/)).toBeVisible()

  await app.button('Start over with 0.002').click()
  await expect(changes).toHaveText('')
  await app.reaches('Test accuracy', 92)
  await expect(app.output('Prediction')).toHaveText('7')
  await expect(page.getByRole('status', { name: 'Certainty' })).toHaveText(/^(sure|probably)$/)
  expect(page.url()).not.toContain('learningRate')
})

test('a single step makes no claims', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await app.draw(digits[0])
  await expect(page.getByText('It has learnt nothing yet')).toBeVisible()
  await app.button('Step').click()
  await expect(page.getByText(/^It says \d, but it /)).toBeVisible()
  await expect(app.output('Prediction')).toHaveText(/^\d$/)
  await expect(app.output('Prediction')).toHaveAccessibleDescription('a guess')
})
