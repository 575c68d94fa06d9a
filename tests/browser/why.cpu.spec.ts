// How sure the network is, and the way of a drawing to it, step by step.

import { expect, test, type Locator, type Page } from '@playwright/test'
import { digits, Playground, type Strokes } from './playground'

/** Strokes at half their size in the upper left corner. */
const inCorner = (strokes: Strokes): Strokes => strokes.map((stroke) => stroke.map(([x, y]) => [x / 2, y / 2]))

const stages = (page: Page) => page.getByRole('list', { name: 'From drawing to picture' }).getByRole('listitem')
const step = (page: Page, name: string) => page.getByRole('checkbox', { name, exact: true })
const pictures = (stages: Locator) =>
  stages
    .locator('canvas')
    .evaluateAll((canvases) => canvases.map((canvas) => (canvas as HTMLCanvasElement).toDataURL()))
const seen = async (page: Page) => (await pictures(page.getByRole('img', { name: /as the network sees it/ })))[0]

test('says how sure it is, and which drawings are no digit', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await app.draw(digits[0])
  await expect(app.output('Prediction')).toHaveText(/^\d$/)
  await expect(app.output('Prediction')).toHaveAccessibleDescription('a guess')
  await expect(page.getByText('It has learnt nothing yet, so this is a guess.')).toBeVisible()

  // After a single step every digit is about as likely: that is no reason to call it none.
  await app.button('Step').click()
  await expect(
    page.getByText(/^It says \d, but it (has not been tested yet|gets only \d+% of the test set right)/),
  ).toBeVisible()
  await expect(app.output('Prediction')).toHaveText(/^\d$/)
  await expect(app.output('Prediction')).toHaveAccessibleDescription('a guess')
  await expect(page.getByText('Not a digit')).toBeHidden()

  await app.button('Resume').click()
  await app.reaches('Test accuracy', 92)
  await app.pause()
  await expect(app.output('Prediction')).toHaveText('0')
  await expect(app.output('Prediction')).toHaveAccessibleDescription(/^>?\d\d%(, probably| sure)$/)
  await expect(page.getByText('Not a digit')).toBeHidden()
})

test('gives no percentage if outputs are no probabilities', async ({ page }, info) => {
  const app = await Playground.open(page, info, { preset: 'notebook', learningRate: '1', batchSize: '32', epochs: '1' })
  await app.button('Train').click()
  await app.reaches('Test accuracy', 85)
  await app.draw(digits[0])
  await expect(app.output('Prediction')).toHaveText('0')
  await expect(app.output('Prediction')).toHaveAccessibleDescription(/^(sure|probably|maybe an? \d, maybe an? \d)$/)
  await page.getByText('Why?').click()
  await expect(stages(page).last()).toContainText(/0\s+[01]\.\d{3}/)
})

test('shows the picture after each step and what the network reads there', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await app.button('Train').click()
  await app.reaches('Test accuracy', 92)
  await app.pause()
  await expect(page.getByText('Why?'), 'of nothing there is nothing to explain').toBeHidden()

  await app.draw(inCorner(digits[0]))
  await page.getByText('Why?').click()
  await expect(stages(page).first(), 'what was opened is in sight').toBeInViewport({ ratio: 1 })
  await expect(app.output('Prediction')).toHaveText('0')
  await expect(stages(page)).toHaveText([/\?|\d\s+>?\d+%/, /\?|\d\s+>?\d+%/, /\?|\d\s+>?\d+%/, /0\s+>?\d+%/])
  const before = await pictures(stages(page))
  expect(new Set(before).size).toBe(4)
  expect(before[3]).toBe(await seen(page))

  // It follows the pen.
  await app.draw([[[0.9, 0.9]]])
  await expect.poll(() => pictures(stages(page))).not.toEqual(before)
  await app.button('Clear drawing').click()
  await expect(stages(page)).toHaveCount(0)
  await app.draw(digits[1])
  await page.getByText('Why?').click()
  await expect(stages(page).last()).toHaveText(/1\s+>?\d+%/)
  expect(await pictures(stages(page))).not.toEqual(before)
})

test('leaves out a step, by keyboard too, and takes all steps again', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await app.draw(inCorner(digits[4]))
  await page.getByText('Why?').focus()
  await page.keyboard.press('Enter')
  await expect(app.output('Prediction')).toHaveText(/^\d$/)
  await expect(stages(page)).toHaveCount(4) // its code is loaded when it is opened
  const all = await pictures(stages(page))

  await step(page, 'Fit to box').focus()
  await page.keyboard.press('Space')
  await expect(step(page, 'Fit to box')).not.toBeChecked()
  await expect(page.getByText('Why? (1 of 3 steps left out)')).toBeVisible()
  const without = await pictures(stages(page))
  expect(without[0]).toBe(all[0])
  expect(without[1]).toBe(without[0])
  expect(without[3]).not.toBe(all[3])
  expect(without[3]).toBe(await seen(page))
  await expect(step(page, 'Fit to box')).toHaveAccessibleDescription(/20 × 20/)

  for (const name of ['Pen width', 'Centre of mass']) await page.getByText(name).click()
  await expect(page.getByText('Why? (3 of 3 steps left out)')).toBeVisible()
  expect(await seen(page)).toBe(all[0])

  await app.button('Use all steps').focus()
  await page.keyboard.press('Enter')
  await expect(page.getByText('Why?', { exact: true })).toBeVisible()
  for (const name of ['Fit to box', 'Pen width', 'Centre of mass']) await expect(step(page, name)).toBeChecked()
  expect(await pictures(stages(page))).toEqual(all)
  await expect(app.button('Use all steps')).toBeFocused()
})

test('follows the network as it learns, and asks only while it is open', async ({ page }, info) => {
  await page.addInitScript(() => {
    const post = Worker.prototype.postMessage
    const counts = { predict: 0 }
    Object.assign(globalThis, { counts })
    Worker.prototype.postMessage = function (message: { path?: string[] }, ...rest: unknown[]) {
      if (message.path?.[0] === 'predict') counts.predict++
      Reflect.apply(post, this, [message, ...rest])
    }
  })
  const asked = () => page.evaluate(() => (globalThis as unknown as { counts: { predict: number } }).counts.predict)
  const app = await Playground.open(page, info)
  await app.draw([[[0.5, 0.5]]])
  await expect(app.output('Prediction')).toHaveText(/^\d$/)
  const closed = await asked()
  await page.getByText('Why?').click()
  await expect(stages(page)).toHaveText([/%/, /%/, /%/, /%/])
  expect(await asked()).toBe(closed + 3)

  const untrained = await stages(page).first().innerText()
  await app.button('Train').click()
  await expect(stages(page).first()).not.toHaveText(untrained, { useInnerText: true })
  await app.pause()
  await page.waitForTimeout(300) // what was asked meanwhile is answered

  await page.getByText('Why?').click()
  const before = await asked()
  await app.button('Clear drawing').click()
  await expect(app.output('Prediction')).toHaveText('—')
  await app.draw([[[0.2, 0.2]]])
  await expect(app.output('Prediction')).toHaveText(/^[\d?]$/)
  await page.waitForTimeout(200)
  expect(await asked()).toBe(before + 1)
})
