// Every preset from Train to its end, on each backend: accuracy, speed, time.

import { expect, test } from '@playwright/test'
import { Playground } from '../browser/playground'

/** Presets to run: all, or those in PRESETS=name,name. */
const presets = (process.env['PRESETS'] ?? 'default,notebook,two-hidden,tiny,softmax').split(',')

for (const preset of presets) {
  test(preset, async ({ page }, info) => {
    const app = await Playground.open(page, info, { preset })
    await app.button('Train').click()
    await expect(app.button('Pause')).toBeVisible()
    const start = performance.now()
    const reached: Record<number, string> = {}
    const status = app.output('Status')
    const speeds: number[] = []
    while (!/Finished/.test((await status.textContent()) ?? '')) {
      await page.waitForTimeout(100)
      const accuracy = await app.number('Test accuracy')
      for (const goal of [90, 95, 97, 98]) {
        if (accuracy >= goal) reached[goal] ??= `${((performance.now() - start) / 1000).toFixed(1)} s`
      }
      speeds.push(await app.number('Images per second'))
    }
    const seconds = (performance.now() - start) / 1000
    const median = speeds.filter(Number.isFinite).sort((a, b) => a - b)[Math.floor(speeds.length / 2)]
    const row = [
      preset,
      app.backend,
      `${await app.number('Test accuracy')}%`,
      `train loss ${await app.number('Train loss')}`,
      `epoch ${await app.output('Epoch').textContent()}`,
      `${median} images/s (median of readings)`,
      `${seconds.toFixed(1)} s`,
      `reached ${JSON.stringify(reached)}`,
    ]
    console.log(`| ${row.join(' | ')} |`)
  })
}
