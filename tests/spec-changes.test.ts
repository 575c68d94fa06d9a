// Changes of a spec as the page makes them, and the stack of layers as its editor does.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { changedFields, networkTitle, networkWords, presetOf, withKind, withLoss } from '../src/app/spec/config'
import {
  describe as summary,
  kindAt,
  layerKinds,
  leavesChoice,
  shapeOf,
  withMoved,
  withNewLayer,
} from '../src/app/spec/stack'
import { mnist } from '../src/datasets'
import { fashionMnist } from '../src/datasets/fashion-mnist'
import { initialPart } from '../src/model/fields'
import { layerTypes, type LayerKind, type LayerSpec } from '../src/model/layers'
import { optimizerTypes } from '../src/model/optimizers'
import { findPreset, presets } from '../src/model/presets'
import { scheduleTypes } from '../src/model/schedules'
import { MAX_LAYERS, specIssues, type Spec } from '../src/model/spec'
import { arbitrarySpec } from './arbitrary-spec'
const spec = presets[0].spec
const notebook = findPreset('notebook')?.spec ?? spec

describe('changes of a spec', () => {
  test('equal specs do not differ, even as different objects', () => {
    for (const { spec } of presets) expect(changedFields(spec, structuredClone(spec))).toEqual([])
  })

  test('deep changes are found, in the order of the page', () => {
    const changed: Spec = {
      ...spec,
      seed: 2,
      layers: spec.layers.map((layer, i) => (i === 0 ? { ...layer, units: 64 } : layer)),
      optimizer: { type: 'adam', beta1: 0.8, beta2: 0.999, epsilon: 1e-8 },
    }
    expect(changedFields(spec, changed)).toEqual(['layers', 'optimizer', 'seed'])
    expect(changedFields(spec, notebook)).toContain('optimizer')
  })

  test('a blank field differs from a number and not from itself', () => {
    const blank = { ...spec, batchSize: NaN }
    expect(changedFields(spec, blank)).toEqual(['batchSize'])
    expect(changedFields(blank, { ...blank })).toEqual([])
  })

  test('a preset keeps its name with another seed or number of epochs, and with no other change', () => {
    for (const preset of presets) {
      expect(presetOf({ ...preset.spec, seed: 123, epochs: 77 })).toBe(preset)
      expect(presetOf({ ...preset.spec, batchSize: 77 })).toBeUndefined()
    }
  })

  test('a network keeps its title with other settings, which are told', () => {
    const [{ spec }] = presets
    expect(networkTitle(spec)).toBe('Starter network, 192 neurons')
    expect(networkTitle({ ...spec, batchSize: 7 })).toBe('Starter network, 192 neurons (changed)')
    expect(networkTitle(spec, 'short')).toBe('Starter')
    expect(networkTitle({ ...spec, batchSize: 7 }, 'short')).toBe('Starter (changed)')
    expect(networkTitle({ ...spec, layers: spec.layers.slice(-1) })).toMatch(/^Your own: \d+-10$/)
  })

  test('changing the loss leaves a valid network', () => {
    const smoothed = { ...spec, labelSmoothing: 0.1 }
    for (const before of [...presets.map(({ spec }) => spec), smoothed]) {
      for (const loss of ['cross-entropy', 'quadratic'] as const) {
        expect(specIssues({ ...before, ...withLoss(before, loss) })).toEqual([])
      }
    }
    expect(withLoss(smoothed, 'cross-entropy').labelSmoothing).toBe(0.1)
  })

  test('another kind keeps changed values of the same meaning', () => {
    const momentum = { type: 'momentum', momentum: 0.95, weightDecay: 0.001 } as const
    expect(withKind(optimizerTypes, momentum, 'nesterov')).toEqual({ ...momentum, type: 'nesterov' })
    expect(withKind(optimizerTypes, momentum, 'adamw')).toEqual({
      ...initialPart(optimizerTypes, 'adamw'),
      weightDecay: 0.001,
    })
    expect(withKind(optimizerTypes, { type: 'sgd', weightDecay: 0 }, 'adamw')).toEqual(
      initialPart(optimizerTypes, 'adamw'),
    )
    expect(withKind(optimizerTypes, { type: 'sgd', weightDecay: NaN }, 'momentum')).toEqual(
      initialPart(optimizerTypes, 'momentum'),
    )
    // Epochs are no share of the run.
    expect(withKind(scheduleTypes, { type: 'cosine', warmup: 5 }, 'one-cycle')).toEqual(
      initialPart(scheduleTypes, 'one-cycle'),
    )
  })
})

