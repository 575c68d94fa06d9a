// Finds the fastest of some candidates by timing them, in few round trips to the device. Knows nothing of devices: they are timed by a
// function, so that a test can replay a contest on a clock of its own.

import { median } from './webgpu-timer'

/** Seconds that all repeats of each candidate took together. One round trip, where the device has a clock. */
export type TimeAll<C> = (
  timed: readonly { readonly dispatch: C; readonly repeats: number }[],
) => Promise<readonly number[]>

/** What a reading is worth. */
export interface Clock {
  /** Resolution of a reading, in seconds. */
  readonly tick: number
  /** Least seconds of a good reading. */
  readonly least: number
}

/** The device's own timestamps, which browsers round to up to 0.1 ms: a good reading has twenty ticks. */
export const timestamps: Clock = { tick: 1e-4, least: 2e-3 }
/** Waits for the device, less an idle round trip, which varies by about a millisecond. */
export const waits: Clock = { tick: 1e-3, least: 20e-3 }

/** Round trips that count; one before them includes the compilation of pipelines. */
const TRIPS = 4
/** A candidate that takes so many times as long as the best is not timed again. */
const HOPELESS = 3
/** Most repeats in a reading: a dispatch that does nothing takes about a microsecond. */
const MOST_REPEATS = 4096

class Entrant<C> {
  repeats = 1
  readonly #readings: { readonly whole: number; readonly repeats: number }[] = []

  constructor(
    readonly dispatch: C,
    private readonly clock: Clock,
  ) {}

  take(whole: number): void {
    this.#readings.push({ whole, repeats: this.repeats })
    const { tick, least } = this.clock
    const wanted = Math.ceil((this.repeats * least) / Math.max(whole, tick))
    this.repeats = Math.max(1, Math.min(MOST_REPEATS, wanted))
  }

  /** Seconds of a repeat: the median of the good readings; without one, the newest. */
  get seconds(): number {
    const good = this.#readings.filter(({ whole }) => whole >= 0.7 * this.clock.least)
    const counted = good.length > 0 ? good : this.#readings.slice(-1)
    return median(counted.map(({ whole, repeats }) => whole / repeats))
  }

  /** Seconds that a repeat took at least and at most, by the newest reading. */
  get range(): readonly [number, number] {
    const { whole, repeats } = this.#readings[this.#readings.length - 1]
    return [Math.max(0, whole - this.clock.tick) / repeats, (whole + this.clock.tick) / repeats]
  }
}

/**
 * The number of the fastest candidate of each contest. All contests share their round trips. Rejects where `time` does.
 */
export async function fastestOf<C>(
  contests: readonly (readonly C[])[],
  time: TimeAll<C>,
  clock: Clock,
): Promise<number[]> {
  const fields = contests.map((candidates) => candidates.map((dispatch) => new Entrant(dispatch, clock)))
  await time(fields.flat())
  let running = fields
  for (let trip = 0; trip < TRIPS; trip++) {
    const timed = running.flat()
    if (timed.length === 0) break
    const taken = await time(timed)
    timed.forEach((entrant, i) => entrant.take(taken[i]))
    running = running.map((field) => {
      const best = Math.min(...field.map(({ range: [, most] }) => most))
      const hopeful = field.filter(({ range: [least] }) => least <= HOPELESS * best)
      return hopeful.length > 1 ? hopeful : []
    })
  }
  return fields.map((field) => {
    const seconds = field.map((entrant) => entrant.seconds)
    return seconds.indexOf(Math.min(...seconds))
  })
}
