// Networks as ONNX models: what onnxruntime makes of them is what Inkling makes of the networks.

import fc from 'fast-check'
import * as ort from 'onnxruntime-web'
import { PbfReader } from 'pbf'
import { describe, expect, it } from 'vitest'
import { createReference } from '../src/backends/reference'
import { datasetOf, mnist } from '../src/datasets'
import type { Dataset } from '../src/datasets/dataset'
import { storesOf } from '../src/datasets/stores'
import type { Network } from '../src/formats/network'
import { writeOnnx } from '../src/formats/onnx'
import { hash, normal, uniform } from '../src/kernels/random'
import { elementsOf } from '../src/kernels/plan'
import { compile } from '../src/model/compile'
import { packed, storedBytes, valuesIn, type Example } from '../src/model/examples'
import { initialContents, type InputStatistics } from '../src/model/initialise'
import type { LayerSpec } from '../src/model/layers'
import { layOut, learntFrom, tensorsOf, type Learnt } from '../src/model/parameters'
import { findPreset, presets, presetsFor } from '../src/model/presets'
import { countOf } from '../src/model/shape'
import { inputScalings, inputShapeOf, losses, parseSpec, summarise, type Spec } from '../src/model/spec'
import { arbitraryLayers } from './arbitrary-spec'
import { difference } from './harness'
import { oddFeatures, oddImages, oddSets } from './odd-sets'

/**
 * Both work with 32-bit floats, but add in another order, approximate exp and tanh, and onnxruntime folds batch normalisation into
 * the convolution before it. Over the presets and 1500 random networks the largest difference was 2.6e-6 of the largest logit.
 */
const TOLERANCE = 1e-5

ort.env.wasm.numThreads = 1

const COUNT = 3

/** Examples and what they are standardised with. */
interface Given {
  readonly examples: readonly Example[]
  readonly statistics: InputStatistics
}

/** Images of a sort, mostly zero, and of noise, or features between -2 and 2. */
function givenFor({ input }: Dataset): Given {
  const size = valuesIn(input)
  const examples = Array.from({ length: COUNT }, (_, example) =>
    input.kind === 'features'
      ? Float32Array.from({ length: size }, (_, i) => 4 * uniform(2, example, i) - 2)
      : Uint8Array.from({ length: size }, (_, p) =>
          example === 0 || hash(1, example, p) % 5 === 0 ? hash(2, example, p) % 256 : 0,
        ),
  )
  const statistics: InputStatistics = {
    mean: Float32Array.from({ length: size }, (_, p) => 0.3 * uniform(3, 1, p)),
    deviation: Float32Array.from({ length: size }, (_, p) => 0.2 + uniform(3, 2, p)),
  }
  return { examples, statistics }
}
const given = new Map([mnist, ...oddSets].map((dataset) => [dataset.id, givenFor(dataset)]))
const givenOf = ({ dataset }: Spec): Given => given.get(dataset) ?? givenFor(datasetOf({ dataset }))
const { statistics } = givenFor(mnist)

/** Random values in every place, of a size that keeps what flows between layers near 1. */
function learntBy(spec: Spec): Learnt {
  const { list } = layOut(summarise(spec).layers)
  const tensors = list.map(({ name, shape, role }, t) => {
    const fanIn = countOf(shape.slice(0, -1))
    const value = {
      weights: (i: number) => normal(4, t, i) * Math.sqrt(2 / fanIn),
      other: (i: number) => (name.endsWith('.scale') ? 1 : 0) + 0.3 * normal(4, t, i),
      running: (i: number) => (name.endsWith('.variance') ? 0.2 + 2 * uniform(4, t, i) : 0.3 * normal(4, t, i)),
      unused: () => 0,
    }[role]
    return { name, shape, values: Float32Array.from({ length: countOf(shape) }, (_, i) => value(i)) }
  })
  return learntFrom(spec, tensors)
}

/** What the network puts out for the examples, on the reference kernels, as it does for a drawing: [examples, classes]. */
async function outputsOf({ spec, learnt }: Network): Promise<Float32Array> {
  const size = { trainCount: 2, testCount: 1 }
  const { input, classes } = datasetOf(spec)
  const stores = storesOf(datasetOf(spec))
  const { examples, statistics } = givenOf(spec)
  // How it is trained does not matter here; small batches take little memory.
  const model = compile({ ...spec, trainingSize: 2, validationSize: 0, batchSize: 2 }, size)
  const backend = createReference()
  for (const [name, bytes] of [
    [stores.trainInputs, 2 * storedBytes(input)],
    [stores.trainLabels, 2],
    [stores.testInputs, storedBytes(input)],
    [stores.testLabels, 1],
  ] as const) {
    backend.store(name, bytes)
  }
  const program = await backend.prepare(model.plan)
  const { parameters, running, example, outputs } = model.buffers
  for (const [buffer, contents] of initialContents(model, statistics)) program.write(buffer, contents)
  program.write(parameters, learnt.parameters)
  program.write(running, learnt.running)
  const all = new Float32Array(COUNT * classes.length)
  for (const [i, each] of examples.entries()) {
    program.write(example, elementsOf(example, packed(input, each).buffer))
    program.run('predict', 1)
    all.set(await program.read(outputs, 0, classes.length), i * classes.length)
  }
  backend.dispose()
  return all
}

