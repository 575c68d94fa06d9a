// Looks inside: saliency against finite differences in float64, activations against the run's own prediction, and every
// neuron's equation against what the network computed.

import { describe, expect, it } from 'vitest'
import { createReference } from '../src/backends/reference'
import { createWasm } from '../src/backends/wasm'
import { activate, ACTIVATIONS, type ActivationName } from '../src/kernels/activation'
import type { Floats } from '../src/kernels/kernel'
import { eachPlace, type Buffer } from '../src/kernels/plan'
import { hash, normal, uniform } from '../src/kernels/random'
import { compileLook, identity, saliencyOf } from '../src/model/look'
import { neuronOf, passesOn, strongestConnections, type NetworkState } from '../src/model/neuron'
import { countOf } from '../src/model/shape'
import { softmax } from '../src/model/outputs'
import { parseSpec, summarise, type LayerSpec, type Spec } from '../src/model/spec'
import { Looker } from '../src/session/inspectors/look'
import type { Look } from '../src/session/protocol'
import { Trainer, type Listener } from '../src/session/trainer'
import { presets } from '../src/model/presets'
import { CLASSES, PIXELS, SIZE, fillStores } from './tiny-digits'
import { withPrograms } from './with-programs'

const dense = (units: number, activation: ActivationName): LayerSpec => ({
  type: 'dense',
  units,
  activation,
  initialiser: 'glorot',
  bias: 'yes',
})
const conv = (filters: number, kernel: number, rest: Partial<Extract<LayerSpec, { type: 'conv2d' }>> = {}) =>
  ({
    type: 'conv2d',
    filters,
    kernel,
    stride: 1,
    padding: 'valid',
    activation: 'tanh',
    initialiser: 'glorot',
    bias: 'yes',
    ...rest,
  }) satisfies LayerSpec
const flatten: LayerSpec = { type: 'flatten' }
const dropout: LayerSpec = { type: 'dropout', rate: 0.5 }
const batchNorm: LayerSpec = { type: 'batch-normalisation', momentum: 0.1, epsilon: 1e-3 }
const maxPooling = (size = 2, stride = 2): LayerSpec => ({ type: 'max-pooling', size, stride })
const averagePooling = (size = 2, stride = 2): LayerSpec => ({ type: 'average-pooling', size, stride })
const activation = (activation: ActivationName): LayerSpec => ({ type: 'activation', activation })
const output = dense(10, 'linear')

/** Networks with every kind of layer, and every way in which the pixels may be read first. */
const networks: Record<string, Partial<Spec>> = {
  'softmax regression': { layers: [output] },
  'dense, standardised inputs': { layers: [dense(12, 'tanh'), dense(7, 'gelu'), output], input: 'standardised' },
  'sigmoid outputs': { layers: [dense(9, 'sigmoid'), dense(10, 'sigmoid')], loss: 'quadratic' },
  'convolutions and max pooling': {
    layers: [
      conv(3, 5, { padding: 'same' }),
      maxPooling(),
      conv(5, 4, { stride: 3 }),
      flatten,
      dense(6, 'tanh'),
      output,
    ],
  },
  'strided convolution of pixels, same padding': {
    layers: [conv(4, 6, { stride: 5, padding: 'same', activation: 'gelu' }), flatten, output],
  },
  'batch normalisation of images and vectors': {
    layers: [
      conv(3, 7, { stride: 3, activation: 'linear', bias: 'no' }),
      batchNorm,
      activation('tanh'),
      averagePooling(3, 2),
      flatten,
      dense(6, 'linear'),
      batchNorm,
      activation('sigmoid'),
      dropout,
      output,
    ],
  },
  'dropout and an activation of pixels first': {
    layers: [dropout, activation('tanh'), conv(2, 5, { stride: 4 }), dropout, flatten, output],
    input: 'standardised',
  },
  'pooling of pixels first': { layers: [averagePooling(4, 3), maxPooling(2, 1), flatten, dense(8, 'gelu'), output] },
}
const specOf = (partial: Partial<Spec>): Spec =>
  parseSpec({ ...presets[0].spec, augmentation: { type: 'none' }, styleShare: 0, batchSize: 20, ...partial })

