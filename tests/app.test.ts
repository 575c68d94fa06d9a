// The page's logic: links, what differs between specs, numbers as text, curves, the drawing, and a run that fails.

import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { changedFields, presetOf, withKind, withLoss } from '../src/app/spec/config'
import { accuracyFloor, append, commonFloor, lossRange, nearest, roundEpochs, thin } from '../src/app/curves/curves'
import { Drawing, PAD } from '../src/app/drawing/drawing.svelte'
import { factAbout, facts } from '../src/app/drawing/facts'
import {
  formatBytes,
  formatCertainty,
  formatDuration,
  formatEpoch,
  formatList,
  formatLogTick,
  formatLoss,
  formatOutput,
  formatShare,
} from '../src/ui/format'
import { readLink, writeLink } from '../src/app/spec/link'
import { Playground } from '../src/app/playground.svelte'
import { connect } from '../src/app/run/session'
import {
  describe as summary,
  kindAt,
  layerKinds,
  leavesChoice,
  shapeOf,
  withMoved,
  withNewLayer,
} from '../src/app/spec/stack'
import { augmentationTypes } from '../src/model/augmentation'
import { ALL_STEPS, PEN_WIDTH, rasterise } from '../src/data/drawing'
import { initialPart } from '../src/model/fields'
import { layerTypes, type LayerKind, type LayerSpec } from '../src/model/layers'
import { optimizerTypes } from '../src/model/optimizers'
import { findPreset, presets } from '../src/model/presets'
import { scheduleTypes } from '../src/model/schedules'
import { MAX_LAYERS, specIssues, type Spec } from '../src/model/spec'
import {
  backendChoices,
  type CurvePoint,
  type FineTuning,
  type Phase,
  type Sample,
  type SamplesRequest,
  type SessionEvent,
} from '../src/session/protocol'
import { arbitrarySpec } from './arbitrary-spec'

vi.mock('../src/app/run/session', () => ({ connect: vi.fn(), dataFolder: () => 'data/' }))

const spec = presets[0].spec
const notebook = findPreset('notebook')?.spec ?? spec

