// Steps with fewer calls: the same numbers, and how many calls.

import { describe, expect, it } from 'vitest'
import { createReference } from '../src/backends/reference'
import { pad4 } from '../src/kernels/kernel'
import { compile, type Model, type StepForm } from '../src/model/compile'
import { initialContents } from '../src/model/initialise'
import type { LayerSpec, Spec } from '../src/model/spec'
import { parseSpec } from '../src/model/spec'
import { canBeWhole, outputsOf } from '../src/model/whole'
import { presets } from '../src/model/presets'
import { fillStores, SIZE, SYNTHETIC } from './tiny-digits'

const STEPS = 4

const hidden = (units: number, activation: 'relu' | 'sigmoid' | 'tanh' | 'gelu'): LayerSpec => ({
  type: 'dense',
  units,
  activation,
  initialiser: 'glorot',
  bias: 'yes',
})
const outputs: LayerSpec = { type: 'dense', units: 10, activation: 'linear', initialiser: 'glorot', bias: 'yes' }
const dropout: LayerSpec = { type: 'dropout', rate: 0.3 }
const base: Spec = {
  ...presets[0].spec,
  batchSize: 7,
  optimizer: { type: 'adamw', beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 },
}

/** Networks with the calls of a step before and after. */
const networks: [string, Spec, number, number][] = [
  ['no hidden layer', { ...base, layers: [outputs] }, 6, 3],
  ['one', { ...base, layers: [hidden(9, 'relu'), outputs] }, 9, 5],
  [
    'one, without augmentation',
    { ...base, augmentation: presets[0].spec.augmentation, styleShare: 0, layers: [hidden(9, 'tanh'), outputs] },
    9,
    5,
  ],
  ['two', { ...base, layers: [hidden(9, 'relu'), hidden(6, 'sigmoid'), outputs] }, 12, 7],
  ['three', { ...base, layers: [hidden(9, 'relu'), hidden(6, 'tanh'), hidden(5, 'relu'), outputs] }, 15, 10],
  ['two, the second too wide', { ...base, layers: [hidden(9, 'relu'), hidden(600, 'relu'), outputs] }, 12, 8],
  ['dropout', { ...base, layers: [hidden(9, 'relu'), dropout, outputs] }, 11, 7],
  ['GELU', { ...base, layers: [hidden(9, 'gelu'), outputs] }, 10, 7],
  [
    'quadratic loss',
    { ...base, loss: 'quadratic', layers: [hidden(9, 'sigmoid'), { ...outputs, activation: 'sigmoid' }] },
    9,
    5,
  ],
  ['SGD', { ...base, layers: [hidden(9, 'relu'), outputs], optimizer: { type: 'sgd', weightDecay: 0.01 } }, 9, 5],
  [
    'Nesterov',
    { ...base, layers: [hidden(9, 'relu'), outputs], optimizer: { type: 'nesterov', momentum: 0.9, weightDecay: 0 } },
    9,
    5,
  ],
  [
    'RMSProp',
    {
      ...base,
      layers: [hidden(9, 'relu'), outputs],
      optimizer: { type: 'rmsprop', rho: 0.9, epsilon: 1e-6, weightDecay: 0.01 },
    },
    9,
    5,
  ],
  ['clipped gradients', { ...base, clipNorm: 1, layers: [hidden(9, 'relu'), outputs] }, 11, 11],
  [
    'batch normalisation',
    { ...base, layers: [hidden(9, 'relu'), { type: 'batch-normalisation', momentum: 0.1, epsilon: 1e-5 }, outputs] },
    15,
    15,
  ],
]

const frozen = (layer: LayerSpec): LayerSpec => ({ ...layer, frozen: true }) as LayerSpec
networks.push(
  ['frozen below', { ...base, layers: [frozen(hidden(9, 'relu')), hidden(6, 'tanh'), outputs] }, 10, 6],
  ['frozen below the outputs', { ...base, layers: [frozen(hidden(9, 'relu')), outputs] }, 7, 4],
  ['frozen in the middle', { ...base, layers: [hidden(9, 'relu'), frozen(hidden(6, 'tanh')), outputs] }, 11, 6],
  ['frozen outputs', { ...base, layers: [hidden(9, 'relu'), frozen(outputs)] }, 8, 8],
)

