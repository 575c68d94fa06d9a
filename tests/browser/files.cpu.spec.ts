// Taking a network along: files saved and opened, dropped and refused, and runs that outlive a reload.

import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'
import { readFile } from 'node:fs/promises'
import { digits, Playground } from './playground'

interface FileLike {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
}

/** The page with the names that files have. */
class Desk extends Playground {
  static override async open(...args: Parameters<typeof Playground.open>): Promise<Desk> {
    const [page, info] = args
    await Playground.open(...args)
    return new Desk(page, info.project.name)
  }

  /** Opens the panel. */
  async unfold(): Promise<void> {
    await this.page.getByText('Take it with you').click()
    await expect(this.button('Open file')).toBeVisible()
  }

  get news() {
    return this.page.getByRole('status', { name: 'Files and kept runs' })
  }

  /** Trains past the first test, and stops. */
  async train(): Promise<void> {
    await this.button('Train').click()
    await expect(this.output('Test accuracy')).toHaveText(/\d/)
    await this.pause()
  }

  async save(title: string): Promise<FileLike> {
    const download = this.page.waitForEvent('download')
    await this.button(title).click()
    const file = await download
    const buffer = await readFile(await file.path())
    return { name: file.suggestedFilename(), mimeType: 'application/octet-stream', buffer }
  }

  async choose(...files: FileLike[]): Promise<void> {
    const chooser = this.page.waitForEvent('filechooser')
    await this.button('Open file').press('Enter')
    await (await chooser).setFiles(files)
  }

  /** What the page shows of the drawing, to all digits; a newer answer may be under way. */
  answer(): Promise<string[]> {
    return this.probabilities().allInnerTexts()
  }

  /** A stroke that is the same to the last bit wherever the pad stands on the page. */
  async drawByKeys(): Promise<void> {
    await this.pad.focus()
    for (const key of ['Space', ...Array.from({ length: 12 }, () => 'ArrowDown'), 'Space']) {
      await this.page.keyboard.press(key)
    }
  }

  /** What the network says of a drawing that was just made: to be compared with later. */
  async says(): Promise<string[]> {
    for (let said = await this.answer(); ;) {
      await this.page.waitForTimeout(400)
      const before = said
      said = await this.answer()
      if (said.join() === before.join()) return said // no newer one is on its way
    }
  }

  /** Points of the charts, as the page tells those who cannot see them. */
  async curve(): Promise<string> {
    return (await this.page.getByRole('region', { name: 'Learning curves' }).innerText()).replaceAll(/\s+/g, ' ')
  }
}

const severe = async (page: Page) =>
  (await new AxeBuilder({ page }).analyze()).violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])

/** Waits until the browser has kept the run. */
const kept = (page: Page) =>
  expect.poll(() =>
    page.evaluate(async () => {
      const names = await indexedDB.databases()
      if (!names.some(({ name }) => name === 'inkling-checkpoints')) return 0
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open('inkling-checkpoints')
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error!)
      })
      const steps = await new Promise<number>((resolve) => {
        const request = database.transaction('runs').objectStore('runs').getAll()
        request.onsuccess = () => resolve(request.result.at(-1)?.checkpoint.snapshot.step ?? 0)
      })
      database.close()
      return steps
    }),
  )

