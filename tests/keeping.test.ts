// Keeping a drawing as one digit while the network is sure of another.

import { beforeEach, expect, test, vi } from 'vitest'
import { Keeping } from '../src/app/teaching/keeping.svelte'
import type { Stroke } from '../src/data/drawing'
import { mnist } from '../src/datasets'
import { presets } from '../src/model/presets'
import type { Prediction } from '../src/session/protocol'

const line: Stroke[] = [[{ x: 0.1, y: 0.1 }, { x: 0.2, y: 0.9 }]] // prettier-ignore

/** The network says that it is a 3, this surely. */
const three = (share: number): Prediction => ({
  outputs: Array.from({ length: 10 }, (_, i) => (i === 3 ? share : (1 - share) / 9)),
  label: 3,
  step: 100,
})

const kept = new Map<readonly Stroke[], number>()
const keep = vi.fn((strokes: readonly Stroke[], label: number) => Promise.resolve(void kept.set(strokes, label)))
beforeEach(() => {
  kept.clear()
  keep.mockClear()
})

function keeping(prediction: Prediction | undefined, accuracy = 0.97) {
  const drawing = { strokes: line, prediction, dataset: mnist }
  const taught = { keep, labelOf: (strokes: readonly Stroke[]) => kept.get(strokes) }
  return { drawing, of: new Keeping({ taught, drawing, run: { spec: presets[0].spec, testAccuracy: accuracy } }) }
}

test('asks before it keeps what the network surely reads as another digit', async () => {
  const { of } = keeping(three(0.99))
  await of.keep(8)
  expect(of.question?.text).toBe('The network is 99% sure that this is a 3. Keep it as an 8?')
  expect(keep).not.toHaveBeenCalled()
  of.cancel()
  expect([of.question, kept.size]).toEqual([undefined, 0])
  await of.keep(8)
  await of.confirm()
  expect([of.question, kept.get(line)]).toEqual([undefined, 8])
  // Once is enough.
  await of.keep(5)
  expect([of.question, kept.get(line)]).toEqual([undefined, 5])
})

test.each([
  ['the same digit', three(0.99), 0.97, 3],
  ['a digit that it doubts', three(0.85), 0.97, 8],
  ['a network that is often wrong', three(0.99), 0.4, 8],
  ['a network without an answer', undefined, 0.97, 8],
])('keeps at once: %s', async (_, prediction, accuracy, label) => {
  const { of } = keeping(prediction, accuracy)
  await of.keep(label)
  expect([of.question, kept.get(line)]).toEqual([undefined, label])
})

test('another answer to the question takes its place, and confirming nothing keeps nothing', async () => {
  const { of } = keeping(three(0.99))
  await of.keep(8)
  await of.keep(3)
  expect([of.question, kept.get(line)]).toEqual([undefined, 3])
  await of.confirm()
  expect(keep).toHaveBeenCalledTimes(1)
})
