// A browser without a WebGPU adapter: the page runs on the CPU and says why.

import { expect, test } from '@playwright/test'
import { Playground } from './playground'

test('Auto takes the CPU and says why', async ({ page }, info) => {
  const app = await Playground.open(page, info, { backend: 'auto' })
  await expect(app.output('Running on')).toContainText('CPU WebAssembly')
  await app.button(/: About this device$/).click()
  await expect(page.getByRole('dialog', { name: 'About this device' })).toContainText(/no graphics adapter|no WebGPU/)
  await expect(page.getByRole('alert')).toHaveCount(0)
})

test('an alert says that WebGPU is missing, and the CPU is used', async ({ page }, info) => {
  const app = await Playground.open(page, info, { backend: 'webgpu' })
  await expect(page.getByRole('alert')).toContainText(/WebGPU cannot be used.*CPU WebAssembly is used instead/)
  await expect(app.output('Running on')).toContainText('CPU WebAssembly')
  await app.button('Step').click()
  await expect(page.getByText(/Step 1 of/)).toBeVisible()
})

test('a page that is not isolated trains on one thread and says so', async ({ page }, info) => {
  await page.route('**/*', async (route) => {
    const response = await route.fetch()
    const headers = Object.entries(response.headers()).filter(([name]) => !name.startsWith('cross-origin-'))
    await route.fulfill({ response, headers: Object.fromEntries(headers) })
  })
  const app = await Playground.open(page, info)
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false)
  await expect(app.output('Running on')).toHaveText('CPU WebAssembly · one thread')
  await app.button(/: About this device$/).click()
  await expect(page.getByRole('dialog', { name: 'About this device' })).toContainText(/One thread is used, because/)
  await page.keyboard.press('Escape')
  await app.button('Step').click()
  await expect(page.getByText(/Step 1 of/)).toBeVisible()
  await page.unrouteAll({ behavior: 'ignoreErrors' }) // code that is needed later may still be on its way
})

test('plain JavaScript is a choice', async ({ page }, info) => {
  const app = await Playground.open(page, info, { backend: 'reference' })
  await expect(app.output('Running on')).toContainText('CPU reference')
  await app.button('Step').click()
  await expect(page.getByText(/Step 1 of/)).toBeVisible()
})
