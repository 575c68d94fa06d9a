// The Kernels panel: what the device does in a step, and whether two backends of this browser agree on it.

import { expect, test } from '@playwright/test'
import { Playground } from './playground'

test('shows the calls with their text, times them, and checks parity', async ({ page }, info) => {
  const playground = await Playground.open(page, info)
  await playground.button('Step').click()
  await playground.panel('Kernels')
  const calls = page.getByRole('list', { name: 'Kernel calls' })
  await expect(calls.getByRole('listitem').first()).toContainText('gather-augmented')

  await playground.button('Check parity').click()
  const parity = page.getByRole('status', { name: 'Parity' })
  await expect(parity).toContainText('Parity: pass', { timeout: 30_000 })
  await expect(parity).toContainText(/Step 2 of this run on .* and on CPU/)

  await playground.button('Time the kernels').click()
  await expect(page.getByRole('status', { name: 'Times' })).toContainText(/[\d.]+ (µs|ms) together/, {
    timeout: 30_000,
  })

  await calls.getByText('dense-forward').first().click()
  const text = page.getByRole('region', { name: 'WGSL of dense-forward' })
  await expect(text).toContainText('const INPUTS: u32 = 784u;')
  await expect(text.getByText('fn', { exact: true }).first()).toHaveClass(/keyword/)

  // A run goes on as if nobody had looked; what was known of the old one goes with it.
  await playground.button('Step').click()
  await expect(page.getByText(/^Step 2 of [\d,]+$/)).toBeVisible()
  await playground.button('Start over').click()
  await expect(parity).toContainText('not checked yet')
})
