// The page as a person uses it: by roles and names, with real pointer and keyboard events.

import { expect, type Locator, type Page, type TestInfo } from '@playwright/test'
import type { Strokes } from '../digits'

export { digits, type Strokes } from '../digits'

/** Names of the outputs. */
export type OutputName =
  | 'Test accuracy'
  | 'Validation accuracy'
  | 'Train loss'
  | 'Epoch'
  | 'Images per second'
  | 'Prediction'
  | 'Running on'
  | 'Status'

/** What the Network pane can show; the last two are parts of the tab `Engineer`. */
export type PanelName = 'Inside' | 'Mistakes' | 'Compare' | 'Take it with you' | 'Health' | 'Kernels'

/** Draws on a pad with the mouse. */
export async function drawOn(pad: Locator, strokes: Strokes): Promise<void> {
  await pad.scrollIntoViewIfNeeded()
  const box = await pad.boundingBox()
  if (!box) throw new Error('The drawing pad has no place on the page.')
  const { mouse } = pad.page()
  for (const [first, ...rest] of strokes) {
    await mouse.move(box.x + first[0] * box.width, box.y + first[1] * box.height)
    await mouse.down()
    // As fast as a mouse tells of it: the browser hands several places to the page at once, before it paints the next frame.
    await Promise.all(rest.map(([x, y]) => mouse.move(box.x + x * box.width, box.y + y * box.height)))
    await mouse.up()
  }
}

export class Playground {
  readonly pad: Locator
  /** What the open tab shows. */
  readonly shown: Locator
  /** The settings, in their drawer. */
  readonly drawer: Locator
  /** How much of the data is here. */
  readonly data: Locator

  constructor(
    readonly page: Page,
    private readonly project: string,
  ) {
    this.pad = page.getByLabel('Drawing pad')
    this.shown = page.getByRole('region', { name: 'Network', exact: true }).getByRole('tabpanel')
    this.data = page.getByRole('progressbar', { name: 'Data', exact: true })
    this.drawer = page.getByRole('dialog', { name: 'Settings' })
  }

  /** Opens the page on the backend of the test's project, `hash` behind its address, and waits for the data. */
  static async open(
    page: Page,
    info: TestInfo,
    query: Record<string, string> = {},
    hash: `#${string}` | '' = '',
  ): Promise<Playground> {
    const playground = new Playground(page, info.project.name)
    await playground.visit(query, hash)
    await playground.loaded()
    return playground
  }

  get backend(): 'webgpu' | 'wasm' {
    return this.project === 'webgpu' ? 'webgpu' : 'wasm'
  }

  async visit(query: Record<string, string> = {}, hash = ''): Promise<void> {
    await this.page.goto(`?${new URLSearchParams({ backend: this.backend, ...query })}${hash}`)
  }

  async loaded(): Promise<void> {
    await expect(this.data).toHaveAttribute('aria-valuetext', '70,000 digits loaded')
  }

