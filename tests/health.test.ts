// What the Health panel reads of a run, against plain loops, and what it says. Its histograms: histogram.test.ts.

import { describe, expect, it, test } from 'vitest'
import { createReference } from '../src/backends/reference'
import { gradientTicks, tellBeyond, tellMiddle } from '../src/app/panels/health/gradient-axis'
import { HealthWatch } from '../src/app/panels/health/health.svelte'
import { hintsOf } from '../src/app/panels/health/health-hints'
import { tensorsOf } from '../src/model/parameters'
import { presets } from '../src/model/presets'
import { type LayerSpec, type Spec } from '../src/model/spec'
import { readHealth } from '../src/session/inspectors/health'
import { countSizes, describe as distribution } from '../src/session/inspectors/histogram'
import type { Health, Snapshot } from '../src/session/protocol'
import type { Data } from '../src/session/data'
import { Trainer } from '../src/session/trainer'
import { SIZE, fillStores } from './tiny-digits'

const data: Data = SIZE
const dense = (units: number, activation: 'relu' | 'sigmoid' | 'linear' | 'gelu'): LayerSpec => ({
  type: 'dense',
  units,
  activation,
  initialiser: 'he',
  bias: 'yes',
})
const conv: LayerSpec = {
  type: 'conv2d',
  filters: 5,
  kernel: 3,
  stride: 4,
  padding: 'valid',
  activation: 'relu',
  initialiser: 'he',
  bias: 'yes',
}
const spec: Spec = {
  ...presets[0].spec,
  augmentation: { type: 'none' },
  styleShare: 0,
  layers: [dense(7, 'relu'), dense(10, 'linear')],
  schedule: { type: 'constant' },
  clipNorm: 0,
  learningRate: 0.01,
  batchSize: 30,
  epochs: 50,
}

async function trained(over: Partial<Spec> = {}, steps = 3, from?: Snapshot): Promise<Trainer> {
  const backend = createReference()
  fillStores(backend)
  const nothing = () => {}
  const listener = {
    progress: nothing,
    train: nothing,
    test: nothing,
    validation: nothing,
    diverged: nothing,
    failed: nothing,
  }
  const trainer = await Trainer.create(backend, { ...spec, ...over }, data, listener, from)
  for (let i = 0; i < steps; i++) await trainer.step()
  return trainer
}

