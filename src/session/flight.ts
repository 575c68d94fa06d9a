// Submissions that the device has not completed yet.

import { IN_FLIGHT, type RoundTrip } from './pace'

interface Work {
  /** Milliseconds that it takes on the device; Infinity if that is not known. */
  readonly time: number
  readonly done: Promise<void>
}

export class Flight {
  #works: readonly Work[] = []

  constructor(private readonly trip: RoundTrip) {}

  /** No more may be submitted: wait for the oldest. Mere reads do not count. */
  get full(): boolean {
    const times = this.#works.flatMap(({ time }) => (time > 0 ? [time] : []))
    const { length } = times
    const time = times.reduce((sum, each) => sum + each, 0)
    return length >= IN_FLIGHT.most || (length >= IN_FLIGHT.least && time >= this.trip.queue)
  }

  /** Adds a submission that takes so many milliseconds: Infinity if that is not known, 0 of a mere read. `answer` resolves when its answer has been handled. */
  add(time: number, answer: Promise<void>): void {
    const done = answer.then(() => {
      this.#works = this.#works.filter((other) => other !== work)
    })
    const work = { time, done }
    this.#works = [...this.#works, work]
    // The loop gets the error when it waits for the oldest; until then it must not count as unhandled.
    done.catch(() => {})
  }

  /** Resolves when the oldest is done. @throws what it rejects with */
  async oldest(): Promise<void> {
    await this.#works.at(0)?.done
  }

  /** Resolves when all are done. @throws what the first failed one rejects with */
  async drain(): Promise<void> {
    while (this.#works.length > 0) await this.oldest()
  }

  /** Forgets all submissions, after an error. */
  clear(): void {
    this.#works = []
  }
}
