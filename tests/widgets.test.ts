// The widgets without a browser: the reader in the page's thread, the single HTML file, and what their documentation lists.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { escapeScript, singlePage } from '../src/app/saved/single-file'
import { createReference } from '../src/backends/reference'
import { fixedRem } from '../src/build/rem'
import { allDatasets } from '../src/datasets'
import { readNetwork, writeNetwork, type Network } from '../src/formats/network'
import { normal } from '../src/kernels/random'
import { compile } from '../src/model/compile'
import { initialContents } from '../src/model/initialise'
import { layOut, learntFrom, type Learnt } from '../src/model/parameters'
import { presets } from '../src/model/presets'
import { summarise, type Spec } from '../src/model/spec'
import { Digits } from '../src/widgets/digits.svelte'
import { detailOf, NO_PREDICTION } from '../src/widgets/prediction'
import { createReader } from '../src/widgets/reader'
import { oddExamples, oddFeatures, oddSets, oddStatistics } from './odd-sets'
import { PIXELS, SIZE, fillStores } from './tiny-digits'

// Made by the build of the widgets; no network here needs it.
vi.mock('virtual:included/statistics', () => ({ default: '' }))

const root = join(import.meta.dirname, '..')

/** Other values in every place that is not padding, of a size that networks have; variances are positive. */
function learntBy(spec: Spec): Learnt {
  const tensors = layOut(summarise(spec).layers).list.map(({ name, shape }, t) => {
    const count = shape.reduce((a, b) => a * b, 1)
    const value = (i: number) => (name.endsWith('variance') ? 0.5 : 0) + normal(3, t, i) / 30
    return { name, shape, values: Float32Array.from({ length: count }, (_, i) => value(i)) }
  })
  return learntFrom(spec, tensors)
}

const pixels = {
  mean: Float32Array.from({ length: PIXELS }, (_, p) => (p % 5) / 10),
  deviation: Float32Array.from({ length: PIXELS }, (_, p) => 1 / (1 + (p % 3))),
}
const image = Uint8Array.from({ length: PIXELS }, (_, p) => (p * 37) % 256)

describe('the reader', () => {
  it.each(presets.map(({ name, spec }) => [name, spec] as const))(
    'of %s says what the whole plan says',
    async (_, spec) => {
      const learnt = learntBy(spec)
      const read = await createReader({ spec, learnt }, pixels)
      const outputs = await read(image)

      const model = compile(spec, SIZE)
      const backend = createReference()
      fillStores(backend)
      const program = await backend.prepare(model.plan)
      for (const [buffer, contents] of initialContents(model, pixels)) program.write(buffer, contents)
      program.write(model.buffers.parameters, learnt.parameters)
      program.write(model.buffers.running, learnt.running)
      program.write(model.buffers.example, new Uint32Array(image.slice().buffer))
      program.run('predict', 1)
      const values = [...(await program.read(model.buffers.outputs, 0, 10))]
      expect(outputs?.label).toBe(values.indexOf(Math.max(...values)))
      if (spec.loss === 'quadratic') expect(outputs?.outputs).toEqual(values)
      else {
        const sum = values.reduce((total, z) => total + Math.exp(z), 0)
        outputs?.outputs.forEach((output, i) => expect(output).toBeCloseTo(Math.exp(values[i]) / sum, 6))
      }
    },
  )

  it('gives no answer if an output is not finite, and refuses an image of another size', async () => {
    const [{ spec }] = presets
    const learnt = learntBy(spec)
    learnt.parameters.fill(3e38)
    const read = await createReader({ spec, learnt }, pixels)
    expect(await read(image)).toBeUndefined()
    await expect(read(new Uint8Array(783))).rejects.toThrow('An example of MNIST has 784 bytes, this one 783.')
  })
})

