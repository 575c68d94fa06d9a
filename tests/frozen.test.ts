// Layers that keep what they have learnt: what training leaves alone, and that the rest learns as ever.

import { describe, expect, it, test } from 'vitest'
import { createReference } from '../src/backends/reference'
import { compile, type Model } from '../src/model/compile'
import { initialContents, initialParameters } from '../src/model/initialise'
import { presets } from '../src/model/presets'
import { layOut, tensorsOf } from '../src/model/parameters'
import { parseSpec, specIssues, summarise, type LayerSpec, type Spec } from '../src/model/spec'
import { workPerExample } from '../src/model/work'
import { fillStores, SIZE } from './tiny-digits'

const STEPS = 5

const conv = {
  type: 'conv2d',
  filters: 5,
  kernel: 5,
  stride: 3,
  padding: 'valid',
  activation: 'relu',
  initialiser: 'he',
  bias: 'yes',
} as const
const norm = { type: 'batch-normalisation', momentum: 0.1, epsilon: 1e-5 } as const
const dense = { type: 'dense', units: 9, activation: 'tanh', initialiser: 'glorot', bias: 'yes' } as const
const output = { ...dense, units: 10, activation: 'linear' } as const

const base: Spec = {
  ...presets[0].spec,
  augmentation: { type: 'none' },
  styleShare: 0,
  batchSize: 12,
  optimizer: { type: 'adamw', beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 },
  layers: [conv, { type: 'flatten' }, dense, output],
}

/** The spec with the layers at these places frozen. */
const freeze = (spec: Spec, ...places: number[]): Spec =>
  parseSpec({
    ...spec,
    layers: spec.layers.map((layer, i) => (places.includes(i) ? { ...layer, frozen: true } : layer)),
  })

async function train(model: Model, steps: number) {
  const backend = createReference()
  fillStores(backend)
  const program = await backend.prepare(model.plan)
  for (const [buffer, contents] of initialContents(model, undefined)) program.write(buffer, contents)
  program.write(model.buffers.rates, new Float32Array(STEPS).fill(0.05))
  program.run('train', steps)
  const [parameters, running, gradients, clip] = await Promise.all(
    (['parameters', 'running', 'gradients', 'clip'] as const).map((name) => program.read(model.buffers[name])),
  )
  const { spec } = model
  return {
    learnt: tensorsOf(spec, { parameters, running }),
    slopes: tensorsOf(spec, { parameters: gradients, running }),
    clip,
  }
}

const start = (model: Model) => {
  const running = new Float32Array(model.buffers.running.size)
  for (const [buffer, values] of initialContents(model, undefined))
    if (buffer === model.buffers.running) running.set(values)
  return tensorsOf(model.spec, { parameters: initialParameters(model), running })
}

const small = { ...SIZE, trainCount: 60, testCount: 20 }

