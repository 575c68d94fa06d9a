// Points in the plane: what the network answers everywhere, places that it is asked about, its inputs and its neurons.

import { expect, test, type Page } from '@playwright/test'
import { severe } from './accessibility'
import { Playground } from './playground'
import { boxOf, sumOf, watchShifts } from './sight'

const plane = (page: Page) => page.getByRole('application', { name: 'Plane' })
const loaded = (app: Playground) => expect(app.data).toHaveAttribute('aria-valuetext', '600 points loaded')

async function open(page: Page, project: string, dataset: string, query: Record<string, string> = {}) {
  const app = new Playground(page, project)
  await app.visit({ dataset, ...query })
  await loaded(app)
  return app
}

/** Trains to the end. */
async function train(app: Playground): Promise<void> {
  await app.button('Train').click()
  await expect(app.output('Status')).toHaveText('Finished', { timeout: 60_000 })
}

/** Asks about a place, -6 to 6 on both axes, by a click. */
async function ask(page: Page, x: number, y: number): Promise<void> {
  const { width, height } = (await plane(page).boundingBox()) ?? { width: 0, height: 0 }
  await plane(page).click({ position: { x: ((x + 6) / 12) * width, y: ((6 - y) / 12) * height } })
}

/** The colour of the plane at a place, as red, green and blue. */
const colourAt = (page: Page, x: number, y: number) =>
  plane(page)
    .locator('canvas')
    .evaluate(
      (canvas: HTMLCanvasElement, [x, y]) => {
        const at = [((x + 6) / 12) * canvas.width, ((6 - y) / 12) * canvas.height] as const
        return [...(canvas.getContext('2d')?.getImageData(...at, 1, 1).data ?? [])].slice(0, 3)
      },
      [x, y] as const,
    )
const isOrange = ([red, , blue]: number[]) => red > blue + 40
const isBlue = ([red, , blue]: number[]) => blue > red + 40

test('the spiral is chosen, learnt, and painted as it is learnt', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await app.learn('Spiral')
  await loaded(app)
  await expect(page).toHaveURL(/dataset=plane\.spiral/)
  await expect(page.getByText('It has learnt nothing yet, so this is a guess.')).toBeVisible()
  await expect(app.probabilities()).toHaveCount(2)
  await train(app)
  await app.reaches('Test accuracy', 98)
  const canvas = plane(page).locator('canvas')
  await expect(canvas, 'the last network is painted').toHaveAttribute('data-step', String(await app.step()))
  expect(await severe(page)).toEqual([])
  await page.reload()
  await loaded(app)
  await expect(app.dataset).toHaveAccessibleName('Data: Spiral')
})

test('a place is asked about by pointer and by keyboard, and the answer follows', async ({ page }, info) => {
  const app = await open(page, info.project.name, 'plane.circles')
  await train(app)
  await ask(page, 0, 0.5)
  await expect(app.output('Prediction')).toHaveText('orange')
  await expect(page.getByRole('status', { name: 'Place' })).toContainText('It reads the place 0.0, 0.5')
  await expect.poll(async () => isOrange(await colourAt(page, 0.3, 1.1))).toBe(true)
  await ask(page, -4.2, 0.2)
  await expect(app.output('Prediction')).toHaveText('blue')
  await expect.poll(async () => isBlue(await colourAt(page, -5.5, 5.5))).toBe(true)
  await plane(page).focus()
  for (let i = 0; i < 17; i++) await page.keyboard.press('ArrowRight')
  await expect(app.output('Prediction')).toHaveText('orange')
  await app.button('Show me a test point').click()
  await expect(page.getByRole('status', { name: 'Place' })).toContainText(/Test point No\. \d+: (orange|blue)/)
  await expect(page.getByText('That is right.')).toBeVisible()
})

test('a straight line cannot tell circles apart, until it gets squares; each can be taken back', async ({
  page,
}, info) => {
  const app = await open(page, info.project.name, 'plane.circles', { preset: 'plane-line' })
  await train(app)
  expect(await app.number('Test accuracy')).toBeLessThan(75)
  await app.button('x²').click()
  await app.button('y²').click()
  await expect(page).toHaveURL(/dataset=plane\.circles\.x\.y\.xx\.yy/)
  await train(app)
  await app.reaches('Test accuracy', 97)
  await app.button('x').click()
  await app.button('y').click()
  await app.button('x²').click()
  await expect(app.button('y²')).toHaveAttribute('aria-disabled', 'true')
  await app.button('y²').click({ force: true })
  await expect(page, 'one input is left').toHaveURL(/dataset=plane\.circles\.yy(&|$)/)
})