describe('a network of another data set', () => {
  const spec: Spec = {
    ...presets[0].spec,
    dataset: oddFeatures.id,
    trainingSize: 200,
    input: 'unit',
    augmentation: { type: 'none' },
    styleShare: 0,
    layers: [{ type: 'dense', units: 3, activation: 'linear', initialiser: 'glorot', bias: 'yes' }],
  }
  const base64Of = (network: Network) => Buffer.from(writeNetwork(network)).toString('base64')
  const fileOf = (spec: Spec) => base64Of({ spec, learnt: learntBy(spec) })

  it('reads its examples in place of drawings, and gives their names', async () => {
    const digits = new Digits(fileOf(spec))
    await digits.load(null)
    expect([digits.drawing.dataset, digits.drawing.empty]).toEqual([oddFeatures, true])
    const example = oddExamples(oddFeatures, 'test').inputs.slice(0, 5)
    digits.show(example)
    await vi.waitFor(() => expect(digits.drawing.prediction).toBeDefined())
    const { prediction } = digits.drawing
    expect(await digits.predict(example)).toEqual({ outputs: prediction?.outputs, label: prediction?.label })
    const detail = detailOf(prediction, spec)
    expect(detail).toMatchObject({ digit: prediction?.label, probabilities: prediction?.outputs })
    expect(detail.name).toBe(oddFeatures.classes[detail.digit ?? -1])
    expect(detail.verdict).toMatch(/^(digit|unsure)$/)
  })

  it('reads an example that was set before it', async () => {
    const digits = new Digits(fileOf(spec))
    const example = oddExamples(oddFeatures, 'test').inputs.slice(0, 5)
    digits.show(example)
    await digits.load(null)
    expect(digits.drawing.example).toEqual(example)
    await vi.waitFor(() => expect(digits.drawing.prediction).toBeDefined())
  })

  it('standardises by the statistics in its file', async () => {
    const network = { spec: { ...spec, input: 'standardised' } as const, learnt: learntBy(spec) }
    const statistics = oddStatistics(oddFeatures, spec.trainingSize)
    const digits = new Digits(base64Of({ ...network, statistics }))
    await digits.load(null)
    const example = oddExamples(oddFeatures, 'test').inputs.slice(0, 5)
    const said = await digits.predict(example)
    expect(said).toEqual(await (await createReader(network, statistics))(example))
    expect(said).not.toEqual(await (await createReader({ ...network, spec }, undefined))(example))
  })

  it('is refused if the statistics of its inputs are unknown', async () => {
    const digits = new Digits(fileOf({ ...spec, input: 'standardised' }))
    await expect(digits.load(null)).rejects.toThrow('the statistics of Odd features are not included')
  })
})

it('a network of MNIST standardises by its file, where that has statistics', async () => {
  const spec: Spec = { ...presets[0].spec, input: 'standardised', trainingSize: 50_000 }
  const network = { spec, learnt: learntBy(spec) }
  const digits = new Digits(Buffer.from(writeNetwork({ ...network, statistics: pixels })).toString('base64'))
  await digits.load(null)
  expect(await digits.predict(image)).toEqual(await (await createReader(network, pixels))(image))
})

describe('the detail of the event', () => {
  it('holds the digit, its name and the outputs', () => {
    const outputs = Array.from({ length: 10 }, (_, i) => (i === 7 ? 0.91 : 0.01))
    const detail = detailOf({ outputs, label: 7, step: 1 }, presets[0].spec)
    expect(detail).toEqual({ digit: 7, name: '7', probabilities: outputs, verdict: 'digit' })
    expect(detailOf(undefined, presets[0].spec)).toEqual(NO_PREDICTION)
  })
})

