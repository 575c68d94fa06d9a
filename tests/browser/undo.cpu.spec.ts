// Undo: a change that replaces something can be taken back, until a newer run would be lost by it. Files, kept runs and drawings have theirs in
// files.cpu.spec.ts, runs.cpu.spec.ts and teach.cpu.spec.ts.

import { expect, test } from '@playwright/test'
import { Desk, kept, severe } from './desk'

test('starting over and another network can be taken back, and taken back again', async ({ page }, info) => {
  const app = await Desk.open(page, info, { preset: 'softmax', epochs: '1', trainingSize: '6000' })
  const undo = app.news.getByRole('button', { name: 'Undo', exact: true })
  await app.drawByKeys()
  await app.button('Train').click()
  await expect(app.output('Status')).toHaveText('Finished')
  const [step, accuracy, said] = [await app.step(), await app.output('Test accuracy').innerText(), await app.says()]
  const isBack = async () => {
    await expect.poll(() => app.step()).toBe(step)
    await expect(app.output('Test accuracy')).toHaveText(accuracy, { useInnerText: true })
    await expect.poll(() => app.answer()).toEqual(said)
    await expect(
      page.getByRole('button', { name: 'Settings: Softmax: no hidden layer (changed)', exact: true }),
    ).toBeVisible()
  }

  await app.button('Start over').click()
  await expect(app.news).toContainText('You started over.')
  await expect.poll(() => app.step()).toBe(0)
  await expect.poll(() => app.answer()).not.toEqual(said)
  expect(await severe(page)).toEqual([])
  await undo.click()
  await isBack()
  await expect(app.news).toContainText(/Back to Softmax \(changed\) on MNIST, all \d+ steps/)
  await undo.click()
  await expect.poll(() => app.step()).toBe(0)
  await undo.click()
  await isBack()

  await app.settings()
  await app.choice('Preset').selectOption({ label: 'The classic notebook, 40 neurons' })
  await app.closeSettings()
  await app.button('Start over').click()
  await expect(page.getByRole('button', { name: /^Settings: The classic notebook/ })).toBeVisible()
  await expect.poll(() => app.step()).toBe(0)
  await undo.click()
  await isBack()

  // What trains on is newer than what Undo would bring back.
  await app.button('Start over').click()
  await expect(undo).toBeVisible()
  await app.button('Step').click()
  await expect.poll(() => app.step()).toBe(1)
  await expect(undo).toBeHidden()
})

test('a discarded run of an earlier visit is offered again, and still after a reload', async ({ page }, info) => {
  const app = await Desk.open(page, info, { preset: 'softmax', epochs: '1', trainingSize: '1000' })
  await app.button('Train').click()
  await expect(app.output('Status')).toHaveText('Finished')
  const step = await app.step()
  await kept(page).toBe(step)
  await page.reload()
  await app.loaded()
  await app.news.getByRole('button', { name: 'Discard' }).click()
  await expect(app.news).toContainText(/Discarded Softmax \(changed\) on MNIST, all \d+ steps/)
  await kept(page).toBe(0)
  await app.news.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect(app.news).toContainText('Resume where you were: Softmax (changed) on MNIST')
  await kept(page).toBe(step)
  await page.reload()
  await app.loaded()
  await app.news.getByRole('button', { name: 'Resume run' }).click()
  await expect.poll(() => app.step()).toBe(step)
})
