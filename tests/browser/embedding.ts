// What tests of the widgets share: pages of another origin that embed them, and the parts of a widget.

import type { Locator, Page } from '@playwright/test'
import { fileURLToPath } from 'node:url'
import type { Strokes } from './playground'
import { serve, type StaticServer } from './static-server'

/** The root of the project. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** Serves the build to pages of any origin. */
export const serveBuild = (): Promise<StaticServer> => serve(`${root}dist`, {}, { cors: true })

/** Serves pages by their path, from an origin of their own. */
export const servePages = (pages: Readonly<Record<string, string>>): Promise<StaticServer> =>
  serve(undefined, pages, { cors: false })

/** The text of a page that takes the widgets in its body from the server of the build. */
export function embed(site: StaticServer, body: string, style = ''): string {
  return `<!doctype html><html lang="en"><title>A page</title><style>${style}</style>
  <script type="module" src="${site.url}inkling.js"></script><main style="display: block !important; width: 640px !important">${body}</main>`
}

/** A widget by its kind and place among those of its kind. */
export const widget = (page: Page, kind: 'digits' | 'playground', nth = 0) => page.locator(`inkling-${kind}`).nth(nth)

/** An output by its label. */
export const output = (widget: Locator, name: string) => widget.getByRole('status', { name, exact: true })

/** A button by its label. */
export const button = (widget: Locator, name: string) => widget.getByRole('button', { name, exact: true })

/** Draws on the pad of a widget with the mouse over what is there. */
export async function draw(widget: Locator, strokes: Strokes): Promise<void> {
  const pad = widget.getByLabel('Drawing pad')
  await pad.scrollIntoViewIfNeeded()
  const box = (await pad.boundingBox())!
  const { mouse } = widget.page()
  for (const [first, ...rest] of strokes) {
    await mouse.move(box.x + first[0] * box.width, box.y + first[1] * box.height)
    await mouse.down()
    await Promise.all(rest.map(([x, y]) => mouse.move(box.x + x * box.width, box.y + y * box.height)))
    await mouse.up()
  }
}
