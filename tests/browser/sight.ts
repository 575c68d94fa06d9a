// What of the page is in sight, and where: positions, controls and shifts instead of pixels.

import type { Locator, Page } from '@playwright/test'

/** A place on the screen, in CSS pixels from its upper left corner. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export async function boxOf(part: Locator): Promise<Box> {
  const box = await part.boundingBox()
  if (!box) throw new Error(`${part.toString()} has no place on the page.`)
  const { x, y, width, height } = box
  return { left: x, top: y, right: x + width, bottom: y + height }
}

/** Names of what the Tab key can reach on the screen as it is; a group that arrow keys walk through counts once. */
export const controlsInSight = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('a[href], button, input, select, textarea, summary, [tabindex]')]
      .filter((each) => each.tabIndex >= 0 && !each.matches(':disabled') && each.checkVisibility())
      .filter((each) => {
        const { left, top, right, bottom } = each.getBoundingClientRect()
        return right > 0 && bottom > 0 && left < innerWidth && top < innerHeight
      })
      .map((each) => each.ariaLabel ?? each.innerText.trim()),
  )

/** Something that moved without being asked to. */
interface Shift {
  readonly value: number
  readonly parts: readonly string[]
}

/** Records every layout shift from the next visit on (https://web.dev/articles/cls); the function gives them. */
export async function watchShifts(page: Page): Promise<() => Promise<readonly Shift[]>> {
  await page.addInitScript(() => {
    interface LayoutShift extends PerformanceEntry {
      readonly value: number
      readonly hadRecentInput: boolean
      readonly sources: readonly { readonly node: Node | null }[]
    }
    const shifts: Shift[] = []
    Object.assign(globalThis, { shifts })
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries() as LayoutShift[]) {
        const parts = sources.map(({ node }) =>
          node instanceof Element ? node.outerHTML.slice(0, 80) : `${node?.textContent}`,
        )
        if (!hadRecentInput) shifts.push({ value, parts })
      }
    }).observe({ type: 'layout-shift', buffered: true })
  })
  return () => page.evaluate(() => (globalThis as unknown as { shifts: Shift[] }).shifts)
}

/** How much the layout shifted in all; a page that does not jump stays below 0.05. */
export const sumOf = (shifts: readonly Shift[]): number => shifts.reduce((sum, { value }) => sum + value, 0)
