// The contest of kernel variants, replayed on clocks of browsers: coarse ticks, noise, and waits without a clock.

import { describe, expect, it } from 'vitest'
import { fastestOf, timestamps, waits, type Clock } from '../src/backends/webgpu-contest'

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

/** A device whose dispatches are numbers: the seconds that each takes, give or take 3%, and one time in thirty up to twice that. */
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
          const disturbed = random() < 1 / 30 ? 1 + random() : 1
          return reads(Math.max(0, dispatch * repeats * (1 + 0.03 * normal()) * disturbed))
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
  ['no clock', waits, byWaiting],
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
        if (contests[i][winner] === Math.min(...contests[i])) right++
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

  it('needs no clock to tell one candidate', async () => {
    const random = randomly(2)
    expect(await fastestOf([[1e-3], [1e-6]], deviceWith(random, () => 0).time, timestamps)).toEqual([0, 0])
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
