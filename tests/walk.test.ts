// Walks through a step: slopes and gradients against finite differences of the loss in float64, and the update against the step that a
// run takes.

import { describe, expect, it } from 'vitest'
import { createReference } from '../src/backends/reference'
import { createWasm } from '../src/backends/wasm'
import { ACTIVATIONS, derivative } from '../src/kernels/activation'
import { pad4, type Floats } from '../src/kernels/kernel'
import { eachPlace, type Buffer } from '../src/kernels/plan'
import { normal, uniform } from '../src/kernels/random'
import { passesOn } from '../src/model/neuron'
import { optimizerTypes, type OptimizerKind } from '../src/model/optimizers'
import { initialPart } from '../src/model/fields'
import { asMatrix, countOf } from '../src/model/shape'
import type { Spec } from '../src/model/spec'
import { compileWalk } from '../src/model/walk'
import { walkThrough } from '../src/session/inspectors/walk'
import { RequestError } from '../src/session/queue'
import { Trainer, type Listener } from '../src/session/trainer'
import { dense, deviation, image, mean, networks, output, specOf } from './every-layer'
import { CLASSES, PIXELS, SIZE, fillStores } from './tiny-digits'

const LABEL = 4

/** A walk on the reference kernels in float64, with random parameters and running statistics. */
function inFloat64(spec: Spec) {
  const walk = compileWalk(spec)
  const { plan, buffers, parameters, outputs, slopes } = walk
  const arrays = plan.buffers.map(({ size, dtype }) =>
    dtype === 'u32' ? new Uint32Array(size) : new Float64Array(size),
  )
  const array = ({ id }: Buffer) => arrays[id] as Floats
  const named = (name: string) => array(plan.buffers.find((buffer) => buffer.name === name)!)
  parameters.forEach(({ shape, offset, role, name }, stream) => {
    const to = named(role === 'running' ? 'running' : 'parameters')
    const scale = 1 / Math.sqrt(shape.length > 1 ? countOf(shape) / shape[shape.length - 1] : 1)
    eachPlace(shape, (place, i) => {
      to[offset + place] = name.endsWith('variance') ? 0.5 + uniform(5, stream, i) : scale * normal(5, stream, i)
    })
  })
  named('statistics').set(mean)
  deviation.forEach((value, p) => (named('statistics')[PIXELS + p] = 1 / value))
  arrays[buffers.example.id].set(new Uint32Array(image.slice().buffer))
  arrays[buffers.label.id][0] = LABEL
  /** All calls up to the update, above a layer: without a rate the update changes nothing, and it is left out. */
  const bind = (without = '', above = -1) =>
    plan.lists.walk
      .filter(({ kernel, layer }) => kernel.name !== without && (above < 0 || layer === undefined || layer > above))
      .filter(({ kernel }) => !['sgd', 'adam', 'rmsprop'].includes(kernel.name))
      .map(({ kernel, constants, buffers }) => {
        const bound = Object.fromEntries(Object.entries(buffers).map(([name, { id }]) => [name, arrays[id]]))
        return () => kernel.reference(constants, bound)
      })
  return { buffers, parameters, array, named, outputs, slopes, bind }
}

/** Central differences. */
const H = 1e-5

