// What outputs come to: sure, probably, unsure, or none, at the very thresholds and for any outputs.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { losses } from '../src/model/spec'
import { claim, GUESSING, NO_CLASS, SURE, TRUSTED, UNSURE, UNSURE_UNDRAWN, verdict } from '../src/model/verdict'

/** Outputs with the largest at 3 and the second largest at 8. */
const judge = (share: number, loss: (typeof losses)[number] = 'cross-entropy', styleShare = 0.3, dataset = 'mnist') =>
  verdict({ outputs: [0, 0.01, 0, share, 0, -0.3, 0, 0, 0.02, 0.01], label: 3 }, { dataset, loss, styleShare })

test('each threshold belongs to the verdict above it', () => {
  const below = (threshold: number) => threshold - 1e-9
  expect(judge(SURE)).toEqual({ kind: 'class', label: 3, probability: SURE, sure: true })
  expect(judge(below(SURE))).toMatchObject({ kind: 'class', label: 3, sure: false })
  expect(judge(UNSURE)).toMatchObject({ kind: 'class', sure: false })
  expect(judge(below(UNSURE))).toMatchObject({ kind: 'unsure', label: 3, runnerUp: 8 })
  expect(judge(NO_CLASS)).toEqual({ kind: 'unsure', label: 3, probability: NO_CLASS, runnerUp: 8 })
  expect(judge(below(NO_CLASS))).toEqual({ kind: 'none' })
})

test('outputs of the quadratic loss are judged alike, but are no probabilities', () => {
  expect(judge(1.2, 'quadratic')).toEqual({ kind: 'class', label: 3, probability: undefined, sure: true })
  expect(judge(0.6, 'quadratic')).toEqual({ kind: 'unsure', label: 3, probability: undefined, runnerUp: 8 })
  expect(judge(0.4, 'quadratic')).toEqual({ kind: 'none' })
})

test('a network trained on digits alone is unsure at most', () => {
  expect(judge(0.4, 'cross-entropy', 0)).toMatchObject({ kind: 'unsure', label: 3, runnerUp: 8 })
  expect(judge(-0.2, 'quadratic', 0)).toMatchObject({ kind: 'unsure', label: 3 })
})

test('an example of a set that nobody draws is probably what has most of the shares', () => {
  const clothes = (share: number) => judge(share, 'cross-entropy', 0, 'fashion-mnist')
  expect(clothes(SURE)).toMatchObject({ kind: 'class', sure: true })
  expect(clothes(UNSURE_UNDRAWN)).toEqual({ kind: 'class', label: 3, probability: UNSURE_UNDRAWN, sure: false })
  expect(clothes(UNSURE_UNDRAWN - 1e-9)).toMatchObject({ kind: 'unsure', label: 3, runnerUp: 8 })
})

test('outputs that are no numbers are no digit', () => {
  for (const label of [0, -1, 10]) {
    expect(
      verdict(
        { outputs: Array.from({ length: 10 }, () => NaN), label },
        { dataset: 'mnist', loss: 'cross-entropy', styleShare: 0 },
      ),
    ).toEqual({ kind: 'none' })
  }
})

test('the runner-up is the largest of the other outputs, even if equal or negative', () => {
  const outputs = fc.array(fc.float({ min: -2, max: 2, noNaN: true }), { minLength: 2, maxLength: 100 })
  fc.assert(
    fc.property(outputs, fc.constantFrom(...losses), (outputs, loss) => {
      const label = outputs.indexOf(Math.max(...outputs))
      const judged = verdict({ outputs, label }, { dataset: 'mnist', loss, styleShare: 0.3 })
      if (judged.kind !== 'none') expect(judged.label).toBe(label)
      if (judged.kind !== 'unsure') return
      expect(judged.runnerUp).not.toBe(label)
      expect(outputs.every((output, i) => i === label || output <= outputs[judged.runnerUp])).toBe(true)
    }),
  )
})

test('what may be claimed depends on the test accuracy, at the very thresholds', () => {
  const spec = { dataset: 'mnist', loss: 'cross-entropy', styleShare: 0.3 } as const
  const claimed = (share: number, accuracy: number | undefined) =>
    claim({ outputs: [0, 0.01, 0, share, 0, -0.3, 0, 0, 0.02, 0.01], label: 3 }, spec, accuracy)
  const guess = { kind: 'guess', label: 3 }
  for (const share of [0.3, 0.7, 0.99]) {
    expect(claimed(share, TRUSTED)).toEqual(judge(share))
    for (const accuracy of [undefined, 0, GUESSING - 1e-9]) expect(claimed(share, accuracy)).toEqual(guess)
  }
  for (const accuracy of [GUESSING, TRUSTED - 1e-9]) {
    expect(claimed(0.3, accuracy)).toMatchObject({ kind: 'unsure', runnerUp: 8 })
    expect(claimed(0.99, accuracy)).toMatchObject({ kind: 'class', sure: false })
  }
})