/** Ink in places. */
const image = Uint8Array.from({ length: PIXELS }, (_, p) => (hash(3, 1, p) % 3 === 0 ? 40 + (hash(3, 2, p) % 216) : 0))
const mean = Float32Array.from({ length: PIXELS }, (_, p) => uniform(4, 1, p))
const deviation = Float32Array.from({ length: PIXELS }, (_, p) => 0.3 + uniform(4, 2, p))

/** A look on the reference kernels in float64, with random parameters and running statistics. */
function inFloat64(spec: Spec) {
  const { plan, buffers, parameters, outputs } = compileLook(spec)
  const arrays = plan.buffers.map(({ size, dtype }) =>
    dtype === 'u32' ? new Uint32Array(size) : new Float64Array(size),
  )
  const array = ({ id }: Buffer) => arrays[id] as Floats
  parameters.forEach(({ shape, offset, role, name }, stream) => {
    const to = array(role === 'running' ? buffers.running : buffers.parameters)
    const scale = 1 / Math.sqrt(shape.length > 1 ? countOf(shape) / shape[shape.length - 1] : 1)
    const value = (i: number) =>
      name.endsWith('variance') ? 0.5 + uniform(5, stream, i) : scale * normal(5, stream, i)
    eachPlace(shape, (place, i) => (to[offset + place] = value(i)))
  })
  array(buffers.logits).set(identity(CLASSES))
  const statistics = array(buffers.statistics)
  statistics.set(mean)
  deviation.forEach((value, p) => (statistics[PIXELS + p] = 1 / value))
  arrays[buffers.example.id].set(new Uint32Array(image.slice().buffer))
  const bind = (name: 'forward' | 'backward', without: string) =>
    plan.lists[name]
      .filter(({ kernel }) => kernel.name !== without)
      .map(({ kernel, constants, buffers }) => {
        const bound = Object.fromEntries(Object.entries(buffers).map(([name, { id }]) => [name, arrays[id]]))
        return () => kernel.reference(constants, bound)
      })
  return { buffers, array, outputs, bind }
}

/** Central differences: an error of order h^2, plus rounding of order 1e-16 / h. */
const H = 1e-5
const TOLERANCE = 1e-8

