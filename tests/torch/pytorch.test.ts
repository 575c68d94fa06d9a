// The exported PyTorch project in PyTorch: same outputs, same losses, on one process and on two, and back into Inkling.

import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readNetwork } from '../../src/formats/network'
import { normal } from '../../src/kernels/random'
import { compile } from '../../src/model/compile'
import { initialParameters } from '../../src/model/initialise'
import { learntFrom, tensorsOf } from '../../src/model/parameters'
import { presets } from '../../src/model/presets'
import { parseSpec, summarise, type LayerSpec, type Spec } from '../../src/model/spec'
import { rateAt } from '../../src/model/schedules'
import type { Snapshot } from '../../src/session/trainer'
import { totalSteps } from '../../src/session/timetable'
import { arbitrarySpec } from '../arbitrary-spec'
import { difference } from '../harness'
import { SIZE } from '../tiny-digits'
import { exportRun, outputsOf, writeDigits, type Course, type Digits } from './runs'

/** Float32 on both sides, sums in another order. */
const TOLERANCE = 1e-5

const python = process.env['PYTHON'] ?? 'python3'
const folder = mkdtempSync(join(tmpdir(), 'inkling-torch-'))
const of = (...names: string[]) => join(folder, ...names)
afterAll(() => rmSync(folder, { recursive: true }))

/** One thread, so that two processes do not take the cores from each other. */
const env = { ...process.env, OMP_NUM_THREADS: '1' }
const run = promisify(execFile)
/** As torchrun. Under Python 3.11 that of PyTorch 1.13 breaks on its own defaults for these two; rank 9 is not there. */
const torchrun = [
  '-m',
  'torch.distributed.run',
  '--redirects',
  '9:1',
  '--tee',
  '9:1',
  '--standalone',
  '--nproc_per_node',
  '2',
]
const follow = join(import.meta.dirname, 'follow.py')

const dense = (
  units: number,
  activation: 'linear' | 'relu' | 'gelu' | 'sigmoid' | 'tanh',
  bias: 'yes' | 'no' = 'yes',
): LayerSpec => ({
  type: 'dense',
  units,
  activation,
  initialiser: 'glorot',
  bias,
})
const conv = (over: Partial<Extract<LayerSpec, { type: 'conv2d' }>>): LayerSpec => ({
  type: 'conv2d',
  filters: 6,
  kernel: 3,
  stride: 1,
  padding: 'valid',
  activation: 'relu',
  initialiser: 'he',
  bias: 'yes',
  ...over,
})
const norm: LayerSpec = { type: 'batch-normalisation', momentum: 0.2, epsilon: 1e-3 }
const relu: LayerSpec = { type: 'activation', activation: 'relu' }
const dropout = (rate: number): LayerSpec => ({ type: 'dropout', rate })
const base = {
  ...presets[0].spec,
  augmentation: { type: 'none' },
  styleShare: 0,
  epochs: 20,
  evaluateEvery: 0,
} as const

