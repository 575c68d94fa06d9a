// The spec: presets are valid, wrong fields are named, shapes and counts are right; randomness is what it claims.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shuffled, normal, uniform } from '../src/kernels/random'
import { compile } from '../src/model/compile'
import { initialParameters } from '../src/model/initialise'
import { initialWeights } from '../src/model/layers/layer'
import { override } from '../src/model/overrides'
import { findPreset, presets } from '../src/model/presets'
import { parseSpec, SpecError, specIssues, summarise, type LayerSpec, type Spec } from '../src/model/spec'
import { placesOf } from './float64'

const spec = presets[0].spec

describe('a valid spec', () => {
  it.each(presets.map((preset) => [preset.name, preset] as const))('preset %s', (name, preset) => {
    expect(specIssues(preset.spec)).toEqual([])
    expect(parseSpec(JSON.parse(JSON.stringify(preset.spec)))).toEqual(preset.spec)
    expect(findPreset(name)).toBe(preset)
  })

  it('has a distinct object for each layer, so that an editor can tell them apart', () => {
    const layers = presets.flatMap((preset) => preset.spec.layers)
    expect(new Set(layers).size).toBe(layers.length)
  })

  it('flips nothing where an older link or file does not tell', () => {
    const warp = { type: 'warp', rotation: 10, scale: 0.1, shear: 0.1, shift: 1, elastic: 0 }
    expect(parseSpec({ ...spec, augmentation: warp }).augmentation).toEqual({ ...warp, flip: 0 })
    expect(() => parseSpec({ ...spec, augmentation: { ...warp, elastic: undefined } })).toThrow(SpecError)
  })

  it('counts parameters', () => {
    expect(summarise(findPreset('keras-small')!.spec).parameters).toBe(34_826)
    expect(summarise(findPreset('keras')!.spec).parameters).toBe(1_199_882)
    expect(summarise(findPreset('lenet')!.spec).parameters).toBe(61_706)
    expect(summarise(findPreset('best-in-a-minute')!.spec).parameters).toBe(63_698)
    expect(summarise(spec).parameters).toBe(784 * 192 + 192 + 192 * 10 + 10)
    expect(summarise(findPreset('notebook')!.spec).parameters).toBe(31_810)
    expect(summarise(findPreset('tiny')!.spec).layers.map(({ parameters }) => parameters)).toEqual([12_560, 272, 170])
  })
})

const conv = {
  type: 'conv2d',
  filters: 8,
  kernel: 3,
  stride: 1,
  padding: 'valid',
  activation: 'relu',
  initialiser: 'he',
  bias: 'yes',
} as const
const conv27: LayerSpec = { ...conv, kernel: 27 } // leaves 2 x 2
const pool = (size: number): LayerSpec => ({ type: 'max-pooling', size, stride: size })
const flatten: LayerSpec = { type: 'flatten' }
const norm: LayerSpec = { type: 'batch-normalisation', momentum: 0.1, epsilon: 1e-5 }
const dense = spec.layers[0] as Extract<LayerSpec, { type: 'dense' }>
const output = spec.layers[1]
const quadratic = findPreset('notebook')!.spec
/** The default with these layers before the output. */
const stack = (...layers: LayerSpec[]): Spec => ({ ...spec, layers: [...layers, output] })

describe('shapes', () => {
  const shapesOf = (...layers: LayerSpec[]) => summarise(stack(...layers)).layers.map(({ outputShape }) => outputShape)

  it('follows an image through a network', () => {
    expect(
      shapesOf(conv, pool(2), { ...conv, filters: 16, kernel: 5, padding: 'same', stride: 2 }, flatten, dense),
    ).toEqual([[26, 26, 8], [13, 13, 8], [7, 7, 16], [784], [192], [10]])
    expect(shapesOf({ type: 'average-pooling', size: 3, stride: 2 }, flatten)).toEqual([[13, 13, 1], [169], [10]])
  })

  it('counts trained parameters', () => {
    const { layers, parameters } = summarise(
      stack({ ...conv, bias: 'no' }, norm, pool(2), { ...conv, filters: 5 }, flatten),
    )
    const counts = [9 * 8, 2 * 8, 0, 9 * 8 * 5 + 5, 0, 11 * 11 * 5 * 10 + 10]
    expect(layers.map((layer) => layer.parameters)).toEqual(counts)
    expect(parameters).toBe(counts.reduce((a, b) => a + b))
  })

  it('stops before the first layer that does not fit', () => {
    expect(shapesOf(conv27, pool(3), flatten)).toEqual([[2, 2, 8]])
    expect(shapesOf({ ...conv, filters: NaN }, flatten)).toEqual([])
    expect(shapesOf(conv)).toEqual([[26, 26, 8]])
  })
})

