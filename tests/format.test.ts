// Numbers as text.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  formatBytes,
  formatCertainty,
  formatDuration,
  formatEpoch,
  formatList,
  formatLogTick,
  formatLoss,
  formatOutput,
  formatShare,
} from '../src/ui/format'
describe('numbers as text', () => {
  test('shares', () => {
    expect(formatShare(0.97306)).toBe('97.31%')
    expect(formatShare(1)).toBe('100.00%')
    expect(formatShare(undefined)).toBe('—')
  })

  test('losses', () => {
    expect(formatLoss(2.302585)).toBe('2.3026')
    expect(formatLoss(0.000031)).toBe('3.1e-5')
    expect(formatLoss(0)).toBe('0.0000')
    expect(formatLoss(12345.6)).toBe('12,346')
    expect(formatLoss(1.37e30)).toBe('1.4e30')
    expect(formatLoss(NaN)).toBe('not a number')
    expect(formatLoss(Infinity)).toBe('infinite')
  })

  test('outputs of any size fit beside their bars', () => {
    expect([0, 0.12345, -12.3456, 9.53e20, -31559.5].map(formatOutput)).toEqual([
      '0.000',
      '0.123',
      '-12.346',
      '9.5e20',
      '-3.2e4',
    ])
    fc.assert(fc.property(fc.float({ noNaN: true }), (output) => formatOutput(output).length <= 9))
  })

  test('a logarithmic axis has enough values and not too many', () => {
    const shown = (low: number, high: number) => {
      const ticks: string[] = []
      for (let power = low; power < high; power++) {
        for (let digit = 1; digit < 10; digit++) {
          const tick = formatLogTick(digit * 10 ** power, high - low)
          if (tick !== undefined) ticks.push(tick)
        }
      }
      return ticks
    }
    expect(shown(-1, 1)).toEqual(['0.1', '0.2', '0.5', '1', '2', '5'])
    expect(shown(-3, 1)).toEqual(['0.001', '0.01', '0.1', '1'])
    expect(shown(0, 30)).toEqual(['1', '1e5', '1e10', '1e15', '1e20', '1e25'])
    expect(shown(-6, -4)).toEqual(['1e-6', '2e-6', '5e-6', '1e-5', '2e-5', '5e-5'])
  })

  test('the present epoch counts from 1, and a finished one is not the next', () => {
    expect(formatEpoch(0, 10)).toBe('0 / 10')
    expect(formatEpoch(0.001, 10)).toBe('1 / 10')
    expect(formatEpoch(1, 10)).toBe('1 / 10')
    expect(formatEpoch(1.01, 10)).toBe('2 / 10')
    expect(formatEpoch(10, 10)).toBe('10 / 10')
    expect(formatEpoch(10.0000000001, 10)).toBe('10 / 10')
  })

  test('durations and bytes', () => {
    expect(formatDuration(7.2)).toBe('8 s')
    expect(formatDuration(59.5)).toBe('1:00')
    expect(formatDuration(125)).toBe('2:05')
    expect(formatDuration(3725)).toBe('1:02:05')
    expect(formatBytes(8_100_000, 11_600_000)).toBe('8.1 / 11.6 MB')
  })

  test('lists', () => {
    expect(formatList([])).toBe('')
    expect(formatList(['a'])).toBe('a')
    expect(formatList(['a', 'b', 'c'])).toBe('a, b and c')
  })
})

test('a certainty is never 100%', () => {
  expect([0, 0.004, 0.5, 0.994, 0.995, 1].map(formatCertainty)).toEqual(['0%', '0%', '50%', '99%', '>99%', '>99%'])
})
