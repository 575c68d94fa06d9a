// The command line as a person uses it: through the launcher, which builds it, in a process of its own.

import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ReadingReport, Tally } from '../src/cli/reading'
import type { Result } from '../src/cli/results'
import { resultsTable } from '../src/cli/table'
import type { Point } from '../src/data/drawing'
import { syntheticDigit } from '../src/data/synthetic-digits'
import { fashionMnist } from '../src/datasets/fashion-mnist'
import { findPreset, presets } from '../src/model/presets'

const folder = mkdtempSync(join(tmpdir(), 'inkling-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command to its end. `heard` gets what it has printed so far on stdout. */
function run(args: readonly string[], heard?: (stdout: string, process: number) => void): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: join(import.meta.dirname, '..') })
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (bytes: Buffer) => {
      stdout += String(bytes)
      if (child.pid) heard?.(stdout, child.pid)
    })
    child.stderr.on('data', (bytes: Buffer) => (stderr += String(bytes)))
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

const launch = (...args: string[]) => run(['src/build/setup.mjs', ...args])
const train = (...args: string[]) => launch('train', '--backend', 'reference', ...args)
const program = join(import.meta.dirname, '../node_modules/.cache/inkling/train.mjs')

/** What drawings prints as JSON. */
interface Report extends ReadingReport {
  readonly spec: object
  readonly testAccuracy: number | null
  readonly perturbed: Readonly<Record<string, Tally>>
}

/** A run of a second or so. */
const small = ['--preset', 'softmax', '--set', 'trainingSize=2000', '--set', 'validationSize=100']

const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

beforeAll(async () => {
  const { code, stdout } = await launch('train', '--help')
  expect(code).toBe(0)
  expect(stdout).toContain('--preset')
  for (const { name } of presets) expect(stdout).toContain(`  ${name} `)
})

describe('options that make no sense', () => {
  it.each([
    ['a preset', ['--preset', 'foo'], /no preset "foo".*default/s],
    ['a data set', ['--dataset', 'nope'], /no data set "nope".*mnist, fashion-mnist/],
    ['a preset', ['--dataset', 'fashion-mnist', '--preset', 'best'], /no preset "best" for Fashion-MNIST.*default/s],
    ['a backend', ['--backend', 'cuda'], /no backend "cuda".*reference/s],
    ['an option', ['--bogus'], /Unknown option '--bogus'.*--help/s],
    ['a way to read no data', ['--no-colour'], /say how to read --data PATH, which is missing/],
    ['what npm kept for itself', ['default'], /npm run \w+ -- /],
    ['a setting without a value', ['--set', 'learningRate'], /key=value/],
    ['a field', ['--set', 'nope=1'], /nope is not a known field/],
    ['values', ['--epochs', '0', '--set', 'layers.0.units=x'], /layers\.0\.units must.*epochs must/s],
    ['a time limit', ['--minutes', 'soon'], /--minutes must be a number.*"soon"/],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await run([program, ...args])
    expect(stderr).toMatch(message)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })

  it('an invalid file of results', async () => {
    const file = join(folder, 'none.json')
    writeFileSync(file, '[{"preset": "softmax"}]')
    const { code, stderr } = await launch('reproduce', '--table', file)
    expect(stderr).toContain(file)
    expect(code).toBe(2)
  })
})

it('--spec prints the spec and trains nothing', async () => {
  const { code, stdout } = await train('--seed', '7', '--set', 'optimizer=adam', '--set', 'layers.0.units=64', '--spec')
  const { spec } = presets[0]
  const expected = { ...spec, seed: 7, layers: [{ ...spec.layers[0], units: 64 }, ...spec.layers.slice(1)] }
  expect(JSON.parse(stdout)).toEqual(expected)
  expect(code).toBe(0)
})

it('--dataset takes the presets of another data set', async () => {
  const { code, stdout } = await train('--dataset', 'fashion-mnist', '--spec')
  expect(JSON.parse(stdout)).toEqual(findPreset('default', fashionMnist)?.spec)
  expect(code).toBe(0)
})

