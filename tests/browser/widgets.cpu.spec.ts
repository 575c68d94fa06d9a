// The widgets in pages of others: from another origin, without isolation headers or WebGPU, among hostile style rules, two at once,
// moved and taken away; and the page about them.

import { expect, test, type Locator, type Page } from '@playwright/test'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { severe } from './accessibility'
import { button, draw, embed, output, root, serveBuild, servePages, widget } from './embedding'
import { digits } from './playground'
import type { StaticServer } from './static-server'

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

test.beforeAll(async () => {
  site = await serveBuild()
  const two = `<inkling-digits></inkling-digits>${longer}`.repeat(2)
  embedding = await servePages({
    '/two.html': embed(site, two),
    '/hostile.html': embed(site, two, hostile),
    '/digits.html': embed(site, '<inkling-digits></inkling-digits>'),
    '/playground.html': embed(site, `${longer}<div id="elsewhere"></div>`),
  })
})

test.afterAll(async () => {
  await Promise.all([site?.close(), embedding?.close()])
})

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

test('look the same under any rules of the page', async ({ page }) => {
  const seen = []
  for (const name of ['two', 'hostile']) {
    await page.goto(`${embedding.url}${name}.html`)
    const both = [widget(page, 'digits'), widget(page, 'playground')]
    for (const each of both) await expect(each.getByLabel('Drawing pad')).toBeVisible()
    seen.push(await Promise.all(both.map(looks)))
  }
  expect(seen[1]).toEqual(seen[0])
})

test('two of each work from another origin, without isolation, among hostile rules', async ({ page }) => {
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

test('a moved trainer goes on, a reinserted one starts anew, and attributes change the run', async ({ page }) => {
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
  await expect(trainer).toContainText('Softmax: no hidden layer')
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

test('a trainer takes another data set, says what is wrong with one, and goes back', async ({ page }) => {
  await page.goto(`${embedding.url}playground.html`)
  const trainer = widget(page, 'playground')
  const want = (id: string | null, preset = 'softmax') =>
    trainer.evaluate((element, values) => Object.assign(element, values), { dataset: id, preset })
  await want('nonsense')
  await expect(trainer.getByRole('alert')).toHaveText(
    /^There is no data set “nonsense”; there are mnist, fashion-mnist, plane\.circles, .*\.$/,
  )
  await expect(trainer.getByLabel('Drawing pad')).toBeVisible()
  await want('fashion-mnist', 'best')
  await expect(trainer.getByRole('alert').first()).toContainText('no preset “best”; there are default, softmax')
  await want('fashion-mnist')
  await expect(trainer).toHaveAttribute('dataset', 'fashion-mnist')
  await expect(trainer.getByLabel('Drawing pad')).toHaveCount(0)
  await button(trainer, 'Train').click()
  if (existsSync(`${root}dist/data/fashion-mnist`)) {
    await expect(trainer.getByRole('alert')).toHaveCount(0)
    await expect(output(trainer, 'Test accuracy')).toHaveText(/^[78]\d\.\d\d%$/)
  } else {
    const message = 'Fashion-MNIST is not in this build. To get it, run: npm run data -- fashion-mnist'
    await expect(trainer.getByRole('alert')).toHaveText(message)
  }

  // A run of digits comes after it, in the worker that is there.
  await want(null)
  await expect(trainer.getByRole('alert')).toHaveCount(0)
  await expect(trainer.getByLabel('Drawing pad')).toBeVisible()
  await button(trainer, 'Train').click()
  await expect(output(trainer, 'Test accuracy')).toHaveText(/^9\d\.\d\d%$/)
})

test('a trainer without its data says so, and trains once the data is there', async ({ page }) => {
  await page.goto(`${embedding.url}playground.html`)
  const trainer = widget(page, 'playground')
  await trainer.evaluate((element) => element.setAttribute('data', 'nowhere/'))
  await button(trainer, 'Train').click()
  await expect(trainer.getByRole('alert')).toContainText('the server answered 404')
  await expect(button(trainer, 'Train')).toBeVisible()
  await trainer.evaluate((element, data) => element.setAttribute('data', data), `${site.url}data/`)
  await expect(trainer.getByRole('alert')).toHaveCount(0)
  await button(trainer, 'Train').click()
  await expect(output(trainer, 'Test accuracy')).toHaveText(/%$/)
  await expect(trainer.getByRole('alert')).toHaveCount(0)
})

test('a page on a disk trains with the module from a server', async ({ page }, info) => {
  const path = info.outputPath('page.html')
  await writeFile(path, embed(site, playground))
  await page.goto(pathToFileURL(path).href)
  const trainer = widget(page, 'playground')
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

test('their documentation shows both of them live', async ({ page }) => {
  const hosts = new Set<string>()
  page.on('request', (request) => hosts.add(new URL(request.url()).host))
  await page.goto('.')
  await page.getByRole('button', { name: 'About this device' }).click()
  await page.getByRole('link', { name: 'widgets' }).click()
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
    // Charts follow a new width a moment later.
    await expect
      .poll(() => page.evaluate(() => document.documentElement.scrollWidth), { message: `at ${width} px` })
      .toBeLessThanOrEqual(width)
  }
  hosts.delete('')
  expect([...hosts]).toEqual([new URL(page.url()).host])
})
