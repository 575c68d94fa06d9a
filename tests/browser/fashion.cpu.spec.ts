// A data set that nobody can draw: Fashion-MNIST. Its pictures are MNIST's here, so that no build needs its files.

import { expect, test, type Page } from '@playwright/test'
import { severe } from './accessibility'
import { Playground } from './playground'
import { boxOf, sumOf, watchShifts } from './sight'

/** Lists MNIST's files as those of Fashion-MNIST, too, in scripts of a build that has none. */
async function offerFashion(page: Page): Promise<void> {
  await page.route('**/assets/*.js', async (route) => {
    const response = await route.fetch()
    const script = await response.text()
    await route.fulfill({
      response,
      body: script.replace(
        /\{mnist:(\[[^\]]*\])\}/g,
        (_, files: string) => `{mnist:${files},"fashion-mnist":${files}}`,
      ),
    })
  })
}

const fashion = { dataset: 'fashion-mnist' }
const names = ['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot']

const loaded = (app: Playground) => expect(app.data).toHaveAttribute('aria-valuetext', '70,000 images loaded')

async function open(page: Page, project: string, query: Record<string, string> = {}): Promise<Playground> {
  await offerFashion(page)
  const app = new Playground(page, project)
  await app.visit({ ...fashion, ...query })
  await loaded(app)
  return app
}

for (const [width, height, kind] of [
  [1366, 768, 'desk'],
  [1440, 900, 'desk'],
  [820, 1180, 'tablet'],
  [390, 844, 'phone'],
  [360, 640, 'phone'],
] as const) {
  test(`the first screen has a picture in place of the pad at ${width} × ${height}`, async ({ page }, info) => {
    await page.setViewportSize({ width, height })
    const shifts = await watchShifts(page)
    const app = await open(page, info.project.name)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await expect(app.pad).toBeHidden()
      await expect(app.tab('Look')).toBeVisible({ visible: kind === 'phone' })
      await expect(app.tab('Draw')).toHaveCount(0)
      const picture = await boxOf(page.getByRole('img', { name: /^test image No\. 0/ }).first())
      const answer = await boxOf(app.output('Prediction'))
      const dock = await boxOf(page.getByRole('region', { name: 'Training run', exact: true }))
      await app.fits()
      expect(dock.bottom, 'the dock ends with the window').toBeCloseTo(height, 0)
      expect(picture.bottom, 'the dock leaves the picture free').toBeLessThanOrEqual(dock.top)
      if (kind === 'phone') expect(answer.top, 'the answer is under the picture').toBeGreaterThanOrEqual(picture.bottom)
      else expect(answer.left, 'the answer is right of the picture').toBeGreaterThan(picture.right)
      expect(answer.bottom).toBeLessThanOrEqual(dock.top)
    }
    expect(await severe(page)).toEqual([])
    const seen = await shifts()
    expect(sumOf(seen), JSON.stringify(seen)).toBeLessThan(0.05)
  })
}

test('a guess before training, the names of the classes after it, in every tab', async ({ page }, info) => {
  const app = await open(page, info.project.name, { evaluateEvery: '50' })
  const answer = page.getByRole('region', { name: 'The answer' })
  await expect(app.probabilities()).toHaveCount(10)
  expect((await app.probabilities().allInnerTexts()).map((text) => text.split('\n')[0].replace(/:$/, ''))).toEqual(
    names,
  )
  await expect(answer).toContainText('It has learnt nothing yet')
  await app.button('Train').click()
  await expect(app.output('Test accuracy')).toHaveText(/^[6-9]\d\.\d\d%$/)
  await app.pause()
  await expect(answer.getByText(/^That is (right|wrong)/)).toBeVisible()
  await expect(app.output('Prediction')).toHaveText(new RegExp(`^(${names.join('|')})$`))
  // What only handwriting has is not offered.
  await expect(page.getByText('Does it misread you?')).toHaveCount(0)
  await expect(app.button('Clear drawing')).toHaveCount(0)
  for (const name of ['Mistakes', 'Compare', 'Health', 'Kernels', 'Take it with you', 'Inside'] as const) {
    await app.panel(name)
    await expect(app.shown.getByText('Loading…')).toBeHidden()
    expect(await severe(page), name).toEqual([])
  }
  await app.panel('Mistakes')
  const worst = app.shown.getByRole('button', { name: /read as/ }).first()
  const noun = '(trousers|an? [a-zT][a-z -]+)'
  await expect(worst).toHaveAccessibleName(new RegExp(`^Test image No. \\d+, ${noun} read as ${noun}, `))
  await worst.click()
  await expect(page.getByRole('region', { name: 'What it reads' }).getByText(/^Test image No\. [\d,]+/)).toBeVisible()
})

test('choosing it shows it at once, and Undo brings the digits back', async ({ page }, info) => {
  await offerFashion(page)
  const app = await Playground.open(page, info, { evaluateEvery: '50' })
  await app.button('Train').click()
  await expect(app.output('Test accuracy')).toHaveText(/\d/)
  await app.pause()
  const step = await app.step()
  await app.learn('Fashion-MNIST')
  await loaded(app)
  await expect(app.pad).toBeHidden()
  await expect.poll(() => app.step()).toBe(0)
  await expect(page.getByText('Fashion-MNIST took the place of MNIST.')).toBeVisible()
  await app.button('Undo').click()
  await app.loaded()
  await expect(app.pad).toBeVisible()
  await expect.poll(() => app.step()).toBe(step)
  await expect(app.dataset).toHaveAccessibleName('Data: MNIST')
})
