// The spec: presets are valid, wrong fields are named, shapes and counts are right; randomness is what it claims.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shuffled, normal, uniform } from '../src/kernels/random'
import { compile } from '../src/model/compile'
import { initialParameters } from '../src/model/initialise'
import { initialWeights } from '../src/model/layers/dense'
import { findPreset, presets } from '../src/model/presets'
import { parseSpec, SpecError, specIssues, summarise, type Spec } from '../src/model/spec'
import { placesOf } from './float64'

const spec = presets[0].spec

describe('a valid spec', () => {
  it.each(presets.map((preset) => [preset.name, preset] as const))('preset %s', (name, preset) => {
    expect(specIssues(preset.spec)).toEqual([])
    expect(parseSpec(JSON.parse(JSON.stringify(preset.spec)))).toEqual(preset.spec)
    expect(findPreset(name)).toBe(preset)
  })

  it('counts parameters', () => {
    expect(summarise(spec).parameters).toBe(784 * 128 + 128 + 128 * 10 + 10)
    expect(summarise(findPreset('notebook')!.spec).parameters).toBe(31_810)
    expect(summarise(findPreset('tiny')!.spec).layers.map(({ parameters }) => parameters)).toEqual([12_560, 272, 170])
  })
})

describe('a wrong spec names the field', () => {
  const wrong: [string, string, unknown][] = [
    ['learningRate', 'must be a number', { ...spec, learningRate: '0.1' }],
    ['learningRate', 'must be 0 or more', { ...spec, learningRate: -1 }],
    ['learningRate', 'must be a number', { ...spec, learningRate: NaN }],
    ['batchSize', 'must be a whole number', { ...spec, batchSize: 2.5 }],
    ['batchSize', 'must be 1 or more', { ...spec, batchSize: 0 }],
    ['batchSize', 'must be 10,000 or less', { ...spec, batchSize: 10_001 }],
    ['epochs', 'is missing', Object.fromEntries(Object.entries(spec).filter(([key]) => key !== 'epochs'))],
    ['extra', 'is not a known field', { ...spec, extra: 1 }],
    ['input', 'must be one of unit, standardised', { ...spec, input: 'raw' }],
    ['optimizer.type', 'must be one of sgd, adam', { ...spec, optimizer: { type: 'lbfgs' } }],
    ['optimizer.momentum', 'must be 0.9999 or less', { ...spec, optimizer: { type: 'sgd', momentum: 1 } }],
    ['layers', 'must have at least one layer', { ...spec, layers: [] }],
    ['layers.0.type', 'must be one of dense', { ...spec, layers: [{ type: 'lstm' }] }],
    ['layers.0.units', 'must be a whole number from 1 to 4,096', withLayer(0, { units: 0 })],
    ['layers.0.activation', 'must be one of linear, sigmoid, tanh, relu, gelu', withLayer(0, { activation: 'sine' })],
    ['layers.1.units', 'must be 10 in the last layer', withLayer(1, { units: 12 })],
    ['layers.1.activation', 'must be linear in the last layer', withLayer(1, { activation: 'sigmoid' })],
    [
      'layers.1.activation',
      'must be sigmoid or linear',
      { ...withLayer(1, { activation: 'relu' }), loss: 'quadratic' },
    ],
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

  it('never throws anything else, whatever it is given', () => {
    fc.assert(fc.property(fc.anything(), (value) => specIssues(value).length > 0))
  })
})

describe('the first parameters', () => {
  const wide: Spec = { ...spec, layers: [{ ...spec.layers[0], units: 300 }, spec.layers[1]] }
  const valuesOf = (initialiser: 'glorot' | 'he' | 'lecun-normal' | 'zero') => {
    const [hidden, output] = wide.layers
    const model = compile({ ...wide, layers: [{ ...hidden, initialiser }, output] }, { trainCount: 10, testCount: 10 })
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
  it('shuffles: every example once an epoch, in an order of its own', () => {
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

  it('puts every example anywhere', () => {
    // Mean place of the first 100 examples over 200 epochs: 499.5 with a deviation of 288.7 / sqrt(20,000) = 2.0.
    let sum = 0
    for (let epoch = 0; epoch < 200; epoch++) for (let i = 0; i < 100; i++) sum += shuffled(i, 1000, 9, epoch)
    expect(Math.abs(sum / 20_000 - 499.5)).toBeLessThan(8)
  })

  it('is uniform and normal', () => {
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
