// The Kernels panel on a phone, which is the same on every backend.

import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { Playground } from './playground'

test('fits a phone, and has no serious accessibility violation', async ({ page }, info) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const playground = await Playground.open(page, info)
  await page.getByRole('heading', { name: 'Kernels', exact: true }).click()
  await playground.button('Check parity').click()
  await expect(page.getByRole('status', { name: 'Parity' })).toContainText('Parity: pass', { timeout: 30_000 })
  await page.getByRole('list', { name: 'Kernel calls' }).getByText('adam').click()
  await expect(page.getByRole('region', { name: 'WGSL of adam' })).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  const { violations } = await new AxeBuilder({ page }).include('#kernels').analyze()
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])
})