test('other points start over, and Undo brings the old network back', async ({ page }, info) => {
  const app = await open(page, info.project.name, 'plane.moons')
  await train(app)
  const step = await app.step()
  await page.getByText('The points', { exact: true }).click()
  const noise = page.getByRole('slider', { name: 'Noise' })
  await noise.focus()
  await page.keyboard.press('End')
  await expect(page).toHaveURL(/dataset=plane\.moons\.noise50/)
  await expect(page.getByText('The network starts over on other points.')).toBeVisible()
  await expect.poll(() => app.step()).toBe(0)
  await page.getByRole('status', { name: 'Files and kept runs' }).getByRole('button', { name: 'Undo' }).click()
  await expect.poll(() => app.step()).toBe(step)
  await expect(page).toHaveURL(/dataset=plane\.moons(&|$)/)
})

test('a neuron in focus shows what it answers everywhere', async ({ page }, info) => {
  const app = await open(page, info.project.name, 'plane.xor')
  await train(app)
  await expect.poll(async () => isOrange(await colourAt(page, 5.6, 5.6))).toBe(true)
  const answer = await colourAt(page, 5.6, 5.6)
  await page.getByRole('slider', { name: /^Neurons of Layer 1/ }).focus()
  await expect(page.getByRole('list', { name: 'The neuron in focus' })).toContainText('output is above 0')
  await expect.poll(() => colourAt(page, 5.6, 5.6)).not.toEqual(answer)
  await page.keyboard.press('Escape')
  await plane(page).focus()
  await expect(page.getByRole('list', { name: 'Classes' })).toContainText('orange')
  await expect.poll(() => colourAt(page, 5.6, 5.6)).toEqual(answer)
})

for (const [width, height, kind] of [
  [1366, 768, 'desk'],
  [820, 1180, 'tablet'],
  [390, 844, 'phone'],
  [844, 390, 'phone'],
] as const) {
  test(`plane and answer are in sight at ${width} × ${height}, and nothing jumps`, async ({ page }, info) => {
    await page.setViewportSize({ width, height })
    const shifts = await watchShifts(page)
    const app = await open(page, info.project.name, 'plane.five')
    await expect(app.output('Prediction')).toHaveText(/\w/)
    const [at, answer] = [await boxOf(plane(page)), await boxOf(app.output('Prediction'))]
    const dock = await boxOf(page.getByRole('region', { name: 'Training run', exact: true }))
    await app.fits()
    expect(at.bottom).toBeLessThanOrEqual(dock.top)
    expect(answer.bottom).toBeLessThanOrEqual(dock.top)
    if (kind !== 'phone') expect(answer.left).toBeGreaterThan(at.right)
    expect(sumOf(await shifts())).toBeLessThan(0.05)
    expect(await severe(page)).toEqual([])
  })
}

test('points are drawn in three colours, learnt, erased and brought back, and a link has them', async ({
  page,
}, info) => {
  const app = new Playground(page, info.project.name)
  await app.visit({ dataset: 'plane.drawn' })
  const points = page.getByRole('status', { name: 'Points', exact: true })
  await expect(points).toHaveText('12 points. Hollow ones are for testing.')
  await expect(app.probabilities()).toHaveCount(2)
  await app.button('Draw green points').click()
  for (const [x, y] of [
    [0, 4],
    [1, 5],
    [-1, 4.5],
    [0.5, 3],
  ] as const)
    await ask(page, x, y)
  await expect(points).toContainText('16 points.')
  await expect(app.probabilities()).toHaveCount(3)
  await train(app)
  await app.button('Ask about a place').click()
  for (const [x, y, colour] of [
    [0, 4.2, 'green'],
    [-3, 1.5, 'orange'],
    [3, -1.5, 'blue'],
  ] as const) {
    await ask(page, x, y)
    await expect(app.output('Prediction')).toHaveText(colour)
  }
  await page.reload()
  await expect(points).toContainText('16 points.')
  await app.button('Erase points').click()
  await ask(page, 0, 4)
  await expect(points).toContainText('15 points.')
  await app.button('Undo points').click()
  await expect(points).toContainText('16 points.')
  await app.button('Clear points').click()
  await expect(points).toContainText('Draw points of two colours at least.')
  await expect(page.getByRole('button', { name: 'Fix the points first' })).toBeVisible()
  await app.button('Draw blue points').click()
  await plane(page).focus()
  await page.keyboard.press('Space')
  await expect(points).toContainText('Draw points of two colours at least.')
  await app.button('Undo points').click()
  await app.button('Undo points').click()
  await expect(points).toContainText('16 points.')
  expect(await severe(page)).toEqual([])
})

test('a link to points that cannot be says so, and has the usual ones', async ({ page }, info) => {
  await open(page, info.project.name, 'plane.spiral.noise99')
  await expect(page.getByText(/sets dataset to “plane\.spiral\.noise99”.*plane\.spiral is used instead/)).toBeVisible()
})

test('a learning rate that is too high is named, with two classes too', async ({ page }, info) => {
  const app = await open(page, info.project.name, 'plane.spiral', { learningRate: '100' })
  await app.button('Train').click()
  await expect(page.getByText('It is not learning: the learning rate of 100 is too high.')).toBeVisible()
})