describe('frozen layers', () => {
  const normalised: Spec = { ...base, layers: [conv, norm, { type: 'flatten' }, dense, norm, output] }

  it.each([
    ['below', freeze(base, 0)],
    ['in the middle', freeze(base, 2)],
    ['at the end', freeze(base, 3)],
    ['batch normalisation below and above', freeze(normalised, 0, 1, 4)],
    ['with a limit of the gradient', freeze({ ...base, clipNorm: 0.1 }, 0)],
    ['with plain descent', freeze({ ...base, optimizer: { type: 'sgd', weightDecay: 0.1 } }, 0, 2)],
  ])('%s keep their bits, and all others move', async (_, spec) => {
    const model = compile(spec, small)
    const [before, { learnt }] = [start(model), await train(model, STEPS)]
    model.parameters.forEach(({ name, frozen, role }, i) => {
      if (role === 'unused') return
      if (frozen) expect(learnt[i].values, name).toEqual(before[i].values)
      else expect(learnt[i].values, name).not.toEqual(before[i].values)
    })
  })

  it('start from the weights that they had without', () => {
    expect(start(compile(freeze(base, 0, 2), small))).toEqual(start(compile(base, small)))
  })

  it('leave the gradients of the others as they are, and have none', async () => {
    const [all, part] = [await train(compile(base, small), 1), await train(compile(freeze(base, 0, 2), small), 1)]
    all.slopes.forEach(({ name, values }, i) => {
      const isFrozen = /layers\.[02]\./.test(name)
      expect(part.slopes[i].values, name).toEqual(isFrozen ? new Float32Array(values.length) : values)
      expect(values.some((value) => value !== 0)).toBe(true)
    })
  })

  it('do not count in the norm of the gradient', async () => {
    const clipped: Spec = { ...base, clipNorm: 1e-3 }
    const [all, part] = [await train(compile(clipped, small), 1), await train(compile(freeze(clipped, 0), small), 1)]
    const norm = part.slopes.reduce((sum, { values }) => values.reduce((sum, value) => sum + value ** 2, sum), 0) ** 0.5
    expect(part.clip[1]).toBeCloseTo(norm, 5)
    expect(part.clip[1]).toBeLessThan(all.clip[1])
  })

  it('have no moments, and no calls on the way back below the lowest layer that learns', () => {
    const [all, part] = [compile(base, small), compile(freeze(base, 0), small)]
    const moments = ({ plan }: Model) => plan.buffers.filter(({ name }) => name.endsWith('moment'))
    const { learning, size } = layOut(summarise(part.spec).layers)
    expect(moments(all).map(({ size }) => size)).toEqual([size, size])
    expect(moments(part).map(({ size }) => size)).toEqual([learning, learning])
    expect(learning).toBeLessThan(size)
    const kernels = ({ plan }: Model) => plan.lists.train.map(({ kernel }) => kernel.name)
    const count = (model: Model, name: string) => kernels(model).filter((each) => each === name).length
    expect(count(all, 'convolution-weight-gradient')).toBe(1)
    expect(count(part, 'convolution-weight-gradient')).toBe(0)
    expect(count(all, 'dense-input-gradient') - count(part, 'dense-input-gradient')).toBe(1) // that of the layer above the flatten
    expect(workPerExample(part.spec)).toBeLessThan(workPerExample(all.spec))
  })

  it('normalise a batch as they do outside training', () => {
    const kernels = (spec: Spec) => compile(spec, small).plan.lists.train.map(({ kernel }) => kernel.name)
    const names = (frozen: boolean) => kernels(frozen ? freeze(normalised, 1, 4) : normalised)
    expect(names(false).filter((name) => name === 'batch-norm-running')).toHaveLength(0)
    expect(names(true).filter((name) => name === 'batch-norm-running')).toHaveLength(2)
    expect(names(true)).not.toContain('batch-norm-statistics')
    expect(names(true)).not.toContain('batch-norm-gradients')
  })
})

describe('a spec', () => {
  test('says only of frozen layers that they are', () => {
    const said = {
      ...base,
      layers: base.layers.map(
        (layer): LayerSpec => ({ ...layer, ...('units' in layer && { frozen: false }) }) as LayerSpec,
      ),
    }
    expect(JSON.stringify(parseSpec(said))).toBe(JSON.stringify(base))
    expect(JSON.stringify(parseSpec(base))).toBe(JSON.stringify(base))
    expect(parseSpec(freeze(base, 0)).layers[0]).toEqual({ ...conv, frozen: true })
  })

  test('needs a layer that learns', () => {
    const still = (...places: number[]) =>
      base.layers.map((layer, i) => (places.includes(i) ? { ...layer, frozen: true } : layer))
    expect(specIssues({ ...base, layers: still(0, 2) })).toEqual([])
    expect(specIssues({ ...base, layers: still(0, 2, 3) })).toEqual([
      { field: 'layers.3.frozen', message: 'must be off in at least one layer: nothing learns where all are frozen' },
    ])
  })

  test('cannot freeze what has no parameters, nor a little', () => {
    const at = (i: number, frozen: unknown) => ({
      ...base,
      layers: base.layers.map((layer, j) => (i === j ? { ...layer, frozen } : layer)),
    })
    expect(specIssues(at(1, true))).toEqual([{ field: 'layers.1.frozen', message: 'is not a known field' }])
    expect(specIssues(at(0, 'yes'))).toEqual([{ field: 'layers.0.frozen', message: 'must be true or false' }])
  })
})
