// The same 20 training steps on every backend, from the same start: losses, hits and parameters must agree.

import { describe, expect, it } from 'vitest'
import { createReference } from '../src/backends/reference'
import type { Backend } from '../src/backends/types'
import { createWasm } from '../src/backends/wasm'
import { createWebGPU } from '../src/backends/webgpu'
import { compile, HISTORY_SLOTS, type Model, type StepForm } from '../src/model/compile'
import { initialContents, initialParameters } from '../src/model/initialise'
import { presets } from '../src/model/presets'
import { rateAt } from '../src/model/schedules'
import { parseSpec, type LayerSpec, type Spec } from '../src/model/spec'
import { specOf, workloads } from './bench/workloads'
import { devices, onSwiftShader, steppingDevices, type DeviceName } from './devices'
import { every } from './every'
import { difference, readAll } from './harness'
import { PIXELS, SIZE, SYNTHETIC, fillStores } from './tiny-digits'

const STEPS = 20

/**
 * Rounding differs (order of sums, exp, tanh) and grows with the steps. On SwiftShader the way that the parameters have gone
 * after 20 steps differs by up to 4e-7 of its length with SGD, and 3e-6 with Adam, which divides by the root of the second
 * moment; other devices may round exp and tanh more coarsely.
 */
const TOLERANCE = { history: 1e-5, way: (type: string) => (/adam|rmsprop/.test(type) ? 1e-4 : 1e-5) }

/** Statistics of pixels that are none: standardised inputs differ from the plain ones. */
const pixels = {
  mean: new Float32Array(PIXELS).fill(0.1),
  deviation: Float32Array.from({ length: PIXELS }, (_, p) => 1 / (1 + (p % 3))),
}

async function train(backend: Backend, model: Model, chunks: number[]) {
  const { buffers } = model
  const program = await backend.prepare(model.plan)
  for (const [buffer, contents] of initialContents(model, pixels)) program.write(buffer, contents)
  const { learningRate, schedule, batchSize } = model.spec
  const stepsPerEpoch = model.trainCount / batchSize
  const rates = Array.from({ length: STEPS }, (_, step) =>
    rateAt(learningRate, schedule, { step, steps: STEPS, stepsPerEpoch }),
  )
  program.write(buffers.rates, Float32Array.from(rates))
  for (const steps of chunks) program.run('train', steps)
  program.run('evaluate', model.test.steps)
  program.run('validate', model.validation?.steps ?? 0)
  const all = await readAll(program, model.plan)
  program.dispose()
  return all
}

const gelu: Spec = {
  ...presets[0].spec,
  layers: [
    { type: 'dense', units: 33, activation: 'gelu', initialiser: 'lecun-normal', bias: 'yes' },
    { type: 'dense', units: 18, activation: 'tanh', initialiser: 'glorot', bias: 'yes' },
    { type: 'dense', units: 10, activation: 'linear', initialiser: 'zero', bias: 'yes' },
  ],
  batchSize: 37,
}

const dense: LayerSpec = { type: 'dense', units: 10, activation: 'linear', initialiser: 'glorot', bias: 'yes' }
const conv = {
  type: 'conv2d',
  kernel: 3,
  stride: 1,
  padding: 'valid',
  activation: 'relu',
  initialiser: 'he',
  bias: 'yes',
} as const

/**
 * Every kind of layer, and channels, sides and rows that fill no block. A bias below batch normalisation would have no gradient
 * but rounding errors, of which AdamW makes steps as large as any.
 */
const cnn: Spec = {
  ...presets[0].spec,
  trainingSize: 950,
  validationSize: 53,
  layers: [
    { ...conv, filters: 5, kernel: 5, stride: 2 },
    { type: 'max-pooling', size: 2, stride: 2 },
    { ...conv, filters: 6, padding: 'same', activation: 'linear', bias: 'no' },
    { type: 'batch-normalisation', momentum: 0.1, epsilon: 1e-5 },
    { type: 'activation', activation: 'relu' },
    { type: 'dropout', rate: 0.25 },
    { ...conv, filters: 7, kernel: 2, activation: 'gelu' },
    { type: 'average-pooling', size: 3, stride: 1 },
    { type: 'flatten' },
    { type: 'dropout', rate: 0.5 },
    dense,
  ],
  labelSmoothing: 0.1,
  optimizer: { type: 'adamw', beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.05 },
  learningRate: 0.003,
  schedule: { type: 'one-cycle', warmup: 0.3 },
  clipNorm: 1,
  batchSize: 6,
}

