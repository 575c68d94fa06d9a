// The answers for the test set as panels share them: who asks once gets them, and then the worker computes no more.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Results } from '../src/app/panels/results.svelte'
import { fashionMnist } from '../src/datasets/fashion-mnist'
import { mnist } from '../src/datasets'
import type { RemoteSession, ResultsListener, TestResults } from '../src/session/protocol'

const answers = (step: number): TestResults => ({
  step,
  probabilities: true,
  labels: Uint8Array.of(1),
  predicted: Uint8Array.of(1),
  confidence: Float32Array.of(1),
})

/** Who listens in the worker, and how often it was asked. */
let listener: ResultsListener | undefined
let asked: number
let results: Results
const tell = (told: TestResults | undefined) => void listener?.(told)

beforeEach(() => {
  vi.useFakeTimers()
  listener = undefined
  asked = 0
  const watchResults = (next?: ResultsListener) => {
    listener = next
    if (next) asked++
    return Promise.resolve()
  }
  results = new Results({ watchResults } as unknown as RemoteSession, mnist)
})
afterEach(() => vi.useRealTimers())

/** What `once` comes to; `waiting` if it still waits. */
async function comesTo(promise: Promise<TestResults | undefined>) {
  return Promise.race([promise, vi.advanceTimersByTimeAsync(0).then(() => 'waiting')])
}

describe('asked once', () => {
  it('with no panel open, asks, and the worker stops then', async () => {
    const once = results.once()
    expect(await comesTo(once)).toBe('waiting')
    tell(answers(3))
    expect(await once).toEqual(answers(3))
    expect([asked, listener]).toEqual([1, undefined])
  })

  it('asks anew each time: the network has trained on', async () => {
    const first = results.once()
    tell(answers(3))
    await first
    const second = results.once()
    expect(await comesTo(second)).toBe('waiting')
    tell(answers(9))
    expect(await second).toEqual(answers(9))
  })

  it('after an answer that a panel has not shown yet, gets that one', async () => {
    const stop = results.watch()
    tell(answers(3))
    await vi.advanceTimersByTimeAsync(2000)
    tell(answers(4))
    await vi.advanceTimersByTimeAsync(10)
    tell(answers(5)) // too soon to be drawn
    expect(results.newest).toEqual(answers(4))
    expect(await comesTo(results.once())).toEqual(answers(5))
    stop()
    expect(listener).toBeUndefined()
  })

  it('before a panel has shown its first, gets it at once', async () => {
    const stop = results.watch()
    tell(answers(3))
    expect(results.newest).toBeUndefined()
    expect(await comesTo(results.once())).toEqual(answers(3))
    stop()
    expect(listener).toBeUndefined()
  })

  it('while the answers are stale and none come by themselves, asks again', async () => {
    const stop = results.watch()
    tell(answers(3))
    await vi.advanceTimersByTimeAsync(2000)
    tell(undefined)
    expect(results.stale).toBe(true)
    const once = results.once()
    expect(asked).toBe(2)
    tell(answers(0))
    expect(await comesTo(once)).toEqual(answers(0))
    expect(listener).toBeDefined() // the panel still watches
    stop()
    expect(listener).toBeUndefined()
  })

  it('comes to nothing where the network is replaced, and stops', async () => {
    const once = results.once()
    tell(undefined)
    expect(await once).toBeUndefined()
    expect(listener).toBeUndefined()
  })

  it('twice, both get the answers', async () => {
    const both = Promise.all([results.once(), results.once()])
    tell(answers(3))
    expect(await both).toEqual([answers(3), answers(3)])
    expect(listener).toBeUndefined()
  })

  it('gets no answers of another data set', async () => {
    const stop = results.watch()
    tell(answers(3))
    results.enter(fashionMnist)
    const once = results.once()
    expect(await comesTo(once)).toBe('waiting')
    tell(answers(0))
    expect(await once).toEqual(answers(0))
    stop()
  })
})
