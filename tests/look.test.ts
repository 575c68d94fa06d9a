// Looks inside: saliency against finite differences in float64, activations against the run's own prediction, and every
// neuron's equation against what the network computed.

import { describe, expect, it } from 'vitest'
import { createReference } from '../src/backends/reference'
import { createWasm } from '../src/backends/wasm'
import { activate, ACTIVATIONS } from '../src/kernels/activation'
import type { Floats } from '../src/kernels/kernel'
import { eachPlace, type Buffer } from '../src/kernels/plan'
import { normal, uniform } from '../src/kernels/random'
import { compileLook, identity, saliencyOf, supportOf, valuesOf } from '../src/model/look'
import { neuronOf, passesOn, type NetworkState } from '../src/model/neuron'
import { pad4 } from '../src/kernels/kernel'
import { asMatrix, countOf } from '../src/model/shape'
import { softmax } from '../src/model/outputs'
import { summarise, type Spec } from '../src/model/spec'
import { Looker } from '../src/session/inspectors/look'
import type { Look } from '../src/session/protocol'
import { Trainer, type Listener } from '../src/session/trainer'
import { dense, deviation, image, mean, networks, output, specOf } from './every-layer'
import { CLASSES, PIXELS, SIZE, fillStores } from './tiny-digits'
import { withPrograms } from './with-programs'

/** A look on the reference kernels in float64, with random parameters and running statistics. */
function inFloat64(spec: Spec) {
  const { plan, buffers, parameters, outputs, slopes } = compileLook(spec)
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
  const bind = (name: 'forward' | 'answer' | 'backward', without: string, above = -1) =>
    plan.lists[name]
      .filter(({ kernel, layer }) => kernel.name !== without && (above < 0 || (layer ?? -1) > above))
      .map(({ kernel, constants, buffers }) => {
        const bound = Object.fromEntries(Object.entries(buffers).map(([name, { id }]) => [name, arrays[id]]))
        return () => kernel.reference(constants, bound)
      })
  return { buffers, array, outputs, slopes, bind }
}

/** Central differences: an error of order h^2, plus rounding of order 1e-16 / h. */
const H = 1e-5
const TOLERANCE = 1e-8

describe.each(Object.entries(networks))('%s', (_, partial) => {
  const spec = specOf(partial)

  it('has the saliency of finite differences of the ink', () => {
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

  it('has the reasons that finite differences of every layer give', () => {
    const { buffers, array, outputs, slopes, bind } = inFloat64(spec)
    const label = 4
    array(buffers.answer)[label] = 1
    for (const run of [...bind('forward', ''), ...bind('answer', '')]) run()
    const last = outputs[outputs.length - 1]
    const logit = () => {
      const z = array(last.buffer)[label]
      return last.activation === 'sigmoid' ? Math.log(z / (1 - z)) : z
    }
    let compared = 0
    outputs.slice(0, -1).forEach((flow, layer) => {
      if (passesOn(spec.layers[layer].type)) return
      const { positions, channels } = asMatrix(flow.shape)
      const read = (buffer: Buffer) => valuesOf(flow, Float32Array.from(array(buffer)))
      const support = supportOf(flow.activation, read(flow.buffer), read(flow.saved), read(slopes[layer + 1]))
      const stored = array(flow.buffer)
      const onward = bind('forward', 'gather', layer)
      const clean = stored.slice()
      const count = positions * channels
      for (let unit = 0; unit < count; unit += Math.max(1, Math.floor(count / 25))) {
        const at = Math.floor(unit / channels) * pad4(channels) + (unit % channels)
        const moved = (by: number) => {
          stored[at] = clean[at] + by
          for (const run of onward) run()
          return logit()
        }
        const expected = ((moved(H) - moved(-H)) / (2 * H)) * clean[at]
        stored[at] = clean[at]
        for (const run of onward) run()
        expect(Math.abs(support[unit] - expected), `layer ${layer}, unit ${unit}`).toBeLessThan(
          1e-6 + 1e-4 * Math.abs(expected),
        )
        if (expected !== 0) compared++
      }
    })
    if (spec.layers.filter(({ type }) => !passesOn(type)).length > 1) expect(compared).toBeGreaterThan(3)
  })

  it("shows the run's prediction, and every equation adds up", async () => {
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

it('names the step of its parameters, even if the run trains on meanwhile', async () => {
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

it('propagates back to the pixels without weight gradients', () => {
  const { plan } = compileLook(specOf(networks['batch normalisation of images and vectors']))
  const names = plan.lists.backward.map(({ kernel }) => kernel.name)
  expect(names).toContain('batch-norm-input-gradient')
  expect(names.filter((name) => /weight-gradient|gradient-sums|batch-norm-gradients/.test(name))).toEqual([])
})

it('follows the strongest paths from the answer, and finds what is dead', async () => {
  const backend = createReference()
  fillStores(backend)
  const spec = specOf({ layers: [dense(33, 'relu'), dense(12, 'tanh'), output] })
  const trainer = await Trainer.create(backend, spec, { ...SIZE, statistics: { mean, deviation } }, silent)
  const looker = new Looker()
  const { reasons, layers } = await looker.look(backend, trainer, { example: image, saliency: false })
  const answer = layers[2].indexOf(Math.max(...layers[2]))
  expect(reasons!.label).toBe(answer)
  const paths = reasons!.paths
  const from = (layer: number) => paths.filter(({ to }) => to.layer === layer)
  // Only one way leads from the last hidden layer to the answer: what a neuron adds on it is all that it adds.
  const hidden = Array.from(reasons!.layers[1], (adds, unit) => ({ unit, adds }))
  hidden.sort((a, b) => Math.abs(b.adds) - Math.abs(a.adds))
  expect(from(2).map(({ from, to }) => [from.layer, from.unit, to.unit])).toEqual(
    hidden.slice(0, 8).map(({ unit }) => [1, unit, answer]),
  )
  from(2).forEach(({ adds }, i) => expect(adds).toBeCloseTo(hidden[i].adds, 5))
  expect(from(1).map(({ from }) => from.layer)).toEqual(from(1).map(() => 0))
  expect(new Set(from(1).map(({ to }) => to.unit))).toEqual(new Set(from(2).map(({ from }) => from.unit)))
  expect(from(0).every(({ from }) => from.layer === -1 && image[from.unit] > 0)).toBe(true)
  layers[0].forEach((value, unit) => {
    if (value === 0) expect(reasons!.layers[0][unit]).toBe(0)
  })
  const other = await looker.look(backend, trainer, { example: image, saliency: true, label: 3 })
  expect(other.reasons!.label).toBe(3)
  const own = other.saliency!.subarray(3 * PIXELS, 4 * PIXELS)
  own.forEach((value, p) => expect(other.reasons!.inputs[p]).toBeCloseTo(value, 5))
})