describe('the stack of layers', () => {
  const types = (layers: readonly LayerSpec[]) => layers.map(({ type }) => type)
  /** Adds layers one after the other, as the editor does. */
  const added = (spec: Spec, ...kinds: LayerKind[]): Spec =>
    kinds.reduce((spec, kind) => ({ ...spec, layers: withNewLayer(spec, kind).layers }), spec)

  test('a new layer is like the last hidden one of its kind, and stands before the output if it can', () => {
    const { layers, at } = withNewLayer(notebook, 'dense')
    expect(at).toBe(1)
    expect(layers).toEqual([notebook.layers[0], notebook.layers[0], notebook.layers[1]])
    expect(layers[0]).not.toBe(layers[1])
  })

  test('the first of its kind is like one of a preset, those for newcomers first', () => {
    const newIn = (preset: string, kind: LayerKind, dataset = mnist) => {
      const { layers, at } = withNewLayer(findPreset(preset, dataset)!.spec, kind)
      return layers[at]
    }
    expect(newIn('softmax', 'dense')).toEqual(spec.layers[0])
    expect(newIn('default', 'conv2d')).toEqual(findPreset('best-in-a-minute')!.spec.layers[0])
    expect(newIn('default', 'dropout', fashionMnist)).toEqual({ type: 'dropout', rate: 0.3 })
    // A linear convolution without bias would need the batch normalisation after it.
    expect(newIn('default', 'conv2d', fashionMnist)).toMatchObject({ activation: 'relu', bias: 'yes' })
    expect(newIn('default', 'average-pooling')).toEqual(initialPart(layerTypes, 'average-pooling'))
  })

  test('a new layer of any kind leaves a network with a convolution valid', () => {
    const network = added(findPreset('softmax')!.spec, 'flatten', 'conv2d')
    expect(types(network.layers)).toEqual(['conv2d', 'flatten', 'dense'])
    for (const [kind] of layerKinds) expect(specIssues(added(network, kind))).toEqual([])
    expect(types(added(network, 'max-pooling').layers)).toEqual(['conv2d', 'max-pooling', 'flatten', 'dense'])
    expect(types(added(network, 'dropout').layers)).toEqual(['conv2d', 'flatten', 'dropout', 'dense'])
  })

  test('a layer that fits nowhere goes where it gets an image, and the error is at the layer after it', () => {
    const network = added(spec, 'conv2d')
    expect(types(network.layers)).toEqual(['conv2d', 'dense', 'dense'])
    expect(specIssues(network)).toEqual([
      { field: 'layers.1.type', message: expect.stringContaining('put a Flatten layer before it') as string },
    ])
    expect(types(added(network, 'flatten').layers)).toEqual(['conv2d', 'flatten', 'dense', 'dense'])
    expect(specIssues(added(network, 'flatten'))).toEqual([])
  })

  test('layers move past each other', () => {
    const [a, b] = spec.layers
    expect(withMoved([a, b, a, a], 1, 2)).toEqual([a, a, b, a])
    expect(withMoved([a, b, a, a], 1, 0)).toEqual([b, a, a, a])
  })

  test('any spec can take a layer of any kind while there is room', () => {
    fc.assert(
      fc.property(arbitrarySpec, fc.constantFrom(...layerKinds), (spec, [kind]) => {
        fc.pre(spec.layers.length < MAX_LAYERS)
        const { layers, at } = withNewLayer(spec, kind)
        expect(layers[at].type).toBe(kind)
        expect(layers.toSpliced(at, 1)).toEqual(spec.layers)
        expect(at).toBeLessThan(layers.length - 1)
      }),
    )
  })

  test('the output shows the softmax of its loss, and offers no choice of its ten units', () => {
    expect(summary(spec.layers[1], kindAt(spec, 1))).toBe('Softmax · Glorot')
    const open = (spec: Spec) =>
      Object.entries(kindAt(spec, spec.layers.length - 1).fields).flatMap(([name, field]) =>
        leavesChoice(field) ? [name] : [],
      )
    expect(open(spec)).toEqual(['initialiser', 'bias', 'frozen'])
    expect(open(notebook)).toEqual(['activation', 'initialiser', 'bias', 'frozen'])
  })

  test('a layer and a network in short', () => {
    const conv = { ...initialPart(layerTypes, 'conv2d'), filters: 32, kernel: 5 } as LayerSpec
    expect(summary(conv, kindAt({ ...spec, layers: [conv, ...spec.layers] }, 0))).toBe('5 × 5 · ReLU')
    expect(summary({ type: 'flatten' }, layerTypes.flatten)).toBe('')
    const still = { ...conv, frozen: true } as LayerSpec
    expect(summary(still, kindAt({ ...spec, layers: [still, ...spec.layers] }, 0))).toBe('5 × 5 · ReLU · frozen')
    const norm: LayerSpec = { type: 'batch-normalisation', momentum: 0.1, epsilon: 1e-5, frozen: true }
    expect(summary(norm, kindAt({ ...spec, layers: [norm, ...spec.layers] }, 0))).toBe('Momentum 0.1 · frozen')
    expect(shapeOf(spec)).toBe('784-192-10')
    expect(networkWords(findPreset('default', fashionMnist)?.spec ?? spec)).toBe('Starter on Fashion-MNIST')
    expect(shapeOf({ ...spec, layers: [{ ...spec.layers[0], units: NaN } as LayerSpec, spec.layers[1]] })).toBe(
      '784-?-10',
    )
    expect(shapeOf({ ...spec, layers: [conv, { type: 'flatten' }, ...spec.layers] })).toBe(
      'convolution 32, flatten, dense 192, dense 10',
    )
  })
})
