// The tab Mistakes: what the network says of the test set, and its images on the pad.

import { expect, test, type Page } from '@playwright/test'
import { axe } from './accessibility'
import { Playground } from './playground'

const matrix = (page: Page) => page.getByRole('table', { name: 'Confusion matrix' })
const cell = (page: Page, label: number, digit: number) =>
  matrix(page).getByRole('button', { name: new RegExp(`of the ${label}s read as ${digit},`) })
const mistakes = (page: Page) => page.getByRole('list', { name: 'Worst mistakes' }).getByRole('button')

/** Counts of all cells, row by row. */
async function counts(page: Page): Promise<number[]> {
  const names = await matrix(page)
    .getByRole('button')
    .evaluateAll((buttons) => buttons.map((button) => button.getAttribute('aria-label') ?? ''))
  return names.map((name) => Number(/^[\d,]+/.exec(name)?.[0].replaceAll(',', '')))
}

async function violations(page: Page) {
  const { violations } = await axe(page).include('#tab-panel').analyze()
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])
}

test('shows the confusions of the network, and puts its mistakes on the pad', async ({ page }, info) => {
  // What the page asks the worker for.
  await page.addInitScript(() => {
    const post = Worker.prototype.postMessage
    const asked: string[] = []
    Object.assign(globalThis, { asked })
    Worker.prototype.postMessage = function (message: { path?: string[] }, ...rest: unknown[]) {
      asked.push(message.path?.[0] ?? '')
      Reflect.apply(post, this, [message, ...rest])
    }
  })
  const asked = (command: string) =>
    page.evaluate(
      (command) => (globalThis as unknown as { asked: string[] }).asked.filter((each) => each === command).length,
      command,
    )
  const app = await Playground.open(page, info, { epochs: '1', evaluateEvery: '0' })
  expect(await asked('watchResults'), 'closed').toBe(0)
  await app.panel('Mistakes')
  await expect(app.shown.getByText(/of 10,000 test images read right, [\d,]+ wrong, after step 0\./)).toBeVisible()
  expect((await counts(page)).reduce((a, b) => a + b)).toBe(10_000)
  await expect(app.output('Test accuracy'), 'no evaluation of the run').toHaveText('—')

  await app.button('Train').click()
  await expect(app.button('Train')).toBeVisible() // finished
  await expect(app.shown.getByText('after step 938.')).toBeVisible()
  const accuracy = await app.output('Test accuracy').innerText()
  await expect(app.shown.getByText(accuracy, { exact: true })).toBeVisible()
  const all = await counts(page)
  expect(all).toHaveLength(100)
  expect(all.reduce((a, b) => a + b)).toBe(10_000)
  const right = all.filter((_, i) => i % 11 === 0).reduce((a, b) => a + b)
  expect(`${(right / 100).toFixed(2)}%`).toBe(accuracy)
  const recall = (all[0] / all.slice(0, 10).reduce((a, b) => a + b)) * 100
  await expect(
    page.getByRole('table', { name: 'Precision and recall' }).getByRole('row', { name: /^0/ }).getByRole('cell').nth(2),
  ).toHaveText(`${recall.toFixed(1)}%`)

  // A cell's images are those that it counts.
  const worst = all
    .map((count, i) => (i % 11 === 0 ? 0 : count))
    .reduce((best, count, i, at) => (count > at[best] ? i : best), 1)
  const [label, digit] = [Math.floor(worst / 10), worst % 10]
  await cell(page, label, digit).click()
  await expect(cell(page, label, digit)).toHaveAttribute('aria-pressed', 'true')
  const images = page.getByRole('list', { name: /that are read as/ }).getByRole('button')
  await expect(images).toHaveCount(Math.min(18, all[worst]))
  await expect(images.first()).toHaveAccessibleName(
    new RegExp(`No\\. \\d+, an? ${label} read as an? ${digit}, confidence `),
  )

  // The worst mistake lies on the pad, and the network reads it there as it is said here.
  const name = (await mistakes(page).first().getAttribute('aria-label')) ?? ''
  const [, image, truth, taken] = /(No\. \d+), (an? \d) read as an? (\d)/.exec(name) ?? []
  const confidences = await mistakes(page).evaluateAll((buttons) =>
    buttons.map((button) =>
      parseFloat(/confidence >?([\d.]+)/.exec(button.getAttribute('aria-label') ?? '')?.[1] ?? ''),
    ),
  )
  expect(confidences).toHaveLength(18)
  expect(confidences).toEqual([...confidences].sort((a, b) => b - a))
  await mistakes(page).first().click()
  await expect(page.getByRole('img', { name: `test image ${image}, ${truth} as the network sees it` })).toBeVisible()
  await expect(app.output('Prediction')).toHaveText(taken)
  await expect(mistakes(page).first()).toHaveAttribute('aria-pressed', 'true')
  await expect(app.shown.getByText(`Test image ${image} lies on the drawing pad.`)).toBeVisible()
  await expect(page.getByText(/Expected calibration error \d+\.\d\d%/)).toBeVisible()
  expect(await violations(page)).toEqual([])

  // A step is tested, too, and its results come by themselves.
  const before = await asked('watchResults')
  await app.settings()
  await app.field('Epochs').fill('2')
  await app.closeSettings()
  await app.button('Step').click()
  await expect(app.shown.getByText('after step 939.')).toBeVisible()
  expect(await asked('watchResults')).toBe(before)
  await app.panel('Inside')
  await expect(matrix(page)).toBeHidden()
  await expect.poll(() => asked('watchResults'), 'told that nobody listens').toBe(before + 1)
})

