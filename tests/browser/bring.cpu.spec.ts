// Files that a person brings: tables, pictures in folders and zips, files like MNIST's; what is shown before, and what is refused.

import { expect, test, type Locator } from '@playwright/test'
import { strToU8, zipSync } from 'fflate'
import { mkdtemp, mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PNG } from 'pngjs'
import { Random } from '../../src/data/random'
import { severe } from './accessibility'
import { Playground } from './playground'

/** A table of two kinds of flowers, whose petals differ. */
function flowers(rows = 60): string {
  const random = new Random(1, 1)
  const line = (i: number) => {
    const wide = i % 2 === 0
    const number = (mean: number) => (mean + random.between(-0.5, 0.5)).toFixed(2)
    return [number(5), number(wide ? 4 : 1), `garden ${i % 3}`, wide ? 'rose' : 'lily'].join(',')
  }
  return ['length,width,where,species', ...Array.from({ length: rows }, (_, i) => line(i))].join('\n')
}

/** A picture of one colour, with some noise. */
function picture([r, g, b]: readonly [number, number, number], random: Random, side = 40): Buffer {
  const png = new PNG({ width: side, height: side })
  for (let i = 0; i < side * side; i++) {
    for (const [k, value] of [r, g, b].entries()) png.data[4 * i + k] = value + random.between(-30, 30)
    png.data[4 * i + 3] = 255
  }
  return PNG.sync.write(png)
}

/** Red and blue pictures, by path. */
function pictures(count = 12): Record<string, Uint8Array> {
  const random = new Random(2, 1)
  const files: Record<string, Uint8Array> = {}
  for (let i = 0; i < count; i++) {
    files[`flags/red/${i}.png`] = picture([200, 40, 40], random)
    files[`flags/blue/${i}.png`] = picture([40, 40, 200], random)
  }
  return files
}

/** An IDX file of bytes. */
const idx = (axes: readonly number[], bytes: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from([0, 0, 8, axes.length]), ...axes.map((axis) => Buffer.from(Uint8Array.of(axis >>> 24, axis >>> 16, axis >>> 8, axis))), bytes]) // prettier-ignore

async function bring(app: Playground): Promise<Locator> {
  await (await app.desk()).getByRole('button', { name: /^Bring files/ }).click()
  return app.page.getByRole('dialog', { name: 'Bring your own data' })
}

const choose = (desk: Locator, files: Parameters<Locator['setInputFiles']>[0]) =>
  desk.getByLabel('Choose files').setInputFiles(files)
const table = (name: string, text: string) => ({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })

/** Reads what was chosen, learns from it, and trains to the end. */
async function learn(app: Playground, desk: Locator, noun: string): Promise<void> {
  await desk.getByRole('button', { name: 'Read it' }).click()
  await desk.getByRole('button', { name: 'Learn from this' }).click()
  await expect(desk).toBeHidden()
  await expect(app.data).toHaveAttribute('aria-valuetext', new RegExp(`${noun} loaded$`))
  await app.button('Train').click()
  await expect(app.output('Status')).toHaveText('Finished', { timeout: 60_000 })
}

test('a table is looked at, read and learnt', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  const desk = await bring(app)
  await choose(desk, [table('flowers.csv', flowers())])
  await expect(desk.getByRole('combobox', { name: 'Column of the classes' })).toHaveValue('3')
  const rows = desk.getByRole('region', { name: 'First rows' })
  await expect(rows.getByRole('columnheader', { name: /^where/ })).toContainText('no numbers: left out')
  await expect(rows.getByRole('row')).not.toHaveCount(0)
  expect(await severe(page)).toEqual([])
  await learn(app, desk, 'examples')
  await expect(app.dataset).toHaveAccessibleName('Data: flowers')
  await app.reaches('Test accuracy', 90)
  await expect(app.probabilities()).toHaveText([/^lily/, /^rose/])
})

