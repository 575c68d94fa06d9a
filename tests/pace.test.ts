// The pace of a run: steps in a chunk, when it evaluates and ends, and points of its curve.

import { describe, expect, it } from 'vitest'
import { Curve } from '../src/session/curve'
import { Pace } from '../src/session/speed'
import { epochEnd, nextEvaluation, totalSteps } from '../src/session/timetable'

describe('the size of chunks', () => {
  it('grows to about a frame and shrinks again, in whole steps', () => {
    const pace = new Pace(1365)
    let now = 0
    const run = (chunks: number, millisecondsPerStep: number) => {
      for (let i = 0; i < chunks; i++) pace.done((now += pace.chunk * millisecondsPerStep), pace.chunk)
    }
    run(20, 0.1)
    expect(pace.chunk).toBe(160)
    run(20, 1)
    expect(pace.chunk).toBe(16)
    run(30, 0.000001)
    expect(pace.chunk).toBe(1365)
    run(1, 40)
    expect(pace.chunk).toBe(1)
  })

  it('is not misled by results that arrive in pairs', () => {
    const pace = new Pace(1365)
    let now = 0
    for (let i = 0; i < 60; i++) {
      const chunk = pace.chunk
      pace.done((now += 2 * chunk * 0.5), chunk)
      pace.done(now, chunk)
    }
    expect(pace.chunk).toBeGreaterThan(16)
    expect(pace.chunk).toBeLessThan(64)
  })
})

describe('the schedule', () => {
  const schedule = { batchSize: 64, epochs: 2, evaluateEvery: 0 }

  it('ends epochs inside batches', () => {
    expect(epochEnd(1, schedule, 60_000)).toBe(938) // 937.5
    expect(epochEnd(2, schedule, 60_000)).toBe(1875)
    expect(totalSteps(schedule, 60_000)).toBe(1875)
  })

  it('finds the next evaluation', () => {
    expect(nextEvaluation(0, schedule, 60_000)).toBe(938)
    expect(nextEvaluation(937, schedule, 60_000)).toBe(938)
    expect(nextEvaluation(938, schedule, 60_000)).toBe(1875)
    expect(nextEvaluation(938, { ...schedule, evaluateEvery: 500 }, 60_000)).toBe(1000)
    expect(nextEvaluation(0, { batchSize: 10_000, epochs: 1, evaluateEvery: 0 }, 1000)).toBe(1)
  })
})

describe('a curve', () => {
  it('has means over its width, and of the rest when asked for all', () => {
    const curve = new Curve(10, 2)
    curve.add(1, 20, 5)
    expect(curve.take(false)).toEqual([])
    curve.add(2, 10, 7)
    curve.add(3, 5, 9)
    expect(curve.take(false)).toEqual([{ step: 2, loss: 1.5, accuracy: 0.6 }])
    // With the steps of the last full point, and of no other.
    expect(curve.take(true)).toEqual([{ step: 3, loss: 35 / 30, accuracy: 0.7 }])
    expect(curve.take(true)).toEqual([])
    curve.add(4, 2, 9)
    expect(curve.take(true)).toEqual([{ step: 4, loss: 32 / 30, accuracy: 0.7 }])
  })
})
