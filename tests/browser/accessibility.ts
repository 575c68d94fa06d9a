// What axe finds on a page, light and dark.

import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'

/**
 * Looks at a page, in that page alone: another mode opens a second one for each look, which is for frames of other origins. Describes what
 * is wrong and not what is right, which takes as long again.
 */
export const axe = (page: Page): AxeBuilder =>
  new AxeBuilder({ page }).setLegacyMode().options({ resultTypes: ['violations'] })

type Violations = Awaited<ReturnType<AxeBuilder['analyze']>>['violations']

/** The serious and critical ones, with the elements that they are of. */
export const serious = (violations: Violations) =>
  violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => [id, nodes.map(({ html }) => html)] as const)

/** All that a colour scheme changes: whatever else axe looks at is the same in both. */
const colours = ['color-contrast', 'link-in-text-block']

/** Serious and critical violations on the page as it is, in light and in dark; it is light afterwards. */
export async function severe(page: Page) {
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  const dark = await axe(page).withRules(colours).analyze()
  await page.emulateMedia({ colorScheme: 'light' })
  const light = await axe(page).analyze()
  return Object.entries({ dark, light }).flatMap(([scheme, { violations }]) =>
    serious(violations).map((violation) => [scheme, ...violation]),
  )
}
