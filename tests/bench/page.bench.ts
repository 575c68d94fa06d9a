// How quick the page stays while it trains: pause, prediction under the pen, the main thread, the first step.

import { expect, test, type Page } from '@playwright/test'
import { Playground } from '../browser/playground'

/** Milliseconds in the page from a click on one button until another is there. */
function clickUntil(page: Page, click: string, appears: string): Promise<number> {
  return page.evaluate(
    async ([click, appears]) => {
      const find = (name: string) =>
        [...document.querySelectorAll('button')].find((button) => button.textContent?.trim() === name)
      const start = performance.now()
      find(click)!.click()
      while (!find(appears)) await new Promise((resolve) => setTimeout(resolve, 1))
      return performance.now() - start
    },
    [click, appears],
  )
}

const list = (times: number[]) => times.map((time) => time.toFixed(0)).join(', ')
const percentile = (times: number[], share: number) =>
  times.toSorted((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))]

test('pause, from the click until the run stands still', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  const times: number[] = []
  for (let i = 0; i < 10; i++) {
    await app.button(i === 0 ? 'Train' : 'Resume').click()
    await expect(app.button('Pause')).toBeVisible()
    await page.waitForTimeout(1500 + 170 * i) // amid training steps and evaluations
    times.push(await clickUntil(page, 'Pause', 'Resume'))
  }
  console.log(`${app.backend}: pause, ms: ${list(times)}`)
})

test('long tasks of the main thread while training', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await app.button('Train').click()
  await app.reaches('Images per second', 1)
  const { tasks, frames } = await page.evaluate(async () => {
    const tasks: number[] = []
    const frames: number[] = []
    new PerformanceObserver((entries) => tasks.push(...entries.getEntries().map(({ duration }) => duration))).observe({
      type: 'longtask',
    })
    const end = performance.now() + 10_000
    for (let last = performance.now(); last < end;) {
      const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve))
      frames.push(now - last)
      last = now
    }
    return { tasks, frames }
  })
  console.log(
    `${app.backend}: in 10 s of training ${frames.length} frames, median ${percentile(frames, 0.5).toFixed(1)} ms, ` +
      `95% ${percentile(frames, 0.95).toFixed(1)} ms; tasks over 50 ms: ${tasks.length} (${list(tasks)})`,
  )
})

test('prediction while training, from the pointer event until the digit', async ({ page }, info) => {
  const app = await Playground.open(page, info)
  await app.button('Train').click()
  await app.reaches('Test accuracy', 80)
  const times: number[] = []
  for (let i = 0; i < 20; i++) {
    const box = (await app.pad.boundingBox())!
    const x = box.x + box.width / 2
    await page.evaluate(() => {
      const output = document.querySelector('[aria-label="Prediction"]')!
      const start = new Promise<number>((resolve) =>
        addEventListener('pointerdown', () => resolve(performance.now()), { once: true, capture: true }),
      )
      const shown = new Promise<number>((resolve) => {
        new MutationObserver((_, observer) => {
          if (!/\d/.test(output.textContent ?? '')) return
          observer.disconnect()
          resolve(performance.now())
        }).observe(output, { childList: true, subtree: true, characterData: true })
      })
      Object.assign(globalThis, { latency: Promise.all([start, shown]).then(([a, b]) => b - a) })
    })
    await page.mouse.move(x, box.y + box.height * 0.2)
    await page.mouse.down()
    await page.mouse.move(x - 5, box.y + box.height * 0.8, { steps: 3 })
    await page.mouse.up()
    times.push(await page.evaluate(() => (globalThis as unknown as { latency: Promise<number> }).latency))
    await app.button('Clear drawing').click()
    await expect(app.output('Prediction')).toHaveText('—')
  }
  console.log(
    `${app.backend}: pointer event to digit, ms: median ${percentile(times, 0.5).toFixed(0)}, ` +
      `95% ${percentile(times, 0.95).toFixed(0)}, all ${list(times)}`,
  )
})

test('from navigation to the first step', async ({ page }, info) => {
  const app = new Playground(page, info.project.name)
  const times: number[] = []
  for (let i = 0; i < 5; i++) {
    const start = performance.now()
    await app.visit()
    await app.button('Train').click()
    await expect(app.output('Train loss')).toHaveText(/\d/)
    times.push(performance.now() - start)
  }
  console.log(`${app.backend}: navigation to first loss, ms: ${list(times)}`)
})