test('works at 390 pixels, by keyboard, for a network whose outputs are no probabilities', async ({ page }, info) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.emulateMedia({ colorScheme: 'dark' })
  const app = await Playground.open(page, info)
  await app.panel('Mistakes')
  await expect(app.shown.getByText('after step 0.')).toBeVisible()
  await expect(mistakes(page)).toHaveCount(18)
  await app.shown.getByRole('button', { name: /^Show more/ }).click()
  await expect(mistakes(page)).toHaveCount(36)

  await cell(page, 0, 0).focus()
  for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowUp', 'ArrowUp', 'ArrowUp', 'ArrowRight']) {
    await page.keyboard.press(key)
  }
  await expect(cell(page, 0, 2)).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(matrix(page).locator(':focus')).toHaveCount(0)
  await page.keyboard.press('Shift+Tab')
  await expect(cell(page, 0, 2)).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'Images of a 0 that are read as a 2' })).toBeVisible()
  await app.fits()
  expect(await violations(page)).toEqual([])

  // Another network while the panel is open.
  await app.settings()
  await app.choice('Preset').selectOption('notebook')
  await app.closeSettings()
  await expect(app.shown.getByText(/not probabilities/)).toBeVisible()
  await expect(mistakes(page).first()).toHaveAccessibleName(/read as an? \d, output -?\d/)
  await expect(page.getByText('Expected calibration error')).toBeHidden()
  await app.fits()
})

test('shows no score and no saliency for a network whose numbers are not finite', async ({ page }, info) => {
  const dense = (units: number) => ({ type: 'dense', units, activation: 'linear', initialiser: 'he', bias: 'yes' })
  const app = await Playground.open(page, info, {
    layers: JSON.stringify([dense(32), dense(10)]),
    optimizer: JSON.stringify({ type: 'sgd', weightDecay: 0 }),
    learningRate: '1000',
  })
  await app.button('Train').click()
  await expect(app.output('Status')).toHaveText('Diverged')
  await app.panel('Mistakes')
  await expect(app.shown).toContainText(/No score after step \d+: for none of the 10,000 test images/)
  await expect(app.shown).toContainText(/Go on from step \d+, above, or Train starts over/)
  await expect(app.shown).not.toContainText(/%|NaN/)

  await app.panel('Inside')
  await page.getByText('Choose a test image').click()
  await app.button('Random').click()
  await expect(app.shown).toContainText('no ink speaks for or against any digit')
  await expect(app.shown.getByRole('radio')).toHaveCount(0)
  await expect(app.shown).not.toContainText('NaN')
})
