// Taking a network along: files saved and opened, dropped and refused. Runs that outlive a reload: resume.cpu.spec.ts.

import { expect, test } from '@playwright/test'
import { Desk, severe } from './desk'
import { digits } from './playground'

test('a saved network gives the same answers when opened or dropped, and Undo restores the old run', async ({
  page,
}, info) => {
  const app = await Desk.open(page, info)
  await app.train()
  await app.draw(digits[7])
  const said = await app.says()
  await app.unfold()
  const file = await app.save('Save network')
  expect(file.name).toBe('inkling-784-192-10.safetensors')
  const step = await app.step()

  await app.button('Start over').click()
  await expect.poll(() => app.step()).toBe(0)
  await app.choose(file)
  await expect(app.news).toContainText('Opened inkling-784-192-10.safetensors: Starter on MNIST.')
  await expect(app.output('Test accuracy')).toHaveText(/^(8|9)\d\.\d/)
  expect(await app.step()).toBe(0)
  await expect.poll(() => app.answer()).toEqual(said)
  // Other settings wait for a new run instead of throwing the network away.
  await app.settings()
  await app.field('Learning rate').fill('0.0005')
  await app.field('Batch size').fill('32')
  await app.closeSettings()
  await expect(page.getByRole('status', { name: 'Changes' })).toContainText('Batch size changed')
  await app.button('Keep the current run').click()
  await app.news.getByRole('button', { name: 'Undo' }).click()
  await expect(app.news).toContainText('Back to Starter on MNIST, step 0 of')
  await expect.poll(() => app.answer()).not.toEqual(said)
  await app.news.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(() => app.answer()).toEqual(said)
  expect(step).toBeGreaterThan(0)
  // A run that trains on is newer than what Undo would bring back.
  await app.button('Step').click()
  await expect.poll(() => app.step()).toBe(1)
  await expect(app.news.getByRole('button', { name: 'Undo' })).toHaveCount(0)

  // Dropped on a page that shows another network.
  const other = await Desk.open(await page.context().newPage(), info, { preset: 'notebook' })
  await other.draw(digits[7])
  const before = await other.says()
  const transfer = await other.page.evaluateHandle(
    ([name, text]) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0))], name))
      return transfer
    },
    [file.name, file.buffer.toString('base64')] as const,
  )
  await other.page.dispatchEvent('main', 'dragenter', { dataTransfer: transfer })
  await expect(other.page.getByText('Drop data, a network or drawings to open them.')).toBeVisible()
  await other.page.dispatchEvent('main', 'dragover', { dataTransfer: transfer })
  await other.page.dispatchEvent('main', 'drop', { dataTransfer: transfer })
  await expect(other.page.getByText('Drop data, a network or drawings to open them.')).toBeHidden()
  await expect(other.news).toContainText('Opened inkling-784-192-10.safetensors')
  await expect.poll(() => other.answer()).toEqual(said)
  await expect(other.page).not.toHaveURL(/preset/)
  await other.news.getByRole('button', { name: 'Undo' }).click()
  await expect(other.news).toContainText('Back to Notebook on MNIST')
  await expect.poll(() => other.answer()).toEqual(before)
  await expect(other.page).toHaveURL(/preset=notebook/)
})

