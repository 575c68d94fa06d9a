// What a training step asks of a graphics processor, held as it is: see `npm run bench -- --plan`.

import { describe, expect, it } from 'vitest'
import { MOST_ROUNDS } from '../src/backends/candidates'
import { best, callsOf, LARGE, planned, planReport } from './bench/plan'

/** Calls of a step of each network. */
const counts: Readonly<Record<string, number>> = {
  W1: 5,
  'W1 whole': 2,
  W2: 7,
  W3: 7,
  W4: 18,
  default: 5,
  'best-in-a-minute': 21,
  softmax: 3,
  'softmax whole': 2,
  tiny: 7,
  'tiny whole': 2,
  notebook: 5,
  'notebook whole': 2,
  'two-hidden': 7,
  'dense-large': 30,
  lenet: 22,
  'keras-small': 18,
  keras: 21,
  best: 44,
  fashion: 32,
}

describe('the plan of a step', () => {
  it('is counted for every network', () => {
    expect(Object.fromEntries(planned.map((each) => [each.name, callsOf(each).length]))).toEqual(counts)
  })

  describe.each(planned.map((each) => [each.name, callsOf(each), each.form] as const))('%s', (_, calls, form) => {
    it('has no long loop in any variant that may be taken', () => {
      for (const { kernel, size, candidates } of calls) {
        for (const { name, rounds } of candidates) {
          expect(rounds, `${kernel} ${size}, ${name}`).toBeLessThanOrEqual(MOST_ROUNDS)
        }
      }
    })

    it('offers workgroups for a large device wherever there is much to do', () => {
      // Whole steps are not for large devices.
      for (const call of calls.filter(({ flops }) => flops > LARGE && form !== 'whole')) {
        expect(best(call).workgroups, `${call.kernel} ${call.size}`).toBeGreaterThanOrEqual(128)
      }
    })
  })

  it('is printed for each', () => {
    const report = planReport()
    for (const { name } of planned) expect(report).toContain(`\n\n${name}, a step:\n`)
    expect(report).toMatch(/\| W4 \| 128 \| 18 \|/)
    // A product with two passes.
    expect(report).toMatch(/\| slices \| 2 \| \d/)
  })
})
