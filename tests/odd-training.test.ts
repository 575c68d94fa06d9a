// Data sets of other shapes than MNIST's, on every backend: 20 identical steps, the evaluation, a prediction and a look inside.

import { describe, expect, it } from 'vitest'
import { createReference } from '../src/backends/reference'
import type { Backend } from '../src/backends/types'
import type { Dataset } from '../src/datasets/dataset'
import { compile, HISTORY_SLOTS, type Model } from '../src/model/compile'
import { isStandardised } from '../src/model/batch'
import { valuesIn } from '../src/model/examples'
import { initialContents, initialParameters } from '../src/model/initialise'
import { compileLook, identity, saliencyOf, valuesOf } from '../src/model/look'
import { presetsFor } from '../src/model/presets'
import { rowSize } from '../src/model/shape'
import { inputShapeOf, parseSpec, type LayerSpec, type Spec } from '../src/model/spec'
import { storedExample } from '../src/session/data'
import { devices, steppingDevices } from './devices'
import { difference, readAll } from './harness'
import { fillOddStores, oddExamples, oddFeatures, oddImages, oddStatistics } from './odd-sets'

const STEPS = 20
/** Rounding differs between backends, and Adam divides by small numbers: see training.test.ts. */
const TOLERANCE = { history: 1e-5, way: 1e-4, look: 1e-4 }

const conv = {
  type: 'conv2d',
  kernel: 3,
  stride: 1,
  padding: 'same',
  activation: 'relu',
  initialiser: 'he',
  bias: 'yes',
} as const
const output = (classes: number): LayerSpec => ({
  type: 'dense',
  units: classes,
  activation: 'linear',
  initialiser: 'glorot',
  bias: 'yes',
})

const specOn = (dataset: Dataset, change: Partial<Spec>): Spec =>
  parseSpec({ ...presetsFor(dataset)[0].spec, batchSize: 26, epochs: 5, ...change })

const warp = { type: 'warp', rotation: 15, scale: 0.1, shear: 0.1, shift: 1, elastic: 1, flip: 0.3 } as const

const runs: [string, Dataset, Spec][] = [
  [
    'pictures in colour, convolutions, warped',
    oddImages,
    specOn(oddImages, {
      augmentation: warp,
      layers: [
        { ...conv, filters: 5 },
        { type: 'max-pooling', size: 2, stride: 2 },
        { ...conv, filters: 6 },
        { type: 'flatten' },
        output(4),
      ],
    }),
  ],
  [
    'pictures in colour, dense, standardised, held out',
    oddImages,
    specOn(oddImages, {
      input: 'standardised',
      trainingSize: 300,
      validationSize: 50,
    }),
  ],
  ['features as they are', oddFeatures, specOn(oddFeatures, { learningRate: 0.0002 })],
  [
    'features, standardised',
    oddFeatures,
    specOn(oddFeatures, { input: 'standardised', trainingSize: 250, validationSize: 57 }),
  ],
]

const modelOf = (dataset: Dataset, spec: Spec) => compile(spec, { trainCount: dataset.train, testCount: dataset.test })

async function everything(backend: Backend, dataset: Dataset, model: Model, chunks: readonly number[]) {
  fillOddStores(backend, dataset)
  const { buffers, spec } = model
  const program = await backend.prepare(model.plan)
  for (const [buffer, contents] of initialContents(model, oddStatistics(dataset, model.trainCount))) {
    program.write(buffer, contents)
  }
  program.write(buffers.rates, new Float32Array(HISTORY_SLOTS).fill(spec.learningRate))
  for (const steps of chunks) program.run('train', steps)
  program.run('evaluate', model.test.steps)
  program.run('validate', model.validation?.steps ?? 0)
  program.write(buffers.example, firstTest(dataset))
  program.run('predict', 1)
  const all = await readAll(program, model.plan)
  program.dispose()
  return all
}

const firstExample = (dataset: Dataset) => oddExamples(dataset, 'test').inputs.slice(0, valuesIn(dataset.input))

