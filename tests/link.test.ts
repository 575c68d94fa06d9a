// The address of the page: what it asks for, and what it says of a spec.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readLink, writeLink } from '../src/app/spec/link'
import { initialPart } from '../src/model/fields'
import { optimizerTypes } from '../src/model/optimizers'
import { findPreset, presets } from '../src/model/presets'
import { specIssues, type Spec } from '../src/model/spec'
import { backendChoices } from '../src/session/protocol'
import { arbitrarySpec } from './arbitrary-spec'
const spec = presets[0].spec
const notebook = findPreset('notebook')?.spec ?? spec

describe('links', () => {
  test('an empty address gives the default preset on Auto, without a warning', () => {
    expect(readLink('')).toEqual({ spec, choice: 'auto', warnings: [] })
  })

  test('every parameter is applied', () => {
    expect(readLink('?preset=notebook&backend=reference&seed=7&epochs=3')).toEqual({
      spec: { ...notebook, seed: 7, epochs: 3 },
      choice: 'reference',
      warnings: [],
    })
  })

  test('a preset of another data set is ignored, and the warning names the data set without it', () => {
    const { spec, warnings } = readLink('?dataset=fashion-mnist&preset=best')
    expect(spec.dataset).toBe('fashion-mnist')
    expect(warnings).toHaveLength(1)
    expect(warnings[0]).toContain('the preset “best”, which Fashion-MNIST does not have')
  })

  test.each([
    ['?preset=nope', ['“nope”', presets[0].title]],
    ['?preset=', ['“”']],
    ['?backend=cuda', ['“cuda”', 'Auto']],
    ['?seed=-1', ['seed', '“-1”', '0 or more', '1 is used']],
    ['?seed=', ['seed', 'number']],
    ['?epochs=1.5', ['epochs', 'whole number', '10 is used']],
    ['?epochs=ten', ['epochs', '“ten”', 'number']],
    ['?epochs=Infinity', ['epochs', '“Infinity”']],
  ])('%s is ignored, and the warning says what is used instead', (search, words) => {
    const link = readLink(search)
    expect(link.spec).toEqual(spec)
    expect(link.choice).toBe('auto')
    expect(link.warnings).toHaveLength(1)
    for (const word of words) expect(link.warnings[0]).toContain(word)
  })

  test('one bad value does not affect the others', () => {
    const link = readLink('?preset=notebook&seed=x&epochs=2')
    expect(link.spec).toEqual({ ...notebook, epochs: 2 })
    expect(link.warnings).toHaveLength(1)
  })

  test('fields and values in them are applied in any order', () => {
    const link = readLink(
      '?optimizer.weightDecay=0.05&optimizer=adamw&layers.0.units=32&loss=quadratic&trainingSize=1000&schedule=cosine',
    )
    expect(link.warnings).toEqual([])
    expect(link.spec).toEqual({
      ...spec,
      optimizer: { ...initialPart(optimizerTypes, 'adamw'), weightDecay: 0.05 },
      layers: [{ ...spec.layers[0], units: 32 }, spec.layers[1]],
      loss: 'quadratic',
      trainingSize: 1000,
      schedule: { type: 'cosine', warmup: 0 },
    })
  })

  test.each([
    ['?loss=hinge', ['“hinge”', 'cross-entropy, quadratic', 'cross-entropy is used']],
    ['?layers=[]', ['layers', '“[]”', 'at least one layer', 'That of the preset is used']],
    ['?layers.0.units=0', ['layers.0.units', '“0”', 'it must be 1 or more']],
    ['?layers.7.units=5', ['layers.7.units']],
    ['?layers=[{"type":"flatten"}]', ['layers.0.type must be dense']],
    ['?optimizer=sgdm', ['optimizer', '“sgdm”']],
    ['?optimizer=', ['optimizer', '“”']],
    ['?optimizer.momentum=0.5', ['optimizer.momentum', 'not a known field']],
    ['?trainingSize=50', ['trainingSize', '“50”', 'batchSize must be 50 or less', '60000 is used']],
    ['?validationSize=5000', ['validationSize', '0 or less']],
    [`?layers=${'['.repeat(50)}`, ['“[[[', '[…”']],
  ])('%s is no network: the warning says why, and the preset is used', (search, words) => {
    const link = readLink(search)
    expect(link.spec).toEqual(spec)
    expect(link.warnings).toHaveLength(1)
    for (const word of words) expect(link.warnings[0]).toContain(word)
  })

  test('a parameter that does not fit the preset is ignored, and the others stay', () => {
    const link = readLink('?preset=notebook&loss=cross-entropy&seed=9&batchSize=25')
    expect(link.spec).toEqual({ ...notebook, seed: 9, batchSize: 25 })
    expect(link.warnings).toHaveLength(1)
    expect(link.warnings[0]).toContain('layers.1.activation must be linear in the last layer')
  })

  test('any address gives a valid spec', () => {
    const path = fc.constantFrom(
      ...Object.keys(spec),
      ...[
        'layers.0',
        'layers.1.type',
        'layers.99.units',
        'layers.__proto__.x',
        'layers..',
        'optimizer.type',
        'schedule.x',
      ],
    )
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom(
        '1',
        '0',
        '60000',
        'quadratic',
        'momentum',
        'one-cycle',
        '[{"type":"dense"}]',
        '{"type":"conv2d"}',
      ),
    )
    fc.assert(
      fc.property(fc.dictionary(path, text), (parameters) => {
        const link = readLink(`?${new URLSearchParams(parameters)}`)
        expect(specIssues(link.spec)).toEqual([])
      }),
    )
  })

  test('any spec that is written is read back, and foreign parameters stay', () => {
    fc.assert(
      fc.property(arbitrarySpec, fc.constantFrom(...backendChoices), (spec, choice) => {
        expect(specIssues(spec)).toEqual([])
        const search = writeLink('?theirs=1&seed=99&preset=tiny&optimizer.momentum=1', spec, choice)
        expect(readLink(search)).toEqual({ spec, choice, warnings: [] })
        expect(new URLSearchParams(search).get('theirs')).toBe('1')
      }),
    )
  })

  test('the address names the nearest preset and what differs from it', () => {
    const write = (changed: Partial<Spec>) => writeLink('', { ...spec, ...changed }, 'auto')
    for (const preset of presets.slice(1)) expect(write(preset.spec)).toBe(`?preset=${preset.name}`)
    expect(write({ seed: 7, learningRate: 0.2 })).toBe('?learningRate=0.2&seed=7')
    expect(write({ ...notebook, batchSize: 77 })).toBe('?preset=notebook&batchSize=77')
    expect(write({ schedule: { type: 'cosine', warmup: 0.5 } })).toBe(
      `?${new URLSearchParams({ schedule: '{"type":"cosine","warmup":0.5}' })}`,
    )
  })

  test('the default leaves the address clean', () => {
    expect(writeLink('?preset=tiny&seed=4&layers.0.units=4&backend=webgpu', spec, 'auto')).toBe('')
  })
})
