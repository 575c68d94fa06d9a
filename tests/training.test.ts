// The same 20 training steps on every backend, from the same start: losses, hits and parameters must agree.

import { describe, expect, it } from 'vitest'
import { createReference } from '../src/backends/reference'
import type { Backend } from '../src/backends/types'
import { createWebGPU } from '../src/backends/webgpu'
import { compile, HISTORY_SLOTS, type Model } from '../src/model/compile'
import { initialParameters } from '../src/model/initialise'
import { presets } from '../src/model/presets'
import { parseSpec, PIXELS, type Spec } from '../src/model/spec'
import { difference, readAll } from './harness'
import { fillStores, SIZE } from './tiny-digits'

const STEPS = 20

/**
 * Rounding differs (order of sums, exp, tanh) and grows with the steps. On SwiftShader the way that the parameters have gone
 * after 20 steps differs by up to 4e-7 of its length with SGD, and 3e-6 with Adam, which divides by the root of the second
 * moment; other devices may round exp and tanh more coarsely.
 */
const TOLERANCE = { history: 1e-5, way: { sgd: 1e-5, adam: 1e-4 } }

async function train(backend: Backend, model: Model, chunks: number[]) {
  const { buffers } = model
  const program = await backend.prepare(model.plan)
  const { spec } = model
  program.write(buffers.parameters, initialParameters(model))
  program.write(buffers.settings, new Float32Array([spec.learningRate]))
  program.write(buffers.state, new Uint32Array([0, spec.seed]))
  const statistics = new Float32Array(2 * PIXELS).fill(1, PIXELS)
  if (spec.input === 'standardised') {
    for (let p = 0; p < PIXELS; p++) {
      statistics[p] = 0.1
      statistics[PIXELS + p] = 1 + (p % 3)
    }
  }
  program.write(buffers.statistics, statistics)
  for (const steps of chunks) program.run('train', steps)
  program.run('evaluate', model.evaluationSteps)
  const all = await readAll(program, model.plan)
  program.dispose()
  return all
}

const gelu: Spec = {
  ...presets[0].spec,
  layers: [
    { type: 'dense', units: 33, activation: 'gelu', initialiser: 'lecun-normal' },
    { type: 'dense', units: 18, activation: 'tanh', initialiser: 'glorot' },
    { type: 'dense', units: 10, activation: 'linear', initialiser: 'zero' },
  ],
  batchSize: 37,
}

const specs: [string, Spec][] = [...presets.map(({ name, spec }): [string, Spec] => [name, spec]), ['gelu-tanh', gelu]]

describe.each(['tiles', 'blocks'] as const)('WebGPU, %s', (variant) => {
  it.each(specs)('%s: 20 steps as on the reference', async (_, spec) => {
    const model = compile(parseSpec(spec), SIZE)
    const reference = createReference()
    const webgpu = await createWebGPU({ variant })
    fillStores(reference)
    fillStores(webgpu)
    const expected = await train(reference, model, [STEPS])
    const actual = await train(webgpu, model, [1, 7, 12]) // chunks must not matter

    const get = (of: typeof expected, name: string) => of.get(name)!
    expect(get(actual, 'train/state')).toEqual(Uint32Array.of(STEPS, spec.seed, 0, 0))
    expect(get(actual, 'train/targets'), 'the same examples').toEqual(get(expected, 'train/targets'))
    const history = (of: typeof expected) => get(of, 'train/history').subarray(0, 2 * Math.min(STEPS, HISTORY_SLOTS))
    expect(difference(history(actual), history(expected))).toBeLessThan(TOLERANCE.history)
    expect(difference(get(actual, 'evaluate/history'), get(expected, 'evaluate/history'))).toBeLessThan(
      TOLERANCE.history,
    )
    const first = initialParameters(model)
    const way = (of: typeof expected) => (get(of, 'parameters') as Float32Array).map((value, i) => value - first[i])
    expect(length(way(expected)), 'the steps moved the parameters').toBeGreaterThan(1e-3 * length(first))
    const [right, gone] = [way(expected), way(actual)]
    const relative = length(gone.map((value, i) => value - right[i])) / length(right)
    expect(relative).toBeLessThan(TOLERANCE.way[spec.optimizer.type])
    webgpu.dispose()
  })
})

describe('the same start', () => {
  it('gives the same bits twice on one backend', async () => {
    const model = compile(parseSpec(presets[0].spec), SIZE)
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

function length(values: Iterable<number>): number {
  let squares = 0
  for (const value of values) squares += value * value
  return Math.sqrt(squares)
}
