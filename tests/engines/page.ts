// What the page does in every engine without WebGPU. The tests follow each other on one page, as a person would.

import { beforeAll, expect, inject, test } from 'vitest'
import { digits } from '../digits'
import type { Browser } from './browser'
import { Visitor } from './visitor'

export function pageBehaviours(tab: () => Browser): void {
  let browser: Browser
  let page: Visitor
  const open = (query = '') => page.open(inject('url') + query, () => page.waitFor('Running on', /^CPU/, 10_000))

  beforeAll(async () => {
    browser = tab()
    page = new Visitor(browser)
    await open()
  })

  test('names its device and the reason', async () => {
    await page.waitFor('Status', 'Ready')
    const { gpu, shared, cores } = await page.run(() => ({
      gpu: 'gpu' in navigator,
      shared: crossOriginIsolated && typeof SharedArrayBuffer !== 'undefined',
      cores: navigator.hardwareConcurrency,
    }))
    expect(gpu, 'WebGPU: these tests are for engines without').toBe(false)
    const device = await page.says('Running on')
    expect(device).toMatch(shared && cores > 1 ? /^CPU WebAssembly · \d threads$/ : /^CPU WebAssembly · one thread$/)

    const chip = `${device}: About this device`
    await page.click('button', chip)
    await expect.poll(() => page.text('dialog', 'About this device')).toContain('This browser has no WebGPU.')
    const facts = await page.text('dialog', 'About this device')
    expect(facts).toMatch(/Features in use: (relaxed )?SIMD/)
    if (!shared) expect(facts).toContain('One thread is used, because this page may not share memory')
    const [dialog] = await page.all('dialog', 'About this device')
    expect(dialog!.x + dialog!.width, 'its right edge, in a window of 1440 px').toBeLessThanOrEqual(1440)
    await page.click('button', chip)
    await expect.poll(() => page.all('dialog', 'About this device')).toEqual([])
  })

  test('trains the default preset past 95%, and reads a drawing meanwhile', async () => {
    await page.click('button', 'Train')
    await page.draw(digits[0]!)
    await page.waitFor('Prediction', /^[\d?]$/)
    await page.reaches('Test accuracy', 95, 50_000)
    expect(await page.number('Images per second')).toBeGreaterThan(0)
    expect(await page.number('Train loss')).toBeLessThan(1)
    await page.click('button', 'Pause')
    await page.waitFor('Status', 'Paused')
  })

  test.for(Object.keys(digits))('reads a drawn %s', async (digit) => {
    await page.click('button', 'Clear drawing')
    await page.waitFor('Prediction', '—')
    await page.draw(digits[Number(digit)]!)
    await page.waitFor('Prediction', digit)
  })

  test('reads a drawing made by keyboard', async () => {
    await page.click('button', 'Clear drawing')
    await page.waitFor('Prediction', '—')
    await page.focus('application', 'Drawing pad')
    await browser.press('Space', ...Array.from({ length: 12 }, () => 'ArrowDown' as const), 'Space')
    await page.waitFor('Prediction', '1')
    await browser.press('Delete')
    await page.waitFor('Prediction', '—')
  })

  // Left and visited again: after a reload WebKit sometimes takes no clicks from its driver.
  test('keeps a drawing from one visit to the next', async () => {
    await page.draw(digits[7]!)
    await page.click('button', 'It is a 7')
    await page.waitFor('Kept drawings', /^Kept as a 7/)
    expect(await page.problems()).toEqual([])
    await open()
    await page.click('button', 'Taught drawings 1')
    await page.click('button', 'Delete the drawing of a 7')
    await expect.poll(() => page.all('button', 'Taught drawings 0')).toHaveLength(1)
  })

  test('trains a convolutional network', async () => {
    await open('?preset=best-in-a-minute')
    await page.click('button', 'Train')
    await page.reaches('Images per second', 1, 30_000)
    await page.draw(digits[1]!)
    await page.waitFor('Prediction', /^[\d?]$/)
    await page.click('button', 'Pause')
    await page.waitFor('Status', 'Paused')
    expect(await page.number('Train loss')).toBeLessThan(3)
  })

  test('learns from a table that is dropped on it, and keeps it', async () => {
    await open()
    const rows = Array.from({ length: 60 }, (_, i) => `${i % 2},${(i * 7) % 5},${i % 2 ? 'odd' : 'even'}`)
    await page.run(
      (text) => {
        const dataTransfer = new DataTransfer()
        dataTransfer.items.add(new File([text], 'numbers.csv', { type: 'text/csv' }))
        document.body.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }))
      },
      ['a,b,kind', ...rows].join('\n'),
    )
    await page.click('button', 'Read it')
    await page.click('button', 'Learn from this')
    await expect.poll(() => page.all('button', 'Data: numbers')).toHaveLength(1)
    await page.click('button', 'Train')
    await page.waitFor('Status', 'Finished', 60_000)
    await page.reaches('Test accuracy', 95, 10_000)
    await open(await page.run(() => location.search))
    await expect.poll(() => page.all('button', 'Data: numbers')).toHaveLength(1)
  })

  test('does not scroll sideways on a phone', async () => {
    // In a frame, because not every window can be as narrow.
    await page.run((src) => {
      document.body.innerHTML = `<iframe src="${src}" style="width: 390px; height: 844px; border: 0"></iframe>`
    }, inject('url'))
    const inside = () =>
      page.run(() => {
        const { body, documentElement: root } = document.querySelector('iframe')!.contentDocument!
        return { text: body.textContent, sideways: root.scrollWidth - root.clientWidth }
      })
    await expect.poll(async () => (await inside()).text).toContain('Draw a digit')
    expect((await inside()).sideways, 'pixels').toBeLessThanOrEqual(0)
  })
}
