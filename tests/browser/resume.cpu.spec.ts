// Runs that outlive a reload, and browsers that keep none.

import { expect, test } from '@playwright/test'
import { Desk, kept, severe } from './desk'
import { digits } from './playground'

test('a reload offers to resume the run, which continues with its curves', async ({ page }, info) => {
  const app = await Desk.open(page, info, { evaluateEvery: '20' })
  await app.train()
  const [step, curve] = [await app.step(), await app.curve()]
  await app.drawByKeys()
  const said = await app.says()
  await kept(page).toBe(step)

  await page.reload()
  await app.loaded()
  await expect(app.news).toContainText(
    new RegExp(
      `Resume where you were: Starter \\(changed\\) on MNIST, step ${step.toLocaleString('en')} of [\\d,]+, \\d\\d\\.\\d\\d%`,
    ),
  )
  expect(await severe(page)).toEqual([])
  await page.setViewportSize({ width: 390, height: 844 })
  await app.fits()
  await page.setViewportSize({ width: 1440, height: 900 })
  // The page can be used meanwhile: a step without a test does not take the place.
  await app.button('Step').click()
  await expect.poll(() => app.step()).toBe(1)
  await page.reload()
  await app.loaded()
  await app.news.getByRole('button', { name: 'Resume run' }).press('Enter')
  await expect.poll(() => app.step()).toBe(step)
  await expect(app.button('Resume')).toBeVisible()
  expect(await app.curve()).toBe(curve)
  await app.drawByKeys()
  await expect.poll(() => app.answer()).toEqual(said)
  await expect(app.news.getByRole('button', { name: 'Resume run' })).toBeHidden()
  await app.button('Resume').click()
  await expect.poll(() => app.step()).toBeGreaterThan(step + 20)
  await app.pause()

  // Now the link asks for another network, and another tab is open, which is offered nothing that this one trains.
  const later = await app.step()
  await kept(page).toBe(later)
  const other = await Desk.open(await page.context().newPage(), info)
  await other.page.waitForTimeout(1000)
  await expect(other.news).toHaveText('')
  await app.visit({ preset: 'notebook' })
  await app.loaded()
  await expect(app.news).toContainText('Resume where you were: Starter (changed) on MNIST')
  await app.news.getByRole('button', { name: 'Discard' }).click()
  await expect(app.news).not.toContainText('Resume where you were')
  await kept(page).toBe(0)
  await page.reload()
  await app.loaded()
  await expect(app.news).toHaveText('')
})

test('a finished run is offered until another run is tested', async ({ page }, info) => {
  const query = { preset: 'notebook', epochs: '1', trainingSize: '1000' }
  const app = await Desk.open(page, info, query)
  await app.button('Train').click()
  await expect(app.output('Status')).toHaveText('Finished')
  await kept(page).toBeGreaterThan(0)
  await page.reload()
  await app.loaded()
  await expect(app.news).toContainText(/Notebook \(changed\) on MNIST, all [\d,]+ steps/)
  await app.news.getByRole('button', { name: 'Resume run' }).click()
  await expect(app.output('Status')).toHaveText('Finished')
  await app.draw(digits[1])
  await expect(app.output('Prediction')).toHaveText(/\d/)
  await kept(page).toBeGreaterThan(0)
  await page.reload()
  await app.loaded()
  await expect(app.news).toContainText('Resume where you were')
  await app.button('Train').click()
  await expect(app.news).toHaveText('')
})

test('an unreadable run is reported, and can be discarded', async ({ page }, info) => {
  const app = await Desk.open(page, info)
  for (const [version, reason] of [
    [0, 'another version of Inkling'],
    [1, 'another version of Inkling, or is damaged'],
  ] as const) {
    await page.evaluate(async (version) => {
      localStorage.setItem('inkling-left', 'yes')
      const database = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open('inkling-checkpoints')
        request.onupgradeneeded = () => request.result.createObjectStore('runs')
        request.onsuccess = () => resolve(request.result)
      })
      const writing = database.transaction('runs', 'readwrite')
      writing.objectStore('runs').put({ version, checkpoint: { spec: {} } }, '2026-01-01 x')
      await new Promise((resolve) => (writing.oncomplete = resolve))
      database.close()
    }, version)
    await page.reload()
    await app.loaded()
    await expect(app.news).toContainText(`cannot be resumed`)
    await expect(app.news).toContainText(reason)
  }
  await app.news.getByRole('button', { name: 'Discard' }).click()
  await expect(app.news).toHaveText('')
})

test('a browser that stores nothing, or is full, still trains and says so', async ({ page }, info) => {
  const app = await Desk.open(page, info, { evaluateEvery: '20' })
  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Storage.overrideQuotaForOrigin', { origin: new URL(page.url()).origin, quotaSize: 1 })
  await app.train()
  await expect(app.news).toContainText(
    'A reload starts anew: this browser does not keep the run, because its storage is full.',
  )
  await app.news.getByRole('button', { name: 'Dismiss' }).click()
  await expect(app.news).toHaveText('')

  const refusing = await page.context().newPage()
  await refusing.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('denied', 'SecurityError')
    }
  })
  const other = await Desk.open(refusing, info, { evaluateEvery: '20' })
  await other.train()
  await expect(other.news).toContainText('because it allows no storage')
  await expect(refusing.getByRole('alert')).toHaveCount(0)
})