it('data lists the data sets, and refuses other names', async () => {
  const { code, stdout } = await launch('data')
  expect(stdout).toMatch(/^ +mnist +MNIST, here\n +fashion-mnist +Fashion-MNIST, /m)
  expect(code).toBe(0)
  const wrong = await launch('data', 'nope')
  expect(wrong.stderr).toMatch(/no data set "nope".*fashion-mnist/s)
  expect(wrong.code).toBe(2)
})

describe('a run', () => {
  it('prints evaluations and a summary as JSON, and nothing else', async () => {
    const { code, stdout } = await train(...small, '--epochs', '2', '--json')
    const [device, ...rest] = lines(stdout)
    const summary = rest.pop()
    expect(device).toMatchObject({ type: 'device', kind: 'reference' })
    expect(rest).toMatchObject([
      { type: 'evaluation', step: 20, epoch: 1, validationAccuracy: expect.any(Number) },
      { type: 'evaluation', step: 40, epoch: 2, trainLoss: expect.any(Number), testLoss: expect.any(Number) },
    ])
    expect(summary).toMatchObject({
      type: 'summary',
      outcome: 'finished',
      backend: 'reference',
      accuracy: rest[1]['testAccuracy'],
      epochs: 2,
      images: 4000,
      spec: { trainingSize: 2000, seed: 1 },
    })
    expect(summary?.['accuracy']).toBeGreaterThan(70)
    expect(code).toBe(0)
  })

  it('that diverges says so and fails', async () => {
    const linear = ['--set', 'layers.0.activation=linear', '--set', 'layers.1.activation=linear']
    const { code, stdout } = await train('--preset', 'notebook', ...linear, '--set', 'learningRate=1000')
    expect(stdout).toMatch(/Failed: .*no longer (a )?finite/)
    expect(code).toBe(1)
  })

  it('that --minutes ends evaluates its last step, with an exit code of its own', async () => {
    const { code, stdout } = await train('--preset', 'softmax', '--epochs', '1000', '--minutes', '0.001', '--json')
    const summary = lines(stdout).at(-1)
    expect(summary).toMatchObject({ outcome: 'time limit', accuracy: expect.any(Number) })
    expect(summary?.['epochs']).toBeLessThan(1000)
    expect(code).toBe(3)
  })

  it('prints a line for people at each evaluation, and ends at Ctrl-C with one', async () => {
    let sent = false
    const args = [program, '--backend', 'reference', ...small, '--epochs', '50']
    const { code, stdout } = await run(args, (text, process_) => {
      if (sent || !text.includes('step')) return
      sent = true
      process.kill(process_, 'SIGINT')
    })
    expect(stdout).toMatch(/^step 20 +epoch 1\.00 +train loss [\d.]+ +test loss [\d.]+ +test \d\d\.\d\d% +validation/m)
    expect(stdout).toMatch(/^Interrupted: \d\d\.\d\d% of the test set .* of 50 epochs, [\d,]+ images/m)
    expect(code).toBe(130)
  })
})

it('reproduce goes on from its file and adds to it', async () => {
  const file = join(folder, 'results.json')
  const args = ['--backend', 'reference', '--preset', 'softmax', '--minutes', '0.001', '--json', file]
  const first = await launch('reproduce', ...args)
  expect(first.code).toBe(0)
  const second = await launch('reproduce', ...args, '--seeds', '1,2')
  expect(second.stderr).toContain(`${file} has it already`)
  const results = JSON.parse(readFileSync(file, 'utf8')) as Result[]
  expect(results.map(({ spec }) => spec.seed)).toEqual([1, 2])
  const table = await launch('reproduce', '--table', file)
  expect(table.stdout).toBe(second.stdout)
  expect(table.stdout).toMatch(/^\| Softmax: no hidden layer.* of 5, cut \| .* \| JavaScript \| 1, 2 \|$/m)
  expect(existsSync(`${file}.part`)).toBe(false)
})

