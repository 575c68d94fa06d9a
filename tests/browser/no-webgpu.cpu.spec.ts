// A browser without a WebGPU adapter: the page runs on the CPU and says why.

import { expect, test } from '@playwright/test'
import { Playground } from './playground'

test('Auto takes the CPU and says why', async ({ page }, info) => {
  const app = await Playground.open(page, info, { backend: 'auto' })
  await expect(app.output('Running on')).toContainText('CPU reference')
  await app.button('About this device').click()
  await expect(page.getByRole('dialog', { name: 'About this device' })).toContainText(/no graphics adapter|no WebGPU/)
  await expect(page.getByRole('alert')).toHaveCount(0)
})

test('WebGPU asked for and not there: an alert says so, and the CPU is used', async ({ page }, info) => {
  const app = await Playground.open(page, info, { backend: 'webgpu' })
  await expect(page.getByRole('alert')).toContainText(/WebGPU cannot be used.*CPU reference is used instead/)
  await expect(app.output('Running on')).toContainText('CPU reference')
  await app.button('Step').click()
  await expect(page.getByText(/Step 1 of/)).toBeVisible()
})
