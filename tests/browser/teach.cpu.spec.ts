// Teaching: drawings are kept with their labels, outlive a reload, travel as a file, and a network is fine-tuned on them.

import { expect, test, type BrowserContext } from '@playwright/test'
import { readFile } from 'node:fs/promises'
import { severe } from './accessibility'
import { digits, Playground, type Strokes } from './playground'

/** The page with the names that teaching has. */
class Classroom extends Playground {
  static override async open(...args: Parameters<typeof Playground.open>): Promise<Classroom> {
    const [page, info] = args
    await Playground.open(...args)
    return new Classroom(page, info.project.name)
  }

  async teach(strokes: Strokes, label: number): Promise<void> {
    await this.clear()
    await this.draw(strokes)
    await this.is(label).click()
  }

  async clear(): Promise<void> {
    await this.pad.press('Delete')
    await expect(this.output('Prediction')).toHaveText('—')
  }

  is(label: number) {
    return this.page
      .getByRole('group', { name: 'Which digit is it?' })
      .getByRole('button', { name: `It is a${label === 8 ? 'n' : ''} ${label}`, exact: true })
  }

  /** What was done last. */
  get told() {
    return this.page.getByRole('status', { name: 'Kept drawings' })
  }

  async unfold(): Promise<void> {
    await this.page.getByText('Taught drawings').click()
    await expect(this.button('Import')).toBeVisible()
  }

  taught(label?: number) {
    const list = this.page.getByRole('list', { name: 'Taught drawings' })
    return list.getByRole('img', {
      name: label === undefined ? /^The drawing of an? \d$/ : `The drawing of a ${label}`,
    })
  }

  async import(name: string, text: string): Promise<void> {
    const chooser = this.page.waitForEvent('filechooser')
    await this.button('Import').press('Enter')
    await (await chooser).setFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) })
  }

  /** The digit of the longest bar, however unsure the network is. */
  async reads(): Promise<number> {
    const shares = (await this.probabilities().allInnerTexts()).map((text) => Number(/([\d.]+)%/.exec(text)?.[1]))
    return shares.indexOf(Math.max(...shares))
  }

  /** The bytes of the picture that the network sees. */
  seen(): Promise<string> {
    const picture = this.page.getByRole('img', { name: /as the network sees it/ })
    return picture.locator('canvas').evaluate((canvas: HTMLCanvasElement) => canvas.toDataURL())
  }
}

test('keeps a drawing by one tap, over a reload; undoes, relabels, shows it again and deletes it', async ({
  page,
}, info) => {
  const app = await Classroom.open(page, info)
  await expect(app.is(7)).toBeHidden()
  await app.teach(digits[7], 1)
  await expect(app.told).toContainText('Kept as a 1.')
  await app.is(7).click()
  await expect(app.told).toContainText('Kept as a 7 instead of a 1.')
  await expect(app.is(7)).toHaveAttribute('aria-pressed', 'true')
  await expect(app.is(1)).toHaveAttribute('aria-pressed', 'false')
  await app.teach(digits[4], 4)
  await app.unfold()
  await expect(app.taught()).toHaveCount(2)
  await app.button('Undo').click()
  await expect(app.taught()).toHaveCount(1)
  await expect(app.is(4)).toHaveAttribute('aria-pressed', 'false')
  await app.button('Redo').click()
  await expect(app.taught(4)).toHaveCount(1)
  await expect(app.told).toContainText('Done again.')

  await page.reload()
  await app.loaded()
  await app.unfold()
  await expect(app.taught()).toHaveCount(2)
  await app.draw(digits[1])
  const one = await app.seen()
  await app.button('Put the drawing of a 7 on the pad').click()
  expect(await app.seen()).not.toBe(one)
  await expect(app.is(7)).toHaveAttribute('aria-pressed', 'true')

  await app.button('Delete the drawing of a 4').click()
  await expect(app.told).toContainText('Deleted the drawing of a 4.')
  await expect(app.button('Delete the drawing of a 7')).toBeFocused()
  await app.button('Delete all').click()
  await expect(app.taught()).toHaveCount(0)
  await app.button('Undo').click()
  await expect(app.taught(7)).toHaveCount(1)
  await expect(app.told).toContainText('Undone.')
  await page.reload()
  await app.loaded()
  await app.unfold()
  await expect(app.taught()).toHaveCount(1)
})

