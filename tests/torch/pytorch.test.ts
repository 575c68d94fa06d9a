// The exported PyTorch project in PyTorch: same outputs, same losses, on one process and on two, and back into Inkling.

import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mnist } from '../../src/datasets'
import { readNetwork } from '../../src/formats/network'
import { normal } from '../../src/kernels/random'
import { isStandardised } from '../../src/model/batch'
import { compile } from '../../src/model/compile'
import { initialParameters } from '../../src/model/initialise'
import { learntFrom, tensorsOf } from '../../src/model/parameters'
import { parseSpec, type Spec } from '../../src/model/spec'
import { rateAt } from '../../src/model/schedules'
import type { Snapshot } from '../../src/session/trainer'
import { totalSteps } from '../../src/session/timetable'
import { difference } from '../harness'
import { oddSets } from '../odd-sets'
import { exportRun, outputsOf, prepareOdd, writeDigits, type Course, type Prepared } from './runs'
import { made, runs, trainCountOf } from './specs'

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

/** Steps before a run is exported, and steps that both sides take from there. */
const LEAD = 4
const STEPS = 5

/** What follow.py tells of a run. */
interface Told extends Record<'before' | 'after', number[][]> {
  readonly losses: number[]
  readonly rates: number[]
}

const names = Object.keys(runs)
if (made.length !== 36) throw new Error('There are too few specs.')
const madeNames = made.map((_, i) => `made-${i}`)
const prepared = new Map<string, Prepared>()
function preparedFor({ dataset }: Spec): Prepared {
  const found = prepared.get(dataset)
  if (!found) throw new Error(`${dataset} is not prepared.`)
  return found
}
const courses: Record<string, Course> = {}
const told: Record<'one' | 'two', Record<string, Told>> = { one: {}, two: {} }

beforeAll(async () => {
  prepared.set(mnist.id, await writeDigits(folder))
  for (const dataset of oddSets) prepared.set(dataset.id, prepareOdd(dataset))
  for (const [name, spec] of Object.entries(runs)) {
    courses[name] = await exportRun(preparedFor(spec), parseSpec(spec), { lead: LEAD, steps: STEPS }, of(name))
  }
  const all = names.map((name) => `${STEPS}=${of(name)}`)
  const few = madeNames.map((name) => `1=${of(name)}`)
  const tell = async (...args: readonly string[]) =>
    JSON.parse((await run(python, args, { env })).stdout) as Record<string, Told>
  const exportMade = async () => {
    for (const [i, spec] of made.entries()) {
      const order = { lead: 0, steps: 1, start: anyStart(spec) }
      courses[madeNames[i]] = await exportRun(preparedFor(spec), parseSpec(spec), order, of(madeNames[i]))
    }
  }
  // Two processes first, because all write the file that is read back; meanwhile this one goes on.
  const [two] = await Promise.all([tell(...torchrun, follow, folder, ...all), exportMade()])
  told.two = two
  told.one = await tell(follow, folder, ...all, ...few)
})

/** A network as it starts, with other biases, scales and statistics than zero and one. */
function anyStart(spec: Spec): Snapshot {
  const model = compile(spec, { trainCount: trainCountOf(spec), testCount: 1 })
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

    const trainCount = Math.min(spec.trainingSize, trainCountOf(spec))
    const steps = totalSteps(spec, trainCount)
    const rate = (step: number) =>
      rateAt(spec.learningRate, spec.schedule, { step, steps, stepsPerEpoch: trainCount / spec.batchSize })
    rates.forEach((value, i) => expect(value).toBeCloseTo(rate(LEAD + i), 12))
  })

  it.each(['one', 'two'] as const)('has learnt the same, on %s', (processes) => {
    expect(difference(told[processes][name].after.flat(), courses[name].after)).toBeLessThan(TOLERANCE)
    expect(difference(courses[name].after, courses[name].before), 'something moved').toBeGreaterThan(0.001)
  })

  it('is read back into Inkling unchanged', async () => {
    const back = readNetwork(readFileSync(of(name, 'trained.safetensors')))
    expect(back.spec).toEqual(spec)
    expect(back.statistics).toEqual(readNetwork(readFileSync(of(name, 'model.safetensors'))).statistics)
    expect(back.statistics !== undefined).toBe(isStandardised(spec))
    const values = await outputsOf(preparedFor(spec), back.spec, back.learnt)
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
    expect(difference(await outputsOf(preparedFor(spec), spec, learnt), courses[name].after)).toBeLessThan(TOLERANCE)
  })

  it('says how to get MNIST if it is missing', async () => {
    const ended = run(python, [script, '--data', of('nowhere')], { env })
    await expect(ended).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Get MNIST in one of these ways'),
    })
  })

  it('says which tensors it needs if a data set has no published files', async () => {
    const alone = of('alone')
    mkdirSync(alone)
    cpSync(of('features as they are', 'train.py'), join(alone, 'train.py'))
    cpSync(of('features as they are', 'model.safetensors'), join(alone, 'model.safetensors'))
    const ended = run(python, [join(alone, 'train.py'), '--data', alone], { env })
    await expect(ended).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('train.inputs and test.inputs, F32 of the shape [count, 5]'),
    })
  })

  it('trains on a file of tensors beside it, on one process and on two', async () => {
    const script = of('features as they are', 'train.py')
    const options = ['--save', of('features.safetensors'), '--print-loss', '--steps', '2']
    const expected = courses['features as they are'].losses.slice(0, 2).map((loss, i) => [LEAD + i + 1, loss])
    for (const start of [[], torchrun]) {
      const { stdout } = await run(python, [...start, script, ...options], { env })
      expect(difference(printed(stdout).flat(), expected.flat())).toBeLessThan(TOLERANCE)
    }
  })
})
