// What tests of saved files and kept runs share.

import { expect, type Page } from '@playwright/test'
import { axe, serious } from './accessibility'
import { readFile } from 'node:fs/promises'
import { Playground } from './playground'

interface FileLike {
  readonly name: string
  readonly mimeType: string
  readonly buffer: Buffer
}

/** The page with the names that files have. */
export class Desk extends Playground {
  static override async open(...args: Parameters<typeof Playground.open>): Promise<Desk> {
    const [page, info] = args
    await Playground.open(...args)
    return new Desk(page, info.project.name)
  }

  /** Shows the tab. */
  async unfold(): Promise<void> {
    await this.panel('Take it with you')
    await expect(this.button('Open file')).toBeVisible()
  }

  get news() {
    return this.page.getByRole('status', { name: 'Files and kept runs' })
  }

  /** Trains past the first test, and stops. */
  async train(): Promise<void> {
    await this.button('Train').click()
    await expect(this.output('Test accuracy')).toHaveText(/\d/)
    await this.pause()
  }

  async save(title: string): Promise<FileLike> {
    const download = this.page.waitForEvent('download')
    await this.button(title).click()
    const file = await download
    const buffer = await readFile(await file.path())
    return { name: file.suggestedFilename(), mimeType: 'application/octet-stream', buffer }
  }

  async choose(...files: FileLike[]): Promise<void> {
    const chooser = this.page.waitForEvent('filechooser')
    await this.button('Open file').press('Enter')
    await (await chooser).setFiles(files)
  }

  /** What the page shows of the drawing, to all digits; a newer answer may be under way. */
  answer(): Promise<string[]> {
    return this.probabilities().allInnerTexts()
  }

  /** A stroke that is the same to the last bit wherever the pad stands on the page. */
  async drawByKeys(): Promise<void> {
    await this.pad.focus()
    for (const key of ['Space', ...Array.from({ length: 12 }, () => 'ArrowDown'), 'Space']) {
      await this.page.keyboard.press(key)
    }
  }

  /** What the network says of a drawing that was just made: to be compared with later. */
  async says(): Promise<string[]> {
    for (let said = await this.answer(); ;) {
      await this.page.waitForTimeout(400)
      const before = said
      said = await this.answer()
      if (said.join() === before.join()) return said // no newer one is on its way
    }
  }

  /** Points of the charts, as the page tells those who cannot see them. */
  async curve(): Promise<string> {
    return (await (await this.charts()).innerText()).replaceAll(/\s+/g, ' ')
  }
}

/** Serious and critical violations that axe finds on the page as it is. */
export const severe = async (page: Page) => serious((await axe(page).analyze()).violations)

/** Waits until the browser has kept the run. */
export const kept = (page: Page) =>
  expect.poll(() =>
    page.evaluate(async () => {
      const names = await indexedDB.databases()
      if (!names.some(({ name }) => name === 'inkling-checkpoints')) return 0
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open('inkling-checkpoints')
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error!)
      })
      const steps = await new Promise<number>((resolve) => {
        const request = database.transaction('runs').objectStore('runs').getAll()
        request.onsuccess = () => resolve(request.result.at(-1)?.checkpoint.snapshot.step ?? 0)
      })
      database.close()
      return steps
    }),
  )
