// Over many runs no memory is left behind, neither on the device nor in JavaScript.

import { expect, test } from '@playwright/test'
import { Playground } from './playground'

test('ten runs started and reset leave nothing behind', async ({ page }, info) => {
  const app = await Playground.open(page, info, { preset: 'softmax' })
  const buffers = async () => {
    await expect(page.getByText(/^Untrained: /), 'the network at rest is tested').toBeVisible()
    await app.button(/: About this device$/).click()
    const text = (await page.getByText(/buffers, [\d.]+ MB on the device/).textContent()) ?? ''
    await page.keyboard.press('Escape')
    const [count, megabytes] = text.match(/[\d.]+/g)?.map(Number) ?? []
    return { count, megabytes }
  }
  /**
   * Bytes of the page's and the worker's JavaScript, after a collection. Not on WebAssembly: the measurement waits a minute for
   * its threads, which sleep. What a run leaves in JavaScript it leaves on any backend.
   */
  const heap = async () =>
    app.backend === 'wasm'
      ? 0
      : page.evaluate(async () => {
          const { measureUserAgentSpecificMemory: measure } = performance as Performance & {
            measureUserAgentSpecificMemory?: () => Promise<{ bytes: number }>
          }
          if (!measure) throw new Error('The page is not cross-origin isolated.')
          return (await measure.call(performance)).bytes
        })
  const runs = async (count: number) => {
    for (let i = 0; i < count; i++) {
      await app.button('Train').click()
      await expect(app.button('Pause')).toBeVisible()
      await expect(app.output('Train loss')).toHaveText(/\d/)
      await app.button('Start over').click()
      await expect(app.output('Train loss')).toHaveText('—')
    }
  }
  await runs(3)
  const before = { buffers: await buffers(), heap: await heap() }
  await runs(10)
  const after = { buffers: await buffers(), heap: await heap() }
  info.annotations.push({ type: 'memory', description: JSON.stringify({ before, after }) })
  // A small read-back buffer more may wait for the next read of its size; a leak would be one or more a run.
  expect(after.buffers.count - before.buffers.count).toBeLessThan(4)
  expect(after.buffers.megabytes).toBeCloseTo(before.buffers.megabytes, 0)
  // One leaked run would be about 3 MB on the CPU (its buffers) and ten of them 30 MB; a heap breathes by about 1 MB.
  expect(after.heap - before.heap).toBeLessThan(5_000_000)
})