/** Everything there is, in four small runs. Neither batch divides its training images, so epochs end inside batches. */
const runs: Readonly<Record<string, Spec>> = {
  'dense, Adam, warped, standardised, cosine': {
    ...base,
    layers: [dropout(0.1), dense(24, 'gelu'), dense(10, 'linear')],
    input: 'standardised',
    augmentation: { type: 'warp', rotation: 22, scale: 0.15, shear: 0.1, shift: 1.5, elastic: 1 },
    trainingSize: 190,
    optimizer: { type: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    schedule: { type: 'cosine', warmup: 2.5 },
    learningRate: 0.003,
    batchSize: 48,
    seed: 0xfedc_ba98,
  },
  'convolutions, batch norm, dropout, momentum, clipping, smoothing, one cycle': {
    ...base,
    layers: [
      conv({ kernel: 5, padding: 'same', stride: 2, activation: 'linear', bias: 'no' }),
      norm,
      relu,
      { type: 'max-pooling', size: 2, stride: 1 },
      dropout(0.2),
      conv({ filters: 7, kernel: 4, padding: 'same', activation: 'tanh' }),
      { type: 'average-pooling', size: 3, stride: 2 },
      { type: 'flatten' },
      dropout(0.3),
      dense(18, 'linear', 'no'),
      norm,
      relu,
      dense(10, 'linear'),
    ],
    trainingSize: 250,
    labelSmoothing: 0.1,
    optimizer: { type: 'momentum', momentum: 0.9, weightDecay: 0.01 },
    schedule: { type: 'one-cycle', warmup: 0.25 },
    learningRate: 0.1,
    clipNorm: 0.5,
    batchSize: 33,
    seed: 5,
  },
  'sigmoid, quadratic, Nesterov, steps': {
    ...base,
    layers: [dense(16, 'sigmoid'), dense(10, 'sigmoid')],
    loss: 'quadratic',
    optimizer: { type: 'nesterov', momentum: 0.8, weightDecay: 0.001 },
    schedule: { type: 'step', every: 1, factor: 0.7 },
    trainingSize: 61,
    learningRate: 0.5,
    batchSize: 7,
  },
  'AdamW, pooled and dropped pixels, shifted only': {
    ...base,
    layers: [
      dropout(0.2),
      { type: 'average-pooling', size: 2, stride: 2 },
      dropout(0.1),
      norm,
      conv({ filters: 5, kernel: 3, stride: 2, padding: 'same', activation: 'gelu' }),
      { type: 'flatten' },
      dense(10, 'linear'),
    ],
    augmentation: { type: 'warp', rotation: 0, scale: 0, shear: 0, shift: 2, elastic: 0 },
    optimizer: { type: 'adamw', beta1: 0.8, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.1 },
    trainingSize: 900,
    validationSize: 100,
    learningRate: 0.01,
    batchSize: 20,
  },
  'RMSProp, linear outputs, quadratic': {
    ...base,
    layers: [conv({ filters: 4, stride: 3 }), { type: 'flatten' }, dense(10, 'linear')],
    loss: 'quadratic',
    optimizer: { type: 'rmsprop', rho: 0.9, epsilon: 1e-6, weightDecay: 0.01 },
    schedule: { type: 'constant' },
    learningRate: 0.001,
    batchSize: 20,
  },
  SGD: {
    ...base,
    layers: [dense(10, 'linear')],
    optimizer: { type: 'sgd', weightDecay: 0.01 },
    learningRate: 0.1,
    batchSize: 1003,
  },
}

/** Steps before a run is exported, and steps that both sides take from there. */
const LEAD = 4
const STEPS = 5

/** Specs made up by fast-check, small enough for the reference backend. */
const made = fc
  .sample(arbitrarySpec, { seed: 20, numRuns: 400 })
  .map((spec): Spec => {
    const few = {
      trainingSize: SIZE.trainCount,
      validationSize: 0,
      evaluateEvery: 0,
      batchSize: 2 + (spec.batchSize % 7),
    }
    return { ...spec, ...few, learningRate: Math.min(spec.learningRate, 0.001) }
  })
  .filter((spec) => {
    const { layers, parameters } = summarise(spec)
    const positions = (shape: readonly number[]) => (shape.length > 1 ? shape[0] * shape[1] : 1)
    const products = layers.reduce((sum, layer) => sum + layer.parameters * positions(layer.outputShape), 0)
    return parameters < 200_000 && products < 2_000_000
  })
  .slice(0, 20)

/** What follow.py tells of a run. */
interface Told extends Record<'before' | 'after', number[][]> {
  readonly losses: number[]
  readonly rates: number[]
}

const names = Object.keys(runs)
if (made.length !== 20) throw new Error('There are too few specs.')
const madeNames = made.map((_, i) => `made-${i}`)
let digits: Digits
const courses: Record<string, Course> = {}
const told: Record<'one' | 'two', Record<string, Told>> = { one: {}, two: {} }

beforeAll(async () => {
  digits = await writeDigits(folder)
  for (const [name, spec] of Object.entries(runs)) {
    courses[name] = await exportRun(digits, parseSpec(spec), { lead: LEAD, steps: STEPS }, of(name))
  }
  const all = names.map((name) => `${STEPS}=${of(name)}`)
  const few = madeNames.map((name) => `1=${of(name)}`)
  const tell = async (...args: readonly string[]) =>
    JSON.parse((await run(python, args, { env })).stdout) as Record<string, Told>
  const exportMade = async () => {
    for (const [i, spec] of made.entries()) {
      const order = { lead: 0, steps: 1, start: anyStart(spec) }
      courses[madeNames[i]] = await exportRun(digits, parseSpec(spec), order, of(madeNames[i]))
    }
  }
  // Two processes first, because all write the file that is read back; meanwhile this one goes on.
  const [two] = await Promise.all([tell(...torchrun, follow, folder, ...all), exportMade()])
  told.two = two
  told.one = await tell(follow, folder, ...all, ...few)
})

/** A network as it starts, with other biases, scales and statistics than zero and one. */
function anyStart(spec: Spec): Snapshot {
  const model = compile(spec, SIZE)
  const start = { parameters: initialParameters(model), running: new Float32Array(model.buffers.running.size) }
  const tensors = tensorsOf(spec, start).map((tensor, t) => ({
    ...tensor,
    values: tensor.values.map((value, i) => {
      if (model.parameters[t].role === 'unused') return value
      const noise = 0.1 * normal(3, t, i)
      return tensor.name.endsWith('.variance') ? Math.exp(noise) : value + noise
    }),
  }))
  const { parameters, running } = learntFrom(spec, tensors)
  const moments = model.snapshot.slice(2, -1).map(({ size }) => new Float32Array(size))
  const state = Uint32Array.of(0, spec.seed, 0, 0)
  return { step: 0, seconds: 0, evaluation: 'none', buffers: [parameters, running, ...moments, state] }
}

describe.each(names)('%s', (name) => {
  const spec = runs[name]

  it('gives the same outputs at the checkpoint', () => {
    expect(difference(told.one[name].before.flat(), courses[name].before)).toBeLessThan(TOLERANCE)
  })

  it.each(['one', 'two'] as const)('has the same losses and learning rates from there on, on %s', (processes) => {
    const { losses, rates } = told[processes][name]
    expect(losses).toHaveLength(STEPS)
    expect(courses[name].losses).toHaveLength(STEPS)
    losses.forEach((loss, i) => expect(loss / courses[name].losses[i], `step ${i}`).toBeCloseTo(1, 5))
    expect(new Set(courses[name].losses).size, 'no two alike').toBe(STEPS)

    const trainCount = Math.min(spec.trainingSize, SIZE.trainCount)
    const steps = totalSteps(spec, trainCount)
    const rate = (step: number) =>
      rateAt(spec.learningRate, spec.schedule, { step, steps, stepsPerEpoch: trainCount / spec.batchSize })
    rates.forEach((value, i) => expect(value).toBeCloseTo(rate(LEAD + i), 12))
  })

  it.each(['one', 'two'] as const)('has learnt the same, on %s', (processes) => {
    expect(difference(told[processes][name].after.flat(), courses[name].after)).toBeLessThan(TOLERANCE)
    expect(difference(courses[name].after, courses[name].before), 'something moved').toBeGreaterThan(0.001)
  })

  it('comes back into Inkling as it is', async () => {
    const back = readNetwork(readFileSync(of(name, 'trained.safetensors')))
    expect(back.spec).toEqual(spec)
    const values = await outputsOf(digits, back.spec, back.learnt)
    expect(difference(values, told.one[name].after.flat())).toBeLessThan(TOLERANCE)
  })
})

it.each(madeNames)('%s: any network has the same outputs and the same first loss', (name) => {
  const words = JSON.stringify(made[madeNames.indexOf(name)])
  expect(difference(told.one[name].before.flat(), courses[name].before), words).toBeLessThan(TOLERANCE)
  expect(difference(told.one[name].losses, courses[name].losses), words).toBeLessThan(TOLERANCE)
})

describe('the script as a person runs it', () => {
  const [, name] = names
  const script = of(name, 'train.py')
  const saved = of('saved.safetensors')
  /** Losses and steps that it prints. */
  const printed = (stdout: string) =>
    [...stdout.matchAll(/^step (\d+) loss (\S+)$/gm)].map(([, ...pair]) => pair.map(Number))
  const expected = (from: number, to: number) =>
    courses[name].losses.slice(from, to).map((loss, i) => [LEAD + from + i + 1, loss])

  it('goes on under torchrun, saves, and goes on from there alone', async () => {
    const options = ['--data', folder, '--save', saved, '--print-loss']
    const first = await run(python, [...torchrun, script, ...options, '--steps', '3'], { env })
    expect(difference(printed(first.stdout).flat(), expected(0, 3).flat())).toBeLessThan(TOLERANCE)
    expect(first.stdout).toContain('From step 4 to 7 of 152 on 2 x cpu.')
    expect(first.stdout).toMatch(/^epoch 0\.92, step 7: loss 2\.\d+; test loss 2\.\d+, accuracy \d+\.\d\d%$/m)

    const second = await run(python, [script, ...options, '--steps', '2', '--model', saved], { env })
    expect(printed(second.stdout)).toHaveLength(2)
    expect(difference(printed(second.stdout).flat(), expected(3, 5).flat())).toBeLessThan(TOLERANCE)
    expect(second.stdout, 'the end of an epoch').toContain('epoch 1.06, step 8: loss')
    const { spec, learnt } = readNetwork(readFileSync(saved))
    expect(difference(await outputsOf(digits, spec, learnt), courses[name].after)).toBeLessThan(TOLERANCE)
  })

  it('says how to get MNIST where it is not', async () => {
    const ended = run(python, [script, '--data', of('nowhere')], { env })
    await expect(ended).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Get MNIST in one of these ways'),
    })
  })
})