/** Wide enough for the larger tiles; every other optimizer. */
const wide: Spec = {
  ...cnn,
  layers: [
    { ...conv, filters: 24, stride: 3, activation: 'linear', bias: 'no' },
    { type: 'batch-normalisation', momentum: 0.1, epsilon: 1e-5 },
    { ...conv, filters: 36, padding: 'same', stride: 2, activation: 'tanh' },
    { type: 'flatten' },
    dense,
  ],
  optimizer: { type: 'nesterov', momentum: 0.9, weightDecay: 0.001 },
  learningRate: 0.02,
  schedule: { type: 'cosine', warmup: 0.05 },
  augmentation: { type: 'warp', rotation: 25, scale: 0.2, shear: 0.2, shift: 2, elastic: 1.5, flip: 0.5 },
  styleShare: 0.4,
}

const rmsprop: Spec = {
  ...gelu,
  optimizer: { type: 'rmsprop', rho: 0.9, epsilon: 1e-6, weightDecay: 0.001 },
  schedule: { type: 'step', every: 1, factor: 0.1 },
}

/** Convolutions that learn no more under layers that do: the second batch normalisation is in the way back, and only passes on. */
const still: Spec = {
  ...cnn,
  layers: [
    { ...conv, filters: 5, kernel: 5, stride: 2, frozen: true },
    { type: 'batch-normalisation', momentum: 0.1, epsilon: 1e-5, frozen: true },
    { type: 'max-pooling', size: 2, stride: 2 },
    { ...conv, filters: 6, padding: 'same', activation: 'tanh' },
    { type: 'batch-normalisation', momentum: 0.1, epsilon: 1e-5, frozen: true },
    { type: 'dropout', rate: 0.25 },
    { type: 'flatten' },
    { type: 'dense', units: 9, activation: 'relu', initialiser: 'he', bias: 'yes', frozen: true },
    dense,
  ],
}
/** Only dense layers learn here: their steps can be fused. */
const head: Spec = {
  ...gelu,
  layers: [
    { ...conv, filters: 5, kernel: 5, stride: 2, frozen: true },
    { type: 'flatten' },
    { type: 'dense', units: 18, activation: 'tanh', initialiser: 'glorot', bias: 'yes' },
    dense,
  ],
}

const convolutional = ({ layers }: Spec) => layers.some(({ type }) => type === 'conv2d')

/** The convolutional presets take minutes here; two CNNs hold their kernels. The benchmarks' CNN gets a sixteenth of its batch, the largest dense network a quarter. */
const specs: [string, Spec][] = [
  ...presets.filter(({ spec }) => !convolutional(spec)).map(({ name, spec }): [string, Spec] => [name, spec]),
  ['gelu-tanh', gelu],
  ['gelu-tanh, RMSProp', rmsprop],
  ['CNN with every kind of layer', cnn],
  ['wide CNN, Nesterov', wide],
  ['CNN with frozen layers', still],
  ['dense layers on frozen convolutions', head],
  ...Object.values(workloads).map((workload): [string, Spec] => {
    const spec = specOf(workload)
    return [workload.name, { ...spec, batchSize: convolutional(spec) ? 8 : Math.min(spec.batchSize, 64) }]
  }),
]

/** One network evaluates the whole test set, the others a part of it. */
const modelOf = (spec: Spec, options?: Parameters<typeof compile>[2]) =>
  compile(
    parseSpec(spec),
    { ...SIZE, testCount: spec === presets[0].spec ? SIZE.testCount : 61, synthetic: SYNTHETIC },
    options,
  )

const references = new Map<string, ReturnType<typeof train>>()
/** What the reference makes of a spec, worked out once for all devices, with separate calls. */
function onReference(name: string, spec: Spec): ReturnType<typeof train> {
  const known = references.get(name)
  if (known) return known
  const reference = createReference()
  fillStores(reference)
  const result = train(reference, modelOf(spec), [STEPS])
  references.set(name, result)
  return result
}

/** Trains on a device, and compares with the reference. */
async function expectSameSteps(name: string, spec: Spec, open: () => Promise<Backend>, form: StepForm = 'separate') {
  const expected = await onReference(name, spec)
  const device = await open()
  const model = modelOf(spec, { form })
  fillStores(device)
  const actual = await train(device, model, [1, 7, 12]) // chunks must not matter

  const get = (of: typeof expected, name: string) => of.get(name)!
  expect(get(actual, 'train/state').subarray(0, 2)).toEqual(Uint32Array.of(STEPS, spec.seed))
  expect(get(actual, 'train/targets'), 'the same examples').toEqual(get(expected, 'train/targets'))
  const history = (of: typeof expected) => get(of, 'train/history').subarray(0, 2 * Math.min(STEPS, HISTORY_SLOTS))
  expect(difference(history(actual), history(expected))).toBeLessThan(TOLERANCE.history)
  for (const list of model.validation ? ['evaluate', 'validate'] : ['evaluate']) {
    const name = `${list}/history`
    expect(difference(get(actual, name), get(expected, name)), name).toBeLessThan(TOLERANCE.history)
  }
  const first = initialParameters(model)
  const way = (of: typeof expected) => (get(of, 'parameters') as Float32Array).map((value, i) => value - first[i])
  expect(length(way(expected)), 'the steps moved the parameters').toBeGreaterThan(1e-3 * length(first))
  const [right, gone] = [way(expected), way(actual)]
  const relative = length(gone.map((value, i) => value - right[i])) / length(right)
  expect(relative).toBeLessThan(TOLERANCE.way(spec.optimizer.type))
  device.dispose()
}

