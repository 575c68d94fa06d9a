// What the page does in an engine with WebGPU. The tests follow each other on one page, as a person would.

import { beforeAll, expect, inject, test } from 'vitest'
import { digits } from '../digits'
import type { Browser } from './browser'
import { Visitor } from './visitor'

export function webgpuBehaviours(tab: () => Browser): void {
  let page: Visitor

  beforeAll(async () => {
    page = new Visitor(tab())
    const open = () => page.waitFor('Running on', /^WebGPU/, 10_000)
    await page.open(`${inject('url')}?backend=webgpu`, open)
    await page.waitFor('Status', 'Ready')
  })

  test('trains the default preset, and reads a drawing meanwhile', async () => {
    await page.click('button', 'Train')
    await page.draw(digits[1]!)
    await page.reaches('Test accuracy', 90, 50_000)
    await page.waitFor('Prediction', '1')
    expect(await page.number('Train loss')).toBeLessThan(1.5)
  })

  test('pauses', async () => {
    await page.click('button', 'Pause')
    await page.waitFor('Status', 'Paused')
  })

  test('keeps the run when the device is lost, and resumes it on another', async () => {
    const accuracy = await page.number('Test accuracy')
    const chip = `${await page.says('Running on')}: About this device`
    await page.click('button', chip)
    await page.click('button', 'Lose the device')
    await expect.poll(async () => (await page.all('alert'))[0]?.text).toMatch(/device was lost.*Resume/)
    await page.click('button', chip)
    await page.click('button', 'Resume')
    await page.waitFor('Running on', /^WebGPU/)
    await page.reaches('Test accuracy', accuracy, 50_000)
    await expect.poll(() => page.all('alert')).toEqual([])
    await page.click('button', 'Pause')
    await page.waitFor('Status', 'Paused')
  })
}
