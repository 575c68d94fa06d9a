// The section `page`: what a person has of the built page, on each backend.

import { expect } from '@playwright/test'
import type { Page } from 'playwright'
import { backendChoices } from '../../src/session/protocol'
import { Playground } from '../browser/playground'
import type { Measuring, Site } from './browser'
import type { Options } from './options'
import { GOALS } from './page/task'
import { pictureCost } from './picture'
import type { Measurement } from './sections'
import { percentile } from './statistics'

/** Tells one row of the table for a backend. */
type Tell = (row: string, values: readonly number[]) => void

/** Seconds until a part of it is given up: more than any should take. */
const LIMIT = 300

/** Measures the page on a backend; `told` hears of everything as it comes. */
export async function measureProduct(
  measuring: Measuring,
  site: Site,
  backend: string,
  options: Options,
  told: (measurement: Measurement) => void,
): Promise<void> {
  const column = backend
  // The page would take another backend for one that it does not know.
  if (!backendChoices.some((known) => known === backend)) {
    told({
      section: 'page',
      row: 'navigation to the first loss, s',
      column,
      values: [],
      error: 'the page has none such',
    })
    return
  }
  const part = async (row: string, limit: number, work: (app: Playground, page: Page, tell: Tell) => Promise<void>) => {
    console.error(`page  ${row}  ${column} ...`)
    try {
      await measuring.withPage(
        limit,
        (page) =>
          work(new Playground(page, backend), page, (row, values) => told({ section: 'page', row, column, values })),
        site.url,
      )
    } catch (error) {
      told({ section: 'page', row, column, values: [], error: String(error).split('\n')[0] })
    }
  }
  /** Navigates, and waits for the data. Without a preset a run does not end while something is measured in it. */
  const open = async (app: Playground, query: Record<string, string> = { epochs: '10000' }) => {
    await app.page.goto(`?${new URLSearchParams({ backend, ...query })}`)
    await app.loaded()
  }

  const starts: number[] = []
  for (let i = 0; i < options.repeats; i++) {
    await part('navigation to the first loss, s', LIMIT, async (app, page) => {
      await site.loaded()
      const start = performance.now()
      await page.goto(`?${new URLSearchParams({ backend })}`)
      await app.button('Train').click()
      await expect(app.output('Train loss')).toHaveText(/\d/, { timeout: 60_000 })
      starts.push((performance.now() - start) / 1000)
      const { javascript, webassembly } = await site.loaded()
      if (i > 0) return
      told({ section: 'page', row: 'JavaScript loaded until then, gzip, kB', column, values: [javascript] })
      if (webassembly === 0) return
      told({ section: 'page', row: 'WebAssembly loaded until then, gzip, kB', column, values: [webassembly] })
    })
  }
  if (starts.length > 0) {
    told({ section: 'page', row: 'navigation to the first loss, s', column, values: starts })
  }

  await part('pause', LIMIT, async (app, page, tell) => {
    await open(app)
    tell('pause, from click to standstill, ms', await pauses(app, page))
  })
  await part('frames while training', LIMIT, async (app, page, tell) => {
    await open(app)
    await app.button('Train').click()
    await app.reaches('Images per second', 1)
    const { frames, tasks } = await smoothness(page)
    tell('frame while training, median, ms', [percentile(frames, 0.5)])
    tell('frame while training, 95%, ms', [percentile(frames, 0.95)])
    tell('main-thread tasks over 50 ms in 10 s', [tasks.length])
  })
  await part('pointer event to digit', LIMIT, async (app, page, tell) => {
    await open(app)
    await app.button('Train').click()
    await app.reaches('Test accuracy', 80, 1000 * LIMIT)
    const times = await predictions(app, page)
    tell('pointer event to digit while training, median, ms', [percentile(times, 0.5)])
    tell('pointer event to digit while training, 95%, ms', [percentile(times, 0.95)])
  })
  await part('picture of the network', LIMIT, async (app, page, tell) => {
    await open(app)
    const { closed, picture, neuron } = await pictureCost(app, page)
    tell('steps a second without the picture', closed)
    tell('share of them with the picture', picture)
    tell('share of them with a neuron open', neuron)
  })
  for (const preset of options.presets) {
    await part(`${preset}, training`, options.patience + 120, async (app, page, tell) => {
      await open(app, { preset })
      const { reached, speeds } = await trainToGoals(app, page, options.patience)
      GOALS.forEach((goal, i) => {
        const row = `${preset}, click on Train to ${goal}%, s`
        if (reached[i] !== undefined) tell(row, [reached[i]])
        else told({ section: 'page', row, column, values: [], error: `not within ${options.patience} s or at all` })
      })
      tell(`${preset}, images/s as shown`, speeds)
    })
  }
}

/** Milliseconds from a click on Pause, amid training and evaluations, until the run stands still. */
async function pauses(app: Playground, page: Page): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < 10; i++) {
    await app.button(i === 0 ? 'Train' : 'Resume').click()
    await expect(app.button('Pause')).toBeVisible()
    await page.waitForTimeout(1500 + 170 * i)
    times.push(
      await page.evaluate(async () => {
        const find = (name: string) =>
          [...document.querySelectorAll('button')].find((button) => button.textContent?.trim() === name)
        const start = performance.now()
        find('Pause')?.click()
        while (!find('Resume')) await new Promise((resolve) => setTimeout(resolve, 1))
        return performance.now() - start
      }),
    )
  }
  return times
}

/** Milliseconds of every frame, and of every long task of the main thread, in ten seconds. */
function smoothness(page: Page): Promise<{ frames: number[]; tasks: number[] }> {
  return page.evaluate(async () => {
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
    return { frames, tasks }
  })
}

/** Milliseconds from the pointer event that begins a drawing until what it reads is shown, 20 times. */
async function predictions(app: Playground, page: Page): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < 20; i++) {
    await app.pad.scrollIntoViewIfNeeded()
    const box = (await app.pad.boundingBox())!
    const x = box.x + box.width / 2
    await page.evaluate(() => {
      const output = document.querySelector('[aria-label="Prediction"]')!
      const start = new Promise<number>((resolve) =>
        addEventListener('pointerdown', () => resolve(performance.now()), { once: true, capture: true }),
      )
      const shown = new Promise<number>((resolve) => {
        new MutationObserver((_, observer) => {
          if (!/[\d?]/.test(output.textContent ?? '')) return
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
  return times
}

/** Seconds from a click on Train to each of GOALS, as far as the page shows them, and the speeds that it shows. */
async function trainToGoals(
  app: Playground,
  page: Page,
  patience: number,
): Promise<{ reached: number[]; speeds: number[] }> {
  await app.button('Train').click()
  const start = performance.now()
  const reached: number[] = []
  const speeds: number[] = []
  const seconds = () => (performance.now() - start) / 1000
  const finished = async () => /Finished/.test((await app.output('Status').textContent()) ?? '')
  while (reached.length < GOALS.length && seconds() < patience && !(await finished())) {
    await page.waitForTimeout(100)
    const accuracy = await app.number('Test accuracy')
    while (reached.length < GOALS.length && accuracy >= GOALS[reached.length]) reached.push(seconds())
    const speed = await app.number('Images per second')
    if (speed > 0) speeds.push(speed)
  }
  return { reached, speeds }
}
