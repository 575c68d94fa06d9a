// A data set that does not arrive as it should: the page says which file and how many bytes, and Retry mends it.

import { expect, test, type Page } from '@playwright/test'
import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { Playground } from './playground'

/** Answers requests for a data file with the gzip bytes of the build, changed. */
async function change(page: Page, file: string, edit: (gzip: Buffer) => Buffer) {
  const gzip = await readFile(new URL(`../../dist/data/${file}.gz`, import.meta.url))
  await page.route(`**/data/${file}.gz`, (route) =>
    route.fulfill({ status: 200, contentType: 'application/gzip', body: edit(gzip) }),
  )
}

/** As hosts send it that unpack files on the way (Content-Encoding), so that the gzip around it is not what fails. */
const unpacked = (edit: (idx: Buffer) => Buffer) => (gzip: Buffer) => edit(gunzipSync(gzip))

const faults: [string, string, (page: Page) => Promise<unknown>, RegExp][] = [
  [
    'a missing file',
    'train-images',
    (page) => page.route('**/data/train-images.gz', (route) => route.fulfill({ status: 404, body: 'nothing here' })),
    /404/,
  ],
  [
    'a truncated file',
    'train-images',
    (page) => change(page, 'train-images', (bytes) => bytes.subarray(0, 1_000_000)),
    /1,000,000/,
  ],
  [
    'a corrupt file',
    'test-images',
    (page) =>
      change(page, 'test-images', (bytes) =>
        Buffer.concat([bytes.subarray(0, 5000), Buffer.alloc(5000, 7), bytes.subarray(10_000)]),
      ),
    /gzip|corrupt|damaged|checksum/i,
  ],
  [
    'a wrong magic number',
    'test-labels',
    (page) =>
      change(
        page,
        'test-labels',
        unpacked((idx) => Buffer.concat([Buffer.from([0, 0, 8, 9]), idx.subarray(4)])),
      ),
    /magic/i,
  ],
  [
    'a label over 9',
    'train-labels',
    (page) =>
      change(
        page,
        'train-labels',
        unpacked((idx) => (idx.writeUInt8(11, 5008), idx)),
      ),
    /11/,
  ],
  [
    'an aborted request',
    'train-images',
    (page) => page.route('**/data/train-images.gz', (route) => route.abort()),
    /connection|network|stopped|lost/i,
  ],
]

for (const [name, file, fault, detail] of faults) {
  test(`reports ${name}, and Retry loads it`, async ({ page }, info) => {
    const app = new Playground(page, info.project.name)
    await fault(page)
    await app.visit()
    const alert = page.getByRole('alert')
    await expect(alert).toContainText(file)
    await expect(alert).toContainText(/\d bytes/)
    await expect(alert).toContainText(detail)
    await expect(app.data).not.toHaveAttribute('aria-valuetext', /70,000 digits loaded/)

    await page.unroute(`**/data/${file}.gz`)
    await app.button('Retry').click()
    await app.loaded()
    await expect(alert).toBeHidden()
    await app.button('Step').click()
    await expect(page.getByText(/Step 1 of/)).toBeVisible()
  })
}

test('a cancelled download can start again', async ({ page }, info) => {
  const app = new Playground(page, info.project.name)
  await page.route('**/data/train-images.gz', async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 3000))
    await route.continue().catch(() => {}) // it was cancelled meanwhile
  })
  await app.visit()
  await page.getByRole('button', { name: /cancel/i }).click()
  await expect(page.getByRole('alert')).toContainText('train-images')
  await page.unroute('**/data/train-images.gz')
  await app.button('Retry').click()
  await app.loaded()
})