describe.each(Object.entries(networks))('%s', (_, partial) => {
  const spec = specOf(partial)

  it('has the saliency that finite differences of the ink give', () => {
    const { buffers, array, outputs, bind } = inFloat64(spec)
    for (const run of [...bind('forward', ''), ...bind('backward', '')]) run()
    const standardised = spec.input === 'standardised'
    const scales = deviation.map((value) => 1 / value)
    const gradients = Float32Array.from(array(buffers.gradients))
    const saliency = saliencyOf(
      [28, 28],
      gradients.subarray(0, CLASSES * PIXELS),
      image,
      standardised ? scales : undefined,
    )

    const inputs = array(buffers.inputs)
    const clean = inputs.slice()
    const forward = bind('forward', 'gather')
    const last = outputs[outputs.length - 1]
    const logits = () => {
      for (const run of forward) run()
      // A logit is an output before its activation.
      const before = (z: number) => (last.activation === 'sigmoid' ? Math.log(z / (1 - z)) : z)
      return Array.from(array(last.buffer).slice(0, CLASSES), before)
    }
    const scale = Math.max(...saliency.map(Math.abs))
    expect(scale, 'there is something to compare').toBeGreaterThan(1e-3)
    for (let p = 0; p < PIXELS; p += 11) {
      // A step of the ink is one of the input, scaled as the inputs are.
      const step = standardised ? H / deviation[p] : H
      inputs[p] = clean[p] + step
      const above = logits()
      inputs[p] = clean[p] - step
      const below = logits()
      inputs[p] = clean[p]
      for (let c = 0; c < CLASSES; c++) {
        const expected = ((above[c] - below[c]) / (2 * H)) * (image[p] / 255)
        // What is compared went through float32 once.
        const apart = Math.abs(saliency[c * PIXELS + p] - expected)
        expect(apart, `pixel ${p} for ${c}`).toBeLessThan(TOLERANCE + 1e-6 * scale)
      }
    }
    expect(image.some((ink, p) => ink === 0 && p % 11 === 0)).toBe(true)
  })

  it('looks at what the run predicts, and every equation adds up', async () => {
    for (const backend of [createReference(), await createWasm({ threads: 1 })]) {
      fillStores(backend)
      const trainer = await Trainer.create(backend, spec, { ...SIZE, statistics: { mean, deviation } }, silent)
      for (let i = 0; i < 3; i++) await trainer.step()
      const looker = new Looker()
      const look = await looker.look(backend, trainer, { example: image, saliency: true })
      expect(look.step).toBe(3)
      const prediction = await trainer.predict(image)
      const outputs = [...look.layers.at(-1)!]
      const probabilities = spec.loss === 'cross-entropy' ? softmax(outputs) : outputs
      probabilities.forEach((value, digit) => expect(value).toBeCloseTo(prediction!.outputs[digit], 5))
      expectEquations(look, { list: trainer.model.parameters, spec, ...(await trainer.learnt()) })
      expect(look.saliency).toHaveLength(CLASSES * PIXELS)

      // Alone it is the same; a neuron comes with it where there is one.
      const before = backend.memory()
      const place = { layer: spec.layers.length - 1, unit: 4 }
      const again = await looker.look(backend, trainer, { example: image, saliency: false, neuron: place })
      expect(again.layers).toEqual(look.layers)
      expect(again.saliency).toBeUndefined()
      expect(again.neuron?.value).toBe(look.layers.at(-1)![4])
      const nowhere = await looker.look(backend, trainer, {
        example: image,
        saliency: false,
        neuron: { layer: 99, unit: 0 },
      })
      expect(nowhere.neuron).toBeUndefined()
      expect(backend.memory()).toEqual(before)
      looker.close()
      expect(backend.memory().bytes).toBeLessThan(before.bytes)
      trainer.dispose()
      backend.dispose()
    }
  })
})

const silent: Listener = {
  progress: () => {},
  train: () => {},
  test: () => {},
  validation: () => {},
  diverged: () => expect.unreachable('the run diverged'),
  failed: (error) => {
    throw error
  },
}

/** Neurons of every layer: their terms make their value, and their weights are those of the parameters. */
function expectEquations(look: Look, network: NetworkState): void {
  const { layers } = summarise(look.spec)
  layers.forEach(({ spec, outputShape }, layer) => {
    const inputs = look.layers[layer - 1] ?? look.inputs
    const outputs = look.layers[layer]
    expect(outputs).toHaveLength(countOf(outputShape))
    const count = countOf(outputShape)
    for (const unit of new Set([0, 1, Math.floor(count / 2), count - 2, count - 1].filter((unit) => unit >= 0))) {
      const neuron = neuronOf(network, { layer, unit }, inputs, outputs)
      if (passesOn(spec.type)) {
        expect(neuron).toBeUndefined()
        continue
      }
      const { weights, sources, bias, sum, value, activation, shape } = neuron!
      expect(weights).toHaveLength(countOf(shape))
      const terms = [...weights].map((weight, i) => weight * (sources[i] < 0 ? 0 : inputs[sources[i]]))
      const total = terms.reduce((a, b) => a + b, bias)
      expect(sum).toBeCloseTo(total, 6)
      const size = terms.reduce((a, b) => a + Math.abs(b), 1)
      expect(Math.abs(activate(ACTIVATIONS[activation], sum) - value), `${spec.type} ${unit}`).toBeLessThan(2e-5 * size)
      expectWeights(network, layer, unit, weights)
    }
    expect(neuronOf(network, { layer, unit: count }, inputs, outputs)).toBeUndefined()
  })
}