describe('links', () => {
  test('nothing asked for gives the default preset on Auto, without a warning', () => {
    expect(readLink('')).toEqual({ spec, choice: 'auto', warnings: [] })
  })

  test('every parameter is followed', () => {
    expect(readLink('?preset=notebook&backend=reference&seed=7&epochs=3')).toEqual({
      spec: { ...notebook, seed: 7, epochs: 3 },
      choice: 'reference',
      warnings: [],
    })
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
  ])('%s is not followed, and the warning says what is used instead', (search, words) => {
    const link = readLink(search)
    expect(link.spec).toEqual(spec)
    expect(link.choice).toBe('auto')
    expect(link.warnings).toHaveLength(1)
    for (const word of words) expect(link.warnings[0]).toContain(word)
  })

  test('one bad value does not spoil the others', () => {
    const link = readLink('?preset=notebook&seed=x&epochs=2')
    expect(link.spec).toEqual({ ...notebook, epochs: 2 })
    expect(link.warnings).toHaveLength(1)
  })

  test('fields and values in them are followed, whatever their order', () => {
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

  test('what does not fit the preset goes, and what has no part in it stays', () => {
    const link = readLink('?preset=notebook&loss=cross-entropy&seed=9&batchSize=25')
    expect(link.spec).toEqual({ ...notebook, seed: 9, batchSize: 25 })
    expect(link.warnings).toHaveLength(1)
    expect(link.warnings[0]).toContain('layers.1.activation must be linear in the last layer')
  })

  test('whatever an address says, there is a valid spec', () => {
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

  test('any spec that is written is read back, and what belongs to others stays', () => {
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

describe('changes of a spec', () => {
  test('equal specs differ in nothing, whatever object holds them', () => {
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

  test('a preset stays itself under another seed and number of epochs, and under nothing else', () => {
    for (const preset of presets) {
      expect(presetOf({ ...preset.spec, seed: 123, epochs: 77 })).toBe(preset)
      expect(presetOf({ ...preset.spec, batchSize: 77 })).toBeUndefined()
    }
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

  test('another kind keeps what was set and means the same', () => {
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
    const first = withNewLayer(findPreset('softmax')!.spec, 'dense')
    expect(first.layers[0]).toEqual(initialPart(layerTypes, 'dense'))
  })

  test('a new layer of any kind leaves a network with a convolution valid', () => {
    const network = added(findPreset('softmax')!.spec, 'flatten', 'conv2d')
    expect(types(network.layers)).toEqual(['conv2d', 'flatten', 'dense'])
    for (const [kind] of layerKinds) expect(specIssues(added(network, kind))).toEqual([])
    expect(types(added(network, 'max-pooling').layers)).toEqual(['conv2d', 'max-pooling', 'flatten', 'dense'])
    expect(types(added(network, 'dropout').layers)).toEqual(['conv2d', 'flatten', 'dropout', 'dense'])
  })

  test('what fits nowhere stands where it gets its image, and the layer after it asks for what it needs', () => {
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

  test('the output shows the softmax of its loss, and its ten units are no choice', () => {
    expect(summary(spec.layers[1], kindAt(spec, 1))).toBe('Softmax · Glorot')
    const open = (spec: Spec) =>
      Object.entries(kindAt(spec, spec.layers.length - 1).fields).flatMap(([name, field]) =>
        leavesChoice(field) ? [name] : [],
      )
    expect(open(spec)).toEqual(['initialiser', 'bias'])
    expect(open(notebook)).toEqual(['activation', 'initialiser', 'bias'])
  })

  test('a layer and a network in short', () => {
    const conv = { ...initialPart(layerTypes, 'conv2d'), filters: 32, kernel: 5 } as LayerSpec
    expect(summary(conv, kindAt({ ...spec, layers: [conv, ...spec.layers] }, 0))).toBe('5 × 5 · ReLU')
    expect(summary({ type: 'flatten' }, layerTypes.flatten)).toBe('')
    expect(shapeOf(spec)).toBe('784-192-10')
    expect(shapeOf({ ...spec, layers: [{ ...spec.layers[0], units: NaN } as LayerSpec, spec.layers[1]] })).toBe(
      '784-?-10',
    )
    expect(shapeOf({ ...spec, layers: [conv, { type: 'flatten' }, ...spec.layers] })).toBe(
      'convolution 32, flatten, dense 192, dense 10',
    )
  })
})

describe('numbers as text', () => {
  test('shares', () => {
    expect(formatShare(0.97306)).toBe('97.31%')
    expect(formatShare(1)).toBe('100.00%')
    expect(formatShare(undefined)).toBe('—')
  })

  test('losses', () => {
    expect(formatLoss(2.302585)).toBe('2.3026')
    expect(formatLoss(0.000031)).toBe('3.1e-5')
    expect(formatLoss(0)).toBe('0.0000')
    expect(formatLoss(12345.6)).toBe('12,346')
    expect(formatLoss(1.37e30)).toBe('1.4e30')
    expect(formatLoss(NaN)).toBe('not a number')
    expect(formatLoss(Infinity)).toBe('infinite')
  })

  test('outputs of any size fit beside their bars', () => {
    expect([0, 0.12345, -12.3456, 9.53e20, -31559.5].map(formatOutput)).toEqual([
      '0.000',
      '0.123',
      '-12.346',
      '9.5e20',
      '-3.2e4',
    ])
    fc.assert(fc.property(fc.float({ noNaN: true }), (output) => formatOutput(output).length <= 9))
  })

  test('a logarithmic axis has enough values and not too many', () => {
    const shown = (low: number, high: number) => {
      const ticks: string[] = []
      for (let power = low; power < high; power++) {
        for (let digit = 1; digit < 10; digit++) {
          const tick = formatLogTick(digit * 10 ** power, high - low)
          if (tick !== undefined) ticks.push(tick)
        }
      }
      return ticks
    }
    expect(shown(-1, 1)).toEqual(['0.1', '0.2', '0.5', '1', '2', '5'])
    expect(shown(-3, 1)).toEqual(['0.001', '0.01', '0.1', '1'])
    expect(shown(0, 30)).toEqual(['1', '1e5', '1e10', '1e15', '1e20', '1e25'])
    expect(shown(-6, -4)).toEqual(['1e-6', '2e-6', '5e-6', '1e-5', '2e-5', '5e-5'])
  })

  test('the epoch under way counts from 1, and a finished one is not the next', () => {
    expect(formatEpoch(0, 10)).toBe('0 / 10')
    expect(formatEpoch(0.001, 10)).toBe('1 / 10')
    expect(formatEpoch(1, 10)).toBe('1 / 10')
    expect(formatEpoch(1.01, 10)).toBe('2 / 10')
    expect(formatEpoch(10, 10)).toBe('10 / 10')
    expect(formatEpoch(10.0000000001, 10)).toBe('10 / 10')
  })

  test('durations and bytes', () => {
    expect(formatDuration(7.2)).toBe('8 s')
    expect(formatDuration(59.5)).toBe('1:00')
    expect(formatDuration(125)).toBe('2:05')
    expect(formatDuration(3725)).toBe('1:02:05')
    expect(formatBytes(8_100_000, 11_600_000)).toBe('8.1 / 11.6 MB')
  })

  test('lists', () => {
    expect(formatList([])).toBe('')
    expect(formatList(['a'])).toBe('a')
    expect(formatList(['a', 'b', 'c'])).toBe('a, b and c')
  })
})

describe('curves', () => {
  const curve = (count: number): CurvePoint[] =>
    Array.from({ length: count }, (_, i) => ({ step: i + 1, loss: 1 / (i + 1), accuracy: 1 - 1 / (i + 2) }))
  const mean = (points: readonly CurvePoint[]) => points.reduce((sum, { loss }) => sum + loss, 0) / points.length

  test('a long run stays bounded and keeps its mean and its end', () => {
    let kept: readonly CurvePoint[] = []
    for (let i = 0; i < 16; i++) kept = append(kept, curve(16_000).slice(i * 1000, (i + 1) * 1000))
    expect(kept.length).toBeLessThanOrEqual(8000)
    expect(kept.at(-1)?.step).toBe(16_000)
    const pairs = append([], curve(8002))
    expect(pairs).toHaveLength(4001)
    expect(mean(pairs)).toBeCloseTo(mean(curve(8002)), 12)
  })

  test('thinning keeps short curves as they are, long ones in order and to the end', () => {
    expect(thin(curve(300), 300)).toEqual(curve(300))
    const thinned = thin(curve(5000), 300)
    expect(thinned.length).toBeLessThanOrEqual(301)
    expect(thinned.at(-1)?.step).toBe(5000)
    expect(thinned.every(({ step }, i) => i === 0 || step > thinned[i - 1].step)).toBe(true)
  })

  test('every drawn point stands at a point of the curve itself, where its exact value is found', () => {
    const whole = curve(5000)
    for (const { step } of thin(whole, 300)) expect(nearest(whole, step)).toBe(whole[step - 1])
    expect(nearest(whole, 17.4)?.step).toBe(17)
    expect(nearest(whole, 17.6)?.step).toBe(18)
    expect(nearest(whole, 0)?.step).toBe(1)
    expect(nearest(whole, 1e9)?.step).toBe(5000)
    expect(nearest([], 1)).toBeUndefined()
  })

  test('the epoch axis ends at a round number, never beyond the run', () => {
    expect(roundEpochs(0, 10)).toBe(10)
    expect(roundEpochs(0.03, 10)).toBe(0.1)
    expect(roundEpochs(2.1, 10)).toBe(3)
    expect(roundEpochs(6, 7)).toBe(7)
    expect(roundEpochs(8, 7)).toBe(8)
  })

  test('the accuracy axis starts below the later part of the curve', () => {
    expect(accuracyFloor([])).toBe(0)
    expect(accuracyFloor(curve(2000))).toBe(0.98)
    expect(accuracyFloor([{ step: 1, accuracy: 0.1 }])).toBe(0)
  })

  test('the axes show the curves of other runs, too, also while the present one has none', () => {
    const other = [{ step: 9, accuracy: 0.85 }]
    expect(commonFloor([curve(2000), other])).toBe(0.8)
    expect(commonFloor([[], other])).toBe(0.8)
    expect(commonFloor([[]])).toBe(0)
    expect(lossRange([[], []])).toEqual({ low: 0.05, high: 2 })
    const points = (...losses: (number | null)[]) => losses.map((loss) => ({ loss }))
    expect(lossRange([[], points(2.31)])).toEqual({ low: 0.05, high: 2.31 })
    expect(lossRange([points(0.01), points(0.3), points(null)])).toEqual({ low: 0.01, high: 2 })
    expect(lossRange([points(0), points(NaN)])).toEqual({ low: 0.05, high: 2 })
    expect(lossRange([[], points(0.1, 0.09)])).toEqual({})
  })
})

test('every digit has several facts, and asking again gives another one', () => {
  expect(facts).toHaveLength(10)
  facts.forEach((about, digit) => {
    expect(about.length).toBeGreaterThanOrEqual(4)
    expect(new Set(about).size).toBe(about.length)
    expect(factAbout(digit, 0)).not.toBe(factAbout(digit, 1))
  })
})

test('nothing is quite certain', () => {
  expect([0, 0.004, 0.5, 0.994, 0.995, 1].map(formatCertainty)).toEqual(['0%', '0%', '50%', '99%', '>99%', '>99%'])
})

test('there is no fact about what is no digit', () => {
  for (const digit of [-1, 10, 2.5, NaN, Infinity]) expect(factAbout(digit, 0)).toEqual(expect.any(String))
  expect(factAbout(-1, 0)).toBe('')
  expect(factAbout(10, 0)).toBe('')
})

describe('the drawing', () => {
  const answer = { outputs: Array.from({ length: 10 }, () => 0.1), digit: 3, step: 1 }
  const stroke = (drawing: Drawing) => {
    drawing.begin({ x: 0.2, y: 0.2 })
    drawing.extend([{ x: 0.8, y: 0.8 }])
  }

  test('no answer takes the last one away, and says so until there is one or the pad is empty', async () => {
    const predict = vi.fn(() => Promise.resolve<typeof answer | undefined>(answer))
    const drawing = new Drawing(predict)
    stroke(drawing)
    await vi.waitFor(() => expect(drawing.prediction).toEqual(answer))
    expect(drawing.silent).toBe(false)

    predict.mockResolvedValue(undefined)
    drawing.refresh()
    await vi.waitFor(() => expect(drawing.silent).toBe(true))
    expect(drawing.prediction).toBeUndefined()
    drawing.clear()
    expect(drawing.silent).toBe(false)
  })

  test('a question that fails is one without an answer, and the next is asked', async () => {
    const predict = vi.fn(() => Promise.reject<typeof answer>(new Error('gone')))
    const drawing = new Drawing(predict)
    stroke(drawing)
    await vi.waitFor(() => expect(drawing.silent).toBe(true))
    predict.mockResolvedValue(answer)
    drawing.refresh()
    await vi.waitFor(() => expect(drawing.prediction).toEqual(answer))
  })

  test('its picture is made by the steps that are on, and asked about when they change', async () => {
    const predict = vi.fn((_: Uint8Array) => Promise.resolve<typeof answer | undefined>(answer))
    const drawing = new Drawing(predict)
    stroke(drawing)
    await vi.waitFor(() => expect(drawing.prediction).toEqual(answer))
    expect(drawing.image).toEqual(rasterise(drawing.strokes))

    const steps = { fit: false, pen: true, centre: false }
    const asDrawn = rasterise(drawing.strokes, PEN_WIDTH, { steps, sheet: PAD })
    expect(asDrawn).not.toEqual(drawing.image)
    predict.mockClear()
    drawing.prepare(steps)
    expect(drawing.image).toEqual(asDrawn)
    await vi.waitFor(() => expect(predict).toHaveBeenLastCalledWith(asDrawn))
    drawing.prepare(ALL_STEPS)
    expect(drawing.image).toEqual(rasterise(drawing.strokes))
    drawing.clear()
    expect(drawing.image).toBeUndefined()
  })

  test('undo in the middle of a stroke takes it away to its end', () => {
    const drawing = new Drawing(() => Promise.resolve(undefined))
    stroke(drawing)
    const first = drawing.strokes
    stroke(drawing)
    drawing.undo()
    drawing.extend([{ x: 0.5, y: 0.1 }])
    expect(drawing.strokes).toEqual(first)
    stroke(drawing)
    expect(drawing.strokes).toHaveLength(2)
  })

  test('undo takes pictures away from the strokes that they were laid on', async () => {
    const predict = vi.fn((_: Uint8Array) => Promise.resolve<typeof answer | undefined>(answer))
    const drawing = new Drawing(predict)
    const picture = (ink: number) => ({ pixels: new Uint8Array(784).fill(ink), name: `picture ${ink}` })
    stroke(drawing)
    const { strokes, image } = drawing
    drawing.lay(picture(1))
    drawing.lay(picture(2))
    expect(drawing.strokes).toEqual([]) // nothing of them is kept or taught as if it were on the pad
    expect(drawing.image).toEqual(picture(2).pixels)
    drawing.undo()
    expect(drawing.picture).toBeUndefined()
    expect(drawing.strokes).toEqual(strokes)
    await vi.waitFor(() => expect(predict).toHaveBeenLastCalledWith(image))

    drawing.clear()
    drawing.lay(picture(3))
    drawing.undo()
    expect(drawing.empty).toBe(true)
  })
})

describe('a page and its worker', () => {
  /** A page on a worker that does nothing but say that it did. */
  function open(samples: (request: SamplesRequest) => Promise<Sample[]> = () => Promise.resolve([])) {
    vi.stubGlobal('location', { search: '', pathname: '/', hash: '' })
    vi.stubGlobal('history', { state: null, replaceState: () => {} })
    vi.stubGlobal('document', new EventTarget()) // what keeps runs listens there
    let tell: (event: SessionEvent) => void = () => {}
    const nothing = () => Promise.resolve()
    const session = {
      listen: (listener: (event: SessionEvent) => void) => Promise.resolve((tell = listener)),
      open: vi.fn(nothing),
      reset: vi.fn((spec: Spec) => {
        tell({ type: 'reset', spec })
        return Promise.resolve(true)
      }),
      train: vi.fn(nothing),
      step: vi.fn(nothing),
      adjust: vi.fn(nothing),
      fineTune: vi.fn(() => Promise.resolve<FineTuning | undefined>(undefined)),
      predict: () => Promise.resolve(undefined),
      inspect: (_: 'samples', request: SamplesRequest) => samples(request),
    }
    vi.mocked(connect).mockReturnValue(session as unknown as ReturnType<typeof connect>)
    const page = new Playground()
    const be = (phase: Phase) => tell({ type: 'progress', progress: { ...page.progress, phase, step: 1, steps: 10 } })
    const fail = (kind: 'run' | 'data' | 'device-lost') =>
      tell({ type: 'problem', problem: { kind, message: `no ${kind}` } })
    const load = (ready: boolean) => tell({ type: 'data', loaded: 1, total: 1, ready })
    return { page, session, be, fail, load, tell: (event: SessionEvent) => tell(event) }
  }
  const kinds = (page: Playground) => page.notices.map(({ kind }) => kind)
  const settled = (page: Playground) => vi.waitFor(() => expect(page.preparing).toBe(false))

  test('a run that cannot be made: the message stays, the old network is not trained, Train tries again', async () => {
    const { page, session, be, fail, load } = open()
    load(true)
    await settled(page)
    session.reset.mockImplementation(() => {
      fail('run')
      return Promise.resolve(false)
    })
    page.edit({ batchSize: 32 })
    await settled(page)
    expect(page.progress.phase).toBe('idle')
    expect(page.changes).toEqual(['batchSize'])
    await page.act()
    await page.step()
    expect(session.train).not.toHaveBeenCalled()
    expect(session.step).not.toHaveBeenCalled()
    be('running') // by itself, as after a change of backend
    expect(kinds(page)).toEqual(['run'])

    be('paused')
    page.revert()
    expect(page.changes).toEqual([])
    await page.act()
    expect(session.train).toHaveBeenCalledTimes(1)
    expect(kinds(page)).toEqual([])
  })

  test('what is changed once a preset waits, or the run is over, is for the next run', async () => {
    const { page, session, be, load } = open()
    load(true)
    await vi.waitFor(() => expect(page.run).toBeDefined())
    await settled(page)
    be('paused')
    page.edit({ batchSize: 32 })
    page.edit({ learningRate: 0.5 }) // the run may go on with it, whatever becomes of the batch size
    expect(session.adjust).toHaveBeenLastCalledWith(expect.objectContaining({ learningRate: 0.5 }))
    page.edit(notebook)
    page.edit({ epochs: 3 })
    expect(session.adjust).toHaveBeenCalledTimes(1)
    expect(page.run?.epochs).not.toBe(3)
    page.revert()
    page.edit({ epochs: 4 })
    expect(session.adjust).toHaveBeenCalledTimes(2)
    be('finished')
    page.edit({ batchSize: 32 })
    page.edit({ epochs: 5 })
    expect(session.adjust).toHaveBeenCalledTimes(2)
    expect(page.draft.epochs).toBe(5)
  })

  test('a fresh run takes the message about the old one away', async () => {
    const { page, fail } = open()
    fail('run')
    await page.reset()
    expect(kinds(page)).toEqual([])
  })

  test('Train and Step ask again for data that did not load', async () => {
    for (const press of ['act', 'step'] as const) {
      const { page, session, fail } = open()
      await vi.waitFor(() => expect(page.run).toBeDefined())
      fail('data')
      await page[press]()
      expect(session.open).toHaveBeenCalledTimes(2)
      expect(kinds(page)).toEqual([])
      expect(session[press === 'act' ? 'train' : 'step']).toHaveBeenCalledTimes(1)
    }
  })

  test('what is pressed while a run is prepared counts once, the last of all', async () => {
    const { page, session, load } = open()
    load(true)
    await settled(page)
    let made: (stands: boolean) => void = () => {}
    session.reset.mockImplementation(() => new Promise((resolve) => (made = resolve)))
    page.edit({ batchSize: 32 })
    expect(page.preparing).toBe(true)
    expect(page.changes).toEqual([])
    const pressed = [page.act(), page.step(), page.step(), page.step()]
    made(true)
    await Promise.all(pressed)
    expect(session.step).toHaveBeenCalledTimes(1)
    expect(session.train).not.toHaveBeenCalled()
    expect(page.preparing).toBe(false)
  })

  test('digits on the page stay when the device that could give others is gone', async () => {
    const sample = { pixels: new Uint8Array(784), label: 7 }
    const samples = vi.fn(() => Promise.resolve([sample]))
    const { page, fail, load } = open(samples)
    load(true)
    await vi.waitFor(() => expect(page.samples.shown).toEqual([sample]))
    samples.mockResolvedValue([])
    fail('device-lost')
    load(false)
    await page.samples.turn(page.draft)
    expect(page.samples.shown).toEqual([sample])
    expect([page.lost, page.stands, page.data.ready]).toEqual([true, false, false])
  })

  test('curves grow by their events, go back with the run, and a fresh run has none', async () => {
    const { page, tell } = open()
    await vi.waitFor(() => expect(page.run).toBeDefined())
    const at = (step: number): CurvePoint => ({ step, loss: 1, accuracy: 0.5 })
    tell({ type: 'train', points: [at(1), at(2)] })
    for (const step of [1, 2]) {
      tell({ type: 'test', point: at(step) })
      tell({ type: 'validation', point: at(step) })
    }
    const curves = () => [page.curves.train, page.curves.test, page.curves.validation]
    expect(curves()).toEqual(Array(3).fill([at(1), at(2)]))
    tell({ type: 'rewind', step: 1 })
    expect(curves()).toEqual(Array(3).fill([at(1)]))
    await page.reset()
    expect(curves()).toEqual([[], [], []])
  })

  test('while it fine-tunes nothing else starts; the result goes when the network does', async () => {
    const { page, session, be, load, fail, tell } = open()
    load(true)
    await settled(page)
    be('paused')
    const standing = { testAccuracy: 1, drawings: [] }
    let done: (result: FineTuning) => void = () => {}
    session.fineTune.mockImplementation(() => new Promise((resolve) => (done = resolve)))
    const fineTune = async () => {
      const tuning = page.fineTuner.start([])
      be('paused')
      expect([page.ready, page.canStep]).toEqual([false, false])
      session.reset.mockClear()
      await Promise.all([page.act(), page.step(), page.reset()])
      for (const command of [session.train, session.step, session.reset]) expect(command).not.toHaveBeenCalled()
      done({ before: standing, after: standing, steps: 1, seconds: 1 })
      await tuning
      be('paused') // late news of the pause that came first
      expect(page.fineTuner.result).toBeDefined()
      expect([page.ready, page.canStep]).toEqual([true, true])
    }
    const ends: (() => Promise<void> | void)[] = [
      () => be('running'),
      () => page.reset(),
      () => fail('device-lost'),
      () => tell({ type: 'rewind', step: 1 }),
    ]
    for (const end of ends) {
      await fineTune()
      await end()
      expect(page.fineTuner.result).toBeUndefined()
      be('paused')
    }
  })

  test('the digits shown follow what makes a batch, and nothing else', async () => {
    const samples = vi.fn(({ count, turn }: SamplesRequest) =>
      Promise.resolve(Array.from({ length: count }, () => ({ pixels: new Uint8Array(784), label: turn }))),
    )
    const { page, load } = open(samples)
    load(true)
    await vi.waitFor(() => expect(page.samples.shown).toHaveLength(25))
    page.edit({ trainingSize: 20, batchSize: 10 })
    await vi.waitFor(() => expect(page.samples.shown).toHaveLength(20))
    const augmentation = { ...initialPart(augmentationTypes, 'warp'), rotation: 33 } as Spec['augmentation']
    page.edit({ augmentation })
    await page.samples.show(page.draft)
    expect(samples.mock.lastCall?.[0].spec.augmentation).toEqual(augmentation)
    const asked = samples.mock.calls.length
    page.edit({ learningRate: 0.5 })
    page.edit({ augmentation: { ...augmentation, rotation: NaN } as Spec['augmentation'] }) // while someone types
    page.edit({ augmentation })
    expect(samples.mock.calls).toHaveLength(asked)
    await page.samples.turn(page.draft)
    expect(page.samples.shown[0].label).toBe(1)
    // Back again while the answer is on its way: what is shown at last is what was asked for last.
    page.edit({ styleShare: 0.9 })
    page.edit({ styleShare: 0.1 })
    await page.samples.show(page.draft)
    expect(samples.mock.lastCall?.[0].spec.styleShare).toBe(0.1)
  })
})
