// The contest of kernel variants, replayed on clocks of browsers: coarse ticks, noise, and waits without a clock.

import { describe, expect, it } from 'vitest'
import { clockOf, fastestOf, timestamps, type Clock } from '../src/backends/webgpu-contest'

/** Numbers from 0 to 1, the same each time (mulberry32). */
function randomly(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * A device whose dispatches are numbers: the seconds that each takes, give or take 3%. One reading in thirty is disturbed: twice as long, ten
 * times as long, or a millisecond longer, as where the browser draws meanwhile.
 */
function deviceWith(random: () => number, reads: (seconds: number) => number) {
  let trips = 0
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return {
    get trips() {
      return trips
    },
    time: (timed: readonly { readonly dispatch: number; readonly repeats: number }[]) => {
      trips++
      return Promise.resolve(
        timed.map(({ dispatch, repeats }) => {
          const seconds = dispatch * repeats * (1 + 0.03 * normal())
          const kind = random() < 1 / 30 ? Math.floor(3 * random()) : -1
          return reads(Math.max(0, [2 * seconds, 10 * seconds, seconds + 1e-3][kind] ?? seconds))
        }),
      )
    },
  }
}

/** Reads time in whole ticks, from a moment between two of them. */
const inTicks = (random: () => number, tick: number) => (seconds: number) => {
  const start = random() * tick
  return (Math.floor((start + seconds) / tick) - Math.floor(start / tick)) * tick
}
/** Reads it by waiting, which is up to a millisecond late. */
const byWaiting = (random: () => number) => (seconds: number) => seconds + random() * 1e-3

const browsers: readonly [string, Clock, (random: () => number) => (seconds: number) => number][] = [
  ['ticks of 65.5 us', timestamps, (random) => inTicks(random, 65.536e-6)],
  ['ticks of 100 us', timestamps, (random) => inTicks(random, 1e-4)],
  ['no clock', clockOf(1e-3, 60), byWaiting],
]

/** Contests of a run: from two to four candidates, the fastest of them from 3 us to 30 ms, the others slower by a quarter and more. */
function contestsOf(random: () => number): number[][] {
  return Array.from({ length: 10 }, () => {
    const fastest = 3e-6 * 10 ** (4 * random())
    const others = Array.from({ length: 1 + Math.floor(3 * random()) }, () => fastest * 1.25 * (1 + 3 * random() ** 2))
    const all = [fastest, ...others]
    const turn = Math.floor(random() * all.length)
    return [...all.slice(turn), ...all.slice(0, turn)]
  })
}

describe('a contest of variants', () => {
  it.each(browsers)('is won by the fastest in 95 of 100 trials and more with %s', async (_, clock, readsWith) => {
    const random = randomly(15)
    let right = 0
    let trials = 0
    for (let run = 0; run < 100; run++) {
      const contests = contestsOf(random)
      const winners = await fastestOf(contests, deviceWith(random, readsWith(random)).time, clock)
      winners.forEach((winner, i) => {
        trials++
        if (contests[i][winner ?? -1] === Math.min(...contests[i])) right++
      })
    }
    expect(trials).toBe(1000)
    expect(right / trials).toBeGreaterThanOrEqual(0.95)
  })

  it('takes five round trips, however many candidates there are', async () => {
    const random = randomly(1)
    const device = deviceWith(random, inTicks(random, 1e-4))
    await fastestOf([...contestsOf(random), ...contestsOf(random)], device.time, timestamps)
    expect(device.trips).toBeLessThanOrEqual(5)
  })

  it('tells nothing where the clock stands still', async () => {
    const random = randomly(2)
    expect(await fastestOf([[1e-3, 1e-6], []], deviceWith(random, () => 0).time, timestamps)).toEqual([
      undefined,
      undefined,
    ])
  })

  it('is not decided by one disturbed reading', async () => {
    let trips = 0
    const winner = await fastestOf(
      [[20e-6, 30e-6]],
      (timed) => {
        trips++
        return Promise.resolve(
          timed.map(({ dispatch, repeats }, i) => dispatch * repeats + (trips === 2 && i === 0 ? 1e-3 : 0)),
        )
      },
      timestamps,
    )
    expect(winner).toEqual([0])
  })

  it('gives up after a while', async () => {
    let trips = 0
    const slow = (timed: readonly { readonly dispatch: number }[]) => {
      trips++
      return new Promise<number[]>((resolve) => setTimeout(() => resolve(timed.map(({ dispatch }) => dispatch)), 30))
    }
    await fastestOf([[1e-3, 1e-3]], slow, clockOf(1e-4, 0.02))
    expect(trips).toBe(1)
  })

  it('does not time again what is far behind', async () => {
    const seen: number[] = []
    await fastestOf(
      [[1e-3, 1]],
      (timed) => {
        seen.push(timed.length)
        return Promise.resolve(timed.map(({ dispatch, repeats }) => dispatch * repeats))
      },
      timestamps,
    )
    expect(seen).toEqual([2, 2])
  })

  it('rejects where the device is lost', async () => {
    await expect(fastestOf([[1, 2]], () => Promise.reject(new Error('lost')), timestamps)).rejects.toThrow('lost')
  })
})
