// A walk through a training step: stop by stop, by keyboard, slowly played, and with numbers that add up as they are written.

import { expect, test, type Page } from '@playwright/test'
import { severe } from './accessibility'
import { digits, Playground } from './playground'

const walk = (page: Page) => page.getByRole('region', { name: 'Walk through a step' })
const stop = (page: Page) => walk(page).getByRole('heading', { level: 4 }).first()

/** Walks with a 7 on the pad. */
async function begin(page: Page, app: Playground): Promise<void> {
  await app.draw(digits[7])
  await app.button('Walk through a step').click()
  await walk(page).getByRole('button', { name: '7', exact: true }).click()
  await expect(stop(page)).toContainText(/1 of \d+/)
  await expect(walk(page).getByRole('table'), 'the numbers are in sight').toBeInViewport({ ratio: 1 })
}

/** A number as the page writes it, three digits long; undefined for other texts. */
function read(text: string): number | undefined {
  const plain = text.trim().replaceAll('−', '-').replaceAll(',', '').replace(/^\+/, '')
  return /^-?\d/.test(plain) && Number.isFinite(Number(plain)) ? Number(plain) : undefined
}
/** Most that a written number may be off: two digits where it has an exponent. */
const rounding = (value: number) =>
  value === 0 ? 0 : 0.51 * 10 ** (Math.floor(Math.log10(Math.abs(value))) - (Math.abs(value) < 1e-3 ? 1 : 2))

/** Checks every product in the tables at a stop, and every sum; counts them. */
async function recompute(page: Page): Promise<{ products: number; sums: number }> {
  let [products, sums] = [0, 0]
  for (const table of await walk(page).getByRole('table').all()) {
    const rows = await table
      .getByRole('row')
      .evaluateAll((all) => all.map((row) => [...row.querySelectorAll('th, td')].map((cell) => cell.textContent ?? '')))
    let [total, slack] = [0, 1e-4]
    for (const cells of rows) {
      const last = read(cells.at(-1) ?? '')
      if (cells.length !== 3 || last === undefined) continue
      const factors = cells[1].split('×').map(read)
      if (cells[0].trim() === 'sum') {
        sums++
        expect(Math.abs(last - total), `${cells[0]} of ${JSON.stringify(rows)}`).toBeLessThan(slack + rounding(last))
      } else if (factors.length === 2 && factors[0] !== undefined && factors[1] !== undefined) {
        const [a, b] = [factors[0], factors[1]]
        products++
        const off = rounding(a) * Math.abs(b) + rounding(b) * Math.abs(a) + rounding(last) + 1e-4
        expect(Math.abs(a * b - last), JSON.stringify(cells)).toBeLessThan(off)
      }
      total += last
      slack += rounding(last)
    }
  }
  return { products, sums }
}

test('goes forward, tells the loss, back and through the update, with numbers that add up', async ({ page }, info) => {
  const app = await Playground.open(page, info, { preset: 'two-hidden' })
  await begin(page, app)
  const kinds: string[] = []
  let [products, sums] = [0, 0]
  for (;;) {
    const title = await stop(page).innerText()
    kinds.push(/^[A-Z]\w+/.exec(title)?.[0] ?? title)
    const found = await recompute(page)
    products += found.products
    sums += found.sums
    if (kinds.length === 1 || /^(Loss|Update)/.test(title)) expect(await severe(page), title).toEqual([])
    const [, at, of] = /(\d+) of (\d+)/.exec(title) ?? []
    if (at === of) break
    const next = walk(page).getByRole('button', { name: 'Next' })
    const place = await next.boundingBox()
    await next.click()
    await expect(stop(page)).toContainText(`${Number(at) + 1} of ${of}`)
    expect(await next.boundingBox(), 'stays under the pointer').toEqual(place)
  }
  expect(kinds).toEqual(['Forward', 'Forward', 'Forward', 'Loss', 'Backward', 'Backward', 'Backward', 'Update'])
  expect(sums, 'sums of the neurons of three layers').toBe(3)
  expect(products).toBeGreaterThanOrEqual(18)
  await expect(walk(page).getByRole('button', { name: 'Next' })).toHaveAttribute('aria-disabled', 'true')

  // The network stays as it is.
  expect(await app.step()).toBe(0)
  await walk(page).getByRole('button', { name: 'Close' }).click()
  await expect(walk(page)).toBeHidden()
})

test('goes by arrow keys, plays slowly, and ends with another drawing', async ({ page }, info) => {
  const app = await Playground.open(page, info, { preset: 'softmax' })
  await begin(page, app)
  await expect(walk(page).getByRole('button', { name: 'Next' })).toBeFocused()
  await page.keyboard.press('ArrowRight')
  await expect(stop(page)).toContainText('2 of 4')
  await page.keyboard.press('ArrowLeft')
  await expect(stop(page)).toContainText('1 of 4')
  await walk(page).getByRole('button', { name: 'Play' }).click()
  await expect(stop(page)).toContainText('4 of 4')
  await expect(stop(page)).toContainText('Update')
  await app.button('Clear drawing').click()
  await expect(walk(page)).toBeHidden()
  await begin(page, app)
  await page.keyboard.press('Escape')
  await expect(walk(page)).toBeHidden()
})