test('an unusable file is refused with a reason while the run goes on', async ({ page }, info) => {
  const app = await Desk.open(page, info, { epochs: '1000' })
  await app.unfold()
  const good = await app.save('Save network')
  await app.button('Train').click()
  await expect.poll(() => app.step()).toBeGreaterThan(5)
  const header = (edit: (header: Record<string, unknown>) => void): Buffer => {
    const length = Number(good.buffer.readBigUInt64LE())
    const all = JSON.parse(good.buffer.subarray(8, 8 + length).toString()) as Record<string, unknown>
    edit(all)
    const text = Buffer.from(JSON.stringify(all))
    const size = Buffer.alloc(8)
    size.writeBigUInt64LE(BigInt(text.length))
    return Buffer.concat([size, text, good.buffer.subarray(8 + length)])
  }
  const nan = Buffer.from(good.buffer)
  nan.writeFloatLE(NaN, nan.length - 4)
  const huge = Buffer.from(good.buffer)
  huge.writeBigUInt64LE(2n ** 63n)
  for (const [name, buffer, reason] of [
    ['short.safetensors', good.buffer.subarray(0, 5000), 'is cut off'],
    ['tiny.safetensors', Buffer.from('abc'), 'it has 3 bytes'],
    ['huge.safetensors', huge, 'does not begin with the length of a header'],
    ['nan.safetensors', nan, 'values must be finite'],
    ['foreign.safetensors', header((all) => delete all['__metadata__']), 'Inkling did not write it'],
    [
      'units.safetensors',
      header((all) => (all['__metadata__'] = { 'inkling.spec': JSON.stringify({ layers: [] }) })),
      'has a network that cannot work',
    ],
    ['photo.png', Buffer.from('png'), 'is no file of one network'],
    ['model.json', Buffer.from('{"modelTopology": 1}'), 'is no Keras model'],
    ['runs.json', Buffer.from('{"format": "inkling-runs", "version": 1, "runs": []}'), 'holds records of past runs'],
    ['drawings.json', Buffer.from('{"format": "inkling-drawings", "version": 1}'), 'drawings.json: '],
  ] as const) {
    await app.choose({ name, mimeType: 'application/octet-stream', buffer })
    await expect(page.getByRole('alert')).toContainText(name)
    await expect(page.getByRole('alert')).toContainText(reason)
    await expect(page.getByRole('alert')).toContainText('Nothing has changed.')
  }
  await expect(app.button('Pause')).toBeVisible()
  const step = await app.step()
  await expect.poll(() => app.step()).toBeGreaterThan(step)
  expect(await severe(page)).toEqual([])
  await page.setViewportSize({ width: 390, height: 844 })
  await app.fits()
  await app.choose(good)
  await expect(page.getByRole('alert')).toHaveCount(0)
  await expect(app.news).toContainText('Opened inkling')
  await app.news.getByRole('button', { name: 'Undo' }).click()
  await expect(app.news).toContainText(/Back to Starter on MNIST, step [\d,]+ of/)
  expect(await app.step()).toBeGreaterThanOrEqual(step)
})

test('saves the network in every other format', async ({ page }, info) => {
  const app = await Desk.open(page, info, { preset: 'softmax' }) // standardised: ONNX needs the statistics
  await app.unfold()
  for (const [title, name, start] of [
    ['Export ONNX', 'inkling-784-10.onnx', Buffer.from([8])], // field 1, varint: the version
    ['Export for PyTorch', 'inkling-784-10-pytorch.zip', Buffer.from('PK')],
    ['Download as one file', 'inkling-784-10.html', Buffer.from('<!doctype html>')],
  ] as const) {
    const file = await app.save(title)
    expect(file.name).toBe(name)
    expect(file.buffer.subarray(0, start.length)).toEqual(start)
    await expect(page.getByRole('status', { name: 'Saved' })).toContainText(`${name} is saved`)
  }
})

test('opens a Keras model with its weights, and lists the differences from Keras', async ({ page }, info) => {
  const app = await Desk.open(page, info)
  await app.unfold()
  const weights = Buffer.alloc(4 * 7850)
  for (let i = 0; i < 7850; i++) weights.writeFloatLE(((i * 37) % 101) / 1000, 4 * i)
  const dense = { name: 'd', units: 10, activation: 'softmax', use_bias: true, batch_input_shape: [null, 784] }
  const model = {
    modelTopology: {
      class_name: 'Sequential',
      config: { name: 's', layers: [{ class_name: 'Dense', config: dense }] },
    },
    weightsManifest: [
      {
        paths: ['group1-shard1of1.bin'],
        weights: [
          { name: 'd/kernel', shape: [784, 10], dtype: 'float32' },
          { name: 'd/bias', shape: [10], dtype: 'float32' },
        ],
      },
    ],
  }
  const json = { name: 'model.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(model)) }
  await app.choose(json)
  await expect(page.getByRole('alert')).toContainText('group1-shard1of1.bin')
  await app.choose(json, { name: 'group1-shard1of1.bin', mimeType: 'application/octet-stream', buffer: weights })
  await expect(app.news).toContainText('Opened model.json and group1-shard1of1.bin: Your own: 784-10 on MNIST.')
  await expect(app.news.getByRole('listitem')).not.toHaveCount(0)
})