describe('a look at a run', () => {
  it('has no gradients of frozen layers, which do not count in the norm', async () => {
    const frozen = { ...dense(7, 'relu'), frozen: true } as LayerSpec
    const trainer = await trained({ layers: [frozen, dense(6, 'relu'), dense(10, 'linear')] })
    const { layers, gradientNorm } = await readHealth({ trainer }, { ranges: [], firstUnit: 0 })
    expect(layers.map(({ frozen }) => frozen)).toEqual([true, false, false])
    expect(layers[0].gradients).toBeUndefined()
    expect(layers[0].parameters?.count).toBe(7 * 784 + 7)
    expect(layers[0].units?.images).toBe(spec.batchSize)
    expect(gradientNorm).toBeCloseTo(Math.hypot(...layers.slice(1).map(({ gradients }) => gradients!.norm)), 5)
    const dead = [{ layer: 0, units: 7, dead: 7, images: 500, enough: true }]
    const health = { layers, gradientNorm } as Health
    expect(hintsOf(health, dead, trainer.model.spec.layers, '').join()).not.toContain('zero for all')
  })

  it('has the norms, parameters and units of plain loops over its tensors', async () => {
    const trainer = await trained()
    const health = await readHealth({ trainer }, { ranges: [], firstUnit: 0 })
    const learnt = await trainer.learnt()
    const gradients = await trainer.program.read(trainer.model.buffers.gradients)
    const slopes = tensorsOf(spec, { parameters: gradients, running: new Float32Array(4) })
    const norm = (tensors: typeof slopes) => Math.hypot(...tensors.flatMap(({ values }) => [...values]))
    expect(health.step).toBe(3)
    expect(health.layers.map(({ layer }) => layer)).toEqual([0, 1])
    expect(health.gradientNorm).toBeCloseTo(norm(slopes), 5)
    for (const { layer, parameters, gradients: slope } of health.layers) {
      const own = ({ name }: { name: string }) => name.startsWith(`layers.${layer}.`)
      expect(parameters?.norm).toBeCloseTo(norm(tensorsOf(spec, learnt).filter(own)), 4)
      expect(slope?.norm).toBeCloseTo(norm(slopes.filter(own)), 5)
      expect(parameters?.counts.reduce((a, b) => a + b)).toBe(parameters?.count)
    }
    const outputs = trainer.model.plan.buffers.find(({ name }) => name === 'train/layers.0.output')!
    const values = await trainer.program.read(outputs)
    const active = Array.from({ length: 7 }, (_, unit) =>
      Number(Array.from({ length: 30 }, (_, row) => values[row * 8 + unit]).some((value) => value > 0)),
    )
    expect(health.layers[0].units).toEqual({ active: Uint8Array.from(active), images: 30 })
    expect(health.layers[1].units).toBeUndefined()
  })

  it('finds dead units and filters, and none at the start', async () => {
    for (const layers of [spec.layers, [conv, { type: 'flatten' } as const, dense(10, 'linear')]]) {
      const trainer = await trained({ layers }, 1)
      const { parameters } = trainer.model
      const bias = parameters.find(({ name }) => name === 'layers.0.bias')!
      trainer.program.write(trainer.model.buffers.parameters, Float32Array.of(-1e6, -1e6), bias.offset + 1)
      await trainer.step()
      const [{ units }] = (await readHealth({ trainer }, { ranges: [], firstUnit: 0 })).layers
      expect([...units!.active.subarray(1, 3)]).toEqual([0, 0])
      expect([...units!.active].reduce((a, b) => a + b)).toBeGreaterThan(0)
    }
    const fresh = await readHealth({ trainer: await trained({}, 0) }, { ranges: [], firstUnit: 0 })
    expect([fresh.step, fresh.gradientNorm, fresh.layers[0].gradients, fresh.layers[0].units]).toEqual([
      0,
      undefined,
      undefined,
      undefined,
    ])
  })

  it('has pictures of the first weights of dense layers and convolutions, also after Flatten', async () => {
    const cases: readonly [LayerSpec[], number, number, number][] = [
      [[dense(40, 'relu'), dense(10, 'linear')], 0, 28, 40],
      [[{ type: 'flatten' }, { type: 'dropout', rate: 0.2 }, dense(6, 'relu'), dense(10, 'linear')], 2, 28, 6],
      [[conv, { type: 'flatten' }, dense(10, 'linear')], 0, 3, 5],
      [[{ type: 'max-pooling', size: 2, stride: 2 }, conv, { type: 'flatten' }, dense(10, 'linear')], 1, 3, 5],
      [
        [{ type: 'average-pooling', size: 2, stride: 2 }, { type: 'flatten' }, dense(5, 'gelu'), dense(10, 'linear')],
        2,
        14,
        5,
      ],
    ]
    for (const [layers, layer, side, units] of cases) {
      const trainer = await trained({ layers }, 1)
      const { first } = await readHealth({ trainer }, { ranges: [], firstUnit: 33 })
      const from = Math.min(33, units - 1)
      expect(first).toMatchObject({ layer, height: side, width: side, units, from })
      const tensors = tensorsOf({ ...spec, layers }, await trainer.learnt())
      const { values } = tensors.find(({ name }) => name === `layers.${layer}.weights`)!
      const all = tensors
        .filter(({ name }) => name.startsWith(`layers.${layer}.`))
        .flatMap((tensor) => [...tensor.values])
      const scale = 3 * Math.sqrt(all.reduce((sum, w) => sum + w * w, 0) / all.length)
      expect(first!.scale).toBeCloseTo(scale, 5)
      expect(first!.pictures).toHaveLength(side * side * (units - from))
      first!.pictures.forEach((value, i) => {
        const weight = values[(i % side ** 2) * units + from + Math.floor(i / side ** 2)]
        expect(Math.abs(value - 127 * Math.max(-1, Math.min(1, weight / scale)))).toBeLessThan(0.51)
      })
    }
  })

  it('of a run from a snapshot has no gradients and units until its next step', async () => {
    const before = await trained()
    const trainer = await trained({}, 0, await before.takeSnapshot())
    const taken = await readHealth({ trainer }, { ranges: [], firstUnit: 0 })
    expect(taken).toMatchObject({ step: 3, gradientNorm: undefined })
    expect(taken.layers.map(({ gradients, units }) => [gradients, units])).toEqual(
      Array.from({ length: 2 }, () => [undefined, undefined]),
    )
    expect(taken.layers[0].parameters).toEqual(
      (await readHealth({ trainer: before }, { ranges: [], firstUnit: 0 })).layers[0].parameters,
    )
    const watch = new HealthWatch()
    watch.take(await readHealth({ trainer: before }, { ranges: [], firstUnit: 0 }))
    watch.take(taken)
    expect(hintsOf(taken, watch.dead, spec.layers, 'go back')).toEqual([])
    expect(watch.norms.map(({ step }) => step)).toEqual([3]) // what is known of this step stays

    await Promise.all([before.step(), trainer.step()])
    const { busy: _, ...health } = await readHealth({ trainer }, { ranges: [], firstUnit: 0 })
    expect(health.gradientNorm).toBeGreaterThan(0)
    expect(await readHealth({ trainer: before }, { ranges: [], firstUnit: 0 })).toMatchObject(health)
  })

  it('counts values that are not finite', async () => {
    const trainer = await trained()
    trainer.program.write(trainer.model.buffers.parameters, Float32Array.of(NaN, Infinity), 0)
    const { layers } = await readHealth({ trainer }, { ranges: [], firstUnit: 0 })
    expect(layers.map(({ parameters }) => parameters?.odd)).toEqual([2, 0])
    expect(layers[0].parameters?.counts.reduce((a, b) => a + b)).toBe(layers[0].parameters!.count - 2)
  })
})

