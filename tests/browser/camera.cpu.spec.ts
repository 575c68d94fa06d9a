// Pictures from the camera: a fake one, whose pictures move.

import { expect, test } from '@playwright/test'
import { severe } from './accessibility'
import { withoutWebGPU } from './chromium'
import { Playground } from './playground'

test.use({
  launchOptions: { ...withoutWebGPU, args: [...withoutWebGPU.args, '--use-fake-device-for-media-stream'] },
})

async function workshop(app: Playground) {
  await (await app.desk()).getByRole('button', { name: /^Make pictures here/ }).click()
  const made = app.page.getByRole('dialog', { name: 'Make your own pictures' })
  await made.getByRole('radio', { name: 'Camera' }).check({ force: true })
  return made
}

test('pictures are taken while the button is held, and learnt', async ({ page, context }, info) => {
  await context.grantPermissions(['camera'])
  const app = await Playground.open(page, info)
  const made = await workshop(app)
  await made.getByRole('combobox', { name: 'Side' }).selectOption('32')
  await made.getByRole('button', { name: 'Turn the camera on' }).click()
  const video = made.getByLabel('What the camera sees')
  await expect.poll(() => video.evaluate((video: HTMLVideoElement) => video.videoWidth)).toBeGreaterThan(0)
  const take = made.getByRole('button', { name: /^(Hold to take|Taking)/ })
  const pictures = (name: string) => made.getByRole('list', { name: `Pictures of ${name}` }).getByRole('listitem')

  await take.hover()
  await page.mouse.down()
  await expect(pictures('Class 1').nth(4)).toBeVisible()
  await page.mouse.up()
  const taken = await pictures('Class 1').count()

  // With the keyboard one press begins, and another ends.
  await made.getByRole('radio', { name: 'The next picture is of Class 2' }).check()
  await take.focus()
  await page.keyboard.press('Space')
  await expect(pictures('Class 2').nth(4)).toBeVisible()
  await page.keyboard.press('Space')
  await expect(take).toHaveAttribute('aria-pressed', 'false')
  expect(await pictures('Class 1').count(), 'the class before got no more').toBe(taken)
  expect(await severe(page)).toEqual([])

  await made.getByRole('button', { name: 'Learn from these' }).click()
  await expect(made).toBeHidden()
  await expect(app.data).toHaveAttribute('aria-valuetext', /images loaded$/)
  await expect(page.getByText('32 × 32').first()).toBeVisible()
  await app.button('Train').click()
  await expect(app.output('Status')).toHaveText('Finished', { timeout: 60_000 })
  await expect(app.output('Test accuracy')).toHaveText(/%/)

  // What the camera sees is read as it comes.
  await page.getByRole('group', { name: 'What it reads' }).getByRole('button', { name: 'Camera' }).click()
  await page.getByRole('button', { name: 'Turn the camera on' }).click()
  const reads = page.getByRole('region', { name: 'Network', exact: true })
  await expect(reads.getByText(/what the camera sees/i).first()).toBeVisible()
  await expect(app.output('Prediction')).toHaveText(/Class [12]/)
  expect(await severe(page)).toEqual([])
})

test('a camera that is refused says so, and the way on', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await page.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('denied', 'NotAllowedError'))
  })
  const made = await workshop(app)
  await made.getByRole('button', { name: 'Turn the camera on' }).click()
  await expect(made.getByRole('alert')).toContainText('Allow it beside the address, and turn it on again; or draw')
  await made.getByRole('radio', { name: 'Draw' }).check({ force: true })
  await expect(made.getByLabel('Drawing pad')).toBeVisible()
})

test('a camera that goes away leaves the pictures', async ({ page, context }, info) => {
  await context.grantPermissions(['camera'])
  const app = await Playground.open(page, info)
  const made = await workshop(app)
  await made.getByRole('button', { name: 'Turn the camera on' }).click()
  const video = made.getByLabel('What the camera sees')
  await expect.poll(() => video.evaluate((video: HTMLVideoElement) => video.videoWidth)).toBeGreaterThan(0)
  await made.getByRole('button', { name: /^Hold to take/ }).focus()
  await page.keyboard.press('Space')
  const pictures = made.getByRole('list', { name: 'Pictures of Class 1' }).getByRole('listitem')
  await expect(pictures.nth(1)).toBeVisible()
  await video.evaluate((video: HTMLVideoElement) => {
    const [track] = (video.srcObject as MediaStream).getTracks()
    track.dispatchEvent(new Event('ended'))
  })
  await expect(made.getByRole('alert')).toContainText('The camera went away.')
  await expect(pictures.nth(1)).toBeVisible()
})
