// What the picture of the network costs a run: windows of training with it and without it in turns, in one run.

import type { Page } from 'playwright'
import { digits, type Playground } from '../browser/playground'

/** Seconds of a window, and how many triples of windows. */
const [WINDOW, TRIPLES] = [4, 5]

/** Steps a second with the picture, and with a neuron open, each over the steps a second of the window before without it. */
export interface PictureCost {
  readonly closed: readonly number[]
  readonly picture: readonly number[]
  readonly neuron: readonly number[]
}

/** Measures a page whose run goes on meanwhile: give it epochs enough. */
export async function pictureCost(app: Playground, page: Page): Promise<PictureCost> {
  await app.draw(digits[7])
  await app.button('Train').click()
  await app.reaches('Test accuracy', 80, 60_000)
  const tab = (name: string) => page.getByRole('tab', { name, exact: true }).click()
  const steps = () =>
    page.evaluate(() => {
      const text = /Step ([\d,]+) of/.exec(document.body.innerText)?.[1] ?? ''
      return { step: Number(text.replaceAll(',', '')), time: performance.now() }
    })
  const speed = async () => {
    await page.waitForTimeout(500)
    const start = await steps()
    await page.waitForTimeout(1000 * WINDOW)
    const end = await steps()
    return (1000 * (end.step - start.step)) / (end.time - start.time)
  }
  const cost = { closed: [] as number[], picture: [] as number[], neuron: [] as number[] }
  for (let i = 0; i < TRIPLES; i++) {
    await tab('Take it with you')
    const closed = await speed()
    await tab('Inside')
    await page.getByRole('slider').first().waitFor()
    const picture = await speed()
    await page.getByRole('slider').first().focus()
    await page.keyboard.press('ArrowRight')
    const neuron = await speed()
    await page.keyboard.press('Escape')
    cost.closed.push(closed)
    cost.picture.push(picture / closed)
    cost.neuron.push(neuron / closed)
  }
  return cost
}