describe('drawings', () => {
  const drawings = (...args: string[]) => launch('drawings', ...args)
  const strokes = join(folder, 'strokes.json.gz')
  /** Drawings that no network is trained on: of another seed, on a pad 500 wide. */
  const made = Array.from({ length: 100 }, (_, i) => {
    const scaled = ({ x, y }: Point) => [Math.round(150 * x + 100), Math.round(150 * y + 100)]
    const { strokes } = syntheticDigit(i % 10, 99, i)
    return { label: i % 10, writer: Math.floor(i / 50) + 1, strokes: strokes.map((stroke) => stroke.map(scaled)) }
  })
  beforeAll(() => writeFileSync(strokes, gzipSync(JSON.stringify(made))))

  it('are read by a network that is trained for them, and again by the saved network', async () => {
    const [weights, sheet] = [join(folder, 'kept.safetensors'), join(folder, 'sheet.png')]
    const settings = ['--set', 'trainingSize=6000', '--epochs', '2', '--set', 'styleShare=0.5']
    const trained = await drawings('--strokes', strokes, '--json', '--perturb', '--save', weights, ...settings)
    expect(trained.code).toBe(0)
    const [result] = lines(trained.stdout) as unknown as Report[]
    expect(result.count).toBe(100)
    expect(result.right).toBeGreaterThan(75)
    expect(result.accuracy).toBe(result.right)
    expect(result.digits.map(({ count }) => count)).toEqual(Array(10).fill(10))
    expect(result.digits.reduce((sum, { right }) => sum + right, 0)).toBe(result.right)
    expect(result.confusion.reduce((sum, row, label) => sum + row[label], 0)).toBe(result.right)
    expect(Object.keys(result.writers)).toEqual(['1', '2'])
    expect(Object.keys(result.perturbed)).toHaveLength(10)
    // Where it is drawn makes no difference but for rounding to the pad's pixels.
    expect(Math.abs(result.perturbed['top left'].right - result.right)).toBeLessThanOrEqual(3)
    expect(result.testAccuracy).toBeGreaterThan(70)
    expect(result.rejected.right).toBeLessThan(40)
    expect(result.rejected.metKinds).toBeGreaterThan(result.rejected.right)

    const again = await drawings('--strokes', strokes, '--json', '--weights', weights, '--sheet', sheet)
    expect(again.code).toBe(0)
    const [kept] = lines(again.stdout) as unknown as Report[]
    expect(kept.confusion).toEqual(result.confusion)
    expect(kept.spec).toEqual(result.spec)
    const { width, height } = PNG.sync.read(readFileSync(sheet))
    expect([width > 500, height > 100]).toEqual([true, true])

    const people = await drawings('--strokes', strokes, '--weights', weights)
    expect(people.stdout).toMatch(/Drawings\s+\d+\.\d\d%\s+\d+ of 100.*Per digit.*Per writer.*Confusion/s)
  })

  it.each([
    ['without a file', [], /--strokes FILE is missing/],
    ['without such a file', ['--strokes', 'nowhere.json'], /nowhere\.json cannot be read/],
    ['of a file that is none', ['--strokes', 'package-lock.json'], /package-lock\.json.*no file of drawings/],
    ['by a preset and by weights', ['--strokes', strokes, '--preset', 'tiny', '--weights', 'x'], /give one of them/],
    ['by weights with settings', ['--strokes', strokes, '--weights', 'x', '--seed', '2'], /not for --weights/],
    ['by weights that are none', ['--strokes', strokes, '--weights', 'LICENSE'], /LICENSE is no safetensors file/],
  ])('%s are refused', async (_, args, message) => {
    const { code, stdout, stderr } = await drawings(...args)
    expect(stderr).toMatch(message)
    expect(stdout).toBe('')
    expect(code).toBe(2)
  })
})

