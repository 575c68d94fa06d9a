// The networks of the widgets: loaded by their address, and as a single file.

import { expect, test } from '@playwright/test'
import { writeFile } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { createServer, type ViteDevServer } from 'vite'
import { severe } from './accessibility'
import { draw, embed, output, root, serveBuild, servePages, widget } from './embedding'
import { digits } from './playground'
import type { StaticServer } from './static-server'

let site: StaticServer
let embedding: StaticServer
let vite: ViteDevServer

test.beforeAll(async () => {
  site = await serveBuild()
  embedding = await servePages({ '/digits.html': embed(site, '<inkling-digits></inkling-digits>') })
  // The modules of src/ as the build has them, which Node alone cannot load.
  vite = await createServer({
    root,
    appType: 'custom',
    logLevel: 'error',
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, hmr: false, watch: null },
  })
})

test.afterAll(async () => {
  await Promise.all([site?.close(), embedding?.close(), vite?.close()])
})

test('loads another network by its address, reports a wrong one, and keeps the old one', async ({ page }) => {
  // A network whose input is standardised: the widget needs the statistics of MNIST for it.
  const { presets } = (await vite.ssrLoadModule('/src/model/presets.ts')) as typeof import('../../src/model/presets')
  const { writeNetwork } = (await vite.ssrLoadModule('/src/formats/network.ts')) as typeof import('../../src/formats/network') // prettier-ignore
  const { createReader } = (await vite.ssrLoadModule('/src/widgets/reader.ts')) as typeof import('../../src/widgets/reader') // prettier-ignore
  const { trainingStatistics } = (await vite.ssrLoadModule('/src/cli/data.ts')) as typeof import('../../src/cli/data')
  const { spec } = presets.find(({ name }) => name === 'softmax')!
  const parameters = Float32Array.from({ length: 785 * 12 }, (_, i) => (i % 12 < 10 && i < 784 * 12 ? Math.sin(i) / 100 : 0)) // prettier-ignore
  const network = { spec, learnt: { parameters, running: new Float32Array(4) } }
  const { mnist } = (await vite.ssrLoadModule('/src/datasets/index.ts')) as typeof import('../../src/datasets')
  const statistics = await trainingStatistics(mnist)
  const image = Uint8Array.from({ length: 784 }, (_, i) => (i * 37) % 256)
  const expected = (await (await createReader(network, statistics))(image))!

  await page.goto(`${embedding.url}digits.html`)
  const pad = widget(page, 'digits')
  await page.evaluate(() => {
    for (const type of ['load', 'error'])
      document
        .querySelector('inkling-digits')!
        .addEventListener(type, (event) => Reflect.set(window, 'last', event.type))
  })
  const last = () => page.evaluate(() => Reflect.get(window, 'last') as unknown)
  const file = `data:application/octet-stream;base64,${Buffer.from(writeNetwork(network)).toString('base64')}`
  await pad.evaluate((element, file) => element.setAttribute('network', file), file)
  await expect.poll(last).toBe('load')
  const predict = (image: number[]) =>
    pad.evaluate((element, image) => {
      const read = Reflect.get(element, 'predict') as (image: Uint8Array) => Promise<{ outputs: number[] }>
      return read.call(element, Uint8Array.from(image))
    }, image)
  const read = await predict([...image])
  read.outputs.forEach((output, i) => expect(output).toBeCloseTo(expected.outputs[i], 5))

  for (const [address, reason] of [
    [`${site.url}nothing.safetensors`, 'the server answered 404'],
    [`${embedding.url}digits.html`, 'is no safetensors file'],
    ['http://127.0.0.1:1/x.safetensors', 'Access-Control-Allow-Origin'],
  ]) {
    await pad.evaluate((element, address) => element.setAttribute('network', address), address)
    await expect(pad.getByRole('alert')).toContainText(reason)
    expect(await last()).toBe('error')
    expect((await predict([...image])).outputs).toEqual(read.outputs)
  }
  await pad.evaluate((element) => element.removeAttribute('network'))
  await expect(pad.getByRole('alert')).toHaveCount(0)
  await draw(pad, digits[7])
  await expect(output(pad, 'Prediction')).toHaveText('7')
})

