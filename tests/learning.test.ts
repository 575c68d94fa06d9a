// A run that goes nowhere is named, with the rate to try; one that learns never is.

import { describe, expect, test } from 'vitest'
import { standstillOf, usualRate } from '../src/app/run/learning'
import { fashionMnist } from '../src/datasets/fashion-mnist'
import { findPreset, presets, presetsFor } from '../src/model/presets'
import type { Spec } from '../src/model/spec'
import type { CurvePoint } from '../src/session/protocol'

const base = presets[0].spec
const STEPS_PER_EPOCH = 938

/** What is found of a run that has the same accuracy and loss at every point, ten steps apart. */
function found(
  { accuracy, loss, taken, test = [] }: { accuracy: number; loss: number; taken: number; test?: CurvePoint[] },
  change: Partial<Spec> = {},
) {
  const spec = { ...base, ...change }
  const train = Array.from({ length: taken / 10 }, (_, i) => ({ step: 10 * (i + 1), accuracy, loss }))
  return standstillOf({ train, test }, spec, { step: taken, steps: 9380 }, STEPS_PER_EPOCH)
}
const constant = { schedule: { type: 'constant' } } as const

describe('a rate that is too high', () => {
  const guessing = { accuracy: 0.1, loss: 40, taken: 200 }

  test('is named, with the preset’s', () => {
    expect(found(guessing, { learningRate: 100 })).toEqual({
      kind: 'too high',
      message: 'It is not learning: the learning rate of 100 is too high.',
      rate: 0.002,
    })
  })

  test('is named where every class gets the same share, too', () => {
    expect(found({ ...guessing, loss: Math.log(10) }, { learningRate: 1 })?.kind).toBe('too high')
  })

  test('is not named before a hundred steps, nor before five thousand examples', () => {
    expect(found({ ...guessing, taken: 90 }, { learningRate: 100 })).toBeUndefined()
    expect(found({ ...guessing, taken: 4_000 }, { learningRate: 100, batchSize: 1 })).toBeUndefined()
    expect(found({ ...guessing, taken: 5_000 }, { learningRate: 100, batchSize: 1 })?.kind).toBe('too high')
  })

  test('is not named while warm-up keeps it low', () => {
    const schedule = { type: 'cosine', warmup: 1000 } as const
    expect(found(guessing, { learningRate: 0.1, schedule })).toBeUndefined()
  })

  test('is not named if the network answers better than chance, in training or in the last test', () => {
    expect(found({ ...guessing, accuracy: 0.3 }, { learningRate: 100 })).toBeUndefined()
    const test = [{ step: 190, accuracy: 0.6, loss: 1 }]
    expect(found({ ...guessing, test }, { learningRate: 100 })).toBeUndefined()
  })

  test('is named if the network had learnt something before', () => {
    const before = Array.from({ length: 100 }, (_, i) => ({ step: 10 * (i + 1), accuracy: 0.95, loss: 0.1 }))
    const after = Array.from({ length: 60 }, (_, i) => ({ step: 1000 + 10 * (i + 1), accuracy: 0.1, loss: 50 }))
    const curves = { train: [...before, ...after], test: [{ step: 1000, accuracy: 0.95, loss: 0.1 }] }
    const spec = { ...base, learningRate: 100 }
    expect(standstillOf(curves, spec, { step: 1600, steps: 9380 }, STEPS_PER_EPOCH)?.kind).toBe('too high')
  })

  test('of the quadratic loss is told by the answers alone', () => {
    const { spec } = findPreset('notebook')!
    expect(found({ accuracy: 0.1, loss: 0.5, taken: 600 }, { ...spec, learningRate: 100 })).toMatchObject({
      kind: 'too high',
      rate: 0.1,
    })
  })
})

describe('a rate that is too low', () => {
  test('is named near chance, and later below a half', () => {
    const expected = {
      kind: 'too low',
      message: 'It learns very slowly: the learning rate of 0.000001 is too low.',
      rate: 0.002,
    }
    expect(found({ accuracy: 0.12, loss: 2.3, taken: 100 }, { learningRate: 1e-6 })).toEqual(expected)
    expect(found({ accuracy: 0.4, loss: 2.2, taken: 300 }, { learningRate: 1e-6 })).toEqual(expected)
  })

  test('is not named if it is enough', () => {
    expect(found({ accuracy: 0.4, loss: 2, taken: 200 }, { learningRate: 1e-5 })).toBeUndefined()
    expect(found({ accuracy: 0.6, loss: 1.5, taken: 400 }, { learningRate: 1e-5 })).toBeUndefined()
    expect(found({ accuracy: 0.4, loss: 2, taken: 400 }, { learningRate: 3e-4 })).toBeUndefined()
  })
})

test('a usual rate is not blamed: the network is stuck, after an epoch', () => {
  const guessing = { accuracy: 0.11, loss: 2.302 }
  expect(found({ ...guessing, taken: 990 }, constant)).toBeUndefined()
  expect(found({ ...guessing, taken: 1000 }, constant)).toEqual({
    kind: 'stuck',
    message: 'It is not learning: after 1,000 steps it is no better than chance. Fewer layers or ReLU may help.',
    rate: undefined,
  })
  expect(found({ ...guessing, loss: 1.9, taken: 1000 }, constant)).toBeUndefined()
})

test('a run without points, or with losses that are no numbers, is not judged', () => {
  expect(found({ accuracy: 0.1, loss: 40, taken: 0 }, { learningRate: 100 })).toBeUndefined()
  expect(found({ accuracy: NaN, loss: NaN, taken: 500 }, { learningRate: 100 })).toBeUndefined()
})

describe('the usual rate', () => {
  test.each([...presets, ...presetsFor(fashionMnist)])('of the preset $name is its own', ({ spec }) => {
    expect(usualRate({ ...spec, learningRate: 77, seed: 5, epochs: 3, batchSize: 7 })).toBe(spec.learningRate)
  })

  test('of another network is that of its optimizer', () => {
    const [first, ...rest] = base.layers
    const layers = [{ ...first, units: 7 }, ...rest] as Spec['layers']
    expect(usualRate({ ...base, layers })).toBe(0.002)
    expect(usualRate({ ...base, layers, optimizer: { type: 'sgd', weightDecay: 0 } })).toBe(0.1)
  })
})