test('a zip with a folder for each class is read in colour, and saved as a file that opens again', async ({
  page,
}, info) => {
  const app = await Playground.open(page, info)
  const desk = await bring(app)
  const zip = zipSync({
    ...pictures(),
    'flags/red/notes.txt': strToU8('no picture'),
    'flags/blue/bad.png': strToU8('x'),
  })
  await choose(desk, [{ name: 'flags.zip', mimeType: 'application/zip', buffer: Buffer.from(zip) }])
  await expect(desk.getByRole('row', { name: /^red/ })).toContainText('12')
  await desk.getByRole('combobox', { name: 'Colours' }).selectOption('in colour')
  await desk.getByRole('button', { name: 'Read it' }).click()
  await expect(desk.getByText(/things? (is|are) left out/)).toBeVisible()
  await desk.getByRole('button', { name: 'Learn from this' }).click()
  await expect(desk).toBeHidden()
  await expect(app.data).toHaveAttribute('aria-valuetext', '24 images loaded')
  const link = page.url()

  const choices = await app.desk()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    choices.getByRole('button', { name: 'Save flags as a file' }).click(),
  ])
  const saved = join(await mkdtemp(join(tmpdir(), 'inkling-')), download.suggestedFilename())
  await download.saveAs(saved)
  await choices.getByRole('button', { name: 'Delete flags' }).click()
  await expect(choices.getByRole('list', { name: 'Your data' })).toBeHidden()

  // Where the data is not, the link says so; the file brings both back.
  await page.goto(link)
  await expect(page.getByText(/The data that this link names is not in this browser/)).toBeVisible()
  const again = await bring(app)
  await choose(again, saved)
  await expect(again.getByText(/Data that Inkling saved: 24 examples/)).toBeVisible()
  await again.getByRole('button', { name: 'Read it' }).click()
  await again.getByRole('button', { name: 'Learn from this' }).click()
  await expect(page).toHaveURL(link)
})

test('a folder is read by the chooser of folders', async ({ page }, info) => {
  const folder = await mkdtemp(join(tmpdir(), 'inkling-'))
  for (const [path, bytes] of Object.entries(pictures(6))) {
    await mkdir(join(folder, path, '..'), { recursive: true })
    await writeFile(join(folder, path), bytes)
  }
  const app = await Playground.open(page, info)
  const desk = await bring(app)
  await desk.getByLabel('Choose a folder').setInputFiles(join(folder, 'flags'))
  await expect(desk.getByRole('row', { name: /^blue/ })).toContainText('6')
  await learn(app, desk, 'images')
  await expect(app.dataset).toHaveAccessibleName('Data: flags')
})

test('files like MNIST’s are known by what they hold, dropped anywhere on the page', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  const random = new Random(3, 1)
  const labels = Uint8Array.from({ length: 50 }, (_, i) => i % 2)
  const images = Uint8Array.from(
    { length: 50 * 64 },
    (_, i) => (labels[Math.floor(i / 64)] === i % 2 ? 200 : 0) + random.between(0, 50),
  )
  const files = [
    { name: 'two-train-images-idx3-ubyte', bytes: [...idx([50, 8, 8], images)] },
    { name: 'two-train-labels-idx1-ubyte', bytes: [...idx([50], labels)] },
  ]
  const transfer = await page.evaluateHandle((files) => {
    const transfer = new DataTransfer()
    for (const { name, bytes } of files) transfer.items.add(new File([Uint8Array.from(bytes)], name))
    return transfer
  }, files)
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer })
  const desk = page.getByRole('dialog', { name: 'Bring your own data' })
  await expect(desk.getByText(/50 examples to learn from,\s+8 × 8 pixels, 2 classes: 0 and 1/)).toBeVisible()
  await learn(app, desk, 'images')
  await app.reaches('Test accuracy', 90)
})

test('what cannot be learnt is refused with the line that is wrong, and nothing is lost', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  const desk = await bring(app)
  await choose(desk, [table('bad.csv', 'a,b,class\n1,2,x\n3,nothing,y\n4,5,x\n6,7,y\n')])
  const read = desk.getByRole('button', { name: 'Read it' })
  const alert = desk.getByRole('alert')
  // Whether it is refused when it is looked at or when it is read, it is refused at its place.
  await expect(read.or(alert).first()).toBeVisible()
  if (await read.isVisible()) await read.click()
  await expect(alert.or(desk.getByText(/left out/)).first()).toBeVisible()
  await choose(desk, [table('one.csv', 'a,b,class\n1,2,x\n3,4,x\n')])
  await expect(read.or(alert).first()).toBeVisible()
  if (await read.isVisible()) await read.click()
  await expect(alert).toContainText(/one\.csv.*class/)
  await desk.getByRole('button', { name: 'Close' }).click()
  await expect(app.dataset).toHaveAccessibleName('Data: MNIST')
})
