// The Runs panel: past runs compared, on the next visit too.

import AxeBuilder from '@axe-core/playwright'
import { expect, test } from '@playwright/test'
import { Playground } from './playground'

test('keeps runs over a reload, compares them, and makes them again from a link', async ({ page, context }, info) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.setViewportSize({ width: 390, height: 844 })
  const app = await Playground.open(page, info, { preset: 'notebook', epochs: '1', trainingSize: '2000' })
  for (const seed of ['1', '2']) {
    await app.field('Seed').fill(seed)
    await app.button('Train').click()
    await expect(page.getByText('Finished')).toBeVisible()
    await app.button('Reset').click()
  }
  await page.reload()
  await app.loaded()
  await page.getByRole('heading', { name: 'Runs', exact: true }).click()
  const table = page.getByRole('region', { name: 'Past runs' })
  await expect(table.getByRole('row')).toHaveCount(3)
  await expect(table.getByRole('row').nth(1)).toContainText('784-40-10')

  await page.getByRole('checkbox', { name: 'Compare run 1' }).check()
  await page.getByRole('checkbox', { name: 'Compare run 2' }).check()
  const differences = page.getByRole('region', { name: 'Differences' })
  await expect(differences.getByRole('row')).toHaveText([/Setting\s*Run 2\s*Run 1/, /Seed\s*2\s*1/])
  await expect(page.getByRole('img', { name: /Chart of the accuracy.*run 1 \d.*/ })).toBeVisible()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  const { violations } = await new AxeBuilder({ page }).include('#runs').analyze()
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])

  await app.button('Copy link of run 2').click()
  await expect(page.getByRole('status', { name: 'Runs' })).toContainText('is copied')
  const link = await page.evaluate(() => navigator.clipboard.readText())
  await app.button('Delete run 1').click()
  await expect(table.getByRole('row')).toHaveCount(2)
  await app.button('Undo').click()
  await expect(table.getByRole('row')).toHaveCount(3)

  await page.goto(link)
  await app.loaded()
  await expect(app.field('Seed')).toHaveValue('2')
  await expect(app.choice('Preset')).toHaveValue('custom')
})