test('exports a file that another browser imports', async ({ page, browser }, info) => {
  const app = await Classroom.open(page, info)
  for (const label of [0, 3, 7]) await app.teach(digits[label], label)
  await app.unfold()
  const download = page.waitForEvent('download')
  await app.button('Export').click()
  const file = await download
  expect(file.suggestedFilename()).toBe('inkling-drawings.json')
  const text = await readFile(await file.path(), 'utf8')
  expect(JSON.parse(text)).toMatchObject({ format: 'inkling-drawings', version: 1 })
  expect(JSON.parse(text).drawings.map(({ label }: { label: number }) => label)).toEqual([0, 3, 7])
  await app.button('Put the drawing of a 3 on the pad').click()
  const three = await app.seen()

  const elsewhere: BrowserContext = await browser.newContext({ baseURL: info.project.use.baseURL! })
  const other = await Classroom.open(await elsewhere.newPage(), info)
  await other.unfold()
  await other.import('from-afar.json', text)
  await expect(other.told).toContainText('Imported 3 drawings from from-afar.json.')
  await expect(other.taught()).toHaveCount(3)
  await other.button('Put the drawing of a 3 on the pad').click()
  expect(await other.seen()).toBe(three)

  // A bare list, in pixels of some screen: it is fitted into the pad.
  const square = [[[100, 100], [400, 100], [400, 400], [100, 400], [100, 100]]] // prettier-ignore
  await other.import('bare.json', JSON.stringify([{ label: 0, writer: 'a', strokes: square }]))
  await expect(other.taught(0)).toHaveCount(2)
  await elsewhere.close()
})

test('refuses a bad file with its reason, and changes nothing', async ({ page }, info) => {
  const app = await Classroom.open(page, info)
  await app.teach(digits[7], 7)
  await app.unfold()
  const point = { label: 1, strokes: [[[0, 0]]] }
  for (const [text, reason] of [
    ['no JSON', 'drawings.json: this is not JSON'],
    ['{"format": "other"}', 'no file of drawings'],
    ['{"format": "inkling-drawings", "version": 2, "drawings": []}', 'newer than this page'],
    [JSON.stringify([point, point, { ...point, label: 12 }]), 'drawing 3 has the label 12; labels are 0 to 9'],
    [JSON.stringify([{ label: 1, strokes: [] }]), 'drawing 1 has no strokes'],
    [JSON.stringify([{ label: 1, strokes: [[[0, null]]] }]), 'two finite numbers'],
    [JSON.stringify(Array(1001).fill(point)), '1,001 drawings; at most 1,000'],
    [' '.repeat(20_000_001), '20.0 MB'],
  ]) {
    await app.import('drawings.json', text)
    await expect(page.getByRole('alert')).toContainText(reason)
    await expect(app.taught()).toHaveCount(1)
  }
  await app.import('good.json', JSON.stringify([point]))
  await expect(page.getByRole('alert')).toHaveCount(0)
  await expect(app.taught()).toHaveCount(2)
})

test('two tabs share their drawings', async ({ page, context }, info) => {
  const one = await Classroom.open(page, info)
  const two = await Classroom.open(await context.newPage(), info)
  await one.teach(digits[1], 1)
  await two.teach(digits[2], 2)
  for (const tab of [one, two]) {
    await tab.unfold()
    await expect(tab.taught()).toHaveCount(2)
  }
  await one.button('Delete the drawing of a 2').click()
  await expect(two.taught()).toHaveCount(1)
})

test('the page keeps drawings for the visit if the browser stores nothing, and says so', async ({ page }, info) => {
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('denied', 'SecurityError')
    }
  })
  const app = await Classroom.open(page, info)
  await app.unfold()
  await expect(page.getByRole('alert')).toHaveCount(0)
  await app.teach(digits[7], 7)
  await expect(page.getByRole('alert')).toContainText(/does not store drawings.*until you close the page/)
  await expect(app.taught(7)).toHaveCount(1)
  await expect(app.button('Fine-tune')).toBeVisible()
})

test('the page keeps drawings for the visit if the disk is full, and stores them once there is room', async ({
  page,
}, info) => {
  const app = await Classroom.open(page, info)
  const cdp = await page.context().newCDPSession(page)
  const origin = new URL(page.url()).origin
  await cdp.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 })
  for (const label of [1, 7]) await app.teach(digits[label], label)
  await expect(page.getByRole('alert')).toContainText('its storage is full')
  await app.unfold()
  await expect(app.taught()).toHaveCount(2)
  await cdp.send('Storage.overrideQuotaForOrigin', { origin })
  await app.teach(digits[4], 4)
  await expect(page.getByRole('alert')).toHaveCount(0)
  await page.reload()
  await app.loaded()
  await app.unfold()
  await expect(app.taught()).toHaveCount(3)
})

test('the drawings have no serious accessibility violation, light or dark', async ({ page }, info) => {
  const app = await Classroom.open(page, info)
  await app.unfold()
  expect(await severe(page), 'none').toEqual([])
  for (const label of [0, 1, 2, 3, 4, 7]) await app.teach(digits[label], label)
  await app.import('bad.json', '[]')
  await expect(page.getByRole('alert')).toBeVisible()
  expect(await severe(page), 'some').toEqual([])
  await page.setViewportSize({ width: 390, height: 844 })
  // Charts follow a new width a moment later.
  await app.fits()
})

