// The one timing loop for every contestant, in the browser and in Node.

import { median } from '../statistics'

/** How long to measure. */
export interface Timing {
  /** Seconds of a repeat. */
  readonly seconds: number
  readonly repeats: number
}

/** Milliseconds before the first repeat, at least: compilation, caches, clocks. */
const WARM_UP_MS = 1000
/** Milliseconds of work between two read-backs: long enough for a read-back to cost little. */
const CHUNK_MS = 300
/** Most steps between two read-backs. */
const MOST_STEPS = 8192

/** Milliseconds that some work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** Steps of a chunk of CHUNK_MS, by how long the last chunk took; at most four times as many. */
export function nextChunk(steps: number, milliseconds: number): number {
  const fitting = Math.round((steps * CHUNK_MS) / Math.max(milliseconds, 0.1))
  return Math.max(1, Math.min(fitting, 4 * steps, MOST_STEPS))
}

/** Steps per second in every repeat. `run` does so many steps and returns when the last one has been read back. */
export async function throughput(
  run: (steps: number) => Promise<unknown>,
  { seconds, repeats }: Timing,
): Promise<number[]> {
  let chunk = 1
  const start = performance.now()
  do chunk = nextChunk(chunk, await timed(() => run(chunk)))
  while (performance.now() - start < WARM_UP_MS)

  const rates: number[] = []
  while (rates.length < repeats) {
    let steps = 0
    const milliseconds = await timed(async () => {
      const start = performance.now()
      do {
        await run(chunk)
        steps += chunk
      } while (performance.now() - start < 1000 * seconds)
    })
    rates.push((1000 * steps) / milliseconds)
  }
  return rates
}

/** Calls that are timed together: a browser's clock goes in steps of 5 us. */
const CALLS = 10

/** Median milliseconds of one call in every repeat, each call awaited before the next. */
export async function latency(call: () => Promise<unknown>, { seconds, repeats }: Timing): Promise<number[]> {
  const calls = async () => {
    for (let i = 0; i < CALLS; i++) await call()
  }
  const callsFor = async (milliseconds: number) => {
    const times: number[] = []
    const start = performance.now()
    do times.push((await timed(calls)) / CALLS)
    while (performance.now() - start < milliseconds)
    return times
  }
  await callsFor(WARM_UP_MS)
  const medians: number[] = []
  while (medians.length < repeats) medians.push(median(await callsFor(1000 * seconds)))
  return medians
}
