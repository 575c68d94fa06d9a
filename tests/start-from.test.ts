// Starting over on the page from what a network has learnt: when it is offered, what it makes, and the way back.

import { describe, expect, test, vi } from 'vitest'
import { findDataset } from '../src/datasets'
import { findPreset } from '../src/model/presets'
import type { LayerSpec, Spec } from '../src/model/spec'
import { keptWords } from '../src/app/spec/kept-words'
import { open, settled } from './mock-worker'

const cnn = findPreset('keras-small')!.spec
const onFashion = findPreset('keras-small', findDataset('fashion-mnist'))!.spec
const frozen = ({ layers }: Spec) => layers.flatMap((layer, at) => ('frozen' in layer ? [at] : []))
const convolutions = cnn.layers.flatMap(({ type }, at) => (type === 'conv2d' ? [at] : []))

/** A page whose convolutional network on MNIST has learnt for five steps. */
async function trained() {
  const opened = open()
  opened.load(true)
  await vi.waitFor(() => expect(opened.page.run.spec).toBeDefined())
  opened.page.draft.replace(cnn)
  await settled(opened.page)
  await vi.waitFor(() => expect(opened.page.run.spec).toEqual(cnn))
  opened.be('paused', 5)
  return opened
}

describe('a start from what is learnt', () => {
  test('is offered for another network with the same first layers, and not before anything is learnt', async () => {
    const { page, be } = await trained()
    expect(page.transfer.source).toBeUndefined()
    page.draft.edit({ learningRate: 0.5 })
    expect(page.transfer.source).toBeUndefined()
    const wider = cnn.layers.toSpliced(-1, 0, {
      type: 'dense',
      units: 20,
      activation: 'relu',
      initialiser: 'he',
      bias: 'yes',
    })
    page.draft.edit({ layers: wider })
    expect(page.transfer.source).toMatchObject({ name: 'the present network', kept: convolutions.at(-1)! + 1 })
    expect(page.transfer.words).toBe('Kept: 2 convolutions. New: 1 dense layer and the output layer.')
    be('idle', 0)
    expect(page.transfer.source).toBeUndefined()
  })

  test('keeps and freezes the first layers, and Undo brings the run back', async () => {
    const { page, session } = await trained()
    const { spec } = page.run
    const layers = cnn.layers.toSpliced(-1, 0, {
      type: 'dense',
      units: 20,
      activation: 'relu',
      initialiser: 'he',
      bias: 'yes',
    })
    page.draft.edit({ layers })
    await page.transfer.start()
    const [made, from] = session.startFrom.mock.lastCall!
    expect([from.spec, from.snapshot.step]).toEqual([spec, 5])
    expect(frozen(made)).toEqual(convolutions)
    expect([page.run.spec, page.draft.spec, page.transport.changes]).toEqual([made, made, []])
    expect(page.undo.change?.text).toBe(
      'The present network gave its first layers. Kept: 2 convolutions. New: 1 dense layer and the output layer.',
    )
    await page.undo.takeBack()
    expect([page.run.spec, page.draft.spec, page.run.progress.step]).toEqual([spec, spec, 5])
  })

  test('comes from the run that another data set has replaced, which Undo brings back', async () => {
    const { page, session } = await trained()
    const { spec } = page.run
    page.draft.replace(onFashion)
    await settled(page)
    expect(page.run.spec).toEqual(onFashion)
    expect(page.transfer.source?.name).toBe('the network on MNIST')
    page.transfer.freezes = false
    await page.transfer.start()
    const [made, from] = session.startFrom.mock.lastCall!
    expect([frozen(made), made.dataset, from.spec.dataset]).toEqual([[], 'fashion-mnist', 'mnist'])
    expect(page.undo.change?.text).toContain('The network on MNIST gave its first layers.')
    await page.undo.takeBack()
    expect([page.run.spec, page.run.progress.step]).toEqual([spec, 5])
  })

  test('takes the network along, where the one that came with the data is another', async () => {
    const { page, session } = await trained()
    page.draft.replace(findPreset('default', findDataset('fashion-mnist'))!.spec)
    await settled(page)
    expect(page.transfer.words).toMatch(/^Kept: 2 convolutions\. New: .*the output layer\.$/)
    await page.transfer.start()
    const [made] = session.startFrom.mock.lastCall!
    expect([made.dataset, frozen(made)]).toEqual(['fashion-mnist', convolutions])
    expect(made.layers.map(({ type }) => type)).toEqual(cnn.layers.map(({ type }) => type))
    expect(page.draft.spec).toEqual(made)
    page.draft.replace(findPreset('default', findDataset('plane.circles'))!.spec)
    await settled(page)
    expect(page.transfer.source).toBeUndefined()
  })

  test('that fails leaves the run as it is', async () => {
    const { page, session } = await trained()
    const { spec } = page.run
    page.draft.edit({
      layers: cnn.layers.map((layer, at) => (at === 0 ? ({ ...layer, frozen: true } as LayerSpec) : layer)),
    })
    expect(page.transfer.words).toMatch(/New: nothing\.$/)
    session.startFrom.mockImplementation(() => Promise.resolve(undefined))
    await page.transfer.start()
    expect(frozen(session.startFrom.mock.lastCall![0])).toEqual([0]) // as the editor has it
    expect([page.run.spec, page.undo.change, page.transfer.busy]).toEqual([spec, undefined, false])
  })
})

test('what is kept in words', () => {
  expect(keptWords(cnn, 1)).toMatch(
    /^Kept: 1 convolution\. New: 1 convolution(, 1 dense layer)? and the output layer\.$/,
  )
  const norm: LayerSpec = { type: 'batch-normalisation', momentum: 0.1, epsilon: 1e-5 }
  expect(keptWords({ ...cnn, layers: cnn.layers.toSpliced(1, 0, norm) }, 2)).toContain(
    'Kept: 1 convolution and 1 batch norm.',
  )
  expect(keptWords(cnn, cnn.layers.length)).toMatch(/and the output layer\. New: nothing\.$/)
})
