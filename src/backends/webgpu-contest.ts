// Finds the fastest of some candidates by timing them, in few round trips to the device. Knows nothing of devices: they are timed by a
// function, so that a test can replay a contest on a clock of its own.

/** Something that is timed. */
export interface Timed<C> {
  readonly dispatch: C
  readonly repeats: number
}

/** Seconds that all repeats of each candidate took together. One round trip, where the device has a clock. */
export type TimeAll<C> = (timed: readonly Timed<C>[]) => Promise<readonly number[]>

/** What a reading is worth. */
export interface Clock {
  /** Resolution of a reading, in seconds. */
  readonly tick: number
  /** Seconds that a good reading lasts: twenty ticks. */
  readonly enough: number
  /** Seconds until contests that are not decided are given up. */
  readonly patience: number
}

/** A clock with readings of twenty ticks. */
export const clockOf = (tick: number, patience: number): Clock => ({ tick, enough: 20 * tick, patience })

/** The device's own timestamps, which browsers round to up to 0.1 ms. */
export const timestamps = clockOf(1e-4, 10)

/** Round trips that count; one before them includes the compilation of pipelines. */
const TRIPS = 4
/** A candidate that takes so many times as long as the best is not timed again. */
const HOPELESS = 3
/** Most repeats in a reading: a dispatch that does nothing takes about a microsecond. */
const MOST_REPEATS = 4096

/** Repeats for a good reading, after so many took `whole` seconds. */
export function repeatsAfter(repeats: number, whole: number, { tick, enough }: Clock): number {
  return Math.max(1, Math.min(MOST_REPEATS, Math.ceil((repeats * enough) / Math.max(whole, tick))))
}

class Entrant<C> {
  repeats = 1
  readonly #readings: { readonly whole: number; readonly repeats: number }[] = []

  constructor(
    readonly dispatch: C,
    private readonly clock: Clock,
  ) {}

  /** Takes a reading out of a round trip that took `trip` seconds. A clock that stands still says nothing of how long a dispatch is. */
  take(whole: number, trip: number): void {
    this.#readings.push({ whole, repeats: this.repeats })
    const most = Math.ceil(this.repeats / Math.max(trip, 1e-3))
    this.repeats = Math.min(most, repeatsAfter(this.repeats, whole, this.clock))
  }

  /** Seconds of a repeat: the shortest of the good readings, because whatever disturbs one makes it longer; without one, at most. */
  get seconds(): number {
    const good = this.#readings.filter(({ whole }) => whole >= 0.7 * this.clock.enough)
    return good.length > 0 ? Math.min(...good.map(({ whole, repeats }) => whole / repeats)) : this.range[1]
  }

  /** The clock went on while it ran. */
  get timed(): boolean {
    return this.#readings.some(({ whole }) => whole > 0)
  }

  /** Seconds that a repeat takes at least and at most, by all readings. */
  get range(): readonly [number, number] {
    const { tick } = this.clock
    const least = Math.min(...this.#readings.map(({ whole, repeats }) => Math.max(0, whole - tick) / repeats))
    const most = Math.min(...this.#readings.map(({ whole, repeats }) => (whole + tick) / repeats))
    return [least, most]
  }

  /** It has been read twice, or long enough that nothing short disturbed it. */
  get known(): boolean {
    return this.#readings.length > 1 || this.#readings.some(({ whole }) => whole >= 5 * this.clock.enough)
  }
}

/**
 * The number of the fastest candidate of each contest; undefined where the clock stood still. All contests share their round trips.
 * Rejects where `time` does.
 */
export async function fastestOf<C>(
  contests: readonly (readonly C[])[],
  time: TimeAll<C>,
  clock: Clock,
): Promise<(number | undefined)[]> {
  const fields = contests.map((candidates) => candidates.map((dispatch) => new Entrant(dispatch, clock)))
  const start = performance.now()
  await time(fields.flat())
  let running = fields
  for (let trip = 0; trip < TRIPS; trip++) {
    const timed = running.flat()
    const began = performance.now()
    if (timed.length === 0 || began - start > 1000 * clock.patience) break
    const taken = await time(timed)
    const seconds = (performance.now() - began) / 1000
    timed.forEach((entrant, i) => entrant.take(taken[i], seconds))
    running = running.map((field) => {
      const best = Math.min(...field.map(({ range: [, most] }) => most))
      const hopeful = field.filter(({ known, range: [least] }) => !known || least <= HOPELESS * best)
      return hopeful.length > 1 ? hopeful : []
    })
  }
  return fields.map((field) => {
    const seconds = field.map((entrant) => entrant.seconds)
    return field.some(({ timed }) => timed) ? seconds.indexOf(Math.min(...seconds)) : undefined
  })
}
