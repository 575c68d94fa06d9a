// A run whose numbers stop being finite: the place that is named against one found by steps one by one.

import { describe, expect, it } from 'vitest'
import { createReference } from '../src/backends/reference'
import type { Backend, Program } from '../src/backends/types'
import { createWasm } from '../src/backends/wasm'
import { compile, HISTORY_SLOTS, type Model } from '../src/model/compile'
import { initialContents } from '../src/model/initialise'
import type { Spec } from '../src/model/spec'
import type { Breakdown } from '../src/session/divergence-guard'
import { findPlace } from '../src/session/locate'
import type { Place } from '../src/session/protocol'
import { Trainer, type Listener } from '../src/session/trainer'
import { base, data, dense, isBad } from './diverging'
import { fillStores } from './tiny-digits'

/** Runs that diverge, each in its own way. */
const runs: Readonly<Record<string, Partial<Spec>>> = {
  'ReLU, a huge rate': { learningRate: 1e20 },
  'ReLU after batch norm': {
    layers: [
      dense(12, 'linear'),
      { type: 'batch-normalisation', momentum: 0.1, epsilon: 1e-5 },
      { type: 'activation', activation: 'relu' },
      dense(10, 'linear'),
    ],
    learningRate: 1e30,
  },
  Adam: { optimizer: { type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }, learningRate: 1e15 },
  'quadratic loss with linear outputs': { loss: 'quadratic', labelSmoothing: 0, learningRate: 30 },
  'linear layers with momentum': {
    layers: [dense(12, 'linear'), dense(10, 'linear')],
    optimizer: { type: 'momentum', momentum: 0.99, weightDecay: 0 },
  },
  'weight decay past its limit': {
    layers: [dense(9, 'tanh'), dense(10, 'linear')],
    optimizer: { type: 'sgd', weightDecay: 0.9 },
  },
  'a convolution, clipped': {
    layers: [
      {
        type: 'conv2d',
        filters: 3,
        kernel: 5,
        stride: 3,
        padding: 'valid',
        activation: 'relu',
        initialiser: 'he',
        bias: 'yes',
      },
      { type: 'flatten' },
      dense(10, 'linear'),
    ],
    optimizer: { type: 'momentum', momentum: 0.999, weightDecay: 0.5 },
    clipNorm: 1000,
    evaluateEvery: 5,
  },
  'GELU, evaluated once an epoch': {
    layers: [dense(12, 'gelu'), dense(10, 'linear')],
    loss: 'quadratic',
    labelSmoothing: 0,
    evaluateEvery: 0,
  },
}

const devices: Readonly<Record<string, () => Promise<Backend>>> = {
  reference: () => Promise.resolve(createReference()),
  WebAssembly: () => createWasm({ threads: 1 }),
}

/** Step by step from the start, every buffer that the step writes, in the order in which it does. */
async function oracle(backend: Backend, spec: Spec): Promise<Place> {
  const model = compile(spec, data)
  const program = await backend.prepare(model.plan)
  for (const [buffer, contents] of initialContents(model, data.statistics)) program.write(buffer, contents)
  program.write(model.buffers.rates, new Float32Array(HISTORY_SLOTS).fill(spec.learningRate))
  for (let step = 1; step < 3000; step++) {
    program.run('train', 1)
    const found = await firstBad(program, model)
    if (found) return { step, ...found }
  }
  throw new Error('This run does not diverge.')
}

/** By the names and places of what is written, where locate.ts goes by the calls' layers. */
async function firstBad(program: Program, model: Model): Promise<Omit<Place, 'step'> | undefined> {
  const { train } = model.plan.lists
  for (const [i, { kernel, buffers, constants }] of train.entries()) {
    for (const [binding, access] of Object.entries(kernel.bindings)) {
      if (access !== 'write f32' && access !== 'read-write f32') continue
      const { name } = buffers[binding]
      const all = await program.read(buffers[binding])
      if (binding === 'gradients') {
        const start = constants['WEIGHTS'] ?? constants['SCALE']
        const layer = model.parameters.find(({ offset, role }) => offset === start && role !== 'running')!
        const bias = model.parameters[model.parameters.indexOf(layer) + 1]
        if (isBad(all.subarray(start, bias.offset + bias.shape[0])))
          return { layer: layerOf(layer.name), what: 'gradient' }
      } else if (isBad(all)) {
        if (/parameters|velocity|first|second/.test(name)) {
          const at = all.findIndex((value) => !Number.isFinite(value))
          const owner = model.parameters.findLast(({ offset, role }) => offset <= at && role !== 'running')!
          return { layer: layerOf(owner.name), what: 'update' }
        }
        if (/loss|history/.test(name)) return { layer: undefined, what: 'loss' }
        if (/clip|sums/.test(name)) return { layer: undefined, what: 'norm' }
        // An input gradient is made by the layer above the one whose values it is about; the name says which made it.
        return {
          layer: layerOf(name),
          what: i < train.findIndex((call) => 'losses' in call.buffers) ? 'output' : 'gradient',
        }
      }
    }
  }
  return undefined
}

const layerOf = (name: string) => Number(/layers\.(\d+)/.exec(name)?.[1])

/** What a run tells of its end. */
function breakdownOf(backend: Backend, spec: Spec): Promise<Breakdown> {
  const nothing = () => {}
  return new Promise((diverged, failed) => {
    const listener: Listener = {
      progress: nothing,
      train: nothing,
      test: nothing,
      validation: nothing,
      diverged,
      failed,
    }
    void Trainer.create(backend, spec, data, listener).then((trainer) => trainer.start())
  })
}

describe.each(Object.keys(devices))('where a run diverges, on %s', (device) => {
  it.each(Object.keys(runs))('%s', async (name) => {
    const spec = { ...base, ...runs[name] }
    const backend = await devices[device]()
    fillStores(backend)
    const expected = await oracle(backend, spec)
    const before = backend.memory()
    const breakdown = await breakdownOf(backend, spec)
    expect(breakdown.step).toBeGreaterThanOrEqual(expected.step)
    expect(breakdown.from.step).toBeLessThan(expected.step)
    const model = compile(spec, data)
    const held = backend.memory()
    const place = await findPlace({ backend, model, data, breakdown }, new AbortController().signal)
    expect(place).toEqual(expected)
    expect(backend.memory()).toEqual(held)
    expect(held).not.toEqual(before)
    const aborted = new AbortController()
    aborted.abort()
    expect(await findPlace({ backend, model, data, breakdown }, aborted.signal)).toBeUndefined()
    backend.dispose()
  })
})

it('an evaluation may stop being finite before a step does', async () => {
  const backend = createReference()
  fillStores(backend)
  // The step before the evaluation's own: what it sees at 7 is what step 8 trains on.
  const spec = { ...base, ...runs['a convolution, clipped'], evaluateEvery: 7 }
  expect((await oracle(backend, spec)).step).toBe(8)
  const breakdown = await breakdownOf(backend, spec)
  expect(breakdown).toMatchObject({ step: 7, sign: 'test loss', from: { step: 0 } })
  const place = await findPlace({ backend, model: compile(spec, data), data, breakdown }, new AbortController().signal)
  expect(place).toEqual({ step: 7, layer: 2, what: 'output' })
})