describe('the table', () => {
  const published = { accuracy: 98.5, text: '' }
  const known = [
    { ...presets[0], name: 'one', title: 'One', published },
    { ...presets[0], name: 'two', title: 'Two' },
  ]
  const result = (preset: string, seed: number, accuracy: number, more: Partial<Result> = {}): Result => ({
    preset,
    minutes: 10,
    at: '2026-11-21T12:00:00.000Z',
    outcome: 'finished',
    message: null,
    spec: { ...presets[0].spec, seed },
    backend: 'reference',
    adapter: '',
    accuracy,
    bestAccuracy: accuracy + 0.1,
    epochs: 10,
    images: 600_000,
    seconds: 100,
    imagesPerSecond: 6000,
    ...more,
  })
  const older = { ...presets[0].spec, learningRate: 1, seed: 3 }
  const cells = (table: string) =>
    table.split('\n').map((line) =>
      line
        .slice(2, -2)
        .split(' | ')
        .map((cell) => cell.trim()),
    )

  it('says which presets have no result', () => {
    const [, , ...rows] = cells(resultsTable(known, [result('two', 1, 90), result('one', 1, 98, { spec: older })]))
    expect(rows.map(([preset, published, reached]) => [preset, published, reached])).toEqual([
      ['Two', '-', '90.00%'],
      ['One', '98.50%', 'not run'],
    ])
    expect(rows[1].slice(3)).toEqual(rows[1].slice(3).map(() => '-'))
    expect(rows[1]).toHaveLength(rows[0].length)
  })

  it('has a row for each preset and device, with the mean and spread over seeds', () => {
    const gpu = { backend: 'webgpu', adapter: 'nvidia hopper', imagesPerSecond: 1_234_567 } as const
    const [head, , ...rows] = cells(
      resultsTable(known, [
        result('two', 1, 90, { outcome: 'time limit', epochs: 3.27 }),
        result('one', 2, 98.2),
        result('one', 1, 50), // run again below
        result('one', 1, 98),
        result('one', 1, 98.1, gpu),
        result('one', 3, 10, { spec: older }), // another recipe
      ]),
    )
    const row = (cells: string[]) => Object.fromEntries(head.map((name, i) => [name, cells[i]]))
    expect(rows).toHaveLength(3)
    expect(row(rows[0])).toEqual({
      preset: 'One',
      published: '98.50%',
      reached: '98.10 ± 0.14%',
      'lowest to highest': '98.00% to 98.20%',
      'best evaluation': '98.30%',
      epochs: '10 of 10',
      seconds: '100',
      'images/s': '6,000',
      backend: 'JavaScript',
      seeds: '1, 2',
    })
    expect(row(rows[1])).toMatchObject({
      reached: '98.10%',
      'images/s': '1,234,567',
      backend: 'WebGPU (nvidia hopper)',
    })
    expect(row(rows[2])).toMatchObject({ preset: 'Two', published: '-', epochs: '3.2 of 10, cut' })
  })

  it('has a column for results of PyTorch', () => {
    const pytorch = [
      { preset: 'one', seed: 1, epochs: 10, accuracy: 98.4 },
      { preset: 'one', seed: 2, epochs: 5, accuracy: 97 },
      { preset: 'two', seed: 1, epochs: 3.31, accuracy: 91 },
      { preset: 'two', seed: 2, epochs: 3.28, accuracy: 92 },
      { preset: 'two', seed: 1, epochs: 10, accuracy: 99 },
    ]
    const cut = result('two', 1, 90, { outcome: 'time limit', epochs: 3.27 })
    const results = [result('one', 1, 98), cut, result('gone', 1, 80)]
    const [head, , ...rows] = cells(resultsTable(known, results, pytorch))
    const column = head.indexOf('PyTorch')
    expect(rows.map((row) => row[column])).toEqual(['98.40%', '91.50 ± 0.71% (3.28 epochs)', '-'])
    expect(rows[2][0]).toBe('gone')
  })
})
