// What the settings say before a run: how long it takes here, plain choices, and what mends a spec.

import { describe, expect, test } from 'vitest'
import { durationOf, formatAbout, measuredOn, type Measured } from '../src/app/spec/duration'
import { mendOf, nameOfField } from '../src/app/spec/mend'
import { cardOf, cardsFor, learningSpeeds, rateFor, speedOf, trainingSizes, variationFor } from '../src/app/spec/plain'
import { withNewLayer } from '../src/app/spec/stack'
import { fashionMnist } from '../src/datasets/fashion-mnist'
import { findPreset, presets, presetsFor } from '../src/model/presets'
import { specIssues, type LayerSpec, type Spec } from '../src/model/spec'
import { workPerExample } from '../src/model/work'

const specOf = (name: string): Spec => findPreset(name)!.spec
const starter = specOf('default')
/** A spec with a field of a layer left empty. */
const withBlank = (spec: Spec, at: number, field: string): Spec => ({
  ...spec,
  layers: spec.layers.map((layer, i) => (i === at ? ({ ...layer, [field]: NaN } as LayerSpec) : layer)),
})
const cpu = { kind: 'wasm', label: 'CPU WebAssembly', adapter: '2 threads' }
const gpu = { kind: 'webgpu', label: 'WebGPU', adapter: 'some adapter' }
const measured = (spec: Spec, imagesPerSecond: number, more: Partial<Measured> = {}): Measured => ({
  spec,
  backend: cpu,
  seconds: 5,
  imagesPerSecond,
  ...more,
})

describe('work of a network', () => {
  test('is that of its matrix products, and of little else for large ones', () => {
    // LeNet: 117,600 and 240,000 multiply-adds in the convolutions, 58,920 in the dense layers; the first has no gradient of its input.
    const products = 2 * 117_600 + 3 * (240_000 + 58_920)
    const work = workPerExample({ ...specOf('lenet') })
    expect(work).toBeGreaterThan(products)
    expect(work).toBeLessThan(1.5 * products)
  })

  test('grows with warps, evaluations and small batches', () => {
    const plain: Spec = { ...starter, augmentation: { type: 'none' }, evaluateEvery: 0 }
    for (const change of [{ augmentation: starter.augmentation }, { evaluateEvery: 100 }, { batchSize: 8 }]) {
      expect(workPerExample({ ...plain, ...change })).toBeGreaterThan(1.05 * workPerExample(plain))
    }
  })

  /** Images/s of the presets in tests/bench/README.md, in one run. */
  const rates = { softmax: 139_209, tiny: 22_264, notebook: 49_061, 'two-hidden': 40_348, 'dense-large': 13_238 }
  test('tells the time of each measured preset from that of every other, within a factor of two', () => {
    const runs = Object.entries({ ...rates, lenet: 4_040, default: 12_425 })
    for (const [from, fast] of runs) {
      for (const [to, slow] of runs) {
        const { trainingSize, epochs } = specOf(to)
        const seconds = durationOf(specOf(to), [measured(specOf(from), fast)])!.seconds
        expect(seconds / ((trainingSize * epochs) / slow), `${to} from ${from}`).toBeGreaterThan(0.5)
        expect(seconds / ((trainingSize * epochs) / slow), `${to} from ${from}`).toBeLessThan(2)
      }
    }
  })
})

describe('the time a run takes', () => {
  test('is not known before a run of this device that was long enough', () => {
    expect(durationOf(starter, [])).toBeUndefined()
    const runs = [measured(starter, 1000, { seconds: 0.1 }), measured(starter, 1000, { backend: gpu })]
    expect(measuredOn(cpu, runs)).toEqual([])
    expect(measuredOn(undefined, runs)).toEqual([])
    expect(measuredOn(gpu, runs)).toEqual([runs[1]])
  })

  test('is that of the same network where that has run, of the newest run first', () => {
    const runs = [measured(specOf('lenet'), 9), measured(starter, 60_000), measured(starter, 20_000)]
    expect(durationOf(starter, runs)?.seconds).toBeCloseTo(10)
    expect(durationOf({ ...starter, epochs: 20 }, runs)?.seconds).toBeCloseTo(20)
  })

  test('is a bound on a graphics processor, whose steps take the time of their calls at least', () => {
    const runs = [measured(starter, 60_000, { backend: gpu })]
    expect(durationOf(starter, runs)).toEqual({ seconds: 10, most: false })
    const small = durationOf(specOf('two-hidden'), runs)!
    expect(small.most).toBe(true)
    expect(small.seconds).toBeCloseTo(10) // as many steps, none of them slower
    const large = durationOf(specOf('lenet'), runs)!
    expect(large.seconds).toBeCloseTo((5 * workPerExample(specOf('lenet'))) / workPerExample(starter))
  })

  test('is nothing while the spec is invalid', () => {
    expect(durationOf({ ...starter, batchSize: NaN }, [measured(starter, 60_000)])).toBeUndefined()
    expect(durationOf({ ...starter, epochs: NaN }, [measured(starter, 60_000)])).toBeUndefined()
  })

  test.each([
    [0.3, 'about 1 s'],
    [8.2, 'about 9 s'],
    [12, 'about 10 s'],
    [57, 'about 55 s'],
    [58, 'about 1 min'],
    [840, 'about 14 min'],
    [6000, 'about 1.7 h'],
  ])('%d s reads %s', (seconds, text) => {
    expect(formatAbout({ seconds, most: false })).toBe(text)
    expect(formatAbout({ seconds, most: true })).toBe(text.replace('about', 'at most'))
  })
})