/** What onnxruntime makes of the examples, all in one batch: values by the name of the output. */
async function run(bytes: Uint8Array, spec: Spec): Promise<Map<string, Float32Array>> {
  const { input, classes } = datasetOf(spec)
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] })
  const most = input.kind === 'image' ? 255 : 1
  const values = Float32Array.from(
    givenOf(spec).examples.flatMap((each) => Array.from(each)),
    (value) => value / most,
  )
  const name = input.kind === 'image' ? 'image' : 'features'
  const results = await session.run({ [name]: new ort.Tensor('float32', values, [COUNT, ...inputShapeOf(spec)]) })
  await session.release()
  return new Map(
    Object.entries(results).map(([name, { data, dims }]) => {
      expect(dims).toEqual([COUNT, classes.length])
      if (!(data instanceof Float32Array)) throw new Error(`${name} is of another type`)
      return [name, data]
    }),
  )
}

/** Rows of so many classes as probabilities. */
function softmax(logits: Float32Array, classes: number): Float32Array {
  return logits.map((logit, i) => {
    const row = Math.floor(i / classes) * classes
    const all = logits.subarray(row, row + classes)
    return 1 / all.reduce((sum, other) => sum + Math.exp(other - logit), 0)
  })
}

/** The same numbers by either, of a network that has learnt random values unless told others. */
async function expectSame(spec: Spec, learnt = learntBy(spec)): Promise<void> {
  const network = { spec: parseSpec(spec), learnt, statistics: givenOf(spec).statistics }
  const expected = await outputsOf(network)
  expect(expected.every(Number.isFinite)).toBe(true)
  const actual = await run(writeOnnx(network), spec)
  const names = spec.loss === 'cross-entropy' ? ['logits', 'probabilities'] : ['outputs']
  expect([...actual.keys()].sort()).toEqual(names)
  const outputs = actual.get(names[0]) ?? []
  expect(difference(outputs, expected)).toBeLessThanOrEqual(TOLERANCE)
  const probabilities = actual.get('probabilities')
  if (probabilities)
    expect(difference(probabilities, softmax(expected, datasetOf(spec).classes.length))).toBeLessThanOrEqual(TOLERANCE)
}

const usual: Spec = { ...presets[0].spec, input: 'standardised' }
const dense: LayerSpec = { type: 'dense', units: 10, activation: 'linear', initialiser: 'glorot', bias: 'yes' }
const conv = {
  type: 'conv2d',
  filters: 5,
  kernel: 3,
  stride: 1,
  padding: 'valid',
  activation: 'relu',
  initialiser: 'he',
  bias: 'yes',
} as const
const flatten: LayerSpec = { type: 'flatten' }
const norm: LayerSpec = { type: 'batch-normalisation', momentum: 0.1, epsilon: 0.01 }

/** Cases in which a mistake would be easy. */
const cases: Record<string, LayerSpec[]> = {
  'an activation and dropout of pixels': [
    { type: 'activation', activation: 'gelu' },
    { type: 'dropout', rate: 0.5 },
    dense,
  ],
  'pooling of pixels': [{ type: 'max-pooling', size: 3, stride: 2 }, flatten, norm, dense],
  'mean pooling of pixels, one channel flattened': [{ type: 'average-pooling', size: 5, stride: 4 }, flatten, dense],
  'an even kernel, its padding larger on one side': [
    { ...conv, kernel: 4, padding: 'same', stride: 3 },
    flatten,
    dense,
  ],
  'steps longer than the kernel': [
    { ...conv, kernel: 2, padding: 'same', stride: 5 },
    { type: 'max-pooling', size: 1, stride: 3 },
    flatten,
    dense,
  ],
  'channels normalised, then flattened': [
    { ...conv, activation: 'linear', bias: 'no' },
    norm,
    { type: 'activation', activation: 'tanh' },
    { ...conv, filters: 7, kernel: 2, activation: 'gelu' },
    { type: 'average-pooling', size: 3, stride: 3 },
    flatten,
    norm,
    { ...dense, units: 12, activation: 'gelu' },
    dense,
  ],
  'one position flattened': [{ ...conv, kernel: 28, activation: 'sigmoid' }, flatten, dense],
}

describe('onnxruntime computes what Inkling does', () => {
  it.each(presets.map(({ name, spec }) => [name, spec] as const))('of the preset %s', (_, spec) => expectSame(spec))

  it.each(Object.entries(cases))('of %s', (_, layers) => expectSame({ ...usual, layers }))

  it('of quadratic losses without a sigmoid', () => expectSame({ ...usual, loss: 'quadratic', layers: [dense] }))

  it('of a layer without a bias, although its file has one', () => {
    const spec: Spec = { ...usual, layers: [{ ...dense, bias: 'no' }] }
    const tensors = tensorsOf(spec, learntBy(spec)).map((tensor) =>
      tensor.name === 'layers.0.bias' ? { ...tensor, values: tensor.values.map((_, i) => i) } : tensor,
    )
    return expectSame(spec, learntFrom(spec, tensors))
  })

  it('of any network', () =>
    fc.assert(
      fc.asyncProperty(anySmall(mnist), (spec) => expectSame(spec)),
      { numRuns: 150 },
    ))

  describe.each(oddSets)('on $title', (dataset) => {
    it.each(presetsFor(dataset).map(({ name, spec }) => [name, spec] as const))('of the preset %s', (_, spec) =>
      expectSame(spec),
    )

    it('of any network', () =>
      fc.assert(
        fc.asyncProperty(anySmall(dataset), (spec) => expectSame(spec)),
        { numRuns: 100 },
      ))
  })
})

