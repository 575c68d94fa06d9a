// What layers promise beside their gradients: dropout's rate and masks, statistics of batch normalisation, memory that is too large.

import { describe, expect, it } from 'vitest'
import { createReference } from '../src/backends/reference'
import { DeviceMemoryError } from '../src/backends/types'
import { dropout, dropoutConstants } from '../src/kernels/dropout'
import { compile } from '../src/model/compile'
import { presets } from '../src/model/presets'
import type { LayerSpec, Spec } from '../src/model/spec'
import { inFloat64 } from './float64'
import { fillStores, SIZE } from './tiny-digits'

/** Trained on the images as they are. */
const spec: Spec = { ...presets[0].spec, augmentation: { type: 'none' }, styleShare: 0 }
const output = spec.layers[1]

describe('dropout', () => {
  const COUNT = 40_000
  const ones = new Float32Array(COUNT).fill(1)
  function masked(rate: number, { layer = 0, step = 0, seed = 1 } = {}): Float32Array {
    const outputs = new Float32Array(COUNT).fill(NaN)
    const constants = { ...dropoutConstants(COUNT, layer, rate), ACTIVATION: 0 }
    dropout.reference(constants, { state: Uint32Array.of(step, seed), inputs: ones, saved: ones, outputs })
    return outputs
  }

  it.each([0.05, 0.25, 0.5, 0.95])('drops a share of %f and keeps the mean', (rate) => {
    const outputs = masked(rate)
    const share = outputs.filter((value) => value === 0).length / COUNT
    // Four deviations of a share of 40,000 draws.
    expect(Math.abs(share - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / COUNT))
    expect(new Set(outputs)).toEqual(new Set([0, Math.fround(1 / (1 - rate))]))
  })

  it('has an independent mask for every step, layer and seed', () => {
    const first = masked(0.5)
    expect(masked(0.5)).toEqual(first)
    for (const change of [{ step: 1 }, { layer: 1 }, { seed: 2 }, { step: 1000, layer: 3 }]) {
      const other = masked(0.5, change)
      const both = first.filter((value, i) => value > 0 && other[i] > 0).length / COUNT
      expect(Math.abs(both - 0.25), JSON.stringify(change)).toBeLessThan(4 * Math.sqrt(0.1875 / COUNT))
    }
    // Nor do neighbours.
    const pairs = first.filter((value, i) => value > 0 && first[i + 1] > 0).length / COUNT
    expect(Math.abs(pairs - 0.25)).toBeLessThan(0.02)
  })

  it('drops nothing outside training', () => {
    const layers: LayerSpec[] = [{ type: 'dropout', rate: 0.5 }, output]
    const { lists } = compile({ ...spec, layers, trainingSize: 900, validationSize: 10 }, SIZE).plan
    const kernels = (list: keyof typeof lists) => lists[list].map(({ kernel }) => kernel.name)
    expect(kernels('train')).toContain('dropout')
    for (const list of ['evaluate', 'validate', 'predict'] as const) {
      expect(kernels(list)).toContain('dense-forward')
      expect(kernels(list)).not.toContain('dropout')
    }
  })
})

describe('batch normalisation', () => {
  it('moves its running statistics to those of the batches, and evaluates with them', () => {
    const norm: LayerSpec = { type: 'batch-normalisation', momentum: 1, epsilon: 1e-9 }
    const layers: LayerSpec[] = [{ type: 'flatten' }, norm, output]
    const EXAMPLES = 6
    const byte = (example: number, pixel: number) => (example * 37 + pixel * 11) % 256
    const { model, array, calls, evaluate } = inFloat64(
      { ...spec, layers, batchSize: EXAMPLES },
      { examples: EXAMPLES, byte, label: (example) => example },
    )
    calls.forEach((call) => call())
    const running = array(model.buffers.running)
    for (const pixel of [0, 5, 783]) {
      const values = Array.from({ length: EXAMPLES }, (_, example) => byte(example, pixel) / 255)
      const mean = values.reduce((a, b) => a + b) / EXAMPLES
      const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (EXAMPLES - 1)
      expect(running[pixel]).toBeCloseTo(mean, 12)
      expect(running[784 + pixel]).toBeCloseTo(variance, 12)
    }
    const before = running.slice()
    evaluate.forEach((call) => call())
    expect(running, 'an evaluation leaves them alone').toEqual(before)
  })
})

describe('memory', () => {
  it('says which run is too large for the CPU', async () => {
    const layers: LayerSpec[] = [
      {
        type: 'conv2d',
        filters: 512,
        kernel: 3,
        stride: 1,
        padding: 'same',
        activation: 'relu',
        initialiser: 'he',
        bias: 'yes',
      },
      { type: 'flatten' },
      output,
    ]
    const large: Spec = { ...spec, layers, batchSize: 60_000 }
    const backend = createReference()
    fillStores(backend)
    const prepared = new Promise((resolve) => resolve(backend.prepare(compile(large, SIZE).plan)))
    await expect(prepared).rejects.toThrow(DeviceMemoryError)
    await expect(prepared).rejects.toThrow(
      /This run needs [\d.]+ GB of memory, and the CPU backend takes 4 GB at most\. A smaller batch/,
    )
  })
})