test('asks once before it keeps a drawing as a digit that a good network is sure it is not', async ({ page }, info) => {
  const app = await Classroom.open(page, info)
  await app.button('Train').click()
  await app.reaches('Test accuracy', 95)
  await app.pause()
  await app.draw(digits[7])
  await expect(app.output('Prediction')).toHaveText('7')
  await expect(app.output('Prediction')).toHaveAccessibleDescription(/9\d% sure/)
  await app.is(1).click()
  const question = page.getByRole('group', { name: /sure that this is a 7\. Keep it as a 1\?$/ })
  await expect(question.getByRole('button', { name: 'Keep' })).toBeFocused()
  expect(await severe(page)).toEqual([])
  await question.getByRole('button', { name: 'Cancel' }).click()
  await expect(app.is(1)).toBeFocused()
  await expect(app.is(1)).toHaveAttribute('aria-pressed', 'false')
  await app.is(1).click()
  await app.button('Keep').click()
  await expect(app.told).toContainText('Kept as a 1.')
  // It is asked once: the label can then be changed, and the digit that the network reads is no question.
  await app.is(2).click()
  await expect(app.told).toContainText('Kept as a 2 instead of a 1.')
  await app.clear()
  await app.draw(digits[7])
  await app.is(7).click()
  await expect(app.told).toContainText(/Kept as a 7/)
})

test('says why it cannot fine-tune yet', async ({ page }, info) => {
  const app = await Classroom.open(page, info)
  await app.unfold()
  const button = app.button('Fine-tune')
  await expect(button).toBeDisabled()
  await expect(button).toHaveAccessibleDescription(/Needs a drawing/)
  await app.teach(digits[7], 7)
  await expect(button).toHaveAccessibleDescription(/Train the network first/)
  await app.button('Train').click()
  await expect(button).toHaveAccessibleDescription(/Pause the training first/)
  await expect(button).toBeDisabled()
  await app.pause()
  await expect(button).toBeEnabled()
})

test('fine-tunes on the drawings, shows before and after, and brings the old network back', async ({ page }, info) => {
  // A worker that takes its time, so that what the page shows meanwhile can be seen on any machine.
  await page.addInitScript(() => {
    const post = Worker.prototype.postMessage
    Worker.prototype.postMessage = function (message: { path?: string[] }, ...rest: unknown[]) {
      setTimeout(() => Reflect.apply(post, this, [message, ...rest]), message.path?.[0] === 'fineTune' ? 1500 : 0)
    }
  })
  const app = await Classroom.open(page, info)
  await app.button('Train').click()
  await app.reaches('Test accuracy', 90)
  await app.pause()

  // Signs that are no digits: whatever they are read as, they shall be something else.
  const cross: Strokes = [[[0.2, 0.2], [0.8, 0.8]], [[0.8, 0.2], [0.2, 0.8]]] // prettier-ignore
  const square: Strokes = [[[0.25, 0.25], [0.75, 0.25], [0.75, 0.75], [0.25, 0.75], [0.25, 0.25]]] // prettier-ignore
  await app.unfold()
  let before = 0
  for (const sign of [square, cross]) {
    await app.clear()
    await app.draw(sign)
    await expect(app.is(0)).toBeVisible()
    await page.waitForTimeout(300) // the answer to the last stroke, not to the first
    before = await app.reads()
    await app.is((before + 5) % 10).click()
    // Where the network is sure, it asks once.
    const keep = app.button('Keep')
    await expect(keep.or(page.getByText(/^Kept as/)).first()).toBeVisible()
    if (await keep.isVisible()) await keep.click()
    await expect(page.getByText(/^Kept as/)).toBeVisible()
  }

  await app.button('Fine-tune').click()
  await expect(app.button('Fine-tuning…')).toHaveAttribute('aria-busy', 'true')
  for (const name of ['Resume', 'Step', 'Start over']) await expect(app.button(name)).toBeDisabled()
  const result = page.getByRole('status', { name: 'Fine-tuning' })
  await expect(result.getByRole('row', { name: /^Your drawings 0 of 2 [12] of 2$/ })).toBeVisible()
  await expect(result.getByRole('row', { name: /^MNIST test set \d\d\.\d\d% \d\d\.\d\d%$/ })).toBeVisible()
  await expect(result).toContainText(/It learned to read [12] of your drawings/)
  await expect(result, 'what came of it is in sight').toBeInViewport({ ratio: 1 })
  await expect(app.button('Undo fine-tuning')).toBeInViewport({ ratio: 1 })
  await expect(app.button('Resume')).toBeEnabled()

  await app.button('Undo fine-tuning').click()
  await expect(result).toContainText('The network is as it was before.')
  await expect.poll(() => app.reads()).toBe(before)
  await expect(app.button('Fine-tune')).toBeFocused()

  // Once more, and training on takes the result away.
  await app.button('Fine-tune').click()
  await expect(app.button('Undo fine-tuning')).toBeVisible()
  await app.button('Step').click()
  await expect(app.button('Undo fine-tuning')).toBeHidden()
  await expect(app.button('Resume')).toBeVisible()
})
