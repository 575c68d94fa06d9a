// The tab Inside: every layer for what is on the pad, a neuron's own arithmetic by pointer and keyboard, and it follows training.

import { expect, test, type Page } from '@playwright/test'
import { axe } from './accessibility'
import { digits, Playground } from './playground'

const neurons = (page: Page, layer: string) => page.getByRole('slider', { name: `Neurons of ${layer}`, exact: true })
const card = (page: Page) => page.getByRole('region', { name: 'The neuron in focus' })
const seen = (page: Page) => page.getByText(/^After step [\d,]+, on /)

/** Small networks, quick to look at on a busy machine. */
const mixed = JSON.stringify([
  {
    type: 'conv2d',
    filters: 4,
    kernel: 5,
    stride: 2,
    padding: 'valid',
    activation: 'relu',
    initialiser: 'he',
    bias: 'yes',
  },
  { type: 'max-pooling', size: 2, stride: 2 },
  { type: 'flatten' },
  { type: 'dropout', rate: 0.2 },
  { type: 'dense', units: 12, activation: 'relu', initialiser: 'he', bias: 'yes' },
  { type: 'dense', units: 10, activation: 'linear', initialiser: 'glorot', bias: 'yes' },
])

test('light flows through the picture from a new example on, unless motion is to be reduced', async ({
  page,
}, info) => {
  // What the light has not reached is darkened by a gradient, and nothing else is.
  await page.addInitScript(() => {
    const { createLinearGradient } = CanvasRenderingContext2D.prototype
    CanvasRenderingContext2D.prototype.createLinearGradient = function (...places) {
      document.documentElement.dataset['darkened'] = String(
        Number(document.documentElement.dataset['darkened'] ?? 0) + 1,
      )
      return createLinearGradient.apply(this, places)
    }
  })
  const app = await Playground.open(page, info, { layers: mixed })
  const darkened = () => page.evaluate(() => Number(document.documentElement.dataset['darkened'] ?? 0))
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await app.button('Show me a digit').click()
  await expect(seen(page)).toContainText('test image')
  const frames = () =>
    page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
  await frames()
  expect(await darkened()).toBe(0)

  await page.emulateMedia({ reducedMotion: 'no-preference' })
  await frames()
  expect(await darkened(), 'without a new example').toBe(0)
  // Examples in quick succession do not start it again.
  await expect(async () => {
    await app.button('Show me a digit').click()
    await expect.poll(darkened, { timeout: 2000 }).toBeGreaterThan(0)
  }).toPass()
})

