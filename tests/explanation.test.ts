// Why the answer is what it is: from the looks of a panel, or asked for alone.

import { expect, it, vi } from 'vitest'
import { Explanation } from '../src/app/drawing/explanation.svelte'
import type { Look } from '../src/session/protocol'

type Reasoned = Pick<Look, 'reasons' | 'step'>

const reasonsFor = (label: number, step = 5): Reasoned => ({
  step,
  reasons: { label, inputs: Float32Array.of(label, -1), layers: [], paths: [] },
})
const [one, other] = [Uint8Array.of(1, 2), Uint8Array.of(1, 2)]

it('speaks only of the example and the class that were looked at', () => {
  const explanation = new Explanation(() => Promise.resolve(undefined))
  expect(explanation.of(one, 3)).toBeUndefined()
  explanation.take(one, reasonsFor(3))
  expect(explanation.of(one, 3)).toMatchObject({ inputs: Float32Array.of(3, -1), step: 5 })
  expect(explanation.of(one, 4)).toBeUndefined()
  expect(explanation.of(other, 3)).toBeUndefined()
  explanation.take(one, reasonsFor(3, 6))
  expect(explanation.of(one, 3)?.step).toBe(6)
  explanation.take(one, { reasons: undefined, step: 7 })
  expect(explanation.of(one, 3)).toBeUndefined()
})

it('asks alone where no panel looks, and keeps quiet after an error and without a network', async () => {
  const look = vi.fn(() => Promise.resolve<Reasoned | undefined>(reasonsFor(7)))
  const explanation = new Explanation(look)
  await explanation.ask(one)
  expect(look).toHaveBeenCalledWith(one)
  expect(explanation.of(one, 7)).toMatchObject({ inputs: Float32Array.of(7, -1), step: 5 })
  look.mockResolvedValueOnce(undefined)
  await explanation.ask(other)
  look.mockRejectedValueOnce(new Error('lost'))
  await explanation.ask(other)
  expect(explanation.of(other, 7)).toBeUndefined()
})

it('forgets another network, and does not hear the answer of one that is gone', async () => {
  const answers: ((look: Reasoned) => void)[] = []
  const explanation = new Explanation(() => new Promise((resolve) => answers.push(resolve)))
  explanation.take(one, reasonsFor(3))
  const asked = explanation.ask(one)
  explanation.forget()
  expect(explanation.of(one, 3)).toBeUndefined()
  answers[0](reasonsFor(3))
  await asked
  expect(explanation.of(one, 3)).toBeUndefined()

  const [older, newer] = [explanation.ask(one), explanation.ask(other)]
  answers[2](reasonsFor(7))
  answers[1](reasonsFor(3))
  await Promise.all([older, newer])
  expect(explanation.of(one, 3)).toBeUndefined()
  expect(explanation.of(other, 7)?.step).toBe(5)
})