  /** The button with this name, or the one whose name fits the pattern. */
  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: true })
  }

  output(name: OutputName): Locator {
    return this.page.getByRole('status', { name, exact: true })
  }

  /** Pauses, and waits until the steps and the test under way are over. */
  async pause(): Promise<void> {
    await this.button('Pause').click()
    await expect(this.output('Status')).toHaveText('Paused')
  }

  /** The button that names what is learnt, and opens the desk where something else is chosen. */
  get dataset(): Locator {
    return this.page.getByRole('button', { name: /^Data: / })
  }

  /** Opens the desk, with all there is to learn from. */
  async desk(): Promise<Locator> {
    await this.dataset.click()
    const desk = this.page.getByRole('dialog', { name: 'What shall it learn?' })
    await expect(desk).toBeVisible()
    return desk
  }

  /** Chooses what is learnt by its title. */
  async learn(title: string): Promise<void> {
    const desk = await this.desk()
    await desk.getByRole('button', { name: new RegExp(`^(Learn from )?${title}`) }).click()
    await expect(desk).toBeHidden()
  }

  tab(name: string): Locator {
    return this.page.getByRole('tab', { name, exact: true })
  }

  /** Shows a tab of the Network pane, or a part of one. */
  async panel(name: PanelName): Promise<void> {
    const part = name === 'Health' || name === 'Kernels'
    const title = part ? 'Engineer' : name
    if (await this.tab(title).isVisible()) await this.tab(title).click()
    else {
      // A phone has room for some of the tabs only.
      const network = this.page.getByRole('region', { name: 'Network', exact: true })
      await network.getByRole('button', { name: /^More/ }).click()
      await network.getByRole('group', { name: 'More' }).getByRole('button', { name: title, exact: true }).click()
    }
    if (part) await this.button(name).click()
  }

  /** Opens the settings, all of them; they stay open over the right of the page. */
  async settings(): Promise<void> {
    if (await this.drawer.isHidden()) await this.page.getByRole('button', { name: /^Settings:/ }).click()
    await expect(this.button('Close settings')).toBeVisible()
    await this.drawer.getByRole('tab', { name: 'Expert', exact: true }).click()
  }

  /** Closes the settings, which lie over a part of the page, on a phone over all of it. */
  async closeSettings(): Promise<void> {
    await this.button('Close settings').click()
    await expect(this.drawer).toBeHidden()
  }

  /** Opens both charts above the dock. */
  async charts(): Promise<Locator> {
    const charts = this.page.getByRole('region', { name: 'Learning curves' })
    if (await charts.isHidden()) await this.button('Charts').click()
    await expect(charts.getByRole('img')).toHaveCount(2)
    return charts
  }

  /** Waits until the page does not scroll sideways: a page whose window was resized follows a moment later. */
  async fits(where?: string): Promise<void> {
    await expect.poll(() => this.sideways(), where).toEqual([])
  }

  /** What makes the page scroll sideways: its innermost elements that end beyond the window. None if it does not scroll. */
  private sideways(): Promise<readonly string[]> {
    return this.page.evaluate(() => {
      const { scrollWidth } = document.documentElement
      if (scrollWidth <= innerWidth) return []
      const ends = (each: Element) => Math.round(each.getBoundingClientRect().right + scrollX)
      const beyond = [...document.querySelectorAll('body *')].filter((each) => ends(each) > innerWidth)
      const innermost = beyond.filter((each) => !beyond.some((other) => other !== each && each.contains(other)))
      const named = innermost.map((each) => `${each.outerHTML.slice(0, 120)} ends at ${ends(each)}`)
      return [`The page is ${scrollWidth} px wide in a window of ${innerWidth} px`, ...named]
    })
  }

  choice(name: string): Locator {
    return this.page.getByRole('combobox', { name, exact: true })
  }

  /** A number of the settings, once they are open, or of a tab: `Batch size`, `Filters of layer 2`. */
  field(name: string): Locator {
    return this.page.getByRole('spinbutton', { name, exact: true })
  }

  /** Rows of the layers, the output last; each opens to its values. */
  rows(): Locator {
    return this.page.getByRole('list', { name: 'Layers' }).getByRole('button', { name: /^(Layer|Output)\b/ })
  }

  /** Adds a layer of a kind, as it is called on the page. */
  async addLayer(kind: string): Promise<void> {
    await this.page.getByRole('combobox', { name: 'Kind of layer to add' }).selectOption(kind)
    await this.button('Add layer').click()
  }

  async number(name: OutputName): Promise<number> {
    return parseFloat(((await this.output(name).textContent()) ?? '').replaceAll(',', ''))
  }

  /** Steps done, as the page tells them. */
  async step(): Promise<number> {
    const run = this.page.getByRole('progressbar', { name: 'Run', exact: true })
    return run.evaluate((progress: HTMLProgressElement) => progress.value)
  }

  /** Takes a step, or starts over: in a small dock by the menu that has them. */
  async press(name: 'Step' | 'Start over'): Promise<void> {
    const dock = this.page.getByRole('region', { name: 'Training run', exact: true })
    if (await this.button(name).isHidden()) await dock.getByRole('button', { name: /^More/ }).click()
    await this.button(name).click()
  }

  /** Waits until an output's number is at least `least`. */
  async reaches(name: OutputName, least: number, timeout = 120_000): Promise<void> {
    await expect.poll(() => this.number(name), { timeout }).toBeGreaterThanOrEqual(least)
  }

  /** Draws with the mouse over what is there. */
  async draw(strokes: Strokes): Promise<void> {
    await drawOn(this.pad, strokes)
  }

  probabilities(): Locator {
    return this.page.getByRole('list', { name: 'Class probabilities' }).getByRole('listitem')
  }
}
