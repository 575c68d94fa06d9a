// The Health panel, and a run that diverges, as a person meets them.

import { expect, test, type Page } from '@playwright/test'
import { axe } from './accessibility'
import { Playground } from './playground'

const dense = (units: number, activation: string) => ({
  type: 'dense',
  units,
  activation,
  initialiser: 'he',
  bias: 'yes',
})
const layers = (page: Page) => page.getByRole('list', { name: 'Health of the layers' }).getByRole('listitem')
const norm = (page: Page) => page.getByRole('status', { name: 'Gradient norm' })

test('shows every layer, live while the network trains, and costs nothing while closed', async ({ page }, info) => {
  await page.addInitScript(() => {
    const post = Worker.prototype.postMessage
    const counts = { health: 0 }
    Object.assign(globalThis, { counts })
    Worker.prototype.postMessage = function (message: { argumentList?: { value?: unknown }[] }, ...rest: unknown[]) {
      if (message.argumentList?.[0]?.value === 'health') counts.health++
      Reflect.apply(post, this, [message, ...rest])
    }
  })
  const asked = () => page.evaluate(() => (globalThis as unknown as { counts: { health: number } }).counts.health)
  const app = await Playground.open(page, info, {
    layers: JSON.stringify([dense(40, 'relu'), dense(24, 'relu'), dense(10, 'linear')]),
    epochs: '500', // not over before it is paused, on any machine
  })
  await app.button('Train').click()
  await app.reaches('Test accuracy', 50)
  expect(await asked()).toBe(0)

  await app.panel('Health')
  await expect(layers(page)).toHaveCount(3)
  await expect(layers(page).first()).toContainText('Layer 1 (Dense 40)')
  await expect(layers(page).last()).toContainText('The output layer (Dense 10)')
  await expect(
    app.shown.getByRole('img', { name: /^Weights and biases of layer 2 \(Dense 24\): from −/ }),
  ).toBeVisible()
  await expect(
    app.shown.getByRole('img', { name: /^Gradients of the output layer \(Dense 10\): from −/ }),
  ).toBeVisible()
  // Sixteen looks, which a machine that is busy takes its time for.
  await expect(layers(page).first()).toContainText(/Dead units\s+\d+%\s+\d+ of 40, over 1,\d+ images$/, {
    timeout: 90_000,
  })
  await expect(layers(page).last()).not.toContainText('Dead units')
  await expect(app.shown.getByRole('img', { name: /^Gradient norm from step [\d,]+ to [\d,]+: now/ })).toBeVisible()
  const before = await norm(page).textContent()
  await expect(norm(page)).not.toHaveText(before ?? '')

  // The rest of the pictures by keyboard.
  await expect(
    app.shown.getByRole('img', { name: 'Weights of units 1 to 32 of layer 1 (Dense 40) as pictures' }),
  ).toBeVisible()
  await app.button('Next units').focus()
  await page.keyboard.press('Enter')
  await expect(
    app.shown.getByRole('img', { name: 'Weights of units 33 to 40 of layer 1 (Dense 40) as pictures' }),
  ).toBeVisible()
  await expect(app.button('Next units')).toBeDisabled()

  await app.pause()
  await page.waitForTimeout(500) // what was asked meanwhile is answered
  const paused = await asked()
  await page.waitForTimeout(500)
  expect(await asked()).toBe(paused)
  await app.panel('Compare')
  await app.button('Step').click()
  await expect(app.button('Resume')).toBeVisible()
  await page.waitForTimeout(300)
  expect(await asked()).toBe(paused)
})

test('follows the run to another network, on a phone', async ({ page }, info) => {
  await page.setViewportSize({ width: 390, height: 844 })
  const app = await Playground.open(page, info, { preset: 'lenet' })
  await app.panel('Health')
  await expect(app.shown).toContainText('Step 0')
  await expect(layers(page).first()).toContainText('They come with the next step.')
  await app.press('Step')
  await expect(norm(page)).toHaveText(/^[\d.]+$/)
  await expect(layers(page).first()).toContainText(/Layer 1 \(Convolution \d+\)/)
  await expect(
    app.shown.getByRole('img', { name: /^Weights of filters 1 to \d+ of layer 1 \(Convolution \d+\)/ }),
  ).toBeVisible()
  await app.fits()
  const { violations } = await axe(page).include('#tab-panel').analyze()
  expect(violations).toEqual([])

  await app.settings()
  await app.choice('Preset').selectOption('softmax')
  await app.closeSettings()
  await app.press('Start over')
  await expect(layers(page)).toHaveCount(1)
  await expect(layers(page)).toContainText('The output layer (Dense 10)')
  await expect(app.shown).toContainText('Step 0')
})

test('a run that diverges says where, and goes on from its last good snapshot', async ({ page }, info) => {
  const app = await Playground.open(page, info, {
    layers: JSON.stringify([dense(32, 'relu'), dense(24, 'relu'), dense(10, 'linear')]),
    optimizer: '{"type":"sgd","weightDecay":0.01}',
    learningRate: '0.1',
    schedule: 'constant',
    evaluateEvery: '100',
    epochs: '200',
  })
  await app.button('Train').click()
  await app.reaches('Test accuracy', 60)
  await app.panel('Health')
  await app.settings()
  await app.field('Learning rate').fill('1000')
  await app.field('Learning rate').press('Enter')

  const notice = page.getByRole('alert')
  await expect(notice).toContainText(
    /(At step [\d,]+ the (output|gradient) (of|in) .*\(Dense \d+\)|The loss) is no longer .* The run has stopped\. A learning rate/,
  )
  await expect(app.output('Status')).toContainText('Diverged')
  await expect(app.button('Resume')).toBeHidden()
  await expect(page.getByRole('status', { name: 'Changes' })).toContainText(
    /the numbers grew without limit\. Go on from step [\d,]+, above, or Train starts over from step 0\./,
  )
  await expect(page.getByRole('list', { name: 'Hints' })).toContainText('infinite or not numbers')
  const { violations } = await axe(page).analyze()
  expect(violations).toEqual([])

  const goOn = page.getByRole('button', { name: /^Go on from step [\d,]+ with learning rate 100$/ })
  const step = Number(/step ([\d,]+)/.exec(await goOn.innerText())![1].replaceAll(',', ''))
  expect(step).toBeGreaterThan(0)
  expect(await app.step()).toBeGreaterThan(step)
  await goOn.focus()
  await page.keyboard.press('Enter')
  await expect(notice).toBeHidden()
  await expect(app.field('Learning rate')).toHaveValue('100')
  await expect(page).toHaveURL(/learningRate=100(&|#|$)/)
  await expect(app.output('Status')).toContainText('Training')
  await expect.poll(() => app.step()).toBeGreaterThan(step + 100)
  await app.pause()
  await expect(page.getByRole('list', { name: 'Hints' }).getByText('infinite or not numbers')).toBeHidden()
})