describe('fields set by name', () => {
  it.each([
    ['learningRate', '0.2', { learningRate: 0.2 }],
    ['input', 'standardised', { input: 'standardised' }],
    ['optimizer.beta1', '0.5', { optimizer: { ...spec.optimizer, beta1: 0.5 } }],
    ['optimizer', 'sgd', { optimizer: { type: 'sgd', weightDecay: 0 } }],
    ['optimizer', '{"type":"sgd","weightDecay":0.1}', { optimizer: { type: 'sgd', weightDecay: 0.1 } }],
    ['optimizer', 'adam', {}], // as it is already, with its values
    ['schedule', 'cosine', { schedule: { type: 'cosine', warmup: 0 } }],
    ['layers.0.units', '30', { layers: [{ ...dense, units: 30 }, output] }],
  ])('%s=%s', (path, text, change) => {
    const changed = override(spec, path, text)
    expect(changed).toEqual({ ...spec, ...change })
    expect(specIssues(changed)).toEqual([])
  })

  it.each([
    ['learningRate', 'fast', 'learningRate'],
    ['layers.7.units', '3', 'layers.2'],
    ['layers.units', '3', 'layers'],
    ['layers.999999999.units', '3', 'layers'],
    ['seed.deep', '3', 'seed'],
    ['colour', 'red', 'colour'],
    ['__proto__.colour', 'red', '__proto__'],
  ])('%s=%s is refused', (path, text, field) => {
    const issues = specIssues(override(spec, path, text))
    expect(issues.map((issue) => issue.field)).toContain(field)
    expect({}).not.toHaveProperty('colour')
  })
})

describe('a wrong spec names the field', () => {
  const wrong: [string, string, unknown][] = [
    ['learningRate', 'must be a number', { ...spec, learningRate: '0.1' }],
    ['learningRate', 'must be 0 or more', { ...spec, learningRate: -1 }],
    ['learningRate', 'must be a number', { ...spec, learningRate: NaN }],
    ['batchSize', 'must be a whole number', { ...spec, batchSize: 2.5 }],
    ['batchSize', 'must be 1 or more', { ...spec, batchSize: 0 }],
    ['batchSize', 'must be 60,000 or less', { ...spec, batchSize: 60_001 }],
    ['batchSize', 'must be 500 or less, the number of training images', { ...spec, trainingSize: 500, batchSize: 501 }],
    ['validationSize', 'must be 10,000 or less', { ...spec, trainingSize: 50_000, validationSize: 10_001 }],
    ['labelSmoothing', 'must be 0 with the quadratic loss', { ...quadratic, labelSmoothing: 0.1 }],
    ['clipNorm', 'must be a number', { ...spec, clipNorm: null }],
    ['schedule.type', 'must be one of constant, step, cosine, one-cycle', { ...spec, schedule: { type: 'zigzag' } }],
    ['schedule.every', 'is missing', { ...spec, schedule: { type: 'step', factor: 0.5 } }],
    ['epochs', 'is missing', Object.fromEntries(Object.entries(spec).filter(([key]) => key !== 'epochs'))],
    ['extra', 'is not a known field', { ...spec, extra: 1 }],
    ['input', 'must be one of unit, standardised', { ...spec, input: 'raw' }],
    [
      'optimizer.type',
      'must be one of sgd, momentum, nesterov, rmsprop, adam, adamw',
      { ...spec, optimizer: { type: 'lbfgs' } },
    ],
    [
      'optimizer.momentum',
      'must be 0.9999 or less',
      { ...spec, optimizer: { type: 'momentum', momentum: 1, weightDecay: 0 } },
    ],
    ['layers', 'must have at least one layer', { ...spec, layers: [] }],
    [
      'layers.0.type',
      'must be one of dense, conv2d, max-pooling, average-pooling, flatten, dropout',
      { ...spec, layers: [{ type: 'lstm' }] },
    ],
    ['layers.0.units', 'must be 1 or more', withLayer(0, { units: 0 })],
    ['layers.0.units', 'must be 4,096 or less', withLayer(0, { units: 5000 })],
    ['layers.0.activation', 'must be one of relu, sigmoid, tanh, gelu, linear', withLayer(0, { activation: 'sine' })],
    ['layers.1.units', 'must be 10 in the last layer', withLayer(1, { units: 12 })],
    ['layers.1.activation', 'must be linear in the last layer', withLayer(1, { activation: 'sigmoid' })],
    [
      'layers.1.activation',
      'must be sigmoid or linear',
      { ...withLayer(1, { activation: 'relu' }), loss: 'quadratic' },
    ],
    ['layers.0.kernel', 'must be 28 or less', stack({ ...conv, kernel: 29 }, flatten)],
    ['layers.2.size', 'must be 1 or less: its input is only 1 × 1', stack(conv27, pool(2), pool(2), flatten)],
    ['layers.1.kernel', 'must be 2 or less: its input is only 2 × 2, and padding is', stack(conv27, conv, flatten)],
    ['layers.1.type', 'needs an image', stack(flatten, conv)],
    ['layers.1.type', 'needs an image', stack(dense, pool(2))],
    ['layers.1.type', 'needs a vector, and gets an image: put a Flatten layer before it', stack(conv)],
    ['layers.2.type', 'must be dense in the last layer', { ...spec, layers: [conv, flatten, flatten] }],
    ['layers.0.filters', 'must be a number', stack({ ...conv, filters: NaN }, flatten)],
    [
      'layers.0.padding',
      'must be one of valid, same',
      stack({ ...conv, padding: 'full' } as unknown as LayerSpec, flatten),
    ],
    ['layers.0.rate', 'must be 0.95 or less', stack({ type: 'dropout', rate: 1 })],
    ['layers.0.type', 'needs channels or a vector', stack(norm)],
    ['batchSize', 'must be 2 or more with batch norm', { ...stack(dense, norm), batchSize: 1 }],
    ['spec', 'must be an object', null],
    ['spec', 'must be an object', 'default'],
  ]
  function withLayer(at: number, change: object): Spec {
    return { ...spec, layers: spec.layers.map((layer, i) => (i === at ? { ...layer, ...change } : layer)) }
  }

  it.each(wrong)('%s %s', (field, message, value) => {
    const issues = specIssues(value)
    expect(issues.map((issue) => issue.field)).toContain(field)
    expect(issues.find((issue) => issue.field === field)?.message).toContain(message)
    expect(() => parseSpec(value)).toThrow(SpecError)
    expect(() => parseSpec(value)).toThrow(`${field} ${message}`)
  })

  it('never throws anything else, whatever the input', () => {
    fc.assert(fc.property(fc.anything(), (value) => specIssues(value).length > 0))
  })
})

