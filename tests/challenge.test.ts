// Trying to fool the network: what to draw, and what came of it.

import { expect, test } from 'vitest'
import { Challenge, foolingWords, type Fooling } from '../src/app/drawing/challenge.svelte'
import { Drawing } from '../src/app/drawing/drawing.svelte'
import { findDataset, mnist } from '../src/datasets'

const four: Fooling = { label: 4, predicted: 9 }

test('says what to draw, then what came of it', () => {
  expect(foolingWords(four, undefined, mnist)).toBe('Draw a 4 that it takes for a 9: its most common mistake.')
  expect(foolingWords(four, 4, mnist)).toBe('It still says 4. Change it bit by bit, towards a 9.')
  expect(foolingWords(four, 9, mnist)).toBe('It says 9. If you drew a 4, you fooled it!')
  expect(foolingWords(four, 1, mnist)).toBe('It says 1. Draw a 4 that it takes for a 9.')
  expect(foolingWords(undefined, 1, mnist)).toBe('Draw a digit so that it takes it for another one.')
})

test('makes room on the pad, and Undo brings the drawing back', async () => {
  const drawing = new Drawing(() => Promise.resolve(undefined), mnist)
  drawing.begin({ x: 0.2, y: 0.2 })
  const challenge = new Challenge(drawing, () => Promise.resolve(four))
  await challenge.begin()
  expect([challenge.active, challenge.fooling, drawing.empty]).toEqual([true, four, true])
  drawing.undo()
  expect(drawing.strokes).toHaveLength(1)
  challenge.end()
  expect(challenge.active).toBe(false)
})

test('goes on without mistakes that are not known, and forgets those of another data set', async () => {
  const drawing = new Drawing(() => Promise.resolve(undefined), mnist)
  const failing = new Challenge(drawing, () => Promise.reject(new Error('no answers')))
  await failing.begin()
  expect([failing.active, failing.fooling]).toEqual([true, undefined])
  const late = new Challenge(drawing, () => {
    drawing.enter(findDataset('fashion-mnist') ?? mnist)
    return Promise.resolve(four)
  })
  await late.begin()
  expect(late.fooling).toBeUndefined()
})
