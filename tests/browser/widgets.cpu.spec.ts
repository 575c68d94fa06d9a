// The widgets in pages of others: from another origin, without isolation headers or WebGPU, among hostile style rules, two at once,
// moved and taken away; a network as a single file; and the page about them.

import { expect, test, type Locator, type Page } from '@playwright/test'
import { writeFile } from 'node:fs/promises'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createServer, type ViteDevServer } from 'vite'
import { severe } from './accessibility'
import { digits, type Strokes } from './playground'
import { serve, type StaticServer } from './static-server'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What rules a page may have that were made for something else. */
const hostile = `
  html { font-size: 4px !important }
  *, *::before, *::after {
    color: red !important; background: yellow !important; font: 900 40px/3 serif !important; letter-spacing: 20px !important;
    text-transform: uppercase !important; text-align: right !important; text-indent: 3em !important; white-space: pre !important;
    direction: rtl !important; visibility: hidden !important; pointer-events: none !important; user-select: none !important;
    box-sizing: content-box !important; display: inline !important; cursor: wait !important; list-style: square !important;
    --accent: red !important; --ink: red !important; --sheet: red !important; --rem: 90px !important; --font: serif !important;
  }
  canvas, button, ul, svg, output, progress { display: none !important }`

/** Softmax regression: the whole run takes a moment. */
const playground = '<inkling-playground preset="softmax"></inkling-playground>'
/** A run that is far from its end after its first epoch, however fast the machine is. */
const longer = '<inkling-playground preset="default"></inkling-playground>'

let site: StaticServer
let embedding: StaticServer
let vite: ViteDevServer

const page = (body: string, style = '') => `<!doctype html><html lang="en"><title>A page</title><style>${style}</style>
  <script type="module" src="${site.url}inkling.js"></script><main style="display: block !important; width: 640px !important">${body}</main>`

test.beforeAll(async () => {
  site = await serve(`${root}dist`, {}, { cors: true })
  const two = `<inkling-digits></inkling-digits>${longer}`.repeat(2)
  const files: Record<string, string> = {}
  embedding = await serve(undefined, files, { cors: false })
  files['/two.html'] = page(two)
  files['/hostile.html'] = page(two, hostile)
  files['/digits.html'] = page('<inkling-digits></inkling-digits>')
  files['/playground.html'] = page(`${longer}<div id="elsewhere"></div>`)
  // The modules of src/ as the build has them, which Node alone cannot load.
  vite = await createServer({
    root,
    appType: 'custom',
    logLevel: 'error',
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, hmr: false, watch: null },
  })
})

test.afterAll(async () => {
  await Promise.all([site?.close(), embedding?.close(), vite?.close()])
})

/** A widget by its kind and place among those of its kind. */
const widget = (page: Page, kind: 'digits' | 'playground', nth = 0) => page.locator(`inkling-${kind}`).nth(nth)
const output = (widget: Locator, name: string) => widget.getByRole('status', { name, exact: true })
const button = (widget: Locator, name: string) => widget.getByRole('button', { name, exact: true })

async function draw(widget: Locator, strokes: Strokes): Promise<void> {
  const pad = widget.getByLabel('Drawing pad')
  await pad.scrollIntoViewIfNeeded()
  const box = (await pad.boundingBox())!
  const { mouse } = widget.page()
  for (const [first, ...rest] of strokes) {
    await mouse.move(box.x + first[0] * box.width, box.y + first[1] * box.height)
    await mouse.down()
    for (const [x, y] of rest) await mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 4 })
    await mouse.up()
  }
}

/** An event as the page heard it. */
interface Heard {
  readonly type: string
  /** Which of the elements of its kind told it. */
  readonly nth: number
  readonly detail: { readonly [key: string]: unknown }
}

/** Keeps every event of the widgets that reaches the window. */
async function listen(page: Page): Promise<() => Promise<readonly Heard[]>> {
  await page.evaluate(() => {
    const heard: unknown[] = []
    Reflect.set(window, 'heard', heard)
    for (const type of ['prediction', 'epoch']) {
      addEventListener(type, (event) => {
        const target = event.target as Element
        const nth = [...document.querySelectorAll(target.localName)].indexOf(target)
        heard.push({ type, nth, detail: (event as CustomEvent).detail })
      })
    }
  })
  return () => page.evaluate(() => Reflect.get(window, 'heard') as Heard[])
}

