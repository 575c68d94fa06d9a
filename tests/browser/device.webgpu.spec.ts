// WebGPU in particular: a device lost in mid-run, a change of backend, and the choice that Auto makes.

import { expect, test, type Page } from '@playwright/test'
import { digits, Playground } from './playground'

async function trained(app: Playground) {
  await app.button('Train').click()
  await app.reaches('Test accuracy', 85)
}

/** As the browser would: the device is destroyed behind the session's back. */
async function loseDevice(app: Playground) {
  await app.button(/: About this device$/).click()
  await app.button('Lose the device').click()
}

/** Gives the adapter the name of a graphics card, which Auto lets race. */
async function asGraphicsCard(page: Page) {
  const facts = { vendor: 'test', architecture: 'card', description: '', isFallbackAdapter: false }
  const rename = `for (const [name, value] of Object.entries(${JSON.stringify(facts)})) {
    if (globalThis.GPUAdapterInfo) Object.defineProperty(GPUAdapterInfo.prototype, name, { get: () => value })
  }`
  await page.route('**/assets/*.js', async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, body: `${rename}\n${await response.text()}` })
  })
}

test('keeps the run when the device is lost, says so, and resumes it', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await trained(app)
  await loseDevice(app)
  await expect(page.getByRole('alert')).toContainText(/device was lost.*step [\d,]+.*Resume/)
  const kept = Number(/step ([\d,]+)/.exec(await page.getByRole('alert').innerText())![1].replaceAll(',', ''))
  await page.keyboard.press('Escape')
  const accuracy = await app.number('Test accuracy')
  expect(accuracy).toBeGreaterThanOrEqual(85)

  await app.button('Resume').click()
  await expect(app.button('Pause')).toBeVisible()
  await expect(app.output('Test accuracy'), 'it did not start anew').toHaveText(/%/)
  expect(await app.step()).toBeGreaterThanOrEqual(kept)
  await app.reaches('Test accuracy', Math.max(accuracy, 92))
  await app.draw(digits[1])
  await expect(app.output('Prediction')).toHaveText('1')
})

test('Start over makes a fresh run on a new device after the old one is lost while idle', async ({ page }, info) => {
  const app = await Playground.open(page, info, { preset: 'softmax' })
  await loseDevice(app)
  await expect(page.getByRole('alert')).toContainText('device was lost')
  await page.keyboard.press('Escape')
  await app.button('Start over').click()
  await app.button('Step').click()
  await expect(page.getByText(/Step 1 of/)).toBeVisible()
})

test('a change of backend keeps the run', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await trained(app)
  await app.pause()
  await expect(page.getByText(/^at step /), 'the network at rest is tested').toBeHidden()
  const before = await app.output('Test accuracy').textContent()
  await app.button(/: About this device$/).click()
  await app.choice('Backend').selectOption('CPU reference')
  await page.keyboard.press('Escape')
  await expect(app.output('Running on')).toContainText('CPU reference')
  await app.loaded()
  await expect(app.output('Test accuracy')).toHaveText(before ?? '')
  await app.button('Resume').click()
  await app.reaches('Test accuracy', 92)
})

test('Auto takes the CPU if the adapter is software, and says so', async ({ page }, info) => {
  const app = await Playground.open(page, info, { backend: 'auto' })
  await expect(app.output('Running on')).toContainText('CPU WebAssembly')
  await app.button(/: About this device$/).click()
  await expect(page.getByRole('dialog', { name: 'About this device' })).toContainText(/software.*CPU/)
})

test('Auto lets the backends race, tells how it ended, and measures again', async ({ page }, info) => {
  test.slow() // in software the variants for hardware take long to compile
  await asGraphicsCard(page)
  const app = await Playground.open(page, info, { backend: 'auto', preset: 'softmax' })
  await expect(app.output('Running on')).toContainText('CPU WebAssembly', { timeout: 300_000 })
  await app.button(/: About this device$/).click()
  const why = page.getByRole('status', { name: 'Why this backend', exact: true })
  const ended = /^Your GPU trains .+ images a second here, your processor .+\. So the processor trains this network\.$/
  await expect(why).toHaveText(ended)
  await app.button('Measure again').click()
  await expect(app.button('Measure again')).toHaveAttribute('aria-disabled', 'false')
  await expect(why).toHaveText(ended)
  await page.keyboard.press('Escape')
  await app.button('Step').click()
  await expect(page.getByText(/Step 1 of/)).toBeVisible()

  await page.reload()
  await app.loaded()
  await expect(app.output('Running on')).toContainText('CPU WebAssembly')
  await app.button(/: About this device$/).click()
  await expect(why).toHaveText(ended)
  await app.choice('Backend').selectOption('CPU WebAssembly')
  await expect(why).toHaveText('Chosen by you.')
  await expect(app.button('Measure again')).toHaveCount(0)
})
