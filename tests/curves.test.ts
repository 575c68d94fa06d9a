// Learning curves: bounded, thinned for drawing, and the ranges of their axes.

import { describe, expect, test } from 'vitest'
import {
  accuracyFloor,
  accuracyTicks,
  commonFloor,
  lossRange,
  nearest,
  nearestStop,
  roundEpochs,
  stops,
  thin,
  zoomFloor,
} from '../src/app/curves/curves'
import { append } from '../src/session/run-view'
import type { CurvePoint } from '../src/session/protocol'
describe('curves', () => {
  const curve = (count: number): CurvePoint[] =>
    Array.from({ length: count }, (_, i) => ({ step: i + 1, loss: 1 / (i + 1), accuracy: 1 - 1 / (i + 2) }))
  const mean = (points: readonly CurvePoint[]) => points.reduce((sum, { loss }) => sum + loss, 0) / points.length

  test('a long run stays bounded and keeps its mean and its end', () => {
    let kept: readonly CurvePoint[] = []
    for (let i = 0; i < 16; i++) kept = append(kept, curve(16_000).slice(i * 1000, (i + 1) * 1000))
    expect(kept.length).toBeLessThanOrEqual(8000)
    expect(kept.at(-1)?.step).toBe(16_000)
    const pairs = append([], curve(8002))
    expect(pairs).toHaveLength(4001)
    expect(mean(pairs)).toBeCloseTo(mean(curve(8002)), 12)
  })

  test('thinning keeps short curves as they are, long ones in order and to the end', () => {
    expect(thin(curve(300), 300)).toEqual(curve(300))
    const thinned = thin(curve(5000), 300)
    expect(thinned.length).toBeLessThanOrEqual(301)
    expect(thinned.at(-1)?.step).toBe(5000)
    expect(thinned.every(({ step }, i) => i === 0 || step > thinned[i - 1].step)).toBe(true)
  })

  test('every drawn point is at a step of the curve, whose exact value is found', () => {
    const whole = curve(5000)
    for (const { step } of thin(whole, 300)) expect(nearest(whole, step)).toBe(whole[step - 1])
    expect(nearest(whole, 17.4)?.step).toBe(17)
    expect(nearest(whole, 17.6)?.step).toBe(18)
    expect(nearest(whole, 0)?.step).toBe(1)
    expect(nearest(whole, 1e9)?.step).toBe(5000)
    expect(nearest([], 1)).toBeUndefined()
  })

  test('the epoch axis ends at a round number, never beyond the run', () => {
    expect(roundEpochs(0, 10)).toBe(10)
    expect(roundEpochs(0.03, 10)).toBe(0.1)
    expect(roundEpochs(2.1, 10)).toBe(3)
    expect(roundEpochs(6, 7)).toBe(7)
    expect(roundEpochs(8, 7)).toBe(8)
  })

  test('the accuracy axis starts below the later part of the curve', () => {
    expect(accuracyFloor([])).toBe(0)
    expect(accuracyFloor(curve(2000))).toBe(0.98)
    expect(accuracyFloor([{ step: 1, accuracy: 0.1 }])).toBe(0)
  })

  test('the axes show the curves of other runs, even if the present run has none', () => {
    const other = [{ step: 9, accuracy: 0.85 }]
    expect(commonFloor([curve(2000), other])).toBe(0.8)
    expect(commonFloor([[], other])).toBe(0.8)
    expect(commonFloor([[]])).toBe(0)
    expect(lossRange([[], []])).toEqual({ low: 0.05, high: 2 })
    const points = (...losses: (number | null)[]) => losses.map((loss) => ({ loss }))
    expect(lossRange([[], points(2.31)])).toEqual({ low: 0.05, high: 2.31 })
    expect(lossRange([points(0.01), points(0.3), points(null)])).toEqual({ low: 0.01, high: 2 })
    expect(lossRange([points(0), points(NaN)])).toEqual({ low: 0.05, high: 2 })
    expect(lossRange([[], points(0.1, 0.09)])).toEqual({})
  })

  test('the zoomed axis shows the end of the curves, and only if that is more than the whole axis shows', () => {
    expect(zoomFloor([curve(2000)], 0.1)).toBe(0.98)
    expect(zoomFloor([curve(2000), [{ step: 9, accuracy: 0.85 }]], 0.1)).toBe(0.8)
    expect(zoomFloor([[{ step: 9, accuracy: 0.45 }]], 0.5)).toBeUndefined()
    expect(zoomFloor([[{ step: 0, accuracy: 0.1 }]], 0.1)).toBeUndefined()
    expect(zoomFloor([[], []], 0.1)).toBeUndefined()
  })

  test('the accuracy axis has ticks at both ends and at round values between', () => {
    const percent = (low: number) => accuracyTicks(low).map((tick) => Math.round(tick * 1000) / 10)
    expect(percent(0.1)).toEqual([10, 40, 70, 100])
    expect(percent(0.5)).toEqual([50, 60, 70, 80, 90, 100])
    expect(percent(1 / 3)).toEqual([33.3, 60, 80, 100])
    expect(percent(0.8)).toEqual([80, 85, 90, 95, 100])
    expect(percent(0.9)).toEqual([90, 92, 94, 96, 98, 100])
    expect(percent(0.98)).toEqual([98, 98.5, 99, 99.5, 100])
    expect(percent(0.01)).toEqual([1, 20, 40, 60, 80, 100])
    for (const low of [0, 0.02, 0.25, 0.4, 0.6, 0.95]) {
      const ticks = accuracyTicks(low)
      expect(ticks.length).toBeLessThanOrEqual(7)
      expect([ticks[0], ticks.at(-1)]).toEqual([low, 1])
      expect(ticks.every((tick, i) => i === 0 || tick > ticks[i - 1])).toBe(true)
    }
  })

  test('the cursor stands at every step with a point, once, and goes to the nearest', () => {
    const at = (...steps: number[]) => steps.map((step) => ({ step, loss: 1, accuracy: 0.5 }))
    const all = stops([at(10, 20, 30), at(0, 25, 30), []])
    expect(all).toEqual([0, 10, 20, 25, 30])
    expect([-5, 4, 6, 22, 23, 99].map((step) => all[nearestStop(all, step)])).toEqual([0, 0, 10, 20, 25, 30])
    expect(nearestStop([], 3)).toBe(0)
    expect(stops([])).toEqual([])
  })
})