/**
 * On a software adapter each product of a layer takes up to a second to compile. Optimizers, losses and schedules are the same for
 * every variant, so that `blocks` runs all there is, and the others only what their own kernels need: the products of other sizes are
 * held by the tests of the kernels themselves.
 */
const only: { readonly [device in DeviceName]?: readonly string[] } = {
  'WebGPU, tiles': ['wide CNN, Nesterov', workloads.W2.name],
  'WebGPU, split': ['CNN with every kind of layer', workloads.W1.name],
  'WebGPU, slices': ['CNN with every kind of layer', 'wide CNN, Nesterov'],
  'WebGPU, quads': ['gelu-tanh', 'CNN with every kind of layer', 'wide CNN, Nesterov', workloads.W2.name],
}
/** A network of `specs`. */
function named(name: string): [string, Spec] {
  const found = specs.find(([own]) => own === name)
  if (!found) throw new Error(`There is no network ${name}.`)
  return found
}

/** How many calls a step has on a device: on SwiftShader, where no step is fused, those of its parts. */
const formOn = (device: DeviceName): StepForm => (device.startsWith('WebGPU') && !onSwiftShader ? 'fused' : 'separate')

/** The networks that are measured, and frozen layers. */
const few: readonly string[] = [workloads.W1.name, workloads.W2.name, workloads.W4.name, 'CNN with frozen layers']
const specsOf = (device: DeviceName) =>
  specs.filter(([name]) => only[device]?.includes(name) ?? (every === 1 || few.includes(name)))

describe.each(steppingDevices)('%s', (device) => {
  it.each(specsOf(device))('%s: 20 steps match the reference', (name, spec) =>
    expectSameSteps(name, spec, devices[device], formOn(device)),
  )
})

describe('WebGPU, the fastest variants', () => {
  it('20 steps match the reference', () =>
    expectSameSteps(...named('W1'), () => createWebGPU({ candidates: ['split', 'quads', 'blocks'] })))
})

describe('WebGPU, fewer calls', () => {
  it.each([
    ['fused', 'W1'],
    ['fused', 'gelu-tanh, RMSProp'],
    ['fused', 'dense layers on frozen convolutions'],
    ['whole', 'W1'],
    ['whole', 'softmax'],
    ['whole', 'tiny'],
  ] as const)('%s steps of %s match the reference', (form, name) =>
    expectSameSteps(...named(name), devices['WebGPU, blocks'], form),
  )
})

describe('the same start', () => {
  it.each(specs)('%s: gives the same bits on one, two and three threads', async (_, spec) => {
    const model = modelOf(spec)
    const results = []
    for (const threads of [1, 2, 3]) {
      const device = await createWasm({ threads, sharedWork: 0 })
      expect(device.info.adapter).toBe(threads === 1 ? 'one thread' : `${threads} threads`)
      fillStores(device)
      results.push(await train(device, model, [4]))
      device.dispose()
    }
    for (const more of results.slice(1)) {
      for (const [name, contents] of results[0]) expect(sameBits(more.get(name)!, contents), name).toBe(true)
    }
  })

  it('gives the same bits twice on one backend', async () => {
    const model = modelOf(named('W1')[1], { form: 'fused' })
    const webgpu = await createWebGPU()
    fillStores(webgpu)
    const first = await train(webgpu, model, [STEPS])
    const { buffers, bytes } = webgpu.memory()
    const second = await train(webgpu, model, [3, STEPS - 3])
    expect(webgpu.memory(), 'a run leaves nothing behind').toEqual({ buffers, bytes })
    webgpu.dispose()
    expect(second.get('parameters')).toEqual(first.get('parameters'))
  })
})

/** Element by element: toEqual takes seconds on a million numbers. */
const sameBits = (a: Float32Array | Uint32Array, b: Float32Array | Uint32Array) =>
  a.length === b.length && a.every((value, i) => Object.is(value, b[i]))

function length(values: Iterable<number>): number {
  let squares = 0
  for (const value of values) squares += value * value
  return Math.sqrt(squares)
}
