// The tabs of the Network pane: addresses, old and new, the keyboard, and pad and answer that stay; and what else opens on the page.

import { expect, test } from '@playwright/test'
import { severe } from './accessibility'
import { digits, Playground, type PanelName } from './playground'

const names: readonly PanelName[] = ['Inside', 'Mistakes', 'Compare', 'Health', 'Kernels', 'Take it with you']
const tabOf = (name: PanelName) => (name === 'Health' || name === 'Kernels' ? 'Engineer' : name)

test('the old addresses lead to the tabs', async ({ page }, info) => {
  const app = new Playground(page, info.project.name)
  for (const [hash, name, contents] of [
    ['#network', 'Inside', 'Draw a digit on the pad'],
    ['#results', 'Mistakes', 'Evaluate now'],
    ['#runs', 'Compare', 'A run appears here after its first steps'],
    ['#health', 'Health', 'the weights as they start'],
    ['#kernels', 'Kernels', 'Check parity'],
    ['#files', 'Take it with you', 'Save network'],
  ] as const) {
    await page.goto('about:blank') // else it is the same page, with another hash
    await app.visit({}, hash)
    await expect(app.tab(tabOf(name))).toHaveAttribute('aria-selected', 'true')
    await expect(app.shown).toContainText(contents)
    if (tabOf(name) !== name) await expect(app.button(name)).toHaveAttribute('aria-pressed', 'true')
  }
})

test('every tab has an address that a reload keeps, and passes axe', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await app.draw(digits[3])
  for (const [name, hash] of [
    ['Mistakes', '#mistakes'],
    ['Compare', '#compare'],
    ['Health', '#health'],
    ['Kernels', '#kernels'],
    ['Take it with you', '#take'],
    ['Inside', ''],
  ] as const) {
    await app.panel(name)
    await expect.poll(() => new URL(page.url()).hash).toBe(hash)
    await expect(app.shown.getByText('Loading…')).toBeHidden()
    await expect(app.pad, `beside ${name}`).toBeInViewport({ ratio: 1 })
    await expect(app.output('Prediction'), `beside ${name}`).toBeInViewport({ ratio: 1 })
    expect(await severe(page), name).toEqual([])
  }
  for (const name of ['Health', 'Take it with you'] as const) {
    await app.panel(name)
    await page.reload()
    await app.loaded()
    await expect(app.tab(tabOf(name))).toHaveAttribute('aria-selected', 'true')
  }
  await page.evaluate(() => (location.hash = '#results'))
  await expect(app.tab('Mistakes')).toHaveAttribute('aria-selected', 'true')
})

test('tabs are walked by arrow keys and are one stop of the Tab key', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await app.tab('Inside').focus()
  for (const [key, name] of [
    ['ArrowRight', 'Mistakes'],
    ['End', 'Take it with you'],
    ['ArrowRight', 'Inside'],
    ['ArrowLeft', 'Take it with you'],
    ['Home', 'Inside'],
  ] as const) {
    await page.keyboard.press(key)
    await expect(app.tab(name)).toBeFocused()
    await expect(app.tab(name)).toHaveAttribute('aria-selected', 'true')
    await expect(app.shown).toHaveAccessibleName(name)
  }
  await page.keyboard.press('Tab')
  await expect(page.getByRole('tab').and(page.locator(':focus'))).toHaveCount(0)
})

test('each tab can be opened on a phone, without scrolling sideways', async ({ page }, info) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const app = await Playground.open(page, info)
  for (const name of names) {
    await app.panel(name)
    await expect(app.shown.getByText('Loading…')).toBeHidden()
    await app.fits(name)
  }
})

test('the settings open and close by keyboard and leave the rest in sight', async ({ page }, info) => {
  await page.setViewportSize({ width: 1366, height: 768 })
  const app = await Playground.open(page, info)
  const opener = page.getByRole('button', { name: /^Settings:/ })
  await expect(app.drawer).toBeHidden()
  await opener.focus()
  await page.keyboard.press('Enter')
  await expect(app.drawer).toBeFocused()
  await expect(opener).toHaveAttribute('aria-expanded', 'true')
  await expect(app.pad).toBeInViewport({ ratio: 1 })
  await expect(app.button('Train')).toBeInViewport({ ratio: 1 })
  expect(await severe(page)).toEqual([])
  await page.keyboard.press('Escape')
  await expect(app.drawer).toBeHidden()
  await expect(opener).toBeFocused()
})

test('the charts grow upwards, and Train stays where it was', async ({ page }, info) => {
  await page.setViewportSize({ width: 1366, height: 768 })
  const app = await Playground.open(page, info)
  const place = async () => (await app.button('Train').boundingBox())!
  const before = await place()
  const charts = await app.charts()
  await expect(charts.getByRole('img', { name: /^Chart of the (accuracy|loss)/ })).toHaveCount(2)
  const after = await place()
  expect([after.x, after.y]).toEqual([before.x, before.y])
  await expect(charts).toBeInViewport({ ratio: 1 })
  expect(await severe(page)).toEqual([])
  await app.button('Charts').click()
  await expect(charts).toBeHidden()
})

test('the course of the run stays where it is through a pause and a step', async ({ page }, info) => {
  await page.setViewportSize({ width: 1366, height: 768 })
  const app = await Playground.open(page, info)
  const run = () => page.getByRole('progressbar', { name: 'Run', exact: true }).boundingBox()
  await app.button('Train').click()
  await app.reaches('Test accuracy', 80)
  const before = await run()
  await app.pause()
  expect(await run()).toEqual(before)
  const step = await app.step()
  await app.button('Step').click()
  await expect.poll(() => app.step()).toBe(step + 1)
  expect(await run()).toEqual(before)
})

test('Share copies a short link, or shows it where nothing may be copied', async ({ page, context }, info) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const app = await Playground.open(page, info, { preset: 'notebook' })
  await app.settings()
  await app.field('Seed').fill('7')
  await app.closeSettings()
  const device = app.button(/: About this device$/)
  const before = await device.boundingBox()
  await app.button('Share').click()
  await expect(page.getByRole('status', { name: 'Shared' })).toHaveText('Link copied')
  expect(await device.boundingBox(), 'another word moves nothing').toEqual(before)
  const link = new URL(await page.evaluate(() => navigator.clipboard.readText()))
  expect(link.href).toBe(page.url())
  expect([...link.searchParams.keys()].sort()).toEqual(['backend', 'preset', 'seed'])

  await page.evaluate(() => (navigator.clipboard.writeText = () => Promise.reject(new Error('denied'))))
  await app.button('Share').click()
  await expect(page.getByRole('textbox', { name: 'Copy this link:' })).toHaveValue(page.url())
  await expect(page.getByRole('textbox', { name: 'Copy this link:' })).toBeFocused()
  expect(await severe(page)).toEqual([])
})