async function train(model: Model) {
  const backend = createReference()
  fillStores(backend)
  const program = await backend.prepare(model.plan)
  const pixels = {
    mean: new Float32Array(model.buffers.statistics.size / 2),
    deviation: new Float32Array(model.buffers.statistics.size / 2).fill(1),
  }
  for (const [buffer, contents] of initialContents(model, pixels)) program.write(buffer, contents)
  program.write(model.buffers.rates, new Float32Array(STEPS).fill(0.01))
  program.run('train', STEPS)
  const { history, gradients, state } = model.buffers
  const [losses, slopes, [step, seed], ...snapshot] = await Promise.all([
    program.read(history, 0, 2 * STEPS),
    program.read(gradients),
    program.read(state),
    ...model.snapshot.filter((buffer) => buffer !== state).map((buffer) => program.read(buffer)),
  ])
  /** Of every dense layer for the last batch, where the step keeps them. */
  const outputs = model.spec.layers.map(async (layer, i) => {
    const kept = layer.type === 'dense' && outputsOf(model.plan.lists.train, i)
    return kept && (await program.read(kept.buffer, kept.start, pad4(model.spec.batchSize) * pad4(layer.units)))
  })
  return { losses: [...losses], slopes, step, seed, snapshot, outputs: await Promise.all(outputs) }
}

it.each(networks)('%s: gives the same numbers with fewer calls', async (_, spec, before, after) => {
  const model = (form: StepForm) => compile(parseSpec(spec), { ...SIZE, synthetic: SYNTHETIC }, { form })
  const models = [model('separate'), model('fused'), model('whole')]
  const least = canBeWhole(spec) ? 2 : after
  expect(models.map(({ plan }) => plan.lists.train.length)).toEqual([before, after, least])
  const [expected, ...others] = await Promise.all(models.map(train))
  if (least === 2) expect(others[1].outputs).toEqual(expected.outputs)
  for (const actual of others) {
    expect(actual.snapshot).toEqual(expected.snapshot)
    expect(actual.slopes.subarray(0, expected.slopes.length)).toEqual(expected.slopes)
    expect([actual.step, actual.seed]).toEqual([STEPS, spec.seed])
    expect(actual.outputs).toEqual(actual.outputs.map((values, i) => values && expected.outputs[i]))
    // Summed in another order.
    actual.losses.forEach((value, i) => expect(value).toBeCloseTo(expected.losses[i], 5))
  }
})

it('evaluates and predicts as before', () => {
  const { plan } = compile(parseSpec(base), { ...SIZE, synthetic: SYNTHETIC })
  const fused = compile(parseSpec(base), { ...SIZE, synthetic: SYNTHETIC }, { form: 'fused' }).plan
  const kernels = ({ lists: { evaluate, predict } }: typeof plan) =>
    [evaluate, predict].map((list) => list.map(({ kernel }) => kernel.name))
  expect(kernels(fused)).toEqual(kernels(plan))
})

describe('whole steps', () => {
  const small: Spec = { ...base, layers: [hidden(9, 'relu'), outputs] }

  it.each<[string, Spec, boolean]>([
    ['one hidden layer', small, true],
    ['four layers', { ...small, layers: [hidden(9, 'relu'), hidden(6, 'tanh'), hidden(5, 'relu'), outputs] }, true],
    ['five layers', { ...small, layers: [...Array.from({ length: 4 }, () => hidden(9, 'relu')), outputs] }, false],
    ['8 MFLOP a step and more', { ...small, batchSize: 190 }, false],
    ['GELU', { ...small, layers: [hidden(9, 'gelu'), outputs] }, false],
    ['dropout', { ...small, layers: [hidden(9, 'relu'), dropout, outputs] }, false],
    ['clipped gradients', { ...small, clipNorm: 1 }, false],
    ['a frozen layer', { ...small, layers: [frozen(hidden(9, 'relu')), outputs] }, false],
  ])('of a network with %s: %o', (_, spec, can) => {
    expect(canBeWhole(parseSpec(spec))).toBe(can)
  })
})
