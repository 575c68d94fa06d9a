// Starting from a network that has learnt: which layers fit, what they bring along, and that few examples are then enough.

import { afterEach, describe, expect, it, test } from 'vitest'
import { createReference } from '../src/backends/reference'
import type { Backend } from '../src/backends/types'
import { createWasm } from '../src/backends/wasm'
import { rasterise } from '../src/data/drawing'
import { syntheticDigit } from '../src/data/synthetic-digits'
import { addDataset, mnist } from '../src/datasets'
import type { Dataset } from '../src/datasets/dataset'
import type { ExampleCounts, LoadOptions } from '../src/datasets/load'
import { storesOf } from '../src/datasets/stores'
import { readNetwork, writeNetwork } from '../src/formats/network'
import { presets } from '../src/model/presets'
import { layOut, tensorsOf } from '../src/model/parameters'
import { parseSpec, summarise, type LayerSpec, type Spec } from '../src/model/spec'
import { layersKept, withKept } from '../src/model/transfer'
import type { Checkpoint } from '../src/session/protocol'
import { PIXELS } from './tiny-digits'
import { WatchedSession } from './training-session'

/** Handwriting of some digits, as pictures like MNIST's; class c shows `digits[c]`. */
function handwriting(id: string, digits: readonly number[], train: number, test: number): Dataset {
  const made: Dataset = {
    ...mnist,
    id,
    title: id,
    classes: digits.map((digit) => `a ${digit}`),
    train: train * digits.length,
    test: test * digits.length,
    abilities: { draw: true, synthetic: false, warp: true },
  }
  addDataset(made)
  shown.set(id, digits)
  return made
}
const shown = new Map<string, readonly number[]>()

/** Many pictures of eight digits, and twenty each of the two others. */
const many = handwriting('eight-digits', [0, 1, 2, 3, 4, 5, 6, 7], 150, 25)
const few = handwriting('two-digits', [8, 9], 20, 200)

/** Puts pictures of a set into a backend's stores: nobody wrote two of them. */
function load({ id, train, test }: Dataset, { stores: backend }: LoadOptions): Promise<ExampleCounts> {
  const digits = shown.get(id)!
  const names = storesOf({ id })
  const put = (images: string, labels: string, count: number, first: number) => {
    const pixels = new Uint8Array(count * PIXELS)
    for (let i = 0; i < count; i++) {
      const { strokes, penWidth } = syntheticDigit(digits[i % digits.length], 11, first + i)
      pixels.set(rasterise(strokes, penWidth), i * PIXELS)
    }
    ;(backend as Backend).store(images, pixels.length).write(0, pixels)
    ;(backend as Backend).store(labels, count).write(
      0,
      Uint8Array.from({ length: count }, (_, i) => i % digits.length),
    )
  }
  put(names.trainInputs, names.trainLabels, train, 0)
  put(names.testInputs, names.testLabels, test, 50_000)
  return Promise.resolve({ trainCount: train, testCount: test })
}

const conv = (filters: number) =>
  ({
    type: 'conv2d',
    filters,
    kernel: 5,
    stride: 2,
    padding: 'same',
    activation: 'relu',
    initialiser: 'he',
    bias: 'yes',
  }) as const
const norm = { type: 'batch-normalisation', momentum: 0.1, epsilon: 1e-5 } as const
const dense = (units: number, activation: 'relu' | 'linear' = 'linear') =>
  ({ type: 'dense', units, activation, initialiser: 'glorot', bias: 'yes' }) as const