describe('the first parameters', () => {
  const wide = { ...dense, units: 300 }
  const valuesOf = (initialiser: 'glorot' | 'he' | 'lecun-normal' | 'zero') => {
    const model = compile(stack({ ...wide, initialiser }), { trainCount: 10, testCount: 10 })
    const all = initialParameters(model)
    return { weights: placesOf(model.parameters[0]).map((at) => all[at]), all, model }
  }
  const deviation = (values: number[]) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length)

  it.each([
    ['glorot', Math.sqrt(2 / (784 + 300))], // a uniform in +-sqrt(6 / n) has deviation sqrt(2 / n)
    ['he', Math.sqrt(2 / 784)],
    ['lecun-normal', Math.sqrt(1 / 784)],
  ] as const)('%s has its deviation', (initialiser, expected) => {
    const { weights } = valuesOf(initialiser)
    // 235,200 values: the deviation of their deviation is 0.15% for a normal, less for a uniform.
    expect(deviation(weights) / expected).toBeCloseTo(1, 2)
    expect(Math.abs(weights.reduce((a, b) => a + b) / weights.length)).toBeLessThan(expected / 100)
  })

  it('keeps Glorot within its limit, biases and zero weights at zero, padding untouched', () => {
    const { limit } = initialWeights('glorot', 784, 300) as { limit: number }
    expect(valuesOf('glorot').weights.every((value) => Math.abs(value) <= limit)).toBe(true)
    expect(new Set(valuesOf('zero').weights)).toEqual(new Set([0]))
    const { all, model } = valuesOf('he')
    const used = new Set(model.parameters.filter(({ name }) => name.endsWith('weights')).flatMap(placesOf))
    expect(all.every((value, at) => used.has(at) || value === 0)).toBe(true)
  })
})

describe('randomness', () => {
  it('shuffles every epoch in its own order, with every example once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.nat(0xffff_ffff), fc.nat(1000), (count, seed, epoch) => {
        const order = Array.from({ length: count }, (_, i) => shuffled(i, count, seed, epoch))
        expect(new Set(order).size).toBe(count)
        expect(Math.max(...order)).toBe(count - 1)
        if (count > 50) {
          expect(order).not.toEqual(Array.from({ length: count }, (_, i) => shuffled(i, count, seed, epoch + 1)))
          expect(order).not.toEqual(Array.from({ length: count }, (_, i) => shuffled(i, count, seed + 1, epoch)))
        }
      }),
      { numRuns: 60 },
    )
  })

  it('may put any example at any place', () => {
    // Mean place of the first 100 examples over 200 epochs: 499.5 with a deviation of 288.7 / sqrt(20,000) = 2.0.
    let sum = 0
    for (let epoch = 0; epoch < 200; epoch++) for (let i = 0; i < 100; i++) sum += shuffled(i, 1000, 9, epoch)
    expect(Math.abs(sum / 20_000 - 499.5)).toBeLessThan(8)
  })

  it('has uniform and normal numbers', () => {
    const n = 100_000
    const uniforms = Array.from({ length: n }, (_, i) => uniform(1, 2, i))
    expect(Math.min(...uniforms.slice(0, 1000))).toBeGreaterThanOrEqual(0)
    expect(uniforms.reduce((a, b) => a + b) / n).toBeCloseTo(0.5, 2)
    const normals = Array.from({ length: n }, (_, i) => normal(1, 2, i))
    const moment = (k: number) => normals.reduce((sum, x) => sum + x ** k, 0) / n
    expect(moment(1)).toBeCloseTo(0, 1)
    expect(moment(2)).toBeCloseTo(1, 1)
    expect(moment(4) / 3).toBeCloseTo(1, 1)
  })
})