describe('the state and the words of the panel', () => {
  const none = { counts: [], zeros: 0, odd: 0, lowest: 0, highest: 0, mean: 0, deviation: 0 }
  const look = (step: number, active: number[], images = 400, norms = [1, 1]): Health => ({
    step,
    gradientNorm: Math.hypot(...norms),
    ranges: [1, 1],
    first: undefined,
    busy: 0,
    layers: norms.map((norm, layer) => ({
      layer,
      frozen: false,
      parameters: { ...none, count: 100, norm: 1 },
      gradients: { ...none, count: 100, norm },
      units: layer === 0 ? { active: Uint8Array.from(active), images } : undefined,
    })),
  })

  test('a unit is dead when none of the last thousand images makes it active', () => {
    const watch = new HealthWatch()
    watch.take(look(1, [1, 0, 0, 0]))
    expect(watch.dead).toEqual([{ layer: 0, units: 4, dead: 3, images: 400, enough: false }])
    watch.take(look(1, [1, 0, 0, 0])) // the same batch again says nothing new
    expect(watch.dead[0].images).toBe(400)
    watch.take(look(2, [0, 1, 0, 0]))
    watch.take(look(3, [0, 0, 1, 0]))
    expect(watch.dead).toEqual([{ layer: 0, units: 4, dead: 1, images: 1200, enough: true }])
    watch.take(look(9, [0, 0, 1, 0]))
    expect(watch.dead[0]).toMatchObject({ dead: 2, images: 1200 }) // the first has not been active since step 1
    expect(watch.norms.map(({ step }) => step)).toEqual([1, 2, 3, 9])
    watch.take(look(2, [0, 0, 1, 0]))
    expect(watch.norms.map(({ step }) => step)).toEqual([2])
    expect(watch.dead[0]).toMatchObject({ dead: 3, images: 400 })
  })

  test('the axis of gradients labels its middle and last bars', () => {
    const of = (...values: number[]) => {
      const tensors = [{ shape: [values.length], offset: 0 }]
      const floats = Float32Array.from(values)
      return { ...distribution(floats, tensors), counts: countSizes(floats, tensors) }
    }
    const told = (...values: number[]) => [tellMiddle(of(...values)), tellBeyond(of(...values))]
    expect(told(0.1, -0.1)).toEqual(['', ''])
    expect(told(0, -0, 1e-10, 0.1)).toEqual(['50% exactly zero, 25% below 9.3e−10', ''])
    expect(told(0, 0)).toEqual(['100% exactly zero', ''])
    expect(told(...Array<number>(999).fill(0), -1e-12)).toEqual(['over 99% exactly zero, under 1% below 9.3e−10', ''])
    expect(told(-15.9, 15.9)).toEqual(['', ''])
    expect(told(1, 5e20)).toEqual(['', 'The last bar holds what lies beyond the axis, up to 5.0e20.'])
    expect(told(-17, 1)).toEqual(['', 'The first bar holds what lies beyond the axis, down to −17.'])
    expect(told(-5e20, 16)[1]).toMatch(/^The outermost bars hold .* down to −5.0e20 and up to 16.$/)

    // Ticks stand at the left edges of the bins of their sizes, on the right side, and mirrored on the left.
    const at = (text: string) => gradientTicks.find((tick) => tick.text === text)!.at
    const { counts } = of(1)
    expect(at('1') * counts.length).toBeCloseTo(counts.indexOf(1))
    expect(at('−1') + at('1')).toBeCloseTo(1)
  })

  test('hints come only if the numbers give a reason', () => {
    const specs = [dense(4, 'relu'), dense(10, 'linear')]
    const hints = (health: Health, dead = 0, images = 1200) =>
      hintsOf(health, [{ layer: 0, units: 4, dead, images, enough: images > 1000 }], specs, 'go back')
    expect(hints(look(5, [1]))).toEqual([])
    expect(hints({ ...look(7, [1], 400, [0, 0]), gradientNorm: undefined })).toEqual([])
    expect(hints(look(5, [1], 400, [0, 0]))[0]).toContain('exactly zero')
    expect(hints(look(5, [1], 400, [1e-4, 1]))).toEqual([
      expect.stringMatching(
        /in layer 1 \(Dense 4\) it is 10,000 times smaller than in the output layer.* Batch norm or/,
      ),
    ])
    expect(hintsOf(look(5, [1], 400, [1e-4, 1]), [], [dense(4, 'sigmoid'), dense(10, 'linear')], '')).toEqual([
      expect.stringContaining('ReLU, batch norm or fewer layers help.'),
    ])
    expect(hints(look(5, [1], 400, [0, 1e30]))).toEqual([
      expect.stringContaining('very large (norm 1.0e30)'),
      expect.stringContaining('endlessly many times smaller'),
    ])
    expect(hints(look(5, [1], 400, [1, 1e-4]))).toEqual([expect.stringContaining('10,000 times larger')])
    expect(hints(look(5, [1], 400, [500, 500]))).toEqual([expect.stringContaining('very large (norm 707)')])
    expect(hints(look(5, [1]), 2)).toEqual([
      expect.stringContaining('In layer 1 (Dense 4) 50% of the units were zero for all of 1,200 images'),
    ])
    // Of few images only nearly all say something; and then they are why no gradient gets through.
    expect(hints(look(5, [1]), 3, 64)).toEqual([])
    expect(hints(look(5, [1]), 4, 16)).toEqual([])
    expect(hints(look(5, [1], 400, [1e-4, 1]), 2)).toHaveLength(2) // a quarter dead explains no gradient that vanishes
    expect(hints(look(5, [1], 400, [0, 1]), 4, 64)).toEqual([expect.stringContaining('100% of the units were zero')])
    const odd = look(5, [1])
    const broken = {
      ...odd,
      layers: odd.layers.map((layer) => ({ ...layer, gradients: { ...none, count: 100, norm: 1, odd: 3 } })),
    }
    expect(hints(broken)).toEqual([
      expect.stringContaining('Values in layer 1 (Dense 4) and the output layer (Dense 10) are infinite'),
    ])
  })
})