/** How the parts of a widget look: places inside it, and what style rules make of them. */
const looks = (widget: Locator) =>
  widget.evaluate((element) => {
    const root = element.shadowRoot!
    const host = root.querySelector('.look')!.getBoundingClientRect()
    const wanted = ['.look', 'h2', '[role=application]', 'canvas', 'button', 'button svg', 'li', '.bar', 'output', 'p']
    return wanted.map((selector) => {
      const part = root.querySelector(selector)!
      const { x, y, width, height } = part.getBoundingClientRect()
      const style = getComputedStyle(part)
      const names = [...style].filter(
        (name) => !/^(--|-webkit-locale|transition|perspective-origin|transform-origin)/.test(name),
      )
      const box = [x - host.x, y - host.y, width, height].map(Math.round)
      return [selector, box, names.map((name) => `${name}: ${style.getPropertyValue(name)}`)]
    })
  })

test('look the same whatever rules the page has', async ({ page }) => {
  const seen = []
  for (const name of ['two', 'hostile']) {
    await page.goto(`${embedding.url}${name}.html`)
    const both = [widget(page, 'digits'), widget(page, 'playground')]
    for (const each of both) await expect(each.getByLabel('Drawing pad')).toBeVisible()
    seen.push(await Promise.all(both.map(looks)))
  }
  expect(seen[1]).toEqual(seen[0])
})

test('two of each read, train and tell, from another origin, without isolation, among hostile rules', async ({
  page,
}) => {
  const errors: Error[] = []
  page.on('pageerror', (error) => errors.push(error))
  await page.goto(`${embedding.url}hostile.html`)
  expect(await page.evaluate(() => [crossOriginIsolated, 'gpu' in navigator && isSecureContext])).toContain(false)
  const heard = await listen(page)
  const [one, two] = [0, 1].map((nth) => widget(page, 'digits', nth))
  await draw(one, digits[7])
  await expect(output(one, 'Prediction')).toHaveText('7')
  await expect(output(two, 'Prediction')).toHaveText('—')
  await draw(two, digits[0])
  await expect(output(two, 'Prediction')).toHaveText('0')
  await expect(output(one, 'Prediction')).toHaveText('7')
  for (const [nth, digit] of [7, 0].entries()) {
    const { detail } = (await heard()).findLast((event) => event.type === 'prediction' && event.nth === nth)!
    expect(detail).toMatchObject({ digit, verdict: 'digit' })
    expect((detail['probabilities'] as number[]).reduce((sum, share) => sum + share)).toBeCloseTo(1)
  }

  expect(page.workers()).toHaveLength(0)
  const [left, right] = [0, 1].map((nth) => widget(page, 'playground', nth))
  await draw(left, digits[7])
  for (const each of [left, right]) await button(each, 'Train').click()
  const toldEpochs = async () => [
    ...new Set((await heard()).filter(({ type }) => type === 'epoch').map(({ nth }) => nth)),
  ]
  await expect.poll(async () => (await toldEpochs()).sort(), { timeout: 90_000 }).toEqual([0, 1])
  const first = (await heard()).find(({ type }) => type === 'epoch')!.detail
  expect(first).toMatchObject({ epoch: 1 })
  expect(first['accuracy']).toBeGreaterThan(0.85)
  expect(first['loss']).toBeLessThan(0.6)
  await expect(output(left, 'Prediction')).toHaveText('7')
  await expect(output(left, 'Test accuracy')).toHaveText(/^[89]\d\.\d\d%$/)
  expect((await heard()).filter(({ type, nth, detail }) => type === 'prediction' && nth === 0 && detail['digit'] === 7)).not.toEqual([]) // prettier-ignore

  // One is taken away in the middle of its run: its worker ends, the other one trains on.
  await left.evaluate((element) => element.remove())
  await expect.poll(() => page.workers().length).toBe(1)
  const epochs = async () => (await heard()).filter(({ type }) => type === 'epoch').length
  const before = await epochs()
  await expect.poll(epochs, { timeout: 90_000 }).toBeGreaterThan(before)
  expect(errors).toEqual([])
})