test('a network of clothes standardises by the statistics in its file', async ({ page }) => {
  const { findPreset } = (await vite.ssrLoadModule('/src/model/presets.ts')) as typeof import('../../src/model/presets')
  const { writeNetwork } = (await vite.ssrLoadModule('/src/formats/network.ts')) as typeof import('../../src/formats/network') // prettier-ignore
  const { createReader } = (await vite.ssrLoadModule('/src/widgets/reader.ts')) as typeof import('../../src/widgets/reader') // prettier-ignore
  const { findDataset } = (await vite.ssrLoadModule('/src/datasets/index.ts')) as typeof import('../../src/datasets')
  const { spec } = findPreset('softmax', findDataset('fashion-mnist'))!
  const parameters = Float32Array.from({ length: 785 * 12 }, (_, i) => (i % 12 < 10 && i < 784 * 12 ? Math.sin(i) / 100 : 0)) // prettier-ignore
  const statistics = {
    mean: Float32Array.from({ length: 784 }, (_, i) => (i % 5) / 10),
    deviation: Float32Array.from({ length: 784 }, (_, i) => 1 / (1 + (i % 3))),
  }
  const network = { spec, learnt: { parameters, running: new Float32Array(4) } }
  const image = Uint8Array.from({ length: 784 }, (_, i) => (i * 37) % 256)
  const expected = (await (await createReader(network, statistics))(image))!
  const addressOf = (bytes: Uint8Array) =>
    `data:application/octet-stream;base64,${Buffer.from(bytes).toString('base64')}`

  await page.goto(`${embedding.url}digits.html`)
  const pad = widget(page, 'digits')
  const set = (name: string, value: unknown) =>
    pad.evaluate((element, [name, value]) => Reflect.set(element, name as string, value), [name, value])
  await set('network', addressOf(writeNetwork(network)))
  await expect(pad.getByRole('alert')).toContainText('the statistics of Fashion-MNIST are not included in its file')
  await set('network', addressOf(writeNetwork({ ...network, statistics })))
  await expect(pad.getByRole('alert')).toHaveCount(0)
  await expect(pad).toContainText('What a network reads: Fashion-MNIST')
  const answer = await pad.evaluate(
    (element, image) => {
      const read = Reflect.get(element, 'predict') as (
        image: Uint8Array,
      ) => Promise<{ name: string; outputs: number[] }>
      return read.call(element, Uint8Array.from(image))
    },
    [...image],
  )
  expect(answer.name).toBe(findDataset('fashion-mnist')!.classes[expected.label])
  answer.outputs.forEach((output, i) => expect(output).toBeCloseTo(expected.outputs[i], 5))
})

test('a single HTML file reads drawings from a disk, without a connection', async ({ page, browser }, info) => {
  await page.goto(`${embedding.url}digits.html`)
  const trained = await page.evaluate(
    async (url) => ((await import(url)) as { InklingDigits: { included: string } }).InklingDigits.included,
    `${site.url}inkling.js`,
  )
  const { singlePage } = (await vite.ssrLoadModule('/src/app/saved/single-file.ts')) as typeof import('../../src/app/saved/single-file') // prettier-ignore
  const { readNetwork } = (await vite.ssrLoadModule('/src/formats/network.ts')) as typeof import('../../src/formats/network') // prettier-ignore
  const script = await (await fetch(`${site.url}inkling-digits.js`)).text()
  const path = info.outputPath('one.html')
  await writeFile(path, singlePage(readNetwork(new Uint8Array(Buffer.from(trained, 'base64'))), 'Mine <&>', script))

  const context = await browser.newContext({ offline: true })
  const alone = await context.newPage()
  const [requests, complaints]: [string[], string[]] = [[], []]
  alone.on('request', (request) => requests.push(new URL(request.url()).protocol))
  alone.on('console', (message) => complaints.push(message.text()))
  alone.on('pageerror', (error) => complaints.push(error.message))
  await alone.goto(pathToFileURL(path).href)
  await expect(alone).toHaveTitle('Mine <&>')
  const pad = widget(alone, 'digits')
  for (const digit of [7, 0, 4]) {
    await draw(pad, digits[digit])
    await expect(output(pad, 'Prediction')).toHaveText(String(digit))
    await pad.getByLabel('Drawing pad').press('Delete')
  }
  expect(requests.filter((protocol) => protocol !== 'file:' && protocol !== 'data:')).toEqual([])
  expect(complaints).toEqual([])
  expect(await severe(alone)).toEqual([])
  await context.close()
})
