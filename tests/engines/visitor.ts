// A person at a browser: finds things by role and name, clicks, draws and reads. The same for every engine.

import { mkdir, writeFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, vi } from 'vitest'
import type { Strokes } from '../digits'
import type { Browser, Point } from './browser'

/** Roles that the tests look for. */
export type Role = 'alert' | 'application' | 'button' | 'combobox' | 'dialog' | 'img' | 'list' | 'spinbutton' | 'status'

/** What a page can be given. */
type Json = string | number | boolean | null

/** Something found in the page: where it is in the viewport, in CSS pixels, and what it says. */
export interface Found {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** A click in its middle reaches it. */
  readonly exposed: boolean
  /** Its text, or its value where it is a field. */
  readonly text: string
}

/**
 * Runs in the page: what is visible, has a role and, where one is asked for, exactly this accessible name, in open shadow trees too.
 * Names are made as far as these pages need it: aria-label, aria-labelledby, a label, then the text.
 */
function find(role: Role, name: string | null, within: string | null, act: 'scroll' | 'focus' | null): Found[] {
  const selectors: Record<Role, string> = {
    alert: '[role=alert]',
    application: '[role=application]',
    button: 'button, summary, [role=button]',
    combobox: 'select',
    dialog: 'dialog, [role=dialog]',
    img: 'img, [role=img]',
    list: 'ul, ol',
    spinbutton: 'input[type=number]',
    status: 'output, [role=status]',
  }
  const clean = (text: string | null | undefined) => (text ?? '').replace(/\s+/g, ' ').trim()
  const nameOf = (element: Element) => {
    const tree = element.getRootNode() as Document | ShadowRoot
    const ids = element.getAttribute('aria-labelledby')?.split(' ') ?? []
    const labels = element instanceof HTMLSelectElement || element instanceof HTMLInputElement ? element.labels : null
    return clean(
      element.getAttribute('aria-label') ||
        ids.map((id) => tree.getElementById(id)?.textContent).join(' ') ||
        [...(labels ?? [])].map(({ textContent }) => textContent).join(' ') ||
        element.textContent,
    )
  }
  const all = (tree: ParentNode): Element[] => [
    ...tree.querySelectorAll(selectors[role]),
    ...[...tree.querySelectorAll('*')].flatMap(({ shadowRoot }) => (shadowRoot ? all(shadowRoot) : [])),
  ]
  const top = within === null ? document : document.querySelector(within)
  const inside = top instanceof Element && top.shadowRoot ? top.shadowRoot : top
  return (inside ? all(inside) : [])
    .filter((element) => element.getClientRects().length > 0 && (name === null || nameOf(element) === name))
    .map((element) => {
      if (act === 'scroll') element.scrollIntoView({ block: 'center', behavior: 'instant' })
      if (act === 'focus' && element instanceof HTMLElement) element.focus()
      const { x, y, width, height } = element.getBoundingClientRect()
      const tree = element.getRootNode() as Document | ShadowRoot
      const hit = tree.elementFromPoint(x + width / 2, y + height / 2)
      const exposed = hit !== null && element.contains(hit)
      const field = element instanceof HTMLSelectElement || element instanceof HTMLInputElement
      return { x, y, width, height, exposed, text: field ? element.value : clean(element.textContent) }
    })
}

/** Milliseconds that something may take to appear and to stand still, and between two looks. */
const WAIT = { timeout: 20_000, interval: 50 }

export class Visitor {
  /** @param within a CSS selector: the visitor looks at nothing else, and into this element's shadow tree */
  constructor(
    readonly browser: Browser,
    private readonly within: string | null = null,
  ) {}

  /**
   * Opens an address, and opens it again where nothing has `started` there or no click reaches it, as often as the engine's remote
   * control needs.
   * @param started rejects where it has not
   */
  async open(url: string, started: () => Promise<void>): Promise<void> {
    for (let left = this.browser.loads; ; left--) {
      await this.browser.goto(url)
      try {
        await started()
        return await this.#takesClicks()
      } catch (error) {
        if (left <= 1) throw error
        console.warn(`Opened again: ${url}. ${error instanceof Error ? error.message : String(error)}`)
      }
    }
  }

