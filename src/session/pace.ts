// How much work waits on a device: enough that it never waits for the page, and no more, so that Pause and predictions are prompt.
// All times are in milliseconds, of performance.now().

/** Shortest piece of work. Shorter ones cost more calls, and say less about their time. */
const SHORTEST_PIECE = 16
/** Shortest queue: a processor that stands in for a graphics device is busy itself, and hears late of room. */
const SHORTEST_QUEUE = 3 * SHORTEST_PIECE
/** Pieces in a longer queue: results that come one by one tell the page early that there is room. */
const PIECES = 4
/** Work in the queue over the round trip. It is used up while a result is on its way and the next piece is made. */
const SPARE = 1.25
/** Shortest time over which the time of a unit is a mean. */
const SHORTEST_MEMORY = 64
/** A piece may have so many times the units of one whose result has come: the first results say little. */
export const GROWTH = 2
/**
 * Least part of the time since the last result that counts as work, whatever the round trip: a device has at most twice the speed that it
 * has shown. Otherwise the first results, which wait for nothing but the round trip, would promise any speed.
 */
const SHOWN = 1 / 2
/** Least submissions under way, one running and one waiting; and most. */
export const IN_FLIGHT = { least: 2, most: 128 } as const

/** The time from a submission to its result on an idle device: a fraction of a millisecond, or 100 in a browser that polls. */
export class RoundTrip {
  #time = 0

  /** Measures it on a device that has nothing to do. `read`: reads anything. */
  async measure(read: () => Promise<unknown>): Promise<void> {
    await read() // it may wait for a device that sleeps, or end between two polls
    const start = performance.now()
    await read()
    this.#time = performance.now() - start
  }

  get time(): number {
    return this.#time
  }

  /** Work that has to be under way. */
  get queue(): number {
    return Math.max(SHORTEST_QUEUE, SPARE * this.#time + SHORTEST_PIECE)
  }

  /** Work in one submission. */
  get piece(): number {
    return Math.max(SHORTEST_PIECE, this.queue / PIECES)
  }

  /** Time over which measurements count: several polls. */
  get memory(): number {
    return Math.max(SHORTEST_MEMORY, 3 * this.#time)
  }
}

/** Sizes submissions of equal units, steps or batches, by how long the device took for earlier ones. */
export class Pace {
  #size = 1
  /** When the device was last known to work, or to have ended work. */
  #last = 0
  #time = 0
  #units = 0

  /** `most`: units in the largest submission. */
  constructor(
    private readonly trip: RoundTrip,
    private readonly most: number,
  ) {}

  /** Units to submit next. */
  get size(): number {
    return this.#size
  }

  /** How long the device takes for some units; Infinity before the first result. */
  timeOf(units: number): number {
    return this.#units > 0 ? (units * this.#time) / this.#units : Infinity
  }

  /** The device has just started, or ended other work. */
  mark(now: number): void {
    this.#last = now
  }

  /** Forgets how long units took, but not how many to submit. */
  forget(): void {
    this.#time = this.#units = 0
  }

  /**
   * A result has come. The device began with these units when it had ended what was before, or when they reached it: time in which it
   * waited for the page does not count, for a slow page would else make pieces smaller, and itself slower.
   */
  done(now: number, submitted: number, units: number): void {
    const since = now - this.#last
    const took = Math.max(SHOWN * since, Math.min(since, now - submitted - this.trip.time))
    const kept = Math.exp(-since / this.trip.memory)
    this.#time = kept * this.#time + took
    this.#units = kept * this.#units + units
    this.#last = now
    const fitting = Math.round(this.trip.piece / Math.max(this.timeOf(1), 1e-6))
    this.#size = Math.max(1, Math.min(fitting, Math.max(GROWTH * units, this.#size), this.most))
  }
}
