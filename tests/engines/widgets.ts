// What both widgets do in every engine, live on the page about them.

import { beforeAll, expect, inject, test } from 'vitest'
import { digits } from '../digits'
import type { Browser } from './browser'
import { Visitor } from './visitor'

export function widgetBehaviours(tab: () => Browser): void {
  let pad: Visitor
  let trainer: Visitor

  beforeAll(async () => {
    pad = new Visitor(tab(), 'inkling-digits')
    trainer = new Visitor(tab(), 'inkling-playground')
  })

  test('the trainer trains the default preset past 90%', async () => {
    await trainer.open(`${inject('url')}widgets.html`, async () => {
      await trainer.click('button', 'Train')
      await trainer.waitFor('Status', /^Training on CPU WebAssembly/, 20_000)
    })
    await trainer.reaches('Test accuracy', 90, 50_000)
    expect(await trainer.number('Images per second')).toBeGreaterThan(0)
  })

  test('the trainer reads a drawn 7, and reports epochs to the page', async () => {
    await trainer.draw(digits[7]!)
    await trainer.waitFor('Prediction', '7')
    const heard = () => trainer.run(() => document.querySelector('#heard-playground')?.textContent)
    await expect.poll(heard, { timeout: 30_000 }).toMatch(/\d/)
    await trainer.click('button', 'Pause')
    await trainer.waitFor('Status', 'Paused')
  })

  test.for(Object.keys(digits))('the pad reads a drawn %s', async (digit) => {
    await pad.draw(digits[Number(digit)]!)
    await pad.waitFor('Prediction', digit)
    await pad.click('button', 'Clear')
    await pad.waitFor('Prediction', '—')
  })
}