test('a trainer that is moved goes on; taken out and put back it starts anew; attributes change its run', async ({
  page,
}) => {
  await page.goto(`${embedding.url}playground.html`)
  const trainer = widget(page, 'playground')
  await button(trainer, 'Train').click()
  const epoch = async () => parseInt((await output(trainer, 'Epoch').textContent()) ?? '')
  await expect.poll(epoch).toBeGreaterThan(0)
  await trainer.evaluate((element) => document.getElementById('elsewhere')?.append(element))
  await expect(button(trainer, 'Pause')).toBeVisible()
  expect(await epoch()).toBeGreaterThan(0)
  await button(trainer, 'Pause').click()
  await expect(button(trainer, 'Resume')).toBeVisible()
  expect(page.workers()).toHaveLength(1)

  // Another preset is another run; it waits for Train.
  await trainer.evaluate((element) => element.setAttribute('preset', 'softmax'))
  await expect(trainer).toContainText('Softmax regression')
  await expect(button(trainer, 'Train')).toBeVisible()
  await expect(output(trainer, 'Epoch')).toHaveText('0 / 5')
  await trainer.evaluate((element) => element.setAttribute('preset', 'nonsense'))
  await expect(trainer.getByRole('alert')).toContainText('no preset “nonsense”; there are default, best-in-a-minute')

  await page.evaluate(() => {
    const element = document.querySelector('inkling-playground')!
    element.remove()
    Reflect.set(window, 'kept', element)
  })
  await expect.poll(() => page.workers().length).toBe(0)
  await page.evaluate(() => document.body.append(Reflect.get(window, 'kept') as Element))
  await trainer.evaluate((element) => element.removeAttribute('preset'))
  await expect(output(trainer, 'Epoch')).toHaveText('0 / 10')
  await trainer.evaluate((element) => element.setAttribute('preset', 'softmax'))
  await expect(output(trainer, 'Epoch')).toHaveText('0 / 5')
  await button(trainer, 'Train').click()
  await expect.poll(epoch).toBeGreaterThan(0)
})

test('a trainer without its data says so, and trains once it is there', async ({ page }) => {
  await page.goto(`${embedding.url}playground.html`)
  const trainer = widget(page, 'playground')
  await trainer.evaluate((element) => element.setAttribute('data', 'nowhere/'))
  await button(trainer, 'Train').click()
  await expect(trainer.getByRole('alert')).toContainText('the server answered 404')
  await expect(button(trainer, 'Train')).toBeVisible()
  await trainer.evaluate((element, data) => element.setAttribute('data', data), `${site.url}data/`)
  await button(trainer, 'Train').click()
  await expect(trainer.getByRole('alert')).toHaveCount(0)
  await expect(output(trainer, 'Test accuracy')).toHaveText(/%$/)
})

test('a page on a disk that takes the module from a server trains too', async ({ page: alone }, info) => {
  const path = info.outputPath('page.html')
  await writeFile(path, page(playground))
  await alone.goto(pathToFileURL(path).href)
  const trainer = widget(alone, 'playground')
  await button(trainer, 'Train').click()
  await expect(output(trainer, 'Test accuracy')).toHaveText(/%$/)
  await expect(trainer.getByRole('alert')).toHaveCount(0)
})