test('shows a drawing and a test image to every layer, by keyboard', async ({ page }, info) => {
  const app = await Playground.open(page, info, { layers: mixed })
  await expect(page.getByText('Draw a digit on the pad: then you see what every layer makes of it.')).toBeVisible()
  await app.draw(digits[7])
  await expect(seen(page)).toContainText('After step 0, on the drawing')

  // A test image takes the drawing's place, in the pad too.
  await page.getByText('Choose a test image').click()
  await expect(app.button('A misread one'), 'what was opened is in sight').toBeInViewport({ ratio: 1 })
  await page.getByRole('spinbutton', { name: 'Test image No.' }).fill('7')
  await page.keyboard.press('Enter')
  await expect(seen(page)).toContainText('test image No. 7, a 9')
  await expect(page.getByText('On the pad: test image No. 7, a 9.')).toBeVisible()
  await app.button('Next').press('Enter')
  await expect(seen(page)).toContainText('test image No. 8, a 5')
  await page.getByRole('spinbutton', { name: 'Test image No.' }).fill('10000')
  await page.keyboard.press('Enter')
  await expect(page.getByText('Test images have whole numbers from 0 to 9999.')).toBeVisible()
  await expect(app.field('Test image No.')).toHaveAttribute('aria-invalid', 'true')

  // The drawing lies beneath both.
  await app.button('Undo').click()
  await expect(seen(page)).toContainText('test image No. 7, a 9')
  await app.button('Undo').click()
  await expect(seen(page)).toContainText('on the drawing')

  // One that it misreads, as Mistakes has it too; the next is that one's.
  await app.button('A misread one').click()
  await expect(seen(page)).toContainText(/test image No\. \d+/)
  const number = Number(await app.field('Test image No.').inputValue())
  const truth = /, an? (\d)\./.exec(await seen(page).innerText())?.[1]
  await expect(app.output('Prediction')).toHaveText(/\d/)
  await expect(app.output('Prediction')).not.toHaveText(truth ?? '')
  await expect(app.field('Test image No.')).toHaveAttribute('aria-invalid', 'false')
  await app.panel('Mistakes')
  await page.getByRole('list', { name: 'Worst mistakes' }).getByRole('button').nth(1).click()
  await app.panel('Inside')
  await page.getByText('Choose a test image').click()
  await expect(app.field('Test image No.')).not.toHaveValue(String(number))
  const laid = Number(await app.field('Test image No.').inputValue())
  await app.button('Next').click()
  await expect(seen(page)).toContainText(`test image No. ${(laid + 1) % 10_000}, `)

  // From layer to layer by Tab, from neuron to neuron by arrows.
  await expect(page.getByText('drops nothing outside training')).toBeVisible()
  await neurons(page, 'Layer 1 (Convolution 4)').focus()
  await expect(neurons(page, 'Layer 1 (Convolution 4)')).toHaveAttribute('aria-valuetext', /^map 1, row 1, column 1: /)
  // The word of the layer's heading is explained without a pointer, too.
  await expect(neurons(page, 'Layer 1 (Convolution 4)')).toHaveAccessibleDescription(
    /^A layer that slides small patterns/,
  )
  await expect(card(page)).toContainText('Convolution: A layer that slides small patterns')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('PageDown')
  await expect(neurons(page, 'Layer 1 (Convolution 4)')).toHaveAttribute('aria-valuetext', /^map 2, row 2, column 2: /)
  await expect(card(page)).toContainText('Map 2, row 2, column 2')
  await expect(card(page)).toContainText(/ReLU\(.*\) = ReLU\(.*\) = /)
  await expect(card(page).getByRole('img', { name: /^the kernel: / })).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(neurons(page, 'Layer 2 (Max pooling)')).toBeFocused()
  await expect(card(page)).toContainText('The largest of the 4 values in its window')
  await page.keyboard.press('Tab')
  await expect(neurons(page, 'Layer 5 (Dense 12)')).toBeFocused()
  await page.keyboard.press('End')
  await expect(card(page)).toContainText(/Neuron 12\b/)
  await page.keyboard.press('Tab')
  await page.keyboard.press('ArrowRight')
  await expect(neurons(page, 'The output layer (Dense 10)')).toHaveAttribute('aria-valuetext', /^digit 1: /)
  await expect(card(page).getByRole('row', { name: /^bias/ })).toBeVisible()

  // Any class may speak.
  await page.keyboard.press('Tab')
  await page.getByRole('radio', { name: /^3 / }).check()
  await expect(page.getByRole('img', { name: 'What each pixel’s ink says for 3' })).toBeVisible()
})