test('a saved network, opened elsewhere or dropped, says the same; Undo brings the old run back', async ({
  page,
}, info) => {
  const app = await Desk.open(page, info)
  await app.train()
  await app.draw(digits[7])
  const said = await app.says()
  await app.unfold()
  const file = await app.save('Save network')
  expect(file.name).toBe('inkling-784-192-10.safetensors')
  const step = await app.step()

  await app.button('Reset').click()
  await expect.poll(() => app.step()).toBe(0)
  await app.choose(file)
  await expect(app.news).toContainText('Opened inkling-784-192-10.safetensors: 784-192-10.')
  await expect(app.output('Test accuracy')).toHaveText(/^(8|9)\d\.\d/)
  expect(await app.step()).toBe(0)
  await expect.poll(() => app.answer()).toEqual(said)
  // Other settings wait for a new run instead of throwing the network away.
  await app.field('Learning rate').fill('0.0005')
  await app.field('Batch size').fill('32')
  await expect(page.getByRole('status', { name: 'Changes' })).toContainText('Batch size changed.')
  await app.button('Keep the current run').click()
  await app.button('Step').click()
  await expect.poll(() => app.step()).toBe(1)
  await app.news.getByRole('button', { name: 'Undo' }).click()
  await expect(app.news).toContainText('Back to 784-192-10, step 0 of')
  await app.news.getByRole('button', { name: 'Undo' }).click()
  await expect(app.news).toContainText('Back to 784-192-10, step 1 of')
  expect(step).toBeGreaterThan(0)

  // Dropped on a page that shows another network.
  const other = await Desk.open(await page.context().newPage(), info, { preset: 'notebook' })
  await other.draw(digits[7])
  const before = await other.says()
  const transfer = await other.page.evaluateHandle(
    ([name, text]) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))], name))
      return transfer
    },
    [file.name, file.buffer.toString('base64')] as const,
  )
  await other.page.dispatchEvent('main', 'dragenter', { dataTransfer: transfer })
  await expect(other.page.getByText('Drop a network or drawings to open them.')).toBeVisible()
  await other.page.dispatchEvent('main', 'dragover', { dataTransfer: transfer })
  await other.page.dispatchEvent('main', 'drop', { dataTransfer: transfer })
  await expect(other.page.getByText('Drop a network or drawings to open them.')).toBeHidden()
  await expect(other.news).toContainText('Opened inkling-784-192-10.safetensors')
  await expect.poll(() => other.answer()).toEqual(said)
  await expect(other.page).not.toHaveURL(/preset/)
  await other.news.getByRole('button', { name: 'Undo' }).click()
  await expect(other.news).toContainText('Back to 784-40-10')
  await expect.poll(() => other.answer()).toEqual(before)
  await expect(other.page).toHaveURL(/preset=notebook/)
})

test('a file that cannot be used is refused with its reason while the run goes on', async ({ page }, info) => {
  const app = await Desk.open(page, info, { epochs: '1000' })
  await app.unfold()
  const good = await app.save('Save network')
  await app.button('Train').click()
  await expect.poll(() => app.step()).toBeGreaterThan(5)
  const header = (edit: (header: Record<string, unknown>) => void): Buffer => {
    const length = Number(good.buffer.readBigUInt64LE())
    const all = JSON.parse(good.buffer.subarray(8, 8 + length).toString()) as Record<string, unknown>
    edit(all)
    const text = Buffer.from(JSON.stringify(all))
    const size = Buffer.alloc(8)
    size.writeBigUInt64LE(BigInt(text.length))
    return Buffer.concat([size, text, good.buffer.subarray(8 + length)])
  }
  const nan = Buffer.from(good.buffer)
  nan.writeFloatLE(NaN, nan.length - 4)
  const huge = Buffer.from(good.buffer)
  huge.writeBigUInt64LE(2n ** 63n)
  for (const [name, buffer, reason] of [
    ['short.safetensors', good.buffer.subarray(0, 5000), 'is cut off'],
    ['tiny.safetensors', Buffer.from('abc'), 'it has 3 bytes'],
    ['huge.safetensors', huge, 'its header would be over'],
    ['nan.safetensors', nan, 'values must be finite'],
    ['foreign.safetensors', header((all) => delete all['__metadata__']), 'Inkling did not write it'],
    [
      'units.safetensors',
      header((all) => (all['__metadata__'] = { 'inkling.spec': JSON.stringify({ layers: [] }) })),
      'has a network that cannot be',
    ],
    ['photo.png', Buffer.from('png'), 'is no file of one network'],
    ['model.json', Buffer.from('{"modelTopology": 1}'), 'is no Keras model'],
    ['runs.json', Buffer.from('{"format": "inkling-runs", "version": 1, "runs": []}'), 'holds past runs'],
    ['drawings.json', Buffer.from('{"format": "inkling-drawings", "version": 1}'), 'drawings.json: '],
  ] as const) {
    await app.choose({ name, mimeType: 'application/octet-stream', buffer })
    await expect(page.getByRole('alert')).toContainText(name)
    await expect(page.getByRole('alert')).toContainText(reason)
    await expect(page.getByRole('alert')).toContainText('Nothing has changed.')
  }
  await expect(app.button('Pause')).toBeVisible()
  const step = await app.step()
  await expect.poll(() => app.step()).toBeGreaterThan(step)
  expect(await severe(page)).toEqual([])
  await page.setViewportSize({ width: 390, height: 844 })
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  await app.choose(good)
  await expect(page.getByRole('alert')).toHaveCount(0)
  await expect(app.news).toContainText('Opened inkling')
  await app.news.getByRole('button', { name: 'Undo' }).click()
  await expect(app.news).toContainText(/Back to 784-192-10, step [\d,]+ of/)
  expect(await app.step()).toBeGreaterThanOrEqual(step)
})

