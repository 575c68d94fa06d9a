// The pace of a run: steps in a chunk, when it evaluates and ends, and points of its curve.

import { describe, expect, it } from 'vitest'
import { Curve } from '../src/session/curve'
import { Pace, RoundTrip } from '../src/session/pace'
import { epochEnd, nextEvaluation, totalSteps } from '../src/session/timetable'

describe('the size of submissions', () => {
  it('grows to about a frame and shrinks again, in whole units', () => {
    const pace = new Pace(new RoundTrip(), 1365)
    let now = 0
    const run = (submissions: number, millisecondsPerStep: number) => {
      for (let i = 0; i < submissions; i++) {
        const [start, { size }] = [now, pace]
        pace.done((now += size * millisecondsPerStep), start, size)
      }
    }
    expect([pace.size, pace.timeOf(1)]).toEqual([1, Infinity])
    run(30, 0.1)
    expect(pace.size).toBe(160)
    expect(pace.timeOf(160)).toBeCloseTo(16)
    run(60, 1)
    expect(pace.size).toBe(16)
    run(60, 0.000001)
    expect(pace.size).toBe(1365)
    run(1, 40)
    expect(pace.size).toBe(1)
  })

  it('is not misled by results that arrive in pairs', () => {
    const pace = new Pace(new RoundTrip(), 1365)
    let now = 0
    for (let i = 0; i < 60; i++) {
      const [start, { size }] = [now, pace]
      pace.done((now += 2 * size * 0.5), start, size)
      pace.done(now, start, size)
    }
    expect(pace.size).toBeGreaterThan(16)
    expect(pace.size).toBeLessThan(64)
  })

  it('does not shrink by one that an evaluation cut short', () => {
    const pace = new Pace(new RoundTrip(), 1365)
    let now = 0
    for (const size of [1, 2, 4, 8, 16, 32, 64, 128, 160, 3]) {
      const start = now
      pace.done((now += 0.1 * size), start, size)
    }
    expect(pace.size).toBe(160)
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
    expect(nextEvaluation(470, schedule, 60_000)).toBe(938)
    expect(nextEvaluation(937, schedule, 60_000)).toBe(938)
    expect(nextEvaluation(938, schedule, 60_000)).toBe(1875)
    expect(nextEvaluation(938, { ...schedule, evaluateEvery: 500 }, 60_000)).toBe(1000)
    expect(nextEvaluation(0, { ...schedule, evaluateEvery: 500 }, 60_000)).toBe(500)
    expect(nextEvaluation(0, { batchSize: 10_000, epochs: 1, evaluateEvery: 0 }, 1000)).toBe(1)
  })
})

describe('early evaluations', () => {
  it('come in a long first epoch that has no interval', () => {
    const schedule = { batchSize: 128, epochs: 2, evaluateEvery: 0 }
    const due: number[] = []
    for (let step = 0; step < totalSteps(schedule, 60_000);) due.push((step = nextEvaluation(step, schedule, 60_000)))
    expect(due).toEqual([59, 118, 235, 469, 938])
    expect(nextEvaluation(0, schedule, 10_000)).toBe(79)
  })
})

describe('a curve', () => {
  it('has means over its width, and of the rest on request', () => {
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
