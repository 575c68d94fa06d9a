// Whether a network has learnt something: by its steps, or by its score at step 0.

import { expect, it, test } from 'vitest'
import { hasLearnt, trained, untrained } from '../src/app/run/trained'

test.each([
  [0, undefined, false],
  [0, 0.1, false],
  [0, 0.2, false],
  [0, 0.3, true],
  [0, 0.98, true],
  [1, undefined, true],
  [100, 0.1, true],
])('after %i steps a network of ten classes with a score of %s: %s', (step, accuracy, learnt) => {
  expect(hasLearnt(step, accuracy, 0.1)).toBe(learnt)
})

it('tells a good network of few classes from a guess', () => {
  expect(hasLearnt(0, 1 / 2, 1 / 2)).toBe(false)
  expect(hasLearnt(0, 0.9, 1 / 2)).toBe(true)
  expect(hasLearnt(0, 0.9, 1 / 3)).toBe(true)
})

it('picks the points of a curve by it', () => {
  const [first, last] = [0.1, 0.9].map((accuracy, step) => ({ step, accuracy, loss: 1 }))
  expect(trained([first], 0.1)).toBeUndefined()
  expect(trained([first, last], 0.1)).toBe(last)
  expect(untrained([first, last], 0.1)).toBe(first)
  expect(untrained([last], 0.1)).toBeUndefined()
})