const specFor = ({ id, train, classes }: Dataset, over: Partial<Spec> = {}): Spec =>
  parseSpec({
    ...presets[0].spec,
    dataset: id,
    trainingSize: train,
    augmentation: { type: 'none' },
    styleShare: 0,
    layers: [conv(8), conv(16), { type: 'flatten' }, dense(classes.length)],
    optimizer: { type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    learningRate: 0.003,
    schedule: { type: 'constant' },
    batchSize: 20,
    epochs: 4,
    ...over,
  })

const sessions: WatchedSession[] = []
afterEach(() => {
  for (const { backends } of sessions.splice(0)) for (const backend of backends) backend.dispose()
})

async function opened(
  make: () => Backend | Promise<Backend> = () => createWasm({ threads: 1 }),
): Promise<WatchedSession> {
  const watched = new WatchedSession(make, load)
  sessions.push(watched)
  await watched.session.open('wasm', 'https://example.test/data/', many.id)
  return watched
}

/** Trains a fresh run, or the present one, to its end. */
async function train(watched: WatchedSession, spec?: Spec): Promise<Checkpoint> {
  if (spec) expect(await watched.session.reset(spec)).toBe(true)
  await watched.session.train()
  while (watched.phase !== 'finished') await new Promise((resolve) => setTimeout(resolve, 10))
  return (await watched.session.checkpoint())!
}

const accuracy = (watched: WatchedSession) => watched.only('test').at(-1)!.point.accuracy

describe('the layers that fit', () => {
  const from = specFor(many)
  const kept = (over: Partial<Spec>, dataset = few) => layersKept(from, specFor(dataset, over))
  const two = dense(2)

  it.each<[string, LayerSpec[], number]>([
    ['all but the outputs, without what has no parameters', [...from.layers.slice(0, 3), two], 2],
    ['all below another layer', [conv(8), conv(16), norm, { type: 'flatten' }, two], 2],
    ['the first alone, where the second has other filters', [conv(8), conv(12), { type: 'flatten' }, two], 1],
    ['none, where the first is another', [conv(9), conv(16), { type: 'flatten' }, two], 0],
    ['none, where the first has another stride', [{ ...conv(8), stride: 1 }, conv(16), { type: 'flatten' }, two], 0],
    ['none, where the first has another activation', [{ ...conv(8), activation: 'tanh' }, { type: 'flatten' }, two], 0],
    [
      'frozen ones, and those that would start otherwise',
      [{ ...conv(8), frozen: true, initialiser: 'zero' }, conv(16), { type: 'flatten' }, two],
      2,
    ],
  ])('are %s', (_, layers, expected) => {
    expect(kept({ layers })).toBe(expected)
  })

  it('are the outputs too on the same data set, and there alone', () => {
    expect(layersKept(from, { ...from, learningRate: 1 })).toBe(4)
    const twins = handwriting('other-digits', [1, 2, 3, 4, 5, 6, 7, 8], 3, 3)
    expect(layersKept(from, specFor(twins))).toBe(2)
  })

  it('are none where inputs are scaled otherwise, or have another shape', () => {
    expect(kept({ input: 'standardised' })).toBe(0)
    expect(layersKept(specFor(many, { input: 'standardised' }), specFor(few, { input: 'standardised-all' }))).toBe(2)
    const plane = presets[0].spec
    expect(layersKept(from, { ...plane, dataset: 'plane.circles', layers: [dense(2)] })).toBe(0)
  })

  it('are frozen, as far as something learns', () => {
    const frozen = ({ layers }: Spec) => layers.flatMap((layer, at) => ('frozen' in layer ? [at] : []))
    expect(frozen(withKept(specFor(few), 2, true))).toEqual([0, 1])
    expect(frozen(withKept(from, 4, true))).toEqual([0, 1])
    const still = {
      ...from,
      layers: from.layers.map((layer) => ('units' in layer ? { ...layer, frozen: true } : layer)),
    }
    expect(frozen(withKept(still, 2, true))).toEqual([0, 3])
    expect(frozen(withKept(still, 4, false))).toEqual([])
  })
})

describe('a start from another network', () => {
  const normal: LayerSpec[] = [conv(6), norm, { type: 'flatten' }]
  const short = { epochs: 1, layers: [...normal, dense(8)] } satisfies Partial<Spec>

  it('brings the first layers along with their statistics, and all others are fresh', async () => {
    const watched = await opened(createReference)
    const from = await train(watched, specFor(many, { ...short, trainingSize: 60 }))
    const spec = specFor(few, { layers: [...normal, dense(2)] })
    expect(await watched.session.startFrom(spec, from)).toBe(2)
    expect(watched.only('reset').at(-1)).toMatchObject({ origin: 'transfer', step: 0, spec })
    expect(watched.only('test').at(-1)!.point.step).toBe(0)
    const start = tensorsOf(spec, (await watched.session.learnt())!)
    const [parameters, running] = from.snapshot.buffers as readonly Float32Array[]
    const old = new Map(tensorsOf(from.spec, { parameters, running }).map(({ name, values }) => [name, values]))
    await watched.session.reset(spec)
    const fresh = tensorsOf(spec, (await watched.session.learnt())!)
    start.forEach(({ name, values }, i) => {
      const taken = /layers\.[01]\./.test(name)
      expect(values, name).toEqual(taken ? old.get(name) : fresh[i].values)
      if (taken) expect(values, name).not.toEqual(fresh[i].values)
    })
    expect(watched.problems).toEqual([])
  })

  it('leaves the old run and says why, where nothing fits', async () => {
    const watched = await opened(createReference)
    const from = await train(watched, specFor(many, { ...short, trainingSize: 40 }))
    const other = specFor(few, { layers: [conv(5), { type: 'flatten' }, dense(2)] })
    expect(await watched.session.startFrom(other, from)).toBeUndefined()
    expect(watched.problems.at(-1)?.message).toBe(
      'It cannot be taken over: no layer of that network fits the first ones of this network.',
    )
    expect(watched.only('reset').at(-1)?.spec.dataset).toBe(many.id)
    const spec = specFor(few, { layers: [...normal, dense(2)] })
    const { snapshot } = from
    const cut = { ...from, snapshot: { ...snapshot, buffers: [new Float32Array(8), ...snapshot.buffers.slice(1)] } }
    expect(await watched.session.startFrom(spec, cut)).toBeUndefined()
    const { size } = layOut(summarise(from.spec).layers)
    expect(watched.problems.at(-1)?.message).toContain(`its parameters are not the ${size} values`)
  })

  it('keeps the scaling of standardised inputs, also in checkpoints, files and on another device', async () => {
    const watched = await opened(createReference)
    const { session } = watched
    const scaled = { ...short, trainingSize: 60, input: 'standardised' } as const
    const from = await train(watched, specFor(many, scaled))
    const old = from.snapshot.statistics!
    const spec = specFor(few, { ...scaled, trainingSize: few.train, layers: [...normal, dense(2)] })
    await session.reset(spec)
    const own = await session.inspect('pixelStatistics')
    expect(own).not.toEqual(old)

    expect(await session.startFrom(spec, from)).toBe(2)
    expect(await session.inspect('pixelStatistics')).toEqual(old)
    await session.step()
    const saved = (await session.checkpoint())!
    expect(saved.snapshot.statistics).toEqual(old)
    const image = new Uint8Array(PIXELS).map((_, p) => (p * 37) % 256)
    const answer = await session.predict(image)
    await session.open('reference', 'https://example.test/data/')
    expect(await session.predict(image)).toEqual(answer)
    await session.reset(spec)
    expect(await session.inspect('pixelStatistics')).toEqual(own)
    expect(await session.restore(saved)).toBe(true)
    expect(await session.predict(image)).toEqual(answer)

    const learnt = (await session.learnt())!
    const file = readNetwork(writeNetwork({ spec, learnt, statistics: old }))
    await session.reset(spec)
    expect(await session.load(file.spec, file.learnt, file.statistics)).toBe(true)
    expect((await session.predict(image))?.outputs).toEqual(answer?.outputs)

    const { statistics: _, ...without } = from.snapshot
    expect(await session.startFrom(spec, { ...from, snapshot: without })).toBeUndefined()
    expect(watched.problems.at(-1)?.message).toContain('with which mean and deviation')
    const wrong = { ...old, deviation: new Float32Array(PIXELS) }
    expect(await session.restore({ ...saved, snapshot: { ...saved.snapshot, statistics: wrong } })).toBe(false)
    expect(watched.problems.at(-1)?.message).toContain('the deviation of its inputs must be above 0')
  })
})

test('two new classes from twenty drawings each, in seconds', { timeout: 60_000 }, async () => {
  const watched = await opened()
  const from = await train(watched, specFor(many))
  expect(accuracy(watched)).toBeGreaterThan(0.8)

  const spec = specFor(few, { epochs: 20 })
  await train(watched, spec)
  const fresh = accuracy(watched)
  for (const frozen of [true, false]) {
    const begun = performance.now()
    expect(await watched.session.startFrom(withKept(spec, 2, frozen), from)).toBe(2)
    const trained = await train(watched)
    expect(performance.now() - begun).toBeLessThan(5000)
    expect(accuracy(watched), frozen ? 'frozen' : 'not frozen').toBeGreaterThan(Math.max(0.9, fresh + 0.01))
    const { layers } = trained.spec
    expect(layers.map((layer) => 'frozen' in layer)).toEqual([frozen, frozen, false, false])
    const conv = (checkpoint: Checkpoint) => {
      const [parameters, running] = checkpoint.snapshot.buffers as readonly Float32Array[]
      return tensorsOf(checkpoint.spec, { parameters, running })[0].values
    }
    if (frozen) expect(conv(trained)).toEqual(conv(from))
    else expect(conv(trained)).not.toEqual(conv(from))
  }
})