test('attributes and properties of the pad follow at once', async ({ page }) => {
  await page.goto(`${embedding.url}digits.html`)
  const pad = widget(page, 'digits')
  const set = (name: string, value: string | null) =>
    pad.evaluate((element, [name, value]) => Reflect.set(element, name!, value), [name, value])
  await set('label', 'What is it?')
  await expect(pad.getByRole('region', { name: 'What is it?' })).toBeVisible()
  await expect(pad).toHaveAttribute('label', 'What is it?')
  await set('size', '200')
  expect((await pad.getByLabel('Drawing pad').boundingBox())?.width).toBe(200)
  const paper = () =>
    pad.evaluate((element) => getComputedStyle(element.shadowRoot!.querySelector('.look')!).backgroundColor)
  expect(await paper()).toBe('rgb(250, 251, 254)')
  await set('theme', 'dark')
  expect(await paper()).toBe('rgb(15, 18, 32)')
  await page.emulateMedia({ colorScheme: 'dark' })
  await set('theme', 'light')
  expect(await paper()).toBe('rgb(250, 251, 254)')
  await set('theme', null)
  expect(await paper()).toBe('rgb(15, 18, 32)')
  await pad.evaluate((element: HTMLElement) => element.style.setProperty('--inkling-paper', 'rgb(1, 2, 3)'))
  expect(await paper()).toBe('rgb(1, 2, 3)')

  // By script: strokes in, a prediction out.
  const strokes = digits[4].map((stroke) => stroke.map(([x, y]) => ({ x, y })))
  await pad.evaluate((element, strokes) => Reflect.set(element, 'strokes', strokes), strokes)
  await expect(output(pad, 'Prediction')).toHaveText('4')
  expect(await pad.evaluate((element) => Reflect.get(element, 'prediction') as object)).toMatchObject({ digit: 4 })
  await pad.evaluate((element) => (Reflect.get(element, 'clear') as () => void).call(element))
  await expect(output(pad, 'Prediction')).toHaveText('—')
  expect(await pad.evaluate((element) => Reflect.get(element, 'prediction') as object)).toMatchObject({ digit: null })
})

test('another network is loaded by its address; one that is wrong is told, and the old one stays', async ({ page }) => {
  // A network whose input is standardised: the widget needs the statistics of MNIST for it.
  const { presets } = (await vite.ssrLoadModule('/src/model/presets.ts')) as typeof import('../../src/model/presets')
  const { writeNetwork } = (await vite.ssrLoadModule('/src/formats/network.ts')) as typeof import('../../src/formats/network') // prettier-ignore
  const { createReader } = (await vite.ssrLoadModule('/src/widgets/reader.ts')) as typeof import('../../src/widgets/reader') // prettier-ignore
  const { trainingStatistics } = (await vite.ssrLoadModule('/src/cli/data.ts')) as typeof import('../../src/cli/data')
  const { spec } = presets.find(({ name }) => name === 'softmax')!
  const parameters = Float32Array.from({ length: 785 * 12 }, (_, i) => (i % 12 < 10 && i < 784 * 12 ? Math.sin(i) / 100 : 0)) // prettier-ignore
  const network = { spec, learnt: { parameters, running: new Float32Array(4) } }
  const { mnist } = (await vite.ssrLoadModule('/src/datasets/index.ts')) as typeof import('../../src/datasets')
  const statistics = await trainingStatistics(mnist)
  const image = Uint8Array.from({ length: 784 }, (_, i) => (i * 37) % 256)
  const expected = (await (await createReader(network, statistics))(image))!

  await page.goto(`${embedding.url}digits.html`)
  const pad = widget(page, 'digits')
  await page.evaluate(() => {
    for (const type of ['load', 'error'])
      document
        .querySelector('inkling-digits')!
        .addEventListener(type, (event) => Reflect.set(window, 'last', event.type))
  })
  const last = () => page.evaluate(() => Reflect.get(window, 'last') as unknown)
  const file = `data:application/octet-stream;base64,${Buffer.from(writeNetwork(network)).toString('base64')}`
  await pad.evaluate((element, file) => element.setAttribute('network', file), file)
  await expect.poll(last).toBe('load')
  const predict = (image: number[]) =>
    pad.evaluate((element, image) => {
      const read = Reflect.get(element, 'predict') as (image: Uint8Array) => Promise<{ outputs: number[] }>
      return read.call(element, Uint8Array.from(image))
    }, image)
  const read = await predict([...image])
  read.outputs.forEach((output, i) => expect(output).toBeCloseTo(expected.outputs[i], 5))

  for (const [address, reason] of [
    [`${site.url}nothing.safetensors`, 'the server answered 404'],
    [`${embedding.url}digits.html`, 'is no safetensors file'],
    ['http://127.0.0.1:1/x.safetensors', 'Access-Control-Allow-Origin'],
  ]) {
    await pad.evaluate((element, address) => element.setAttribute('network', address), address)
    await expect(pad.getByRole('alert')).toContainText(reason)
    expect(await last()).toBe('error')
    expect((await predict([...image])).outputs).toEqual(read.outputs)
  }
  await pad.evaluate((element) => element.removeAttribute('network'))
  await expect(pad.getByRole('alert')).toHaveCount(0)
  await draw(pad, digits[7])
  await expect(output(pad, 'Prediction')).toHaveText('7')
})