describe('plain settings', () => {
  test('cards are few and in their order', () => {
    const names = (spec: Spec) => cardsFor(spec).map(({ name }) => name)
    expect(names(starter)).toEqual(['softmax', 'default', 'two-hidden', 'best-in-a-minute', 'best'])
    expect(names(presetsFor(fashionMnist)[0].spec)).toEqual(['softmax', 'default', 'two-hidden', 'fashion'])
  })

  test('every card stays itself under plain settings, and under no others', () => {
    for (const card of [...cardsFor(starter), ...cardsFor(presetsFor(fashionMnist)[0].spec)]) {
      expect(cardOf(card.spec)).toBe(card)
      for (const speed of Object.keys(learningSpeeds) as (keyof typeof learningSpeeds)[]) {
        for (const on of [true, false]) {
          const changed = {
            ...card.spec,
            ...variationFor(card, on),
            learningRate: rateFor(card, speed),
            epochs: 3,
            seed: 9,
          }
          expect(specIssues(changed)).toEqual([])
          expect(cardOf(changed)).toBe(card)
          expect(speedOf(card, changed)).toBe(speed)
        }
      }
      expect(cardOf({ ...card.spec, batchSize: 77 })).toBeUndefined()
      expect(cardOf({ ...card.spec, learningRate: 0.123 })).toBeUndefined()
    }
  })

  test('rates are short decimals', () => {
    expect(rateFor(findPreset('two-hidden')!, 'slow')).toBe(0.075)
    expect(rateFor(findPreset('two-hidden')!, 'fast')).toBe(0.6)
  })

  test('training sets to choose from all fit', () => {
    for (const { spec } of presets) {
      const sizes = trainingSizes(spec)
      expect(sizes).toContain(spec.trainingSize)
      for (const trainingSize of sizes) expect(specIssues({ ...spec, trainingSize })).toEqual([])
    }
  })
})

describe('what mends a spec', () => {
  const mended = (spec: Spec) => {
    const [issue] = specIssues(spec)
    const mend = mendOf(spec, issue)
    expect(mend, issue.message).toBeDefined()
    expect(specIssues({ ...spec, ...mend!.change })).toEqual([])
    return [nameOfField(spec, issue.field), mend!.label]
  }

  test('a Flatten between an image and a dense layer', () => {
    const spec = { ...starter, layers: withNewLayer(starter, 'conv2d').layers }
    expect(mended(spec)).toEqual(['Layer 2', 'Add it'])
  })

  test('a layer that needs an image goes to where there is one', () => {
    const lenet = specOf('lenet')
    const flatten = lenet.layers.findIndex(({ type }) => type === 'flatten')
    const layers = lenet.layers.toSpliced(flatten + 1, 0, { type: 'max-pooling', size: 2, stride: 2 })
    expect(mended({ ...lenet, layers })).toEqual(['Layer 6', 'Move it before layer 5'])
  })

  test.each<[string, string, (spec: Spec) => Spec, [string, string]]>([
    ['best', 'its epochs', (spec) => ({ ...spec, epochs: NaN }), ['Epochs', 'Use 10']],
    ['lenet', 'its epochs', (spec) => ({ ...spec, epochs: NaN }), ['Epochs', 'Use 5']],
    ['keras', 'its batches', (spec) => ({ ...spec, batchSize: 0 }), ['Batch size', 'Use 128']],
    ['two-hidden', 'its second layer', (spec) => withBlank(spec, 1, 'units'), ['Units of layer 2', 'Use 30']],
    ['keras', 'its second convolution', (spec) => withBlank(spec, 1, 'filters'), ['Filters of layer 2', 'Use 64']],
  ])('what stands in the preset %s: %s', (name, _, change, expected) => {
    expect(mended(change(specOf(name)))).toEqual(expected)
  })

  test('a number beyond its limits comes to the limit, whatever the preset has', () => {
    const layers = starter.layers.with(0, { ...starter.layers[0], units: 5_000 } as LayerSpec)
    expect(mended({ ...starter, layers })).toEqual(['Units of layer 1', 'Use 4,096'])
  })

  test('the nearest value that will do', () => {
    const lenet = specOf('lenet')
    const layers = lenet.layers.map((layer) =>
      layer.type === 'max-pooling' ? { ...layer, size: 20, stride: 2 } : layer,
    )
    expect(mended({ ...lenet, layers })).toEqual(['Size of layer 4', 'Use 1'])
  })

  test.each<[string, Partial<Spec>, [string, string]]>([
    ['no batch', { batchSize: 0 }, ['Batch size', 'Use 64']],
    ['a blank field', { epochs: NaN }, ['Epochs', 'Use 10']],
    ['a batch larger than the set', { trainingSize: 50 }, ['Batch size', 'Use 50']],
    ['too many images', { trainingSize: 70_000 }, ['Training images', 'Use 60,000']],
    ['too many held out', { trainingSize: 50_000, validationSize: 20_000 }, ['Validation images', 'Use 10,000']],
    ['a part', { optimizer: { type: 'sgd', weightDecay: -1 } }, ['Weight decay', 'Use 0']],
    [
      'a blank part',
      { layers: starter.layers.map((layer, i) => (i === 0 ? { ...layer, units: NaN } : layer)) as Spec['layers'] },
      ['Units of layer 1', 'Use 192'],
    ],
    [
      'the output',
      { layers: starter.layers.map((layer, i) => (i === 1 ? { ...layer, units: 9 } : layer)) as Spec['layers'] },
      ['Units of output layer', 'Use 10'],
    ],
    [
      'its activation',
      {
        layers: starter.layers.map((layer, i) =>
          i === 1 ? { ...layer, activation: 'relu' } : layer,
        ) as Spec['layers'],
      },
      ['Activation of output layer', 'Use linear'],
    ],
  ])('%s', (_, change, expected) => {
    expect(mended({ ...starter, ...change })).toEqual(expected)
  })
})