test('pins a neuron, follows training, asks nothing while closed, and shows another network', async ({
  page,
}, info) => {
  await page.addInitScript(() => {
    const post = Worker.prototype.postMessage
    const counts = { look: 0, lines: 0 }
    Object.assign(globalThis, { counts })
    // All lines are drawn in one task.
    const curve = CanvasRenderingContext2D.prototype.bezierCurveTo
    let drawing = false
    CanvasRenderingContext2D.prototype.bezierCurveTo = function (...points) {
      if (!drawing && this.canvas.closest('[role=tabpanel]')) {
        drawing = true
        counts.lines++
        setTimeout(() => (drawing = false))
      }
      Reflect.apply(curve, this, points)
    }
    Worker.prototype.postMessage = function (message: { argumentList?: { value?: unknown }[] }, ...rest: unknown[]) {
      if (message.argumentList?.[0]?.value === 'look') counts.look++
      Reflect.apply(post, this, [message, ...rest])
    }
  })
  const counts = () =>
    page.evaluate(() => ({ ...(globalThis as unknown as { counts: { look: number; lines: number } }).counts }))
  const asked = async () => (await counts()).look
  const app = await Playground.open(page, info, {}, '#take')
  await app.draw(digits[0])
  await expect(app.output('Prediction')).toHaveText(/\d/)
  expect(await asked()).toBe(0)
  await app.panel('Inside')
  const first = page.getByRole('region', { name: /^Layer 1 \(Dense/ })
  await expect(first).toContainText('192 neurons')

  // The pointer chooses; a click pins.
  const sheet = first.getByRole('presentation')
  await sheet.hover({ position: { x: 5, y: 5 } })
  await expect(card(page)).toContainText(/Neuron 1\b/)
  await sheet.click({ position: { x: 20, y: 5 } })
  await expect(card(page)).toContainText('pinned')
  await sheet.hover({ position: { x: 80, y: 5 } })
  await expect(card(page)).toContainText(/Neuron 2\b/)
  const untrained = await card(page).getByRole('row', { name: /^sum/ }).innerText()

  await app.button('Train').click()
  await expect(seen(page)).not.toContainText('After step 0,')
  await expect(card(page).getByRole('row', { name: /^sum/ })).not.toHaveText(untrained, { useInnerText: true })
  // The picture is painted once a look at most, its lines with it.
  const before = await counts()
  await expect.poll(asked).toBeGreaterThanOrEqual(before.look + 20)
  const after = await counts()
  expect(after.lines).toBeGreaterThan(before.lines)
  expect(after.lines - before.lines).toBeLessThanOrEqual(after.look - before.look + 2)
  await app.panel('Take it with you')
  await page.waitForTimeout(500) // what was asked is answered
  const closed = await asked()
  const step = await app.step()
  await expect.poll(() => app.step()).toBeGreaterThan(step)
  expect(await asked()).toBe(closed)
  await app.pause()

  // Another network while it is open.
  await app.panel('Inside')
  await expect(first).toContainText('192 neurons')
  await app.settings()
  await app.choice('Preset').selectOption({ label: 'The network of a famous video, 16 and 16 neurons' })
  await app.button('Start over').click()
  await expect(first).toContainText('16 neurons')
  await expect(page.getByRole('region', { name: /^Layer 2 \(Dense/ })).toContainText('16 neurons')
  await expect(seen(page)).toContainText('After step 0,')
})

test('says that a network has diverged', async ({ page }, info) => {
  // A linear network under the quadratic loss diverges by a factor a step.
  const linear = { type: 'dense', units: 10, activation: 'linear', initialiser: 'glorot', bias: 'yes' }
  const app = await Playground.open(page, info, {
    layers: JSON.stringify([linear]),
    loss: 'quadratic',
    labelSmoothing: '0',
    learningRate: '1000',
    optimizer: JSON.stringify({ type: 'sgd', weightDecay: 0 }),
  })
  await app.draw(digits[1])
  await app.button('Train').click()
  await expect(page.getByRole('button', { name: /^Go on from step/ })).toBeVisible()
  // The loss overflows first, being squared; until the outputs do, they are shown as they are.
  await expect(app.shown).toContainText(/numbers grew without limit|e\+?\d+/)
  await expect(app.shown).not.toContainText(/NaN|Infinity/)
})

for (const [width, height] of [
  [1440, 900],
  [390, 844],
] as const) {
  test(`is accessible and fits at ${width} px`, async ({ page }, info) => {
    await page.setViewportSize({ width, height })
    const app = await Playground.open(page, info, { layers: mixed })
    await app.draw(digits[4])
    await app.panel('Inside')
    await neurons(page, 'Layer 5 (Dense 12)').focus()
    await expect(card(page)).toContainText(/Neuron 1\b/)
    const { violations } = await axe(page).include('#tab-panel').analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
    await app.fits()
    // Both the layer and what is told of its neuron are in sight.
    await expect(neurons(page, 'Layer 5 (Dense 12)')).toBeInViewport()
    await expect(card(page).getByRole('heading')).toBeInViewport()
  })
}
