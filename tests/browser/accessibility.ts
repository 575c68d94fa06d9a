// What axe finds on a page, light and dark.

import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'

/** All that a colour scheme changes: whatever else axe looks at is the same in both. */
const colours = ['color-contrast', 'link-in-text-block']

/** Serious and critical violations on the page as it is, in light and in dark; it is light afterwards. */
export async function severe(page: Page) {
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  const dark = await new AxeBuilder({ page }).withRules(colours).analyze()
  await page.emulateMedia({ colorScheme: 'light' })
  const light = await new AxeBuilder({ page }).analyze()
  return Object.entries({ dark, light }).flatMap(([scheme, { violations }]) =>
    violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => [scheme, id, nodes.map(({ html }) => html)]),
  )
}
