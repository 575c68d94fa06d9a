// The tab Compare: past runs compared, on the next visit too.

import { expect, test } from '@playwright/test'
import { axe } from './accessibility'
import { Playground } from './playground'

test('keeps runs over a reload, compares them, and repeats one from its link', async ({ page, context }, info) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.setViewportSize({ width: 390, height: 844 })
  const app = await Playground.open(page, info, { preset: 'notebook', epochs: '1', trainingSize: '2000' })
  for (const seed of ['1', '2']) {
    await app.settings()
    await app.field('Seed').fill(seed)
    await app.closeSettings()
    await app.button('Train').click()
    await expect(app.output('Status')).toHaveText('Finished')
    await app.press('Start over')
  }
  await page.reload()
  await app.loaded()
  await app.panel('Compare')
  const table = page.getByRole('region', { name: 'Past runs' })
  await expect(table.getByRole('row')).toHaveCount(3)
  await expect(table.getByRole('row').nth(1)).toContainText('Notebook (changed) on MNIST')
  await expect(table.getByRole('columnheader', { name: 'Mean images/s' })).toHaveCount(1)
  for (const name of ['Copy link of run 2', 'Use settings of run 2', 'Delete run 2']) {
    await expect(app.button(name)).toBeInViewport({ ratio: 1 })
  }
  expect(await table.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBeLessThanOrEqual(0)

  await page.getByRole('checkbox', { name: 'Compare run 1' }).check()
  await page.getByRole('checkbox', { name: 'Compare run 2' }).check()
  const differences = page.getByRole('region', { name: 'Differences' })
  await expect(differences.getByRole('row')).toHaveText([/Setting\s*Run 2\s*Run 1/, /Seed\s*2\s*1/])
  await page.setViewportSize({ width: 1440, height: 900 })
  await app.charts()
  const charts = page.getByRole('img', { name: /Chart of the accuracy.*run 1 \d.*/ })
  await expect(charts).toHaveCount(2) // beside the checkboxes, and in the dock
  await expect(charts.last()).toBeVisible()
  await app.button('Charts').click()
  await page.setViewportSize({ width: 390, height: 844 })
  await app.fits()
  const { violations } = await axe(page).include('#tab-panel').analyze()
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([])

  await app.button('Copy link of run 2').click()
  await expect(page.getByRole('status', { name: 'Runs', exact: true })).toContainText('is copied')
  const link = await page.evaluate(() => navigator.clipboard.readText())
  await app.button('Delete run 1').press('Enter')
  await expect(table.getByRole('row')).toHaveCount(2)
  await expect(app.button('Delete run 2')).toBeFocused()
  await app.button('Undo').press('Enter')
  await expect(table.getByRole('row')).toHaveCount(3)
  // What is left among the notices, or their place, has the focus.
  await expect(
    page.getByRole('status', { name: 'Files and kept runs' }).and(page.locator(':focus-within')),
  ).toBeVisible()
  const final = await table.getByRole('row', { name: 'Copy link of run 2' }).getByRole('cell').nth(5).innerText()
  expect(final).toMatch(/^\d\d\.\d\d%$/)

  await page.goto(link)
  await app.loaded()
  await app.settings()
  await expect(app.field('Seed')).toHaveValue('2')
  await expect(app.choice('Preset')).toHaveValue('custom')
  await app.closeSettings()
  await app.button('Train').click()
  await expect(app.output('Status')).toHaveText('Finished')
  await expect(app.output('Test accuracy')).toContainText(final)
})

test('a run that continues after a reload, or after another network, stays one run', async ({ page }, info) => {
  const app = await Playground.open(page, info, { preset: 'notebook', epochs: '1', trainingSize: '2000' })
  await app.button('Train').click()
  await expect(app.output('Status')).toHaveText('Finished')
  await app.panel('Compare')
  const rows = page.getByRole('region', { name: 'Past runs' }).getByRole('row')
  await expect(rows).toHaveCount(2)
  await expect(page).toHaveURL(/preset=notebook.*#compare$/)
  await page.reload()
  await app.loaded()
  await expect(rows, 'the tab is open again').toHaveCount(2)
  await expect(rows.nth(1)).not.toContainText('this one')
  await app.button('Resume run').click()
  await expect(rows.nth(1)).toContainText('1 (this one)')
  await app.button('Undo').click() // back to the fresh run, which took no step
  await expect(rows.nth(1)).not.toContainText('this one')
  await app.button('Undo').click()
  await expect(rows.nth(1)).toContainText('1 (this one)')
  await expect(rows).toHaveCount(2)
  await app.panel('Inside')
  await expect(page).not.toHaveURL(/#/)
})
