// The editor of networks: layers by keyboard, stacks that cannot be, links that carry all of it, and validation.

import { expect, test } from '@playwright/test'
import { Playground } from './playground'

const titles = async (app: Playground) =>
  (await app.rows().allInnerTexts()).map((text) => /Output|Dense|Convolution|Flatten|Dropout/.exec(text)?.[0])

/** Everything that stands in the editor, each of its rows opened in turn. */
async function everything(app: Playground) {
  await app.settings()
  const stands = []
  for (const row of await app.rows().all()) {
    if ((await row.getAttribute('aria-expanded')) === 'false') await row.click()
    await expect(row).toHaveAttribute('aria-expanded', 'true')
    const values = await app.drawer
      .locator('input, select')
      .evaluateAll((fields) => fields.map((field) => (field as HTMLInputElement | HTMLSelectElement).value))
    stands.push({ text: await app.drawer.innerText(), values })
  }
  return stands
}

test('moves and removes layers by keyboard, and keeps the focus', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await app.settings()
  await app.addLayer('Dropout')
  await expect(app.rows().nth(1)).toBeFocused()
  expect(await titles(app)).toEqual(['Dense', 'Dropout', 'Output'])

  await app.button('Move layer 2 up').focus()
  await page.keyboard.press('Enter')
  expect(await titles(app)).toEqual(['Dropout', 'Dense', 'Output'])
  await expect(app.button('Move layer 1 up')).toBeFocused()
  await expect(app.button('Move layer 1 up')).toHaveAttribute('aria-disabled', 'true')
  await page.keyboard.press('Enter')
  expect(await titles(app)).toEqual(['Dropout', 'Dense', 'Output'])

  await app.button('Move layer 1 down').focus()
  await page.keyboard.press('Enter')
  await expect(app.button('Move layer 2 down')).toBeFocused()
  await app.button('Remove layer 2').focus()
  await page.keyboard.press('Enter')
  await expect(app.rows().nth(1)).toBeFocused()
  expect(await titles(app)).toEqual(['Dense', 'Output'])
  await expect(page.getByText('152,650 parameters')).toBeVisible()
})

test('an invalid stack has a message at its layer, and nothing trains', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await app.settings()
  await app.addLayer('Convolution')
  const misfit = app.rows().nth(1)
  await expect(misfit).toHaveAccessibleDescription(/Needs a vector, and gets an image/)
  await expect(misfit).toContainText('—')
  await expect(app.button('Train')).toBeDisabled()

  await app.addLayer('Flatten')
  await expect(app.rows().nth(2)).toHaveAccessibleDescription('')
  await expect(app.button('Train')).toBeEnabled()

  // A value goes wrong by a change elsewhere: its row opens.
  await app.addLayer('Max pooling')
  await app.rows().nth(1).click()
  await expect(app.field('Size of layer 2')).toBeHidden()
  await app.rows().nth(0).click()
  await app.choice('Padding of layer 1').selectOption('Valid')
  await app.field('Kernel of layer 1').fill('28')
  await expect(app.field('Size of layer 2')).toHaveAttribute('aria-invalid', 'true')
  await expect(app.field('Size of layer 2')).toHaveAccessibleDescription(/^Must be 1 or less: its input is only 1 × 1$/)
})

test('the address of an edited network opens the same network elsewhere', async ({ page, browser }, info) => {
  const app = await Playground.open(page, info, { preset: 'notebook' })
  await app.settings()
  await app.addLayer('Dropout')
  await app.choice('Kind of layer to add').selectOption('Dense') // no part of the network
  await app.field('Rate of layer 2').fill('0.125')
  await app.choice('Optimizer').selectOption('AdamW')
  await app.field('Weight decay').fill('0.003')
  await app.choice('Schedule').selectOption('Cosine')
  await app.field('Warm-up, epochs').fill('0.5')
  await app.field('Batch size').fill('77')
  // The fold is open: the preset trains on 50,000 images, which is not the usual.
  await app.field('Training images').fill('2000')
  await app.field('Gradient clipping').fill('1.5')
  const made = await everything(app)

  const context = await browser.newContext()
  const other = new Playground(await context.newPage(), info.project.name)
  await other.page.goto(page.url())
  await other.loaded()
  expect(await everything(other)).toEqual(made)
  await expect(other.page.getByText('from 2,000 images written by hand')).toBeVisible()
  await expect(other.page.getByRole('alert')).toHaveCount(0)
  await context.close()
})

test('shows the digits of a batch as augmentation makes them', async ({ page }, info) => {
  const app = await Playground.open(page, info, { preset: 'softmax' })
  await app.settings()
  const list = page.getByRole('list', { name: 'Training digits' })
  const pictures = () => list.locator('canvas').evaluateAll((all: HTMLCanvasElement[]) => all.map((c) => c.toDataURL()))
  const names = () =>
    list.getByRole('img').evaluateAll((all: HTMLElement[]) => all.map((image) => image.getAttribute('aria-label')))
  await expect(list.getByRole('img', { name: /^Training digit \d$/ })).toHaveCount(25)
  const [plain, labels] = [await pictures(), await names()]
  expect(new Set(plain).size).toBe(25)

  await app.choice('Augmentation').selectOption('Warp')
  await expect.poll(pictures).not.toEqual(plain)
  expect(await names()).toEqual(labels)
  const warped = await pictures()
  await app.field('Rotation (°)').fill('45')
  await expect.poll(pictures).not.toEqual(warped)
  await app.field('Rotation (°)').fill('90')
  await expect(app.field('Rotation (°)')).toHaveAccessibleDescription('Must be 60 or less')
  await app.choice('Augmentation').selectOption('None')
  await expect.poll(pictures).toEqual(plain)

  await app.button('Show others').click()
  await expect.poll(pictures).not.toEqual(plain)
  await app.field('Synthetic share').fill('1')
  await expect(list.getByRole('img', { name: 'A drawing that is no digit' }).first()).toBeVisible()
  expect(page.url()).toContain('styleShare=1')
})

test('held-out images have their own curve and figure', async ({ page }, info) => {
  const query = { preset: 'softmax', trainingSize: '1000', validationSize: '500', epochs: '2' }
  const app = await Playground.open(page, info, query)
  await app.settings()
  await expect(app.field('Validation images')).toBeVisible()
  await app.closeSettings()
  await app.charts()
  await expect(app.output('Validation accuracy')).toBeHidden()
  await app.button('Train').click()
  await expect(app.output('Status')).toHaveText('Finished')
  await app.reaches('Validation accuracy', 50)
  const chart = (name: RegExp) => page.getByRole('img', { name })
  await expect(chart(/^Chart of the accuracy.*train \d.*, test \d.*, validation \d/)).toBeVisible()
  await expect(chart(/^Chart of the loss.*validation \d/)).toBeVisible()

  await app.button('Start over').click()
  await expect(app.output('Validation accuracy')).toBeHidden()
})