/** The first test example as a program's buffer holds it. */
const firstTest = (dataset: Dataset) => storedExample({ dataset: dataset.id }, firstExample(dataset))

describe.each(runs)('%s', (_, dataset, spec) => {
  const model = modelOf(dataset, spec)
  const reference = (async () => {
    const backend = createReference()
    return everything(backend, dataset, model, [STEPS])
  })()

  it('learns its classes on the reference', async () => {
    const history = (await reference).get('train/history')!
    const first = history[0]
    expect(history[2 * (STEPS - 1)]).toBeLessThan(0.9 * first)
    expect(new Set((await reference).get('evaluate/targets')).size).toBeGreaterThanOrEqual(dataset.classes.length)
  })

  it.each(steppingDevices)('takes the same 20 steps on %s', async (device) => {
    const expected = await reference
    const backend = await devices[device]()
    const actual = await everything(backend, dataset, model, [1, 7, 12])
    const get = (of: typeof actual, name: string) => of.get(name)!
    expect(get(actual, 'train/targets')).toEqual(get(expected, 'train/targets'))
    for (const list of model.validation ? ['train', 'evaluate', 'validate'] : ['train', 'evaluate']) {
      const name = `${list}/history`
      expect(difference(get(actual, name), get(expected, name)), name).toBeLessThan(TOLERANCE.history)
    }
    const start = initialParameters(model)
    const way = (of: typeof actual) => (get(of, 'parameters') as Float32Array).map((value, i) => value - start[i])
    const [gone, right] = [way(actual), way(expected)]
    const apart = length(gone.map((value, i) => value - right[i])) / length(right)
    expect(apart).toBeLessThan(TOLERANCE.way)
    const outputs = model.buffers.outputs.name
    expect(difference(get(actual, outputs), get(expected, outputs))).toBeLessThan(TOLERANCE.look)
    backend.dispose()
  })

  it.each(steppingDevices)('gives the panels the same data on %s', async (device) => {
    const results = []
    for (const backend of [createReference(), await devices[device]()]) {
      results.push(await look(backend, dataset, spec))
      backend.dispose()
    }
    const [expected, actual] = results
    for (const [name, values] of Object.entries(expected)) {
      expect(difference(actual[name], values), name).toBeLessThan(TOLERANCE.look)
    }
    expect(expected['saliency']).toHaveLength(dataset.classes.length * valuesIn(dataset.input))
    expect(expected['saliency'].some((value) => value !== 0)).toBe(true)
  })
})

const length = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0))

/** What a look at the first test example finds in a network that has learnt nothing. */
async function look(backend: Backend, dataset: Dataset, spec: Spec): Promise<Record<string, Float32Array>> {
  const model = modelOf(dataset, spec)
  const { plan, buffers, outputs } = compileLook(spec)
  const program = await backend.prepare(plan)
  const contents = new Map(initialContents(model, oddStatistics(dataset, model.trainCount)))
  const held = ({ name }: { readonly name: string }) =>
    [...contents].find(([buffer]) => buffer.name === name)?.[1] ?? new Float32Array(4)
  for (const buffer of [buffers.parameters, buffers.running, buffers.statistics]) program.write(buffer, held(buffer))
  program.write(buffers.logits, identity(dataset.classes.length))
  program.write(buffers.example, firstTest(dataset))
  program.run('forward', 1)
  program.run('backward', 1)
  const shape = inputShapeOf(spec)
  const row = rowSize(shape)
  const gradients = (await program.read(buffers.gradients)).subarray(0, dataset.classes.length * row)
  const last = outputs[outputs.length - 1]
  const scales = held(buffers.statistics).slice(row, 2 * row) as Float32Array
  const result = {
    inputs: valuesOf({ shape }, await program.read(buffers.inputs)),
    outputs: valuesOf(last, await program.read(last.buffer)),
    saliency: saliencyOf(shape, gradients, firstExample(dataset), isStandardised(spec) ? scales : undefined),
  }
  program.dispose()
  return result
}