describe.each(Object.entries(networks))('a walk: %s', (_, partial) => {
  const spec = specOf({ ...partial, labelSmoothing: partial.loss === 'quadratic' ? 0 : 0.1 })

  it('has the slopes that finite differences of the loss give', () => {
    const { array, buffers, outputs, slopes, bind } = inFloat64(spec)
    for (const run of bind()) run()
    let compared = 0
    outputs.forEach((flow, layer) => {
      if (passesOn(spec.layers[layer].type) && layer < outputs.length - 1) return
      const { positions, channels } = asMatrix(flow.shape)
      const found = array(slopes[layer]).slice()
      const [stored, saved] = [array(flow.buffer), array(flow.saved).slice()]
      const onward = bind('gather', layer)
      const count = positions * channels
      for (let unit = 0; unit < count; unit += Math.max(1, Math.floor(count / 25))) {
        const at = Math.floor(unit / channels) * pad4(channels) + (unit % channels)
        const clean = stored[at]
        const lossAt = (value: number) => {
          stored[at] = value
          for (const run of onward) run()
          return array(buffers.losses)[0]
        }
        const slope = (lossAt(clean + H) - lossAt(clean - H)) / (2 * H)
        lossAt(clean)
        // The slope is before the activation; the step was after it.
        const expected = slope * derivative(ACTIVATIONS[flow.activation], saved[at])
        expect(Math.abs(found[at] - expected), `layer ${layer}, unit ${unit}`).toBeLessThan(1e-7)
        if (expected !== 0) compared++
      }
    })
    expect(compared).toBeGreaterThan(5)
  })

  it('has the gradients that finite differences of the loss give', () => {
    const { parameters, named, array, buffers, bind } = inFloat64(spec)
    for (const run of bind()) run()
    const gradients = array(buffers.gradients).slice()
    const values = named('parameters')
    const all = bind()
    for (const { name, layer, parameter, shape, offset, role } of parameters) {
      const own = spec.layers[layer]
      const fixed = parameter === 'bias' && 'bias' in own && own.bias === 'no'
      if (role === 'running') continue
      const places: number[] = []
      eachPlace(shape, (place) => places.push(offset + place))
      const most = Math.max(...places.map((at) => Math.abs(gradients[at])))
      if (fixed) {
        expect(most, `${name} stays`).toBe(0)
        continue
      }
      for (let i = 0; i < places.length; i += Math.max(1, Math.floor(places.length / 12))) {
        const at = places[i]
        const clean = values[at]
        const lossAt = (value: number) => {
          values[at] = value
          for (const run of all) run()
          return array(buffers.losses)[0]
        }
        const expected = (lossAt(clean + H) - lossAt(clean - H)) / (2 * H)
        values[at] = clean
        expect(Math.abs(gradients[at] - expected), `${name} ${i}`).toBeLessThan(1e-7)
      }
      expect(most, `${name} has gradients`).toBeGreaterThan(0)
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

const kinds = Object.keys(optimizerTypes) as OptimizerKind[]

describe.each([...kinds.map((kind) => [kind, 0] as const), ['adamw', 0.01] as const])(
  'with %s, clipped at %d',
  (kind, clipNorm) => {
    it("updates as the run's next step of the same example does", async () => {
      for (const backend of [createReference(), await createWasm({ threads: 1 })]) {
        fillStores(backend)
        const spec = specOf({
          layers: [dense(9, 'gelu'), output],
          batchSize: 1,
          clipNorm,
          labelSmoothing: 0.1,
          learningRate: 0.01,
          optimizer: initialPart(optimizerTypes, kind),
          schedule: { type: 'cosine', warmup: 0 },
        })
        // A training set of one example is every batch.
        const data = { ...SIZE, trainCount: 1, statistics: { mean, deviation } }
        const trainer = await Trainer.create(backend, { ...spec, epochs: 20 }, data, silent)
        for (let i = 0; i < 3; i++) await trainer.step()
        const { program, model } = trainer
        const buffer = (name: string) => model.plan.buffers.find((buffer) => buffer.name === name)!
        const inputs = await program.read(buffer('train/inputs'), 0, PIXELS)
        const [label] = await program.read(buffer('train/targets'), 0, 1)
        const example = Uint8Array.from(inputs, (value) => Math.round(255 * value))

        const memory = backend.memory()
        const walk = await walkThrough({ backend, trainer }, { example, label })
        expect(backend.memory()).toEqual(memory)
        expect([walk.step, walk.label, trainer.submitted]).toEqual([3, label, 3])
        const before = await program.read(model.buffers.parameters)
        expect(walk.before).toEqual(before)
        await trainer.step()
        const after = await program.read(model.buffers.parameters)
        expect(walk.after.some((value, i) => value !== before[i])).toBe(true)
        after.forEach((value, i) => expect(Math.abs(walk.after[i] - value), `parameter ${i}`).toBeLessThan(1e-6))
        const gradients = await program.read(model.buffers.gradients)
        gradients.forEach((value, i) => expect(Math.abs(walk.gradients[i] - value), `gradient ${i}`).toBeLessThan(1e-5))
        expect(walk.clip).toBeCloseTo((await program.read(model.buffers.clip))[0], 5)
        if (clipNorm > 0) expect(walk.clip).toBeLessThan(1)
        const losses = await program.read(buffer('train/losses'), 0, 1)
        expect(walk.loss).toBeCloseTo(losses[0], 5)

        const other = walkThrough({ backend, trainer }, { example, label: CLASSES })
        await expect(other).rejects.toThrow(RequestError)
        await expect(walkThrough({ backend, trainer }, { example: example.slice(1), label })).rejects.toThrow(
          RequestError,
        )
        trainer.dispose()
        backend.dispose()
      }
    })
  },
)