describe('the single HTML file', () => {
  const [{ spec }] = presets
  const network = { spec, learnt: learntBy(spec) }

  it('holds the network', () => {
    const page = singlePage(network, 'A title', 'let a')
    const base64 = /network="data:application\/octet-stream;base64,([^"]+)"/.exec(page)?.[1] ?? ''
    const read = readNetwork(new Uint8Array(Buffer.from(base64, 'base64')))
    expect(read.spec).toEqual(spec)
    read.learnt.parameters.forEach((value, i) => {
      if (Math.abs(value - network.learnt.parameters[i]) > 1e-3)
        expect([i, value]).toEqual([i, network.learnt.parameters[i]])
    })
  })

  it('shows any title as text', () => {
    const page = singlePage(network, '</title><script>alert("1 & 2")</script>', '')
    expect(page.match(/<script/g)).toHaveLength(1)
    expect(page).toContain('<h1>&lt;/title&gt;&lt;script&gt;alert(&quot;1 &amp; 2&quot;)&lt;/script&gt;</h1>')
  })

  it('may request nothing outside itself', () => {
    const policy = /Content-Security-Policy" content="([^"]+)"/.exec(singlePage(network, 'x', ''))?.[1]
    expect(policy).toBe("default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src data:")
  })

  it('keeps a script whole that contains an end tag', () => {
    const script = 'export default ["</script>", `</SCRIPT `, "<!-- ", /<\\/script|<!--/u.source, 1 < 2]'
    const escaped = escapeScript(script)
    expect(escaped).not.toMatch(/<\/script|<!--/i)
    const value = (text: string): unknown => new Function(text.replace('export default', 'return'))()
    const [end, upper, comment, , less] = value(escaped) as unknown[]
    expect([end, upper, comment, less]).toEqual(['</script>', '</SCRIPT ', '<!-- ', true])
  })
})

describe('sizes in rem', () => {
  it.each([
    ['a { margin: 1.5rem -0.25rem }', 'a { margin: calc(1.5 * var(--rem)) calc(-0.25 * var(--rem)) }'],
    ['a { font: 400 .9rem/1.5 x }', 'a { font: 400 calc(.9 * var(--rem))/1.5 x }'],
    [
      '@container (min-width: 30rem) { a { gap: 1rem } }',
      '@container (min-width: 480px) { a { gap: calc(1 * var(--rem)) } }',
    ],
    ['.rem1 { width: 1em }', '.rem1 { width: 1em }'],
  ])('%s', (css, fixed) => expect(fixedRem(css)).toBe(fixed))
})

describe('the documentation', () => {
  const page = readFileSync(join(root, 'widgets.html'), 'utf8')
  const css = readFileSync(join(root, 'src/app/app.css'), 'utf8')
  const look = readFileSync(join(root, 'src/widgets/look.ts'), 'utf8')

  it('lists the presets', () => {
    const list = /<span id="presets"\s*>([^<]+)</.exec(page)?.[1] ?? ''
    expect(list.split(',').map((name) => name.trim())).toEqual(presets.map(({ name }) => name))
  })

  it('lists the data sets', () => {
    const list = /<span id="datasets"\s*>([^<]+)</.exec(page)?.[1] ?? ''
    const own = allDatasets().filter((dataset) => !oddSets.includes(dataset))
    expect(list.split(',').map((id) => id.trim())).toEqual(own.map(({ id }) => id))
  })

  it('lists the custom properties with their defaults', () => {
    const [light, dark] = css.split('@media (prefers-color-scheme: dark)')
    const value = (sheet: string, name: string) => new RegExp(`--${name}: ([^;]+);`).exec(sheet)?.[1]
    const names = [...(/export const themed = \[([^\]]+)\]/.exec(look)?.[1] ?? '').matchAll(/'([\w-]+)'/g)].map(
      ([, n]) => n,
    )
    expect(names.length).toBeGreaterThan(10)
    const rows = [...page.matchAll(/>--inkling-([\w-]+)<\/th>(.*?)<\/tr>/gs)]
    expect(rows.map(([, name]) => name)).toEqual(names)
    for (const [, name, cells] of rows) {
      const colours = cells.match(/#[\da-f]{6}/g)
      if (colours) expect([name, ...colours]).toEqual([name, value(light, name), value(dark, name)])
    }
  })
})