/** Weights against the named tensor, index by index. */
function expectWeights(network: NetworkState, layer: number, unit: number, weights: Float32Array): void {
  const found = network.list.find(({ name }) => name === `layers.${layer}.weights`)
  if (!found) return
  const columns = found.shape[found.shape.length - 1]
  const tensor = new Float32Array(countOf(found.shape))
  eachPlace(found.shape, (place, i) => (tensor[i] = network.parameters[found.offset + place]))
  const column = unit % columns
  expect([...weights]).toEqual([...tensor].filter((_, i) => i % columns === column))
}

it('tells the step whose parameters it was made with, however far the run goes on meanwhile', async () => {
  const inner = createReference()
  fillStores(inner)
  let stepOn: (() => Promise<void>) | undefined
  const backend = withPrograms(inner, (program) => ({
    async read(...args) {
      const values = await program.read(...args)
      const step = args[0].name === 'parameters' ? stepOn : undefined
      stepOn = undefined
      await step?.()
      return values
    },
  }))
  const trainer = await Trainer.create(
    backend,
    specOf({ layers: [dense(9, 'relu'), output] }),
    { ...SIZE, statistics: { mean, deviation } },
    silent,
  )
  await trainer.step()
  const image = new Uint8Array(PIXELS).fill(60)
  const looker = new Looker()
  const before = await looker.look(backend, trainer, { example: image, saliency: false })
  stepOn = () => trainer.step()
  const look = await looker.look(backend, trainer, { example: image, saliency: false })
  expect(trainer.submitted).toBe(2)
  expect([look.step, look.layers]).toEqual([1, before.layers])
})

it('goes back to the pixels without gradients of weights', () => {
  const { plan } = compileLook(specOf(networks['batch normalisation of images and vectors']))
  const names = plan.lists.backward.map(({ kernel }) => kernel.name)
  expect(names).toContain('batch-norm-input-gradient')
  expect(names.filter((name) => /weight-gradient|gradient-sums|batch-norm-gradients/.test(name))).toEqual([])
})

it('finds the connections that carry most', () => {
  const spec = specOf({ layers: [dense(33, 'relu'), output] })
  const { parameters: list } = compileLook(spec)
  const parameters = Float32Array.from({ length: 784 * 36 + 36 + 36 * 12 + 12 }, (_, i) => normal(8, 1, i))
  const network: NetworkState = { spec, list, parameters, running: new Float32Array(4) }
  const inputs = Float32Array.from({ length: PIXELS }, (_, i) => (i % 3 === 0 ? normal(8, 2, i) : 0))
  const found = strongestConnections(network, 0, inputs, 33, 32)
  const all: { from: number; to: number; carried: number }[] = []
  for (let from = 0; from < PIXELS; from++) {
    for (let to = 0; to < 33; to++) all.push({ from, to, carried: parameters[from * 36 + to] * inputs[from] })
  }
  all.sort((a, b) => Math.abs(b.carried) - Math.abs(a.carried))
  expect([...found.from]).toEqual(all.slice(0, 32).map(({ from }) => from))
  expect([...found.to]).toEqual(all.slice(0, 32).map(({ to }) => to))
  expect([...found.carried]).toEqual(all.slice(0, 32).map(({ carried }) => Math.fround(carried)))
  expect(strongestConnections(network, 0, new Float32Array(PIXELS), 33, 32).from).toHaveLength(0)
  expect(strongestConnections(network, 0, new Float32Array(PIXELS).fill(NaN), 33, 32).from).toHaveLength(0)
})
