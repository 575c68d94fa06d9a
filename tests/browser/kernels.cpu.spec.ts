// The Kernels panel on a phone, which is the same on every backend.

import { expect, test } from '@playwright/test'
import { axe } from './accessibility'
import { Playground } from './playground'

test('fits a phone, and has no serious accessibility violation', async ({ page }, info) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const playground = await Playground.open(page, info)
  await playground.panel('Kernels')
  await playground.button('Check parity').click()
  await expect(page.getByRole('status', { name: 'Parity' })).toContainText('Parity: pass', { timeout: 30_000 })
  await page.getByRole('list', { name: 'Kernel calls' }).getByText('adam').click()
  await expect(page.getByRole('region', { name: 'WGSL of adam' })).toBeVisible()
  await playground.fits()
  const { violations } = await axe(page).include('#tab-panel').analyze()
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
})
