// The first screen, whole and still, at six sizes, in light, dark and forced colours: positions, not pixels.

import { expect, test } from '@playwright/test'
import { severe } from './accessibility'
import { Playground } from './playground'
import { boxOf, controlsInSight, sumOf, watchShifts } from './sight'

const schemes = [
  { colorScheme: 'light', forcedColors: 'none' },
  { colorScheme: 'dark', forcedColors: 'none' },
  { colorScheme: 'light', forcedColors: 'active' },
] as const

// As most people see it.
test.use({ contextOptions: { reducedMotion: 'no-preference' } })

type Kind = 'desk' | 'tablet' | 'phone'

const sizes: readonly (readonly [number, number, Kind])[] = [
  [1366, 768, 'desk'],
  [1440, 900, 'desk'],
  [820, 1180, 'tablet'],
  [390, 844, 'phone'],
  [360, 640, 'phone'],
  [844, 390, 'phone'],
]

/** Where the parts of the story are. */
async function places(app: Playground) {
  const { page } = app
  const region = (name: string) => boxOf(page.getByRole('region', { name, exact: true }))
  return {
    pad: await boxOf(app.pad),
    answer: await boxOf(app.output('Prediction')),
    bars: await boxOf(page.getByRole('list', { name: 'Class probabilities' })),
    dock: await region('Training run'),
    train: await boxOf(app.button('Train')),
  }
}

for (const [width, height, kind] of sizes) {
  test(`does not jump while it loads, and is whole, at ${width} × ${height}`, async ({ page }, info) => {
    await page.setViewportSize({ width, height })
    const shifts = await watchShifts(page)
    // What is loaded for later comes late.
    const cdp = await page.context().newCDPSession(page)
    await cdp.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 100,
      downloadThroughput: 4_000_000,
      uploadThroughput: 1_500_000,
    })
    const app = await Playground.open(page, info)
    await page.waitForTimeout(300)
    const all = await shifts()
    expect(sumOf(all), JSON.stringify(all)).toBeLessThan(0.05)
    for (const scheme of schemes) {
      await page.emulateMedia(scheme)
      const { pad, answer, bars, dock, train } = await places(app)
      const where = `${scheme.colorScheme}, forced colours ${scheme.forcedColors}`
      await app.fits(`${where}: sideways`)
      expect(pad.right - pad.left, `${where}: the pad is a square`).toBeCloseTo(pad.bottom - pad.top, 0)
      expect(dock.bottom, `${where}: the dock ends with the window`).toBeCloseTo(height, 0)
      expect(train.top).toBeGreaterThan(dock.top)
      expect(train.bottom, `${where}: Train is in sight`).toBeLessThan(height)
      expect(pad.top, `${where}: the pad begins in sight`).toBeGreaterThan(0)
      expect(pad.bottom, `${where}: the dock leaves the pad free`).toBeLessThanOrEqual(dock.top)
      if (kind === 'phone' && width < height) {
        expect(pad.right - pad.left).toBeGreaterThan(0.8 * width)
        expect(answer.top, `${where}: the answer is under the pad`).toBeGreaterThanOrEqual(pad.bottom)
        continue
      }
      expect(answer.left, `${where}: the answer is right of the pad`).toBeGreaterThan(pad.right)
      expect(answer.bottom).toBeLessThan(dock.top)
      if (kind === 'phone') continue
      expect(pad.right - pad.left).toBeGreaterThanOrEqual(300)
      expect(bars.bottom, `${where}: every bar is in sight`).toBeLessThan(dock.top)
      const picture = await boxOf(app.shown)
      if (kind === 'tablet') {
        expect(picture.top, `${where}: the picture is under the pad`).toBeGreaterThan(pad.bottom)
        expect(picture.top).toBeLessThan(dock.top)
        continue
      }
      expect(picture.left, `${where}: the picture is between pad and answer`).toBeGreaterThan(pad.right)
      expect(picture.right).toBeLessThan(answer.left)
      expect(picture.top).toBeGreaterThan(0)
      expect(picture.bottom).toBeLessThanOrEqual(dock.top)
      expect(
        await page.evaluate(() => document.documentElement.scrollHeight - innerHeight),
        `${where}: the page has no scroll bar`,
      ).toBe(0)
    }
    await page.emulateMedia({ forcedColors: 'none' })
    expect(await severe(page)).toEqual([])
  })
}

test('has few controls before anything is opened', async ({ page }, info) => {
  await page.setViewportSize({ width: 1440, height: 900 })
  await Playground.open(page, info)
  const controls = await controlsInSight(page)
  expect(controls.length, controls.join(', ')).toBeLessThanOrEqual(14)
})