test('work by keyboard', async ({ page }) => {
  await page.goto(`${embedding.url}digits.html`)
  const pad = widget(page, 'digits')
  await expect(pad.getByLabel('Drawing pad')).toBeVisible()
  await page.keyboard.press('Tab')
  await expect(pad.getByLabel('Drawing pad')).toBeFocused()
  for (let i = 0; i < 8; i++) await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Space')
  for (let i = 0; i < 16; i++) await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Space')
  await expect(output(pad, 'Prediction')).toHaveText('1')
  await page.keyboard.press('Tab')
  await expect(button(pad, 'Undo')).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(output(pad, 'Prediction')).toHaveText('—')
})

test('a network as one file reads drawings from a disk, without a connection', async ({ page, browser }, info) => {
  await page.goto(`${embedding.url}digits.html`)
  const trained = await page.evaluate(
    async (url) => ((await import(url)) as { InklingDigits: { included: string } }).InklingDigits.included,
    `${site.url}inkling.js`,
  )
  const { singlePage } = (await vite.ssrLoadModule('/src/app/saved/single-file.ts')) as typeof import('../../src/app/saved/single-file') // prettier-ignore
  const { readNetwork } = (await vite.ssrLoadModule('/src/formats/network.ts')) as typeof import('../../src/formats/network') // prettier-ignore
  const script = await (await fetch(`${site.url}inkling-digits.js`)).text()
  const path = info.outputPath('one.html')
  await writeFile(path, singlePage(readNetwork(new Uint8Array(Buffer.from(trained, 'base64'))), 'Mine <&>', script))

  const context = await browser.newContext({ offline: true })
  const alone = await context.newPage()
  const [requests, complaints]: [string[], string[]] = [[], []]
  alone.on('request', (request) => requests.push(new URL(request.url()).protocol))
  alone.on('console', (message) => complaints.push(message.text()))
  alone.on('pageerror', (error) => complaints.push(error.message))
  await alone.goto(pathToFileURL(path).href)
  await expect(alone).toHaveTitle('Mine <&>')
  const pad = widget(alone, 'digits')
  for (const digit of [7, 0, 4]) {
    await draw(pad, digits[digit])
    await expect(output(pad, 'Prediction')).toHaveText(String(digit))
    await pad.getByLabel('Drawing pad').press('Delete')
  }
  expect(requests.filter((protocol) => protocol !== 'file:' && protocol !== 'data:')).toEqual([])
  expect(complaints).toEqual([])
  expect(await severe(alone)).toEqual([])
  await context.close()
})

test('the page about them shows both live', async ({ page }) => {
  const hosts = new Set<string>()
  page.on('request', (request) => hosts.add(new URL(request.url()).host))
  await page.goto('.')
  await page.getByRole('contentinfo').getByRole('link', { name: 'widgets' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Widgets' })).toBeVisible()
  await expect(page.getByLabel('How to embed the pad')).toContainText(new URL('inkling.js', page.url()).href)
  const [pad, trainer] = [widget(page, 'digits'), widget(page, 'playground')]
  await draw(pad, digits[7])
  await expect(page.getByText('prediction: {"digit":7')).toBeVisible()
  await draw(trainer, digits[1])
  await button(trainer, 'Train').click()
  await expect(page.getByText('epoch: {"epoch":1')).toBeVisible()
  await button(trainer, 'Pause').click()
  expect(await severe(page)).toEqual([])
  for (const width of [390, 768, 1440]) {
    await page.setViewportSize({ width, height: 844 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth), `at ${width} px`).toBeLessThanOrEqual(width)
  }
  hosts.delete('')
  expect([...hosts]).toEqual([new URL(page.url()).host])
})
