// The parts of the benchmark that measure nothing: options, statistics, tables, and how much a call does.

import { describe, expect, it, vi } from 'vitest'
import { optionsOf } from './bench/options'
import { loadDigits } from './bench/page/contestant'
import type { InklingContestant } from './bench/page/inkling'
import { bytesOf, profile } from './bench/page/profile'
import { nextChunk, throughput } from './bench/page/timing'
import { figure, markdown, profileReport, sectionReport } from './bench/report'
import { sections, type Measurement } from './bench/sections'
import { median, percentile, summaryOf } from './bench/statistics'
import { specOf, workloadNames, workloads } from './bench/workloads'
import * as load from '../src/datasets/load'
import { storesOf } from '../src/datasets/stores'
import { compile } from '../src/model/compile'
import { parseSpec } from '../src/model/spec'

vi.mock('../src/datasets/load', { spy: true })

describe('options', () => {
  it('take everything by default', () => {
    const options = optionsOf([])
    expect(options.mode).toBe('compare')
    expect(options.workloads).toEqual(['W1', 'W2', 'W3', 'W4'])
    expect(options.accuracyWorkloads).toEqual(['W3', 'W4'])
    expect(options.sections).toEqual(sections.map(({ name }) => name))
    expect(options.peers).toContain('tfjs-webgpu')
  })

  it('take lists in any order', () => {
    const options = optionsOf(['--only=evaluate,train', '--workloads', 'W3, W1', '--peers', 'none', '--seconds=0.5'])
    expect(options.sections).toEqual(['train', 'evaluate'])
    expect(options.workloads).toEqual(['W1', 'W3'])
    expect(options.accuracyWorkloads).toEqual(['W1', 'W3'])
    expect(options.peers).toEqual([])
    expect(options.seconds).toBe(0.5)
  })

  it.each([
    [['--bogus'], /Unknown option '--bogus'/],
    [['--only', 'speed'], /--only does not know "speed".*train, evaluate/],
    [['--workloads', 'W5'], /--workloads does not know "W5"/],
    [['--seconds', '0'], /--seconds must be a number above 0/],
    [['--plan', '--profile'], /give one of them/],
    [['--plan', '--pack=x'], /give one of them/],
  ])('%j are refused', (args, message) => {
    expect(() => optionsOf(args)).toThrow(message)
  })
})

it('statistics', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
  expect(percentile([5, 1, 4, 2, 3], 0.5)).toBe(3)
  expect(percentile([5, 1, 4, 2, 3], 0.95)).toBe(5)
  expect(summaryOf([2, 9, 4])).toEqual({ median: 4, min: 2, max: 9 })
  expect(() => median([])).toThrow(RangeError)
})

describe('the timing loop', () => {
  it('sizes chunks by the time they take', () => {
    expect(nextChunk(1, 0.01)).toBe(4)
    expect(nextChunk(100, 300)).toBe(100)
    expect(nextChunk(100, 60_000)).toBe(1)
  })

  it('repeats and counts steps', async () => {
    let steps = 0
    const rates = await throughput(
      (count) => {
        steps += count
        return new Promise((resolve) => setTimeout(resolve, 5))
      },
      { seconds: 0.02, repeats: 3 },
    )
    expect(rates).toHaveLength(3)
    expect(steps).toBeGreaterThan(3)
    for (const rate of rates) expect(rate).toBeGreaterThan(0)
  })
})