  /** Rejects where a click in the corner, in which nothing is, does not reach the page. */
  async #takesClicks(): Promise<void> {
    await this.run(() => {
      addEventListener('pointerdown', () => Reflect.set(window, 'pressed', true), { once: true })
    })
    await this.browser.drag([[1, 1]])
    const check = async () => expect(await this.run(() => Reflect.has(window, 'pressed')), 'a click arrives').toBe(true)
    await vi.waitFor(check, { ...WAIT, timeout: 5_000 })
  }

  /** Runs a function in the page; it sees nothing but its arguments. */
  run<Args extends readonly Json[], Result>(script: (...args: Args) => Result, ...args: Args): Promise<Result> {
    return this.browser.evaluate(`(${script})(...${JSON.stringify(args)})`)
  }

  /** All that has this role, and this name where one is given. */
  all(role: Role, name: string | null = null): Promise<readonly Found[]> {
    return this.run(find, role, name, this.within, null)
  }

  /** The text of the one thing with this role and name; undefined while there is none. */
  async text(role: Role, name: string): Promise<string | undefined> {
    const found = await this.all(role, name)
    if (found.length > 1) throw new Error(`${found.length} elements are a ${role} named "${name}".`)
    return found[0]?.text
  }

  /** What a status says. */
  says(name: string): Promise<string | undefined> {
    return this.text('status', name)
  }

  /** Waits until a status says this. */
  async waitFor(name: string, says: string | RegExp, timeout = WAIT.timeout): Promise<void> {
    const pattern = typeof says === 'string' ? new RegExp(`^${says}$`) : says
    const check = async () => expect((await this.says(name)) ?? '', `what "${name}" says`).toMatch(pattern)
    await vi.waitFor(check, { ...WAIT, timeout })
  }

  /** The number that a status says; NaN where it says none. */
  async number(name: string): Promise<number> {
    return parseFloat(((await this.says(name)) ?? '').replaceAll(',', ''))
  }

  /** Waits until the number is at least `least`. */
  async reaches(name: string, least: number, timeout: number): Promise<void> {
    const check = async () => expect(await this.number(name), name).toBeGreaterThanOrEqual(least)
    await vi.waitFor(check, { ...WAIT, timeout })
  }

  /** Waits for the one thing with this role and name, scrolls to it, and waits until it stands still and can be reached. */
  #reach(role: Role, name: string): Promise<Found> {
    let last: Found | undefined
    return vi.waitFor(async () => {
      const found = await this.run(find, role, name, this.within, 'scroll')
      if (found.length !== 1) throw new Error(`${found.length} elements are a ${role} named "${name}".`)
      const [before, now] = [last, (last = found[0]!)]
      if (!now.exposed) throw new Error(`Something covers the ${role} "${name}".`)
      if (before?.x !== now.x || before.y !== now.y) throw new Error(`The ${role} "${name}" does not stand still.`)
      return now
    }, WAIT)
  }

  async click(role: Role, name: string): Promise<void> {
    const { x, y, width, height } = await this.#reach(role, name)
    await this.browser.drag([[x + width / 2, y + height / 2]])
  }

  async focus(role: Role, name: string): Promise<void> {
    await this.#reach(role, name)
    await this.run(find, role, name, this.within, 'focus')
  }

  /** What the console calls an error, and what nothing caught, since the page was opened. */
  async problems(): Promise<readonly string[]> {
    return [...this.browser.errors, ...(await this.browser.evaluate<string[]>('problems'))]
  }

  /** Draws on the pad, over what is there. */
  async draw(strokes: Strokes): Promise<void> {
    const box = await this.#reach('application', 'Drawing pad')
    for (const stroke of strokes) {
      const [first, ...rest] = stroke.map(([x, y]): Point => [box.x + x * box.width, box.y + y * box.height])
      if (first) await this.browser.drag([first, ...rest.flatMap((point, i) => between(rest[i - 1] ?? first, point))])
    }
  }
}

/** Keeps a picture of a page on which a test failed. */
export async function keepScreenshot(browser: Browser, name: string): Promise<void> {
  await mkdir('test-results/engines', { recursive: true })
  const file = `test-results/engines/${name.replace(/\W+/g, '-')}.png`
  // A page that has stopped drawing is no picture.
  const picture = await Promise.race([browser.screenshot(), pause(10_000, undefined, { ref: false })])
  if (!picture) return console.log('The page gives no picture of itself.')
  await writeFile(file, picture)
  console.log(`The page as it was: ${file}`)
}

/** CSS pixels between two moves of a pen. */
const STEP = 8

/** Points from one to another, without the first. */
function between([fromX, fromY]: Point, [toX, toY]: Point): Point[] {
  const steps = Math.max(1, Math.round(Math.hypot(toX - fromX, toY - fromY) / STEP))
  return Array.from({ length: steps }, (_, i) => {
    const part = (i + 1) / steps
    return [fromX + part * (toX - fromX), fromY + part * (toY - fromY)]
  })
}
