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

export class Playground {
  readonly pad: Locator

  constructor(
    readonly page: Page,
    private readonly project: string,
  ) {
    this.pad = page.getByLabel('Drawing pad')
  }

  /** Opens the page on the backend of the test's project and waits for the data. */
  static async open(page: Page, info: TestInfo, query: Record<string, string> = {}): Promise<Playground> {
    const playground = new Playground(page, info.project.name)
    await playground.visit(query)
    await playground.loaded()
    return playground
  }

  get backend(): 'webgpu' | 'wasm' {
    return this.project === 'webgpu' ? 'webgpu' : 'wasm'
  }

  async visit(query: Record<string, string> = {}): Promise<void> {
    await this.page.goto(`?${new URLSearchParams({ backend: this.backend, ...query })}`)
  }

  async loaded(): Promise<void> {
    await expect(this.page.getByText('70,000 digits loaded')).toBeVisible()
  }

  button(name: string): Locator {
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

  choice(name: string): Locator {
    return this.page.getByRole('combobox', { name, exact: true })
  }

  /** A number: `Batch size`, `Filters of layer 2`. */
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
    const text = await this.page.getByText(/^Step [\d,]+ of/).innerText()
    return Number(/[\d,]+/.exec(text)![0].replaceAll(',', ''))
  }

  /** Waits until an output's number is at least `least`. */
  async reaches(name: OutputName, least: number, timeout = 120_000): Promise<void> {
    await expect.poll(() => this.number(name), { timeout }).toBeGreaterThanOrEqual(least)
  }

  /** Draws with the mouse over what is there. */
  async draw(strokes: Strokes): Promise<void> {
    await this.pad.scrollIntoViewIfNeeded()
    const box = await this.pad.boundingBox()
    if (!box) throw new Error('The drawing pad has no place on the page.')
    const { mouse } = this.page
    for (const [first, ...rest] of strokes) {
      await mouse.move(box.x + first[0] * box.width, box.y + first[1] * box.height)
      await mouse.down()
      for (const [x, y] of rest) await mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 4 })
      await mouse.up()
    }
  }

  probabilities(): Locator {
    return this.page.getByRole('list', { name: 'Class probabilities' }).getByRole('listitem')
  }
}