test('takes the network along in every other format', async ({ page }, info) => {
  const app = await Desk.open(page, info, { preset: 'softmax' }) // standardised: ONNX needs the statistics
  await app.unfold()
  for (const [title, name, start] of [
    ['Export ONNX', 'inkling-784-10.onnx', Buffer.from([8])], // field 1, varint: the version
    ['Export for PyTorch', 'inkling-784-10-pytorch.zip', Buffer.from('PK')],
    ['Download as one file', 'inkling-784-10.html', Buffer.from('<!doctype html>')],
  ] as const) {
    const file = await app.save(title)
    expect(file.name).toBe(name)
    expect(file.buffer.subarray(0, start.length)).toEqual(start)
    await expect(page.getByRole('status', { name: 'Saved' })).toContainText(`${name} is saved`)
  }
})

test('opens a Keras model with its weights, and tells what is not as in Keras', async ({ page }, info) => {
  const app = await Desk.open(page, info)
  await app.unfold()
  const weights = Buffer.alloc(4 * 7850)
  for (let i = 0; i < 7850; i++) weights.writeFloatLE(((i * 37) % 101) / 1000, 4 * i)
  const dense = { name: 'd', units: 10, activation: 'softmax', use_bias: true, batch_input_shape: [null, 784] }
  const model = {
    modelTopology: {
      class_name: 'Sequential',
      config: { name: 's', layers: [{ class_name: 'Dense', config: dense }] },
    },
    weightsManifest: [
      {
        paths: ['group1-shard1of1.bin'],
        weights: [
          { name: 'd/kernel', shape: [784, 10], dtype: 'float32' },
          { name: 'd/bias', shape: [10], dtype: 'float32' },
        ],
      },
    ],
  }
  const json = { name: 'model.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(model)) }
  await app.choose(json)
  await expect(page.getByRole('alert')).toContainText('group1-shard1of1.bin')
  await app.choose(json, { name: 'group1-shard1of1.bin', mimeType: 'application/octet-stream', buffer: weights })
  await expect(app.news).toContainText('Opened model.json and group1-shard1of1.bin: 784-10.')
  await expect(app.news.getByRole('listitem')).not.toHaveCount(0)
})

test('a reload offers to resume the run, which goes on where it was with its curves', async ({ page }, info) => {
  const app = await Desk.open(page, info, { evaluateEvery: '20' })
  await app.train()
  const [step, curve] = [await app.step(), await app.curve()]
  await app.drawByKeys()
  const said = await app.says()
  await kept(page).toBe(step)

  await page.reload()
  await app.loaded()
  await expect(app.news).toContainText(
    new RegExp(`Resume where you were: 784-192-10, step ${step.toLocaleString('en')} of [\\d,]+, \\d\\d\\.\\d\\d%`),
  )
  expect(await severe(page)).toEqual([])
  await page.setViewportSize({ width: 390, height: 844 })
  await expect.poll(() => page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
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
  await expect(app.news).toContainText('Resume where you were: 784-192-10')
  await app.news.getByRole('button', { name: 'Discard' }).click()
  await expect(app.news).toHaveText('')
  await kept(page).toBe(0)
  await page.reload()
  await app.loaded()
  await expect(app.news).toHaveText('')
})

test('a finished run is offered, and another run takes its place once it is tested', async ({ page }, info) => {
  const query = { preset: 'notebook', epochs: '1', trainingSize: '1000' }
  const app = await Desk.open(page, info, query)
  await app.button('Train').click()
  await expect(page.getByText('Train starts over')).toBeVisible()
  await kept(page).toBeGreaterThan(0)
  await page.reload()
  await app.loaded()
  await expect(app.news).toContainText(/784-40-10, all [\d,]+ steps/)
  await app.news.getByRole('button', { name: 'Resume run' }).click()
  await expect(page.getByText('Train starts over')).toBeVisible()
  await app.draw(digits[1])
  await expect(app.output('Prediction')).toHaveText(/\d/)
  await kept(page).toBeGreaterThan(0)
  await page.reload()
  await app.loaded()
  await expect(app.news).toContainText('Resume where you were')
  await app.button('Train').click()
  await expect(app.news).toHaveText('')
})

test('a run that cannot be read is told, and can be discarded', async ({ page }, info) => {
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

test('a browser that stores nothing, or is full, trains all the same and says so', async ({ page }, info) => {
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