describe('a model', () => {
  it.each([
    ['default', { logits: ['batch', 10], probabilities: ['batch', 10] }],
    ['tiny', { outputs: ['batch', 10] }],
  ])('of the preset %s names its inputs and outputs', async (name, outputs) => {
    const { spec } = findPreset(name) ?? presets[0]
    const session = await ort.InferenceSession.create(writeOnnx({ spec, learnt: learntBy(spec) }))
    const shapes = (values: readonly ort.InferenceSession.ValueMetadata[]) =>
      Object.fromEntries(values.map((value) => [value.name, value.isTensor && [value.type, ...value.shape]]))
    expect(shapes(session.inputMetadata)).toEqual({ image: ['float32', 'batch', 28, 28] })
    expect(shapes(session.outputMetadata)).toEqual(
      Object.fromEntries(Object.entries(outputs).map(([output, shape]) => [output, ['float32', ...shape]])),
    )
    await session.release()
  })

  it('of another data set names it', async () => {
    const inputsOf = async (dataset: Dataset) => {
      const [{ spec }] = presetsFor(dataset)
      const { statistics } = givenOf(spec)
      const session = await ort.InferenceSession.create(writeOnnx({ spec, learnt: learntBy(spec), statistics }))
      const inputs = session.inputMetadata.map((value) => [value.name, ...(value.isTensor ? value.shape : [])])
      await session.release()
      return inputs
    }
    expect(await inputsOf(oddImages)).toEqual([['image', 'batch', 20, 12, 3]])
    expect(await inputsOf(oddFeatures)).toEqual([['features', 'batch', 5]])
  })

  it('has the spec, the classes and its producer in its metadata', () => {
    const [{ spec }] = presetsFor(oddFeatures)
    const read = { producer: '', opset: 0, metadata: new Map<string, string>() }
    new PbfReader(writeOnnx({ spec, learnt: learntBy(spec) })).readFields((field, read, pbf) => {
      if (field === 2) read.producer = pbf.readString()
      if (field === 8) {
        pbf.readMessage((field, read, pbf) => {
          if (field === 2) read.opset = pbf.readVarint()
        }, read)
      }
      if (field === 14) {
        const entry = pbf.readMessage((field, entry: string[], pbf) => void (entry[field] = pbf.readString()), [])
        read.metadata.set(entry[1], entry[2])
      }
    }, read)
    expect(read).toMatchObject({ producer: 'Inkling', opset: 14 })
    expect([...read.metadata.keys()]).toEqual(['inkling.spec', 'inkling.classes'])
    expect(parseSpec(JSON.parse(read.metadata.get('inkling.spec') ?? ''))).toEqual(spec)
    expect(JSON.parse(read.metadata.get('inkling.classes') ?? '')).toEqual(oddFeatures.classes)
  })

  it('of standardised inputs needs their statistics', () => {
    const { spec } = findPreset('softmax') ?? presets[0]
    const learnt = learntBy(spec)
    expect(() => writeOnnx({ spec, learnt })).toThrow('only with the statistics of the training images')
    expect(() => writeOnnx({ spec, learnt, statistics })).not.toThrow()
  })
})

/** Fewer units and filters, which leaves every shape possible: the last layer stays. */
function smaller(layer: LayerSpec, i: number, { length }: readonly LayerSpec[]): LayerSpec {
  if (i === length - 1) return layer
  if (layer.type === 'dense') return { ...layer, units: 1 + (layer.units % 32) }
  return layer.type === 'conv2d' ? { ...layer, filters: 1 + (layer.filters % 6) } : layer
}

/** Multiplications of a network's layers, about. */
function work(spec: Spec): number {
  return summarise(spec).layers.reduce((sum, { spec: layer, outputShape, parameters }) => {
    return sum + (layer.type === 'conv2d' ? outputShape[0] * outputShape[1] * parameters : parameters)
  }, 0)
}

const anySmall = (dataset: Dataset): fc.Arbitrary<Spec> =>
  fc
    .constantFrom(...losses)
    .chain((loss) =>
      fc.record({
        loss: fc.constant(loss),
        layers: arbitraryLayers(loss, dataset),
        input: fc.constantFrom(...inputScalings),
      }),
    )
    .map(({ loss, layers, input }): Spec => ({
      ...presetsFor(dataset)[0].spec,
      loss,
      input,
      labelSmoothing: 0,
      layers: layers.map(smaller),
    }))
    .filter((spec) => work(spec) < 1e6)