describe('tables', () => {
  const train = sections[0]
  const measurement = (row: string, values: number[], error?: string): Measurement => ({
    section: 'train',
    row,
    column: 'W1',
    values,
    ...(error === undefined ? {} : { error }),
  })

  it('format figures', () => {
    expect([0, 0.1423, 8.314, 45.92, 12_345.6].map(figure)).toEqual(['0', '0.142', '8.31', '45.9', '12,346'])
    expect(markdown([['a', 'b'], ['x|y', '1']])).toBe('| a | b |\n| --- | ---: |\n| x\\|y | 1 |') // prettier-ignore
  })

  it('show medians, ranges, ratios to the best, and reasons', () => {
    const text = sectionReport(train, [
      measurement('Inkling, WebAssembly', [100, 300, 200]),
      measurement('jax-js, WebAssembly', [50]),
      measurement('TensorFlow.js, WebAssembly', [100]),
      measurement('NumPy', [400]),
      measurement('PyTorch, CPU', [], 'not installed: torch'),
    ])
    expect(text).toContain('| Inkling, WebAssembly | 200 (100 to 300) |')
    expect(text).toContain('| Inkling, WebAssembly / best peer in the browser | 2.00 (TensorFlow.js, WebAssembly) |')
    expect(text).toContain('| Inkling, WebAssembly / best in Python | 0.500 (NumPy) |')
    expect(text).toContain('| PyTorch, CPU | - [1] |')
    expect(text).toContain('[1] not installed: torch')
  })

  it('may rank less as better', () => {
    const latency = sections.find(({ name }) => name === 'latency')!
    const rows = [measurement('Inkling, WebGPU', [2]), measurement('jax-js, WebGPU', [6])]
    const text = sectionReport(
      latency,
      rows.map((row) => ({ ...row, section: 'latency' })),
    )
    expect(text).toContain('| Inkling, WebGPU / best peer in the browser | 3.00 (jax-js, WebGPU) |')
  })

  it('show kernels beside the ceilings', () => {
    const call = { kernel: 'k', variant: 'tiles', size: '2x3', seconds: 1e-3, flops: 5e6, bytes: 1e6 }
    const text = profileReport('Kernels', [call], { gigaflops: 10, gigabytes: 4 })
    expect(text).toContain('| k 2x3, tiles | 1,000 | 100% | 5.00 | 50% | 1.00 | 25% |')
  })
})

it('show every timed call of a profile', async () => {
  const model = compile(specOf(workloads.W1), { trainCount: 60_000, testCount: 10_000 })
  const calls = model.plan.lists.train
  const times = calls.map(({ kernel }, i) => ({
    kernel: kernel.name,
    variant: 'tiles',
    seconds: i === 0 ? undefined : 0.5,
  }))
  const program = { profile: () => Promise.resolve(times) }
  const contestant = { model, program, train: () => Promise.resolve() } as unknown as InklingContestant
  const costs = await profile(contestant)
  expect(costs).toHaveLength(calls.length - 1)
  expect(costs[0]).toMatchObject({ kernel: 'dense-forward', size: '10x784x40', seconds: 0.5, flops: 2 * 10 * 784 * 40 })
  expect(costs[0].bytes).toBe(4 * (784 * 40 + 40 + 12 * 784 + 12 * 40))
})

describe.each(workloadNames.map((name) => workloads[name]))('$name', (workload) => {
  const { plan, parameters } = compile(parseSpec(specOf(workload)), { trainCount: 60_000, testCount: 10_000 })

  it('does the stated arithmetic', () => {
    const flops = plan.lists.train.reduce((sum, { kernel, constants }) => sum + (kernel.flops?.(constants) ?? 0), 0)
    expect(flops / workload.batchSize).toBe(workload.flops)
  })

  it('moves at least its parameters, and not the data set', () => {
    for (const call of plan.lists.train) {
      const bytes = bytesOf(call, parameters)
      expect(bytes, call.kernel.name).toBeGreaterThan(0)
      expect(bytes, call.kernel.name).toBeLessThan(60_000 * 784)
    }
    const [gather] = plan.lists.train
    const pixels = workload.batchSize * 784
    expect(bytesOf(gather, parameters)).toBeGreaterThanOrEqual(5 * pixels)
    expect(bytesOf(gather, parameters)).toBeLessThan(6 * pixels + 20_000)
  })
})

it('digits for other libraries come out of the stores that the data set fills', async () => {
  const bytes = (count: number, value: number) => new Uint8Array(count).fill(value)
  vi.mocked(load.loadDataset).mockImplementationOnce((dataset, { stores }) => {
    const { trainInputs, trainLabels, testInputs, testLabels } = storesOf(dataset)
    const contents = {
      [trainInputs]: bytes(3 * 784, 51),
      [trainLabels]: bytes(3, 7),
      [testInputs]: bytes(2 * 784, 255),
      [testLabels]: bytes(2, 4),
    }
    for (const [name, content] of Object.entries(contents)) stores.store(name, content.length).write(0, content)
    return Promise.resolve({ trainCount: 3, testCount: 2 })
  })
  const { images, targets, test, digit } = await loadDigits({ base: '', images: 3 })
  expect(images).toHaveLength(3 * 784)
  expect(images[5]).toBeCloseTo(0.2)
  expect(targets.slice(0, 10)).toEqual(Float32Array.of(0, 0, 0, 0, 0, 0, 0, 1, 0, 0))
  expect(test(2)[0].labels).toEqual(Int32Array.of(4, 4))
  expect(digit[0]).toBe(1)
})
