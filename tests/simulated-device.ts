// A device on a clock of its own, which answers late. A test puts its clock in the place of performance.now.

/** Milliseconds between submission and answer, or between two looks of a browser that polls. */
export interface Latency {
  readonly trip: number
  readonly polls?: boolean
}

/** A device that does one thing after another; a page that does everything in no time. */
export class SimulatedDevice {
  now = 0
  /** Milliseconds of all that was submitted. */
  #submitted = 0
  /** When it will have ended all that was submitted. */
  #free = 0
  #answers: { readonly at: number; readonly resolve: () => void }[] = []

  constructor(private readonly latency: Latency) {}

  work(time: number): void {
    this.#free = Math.max(this.#free, this.now) + time
    this.#submitted += time
  }

  /** Milliseconds that it worked until now. */
  get worked(): number {
    return this.#submitted - Math.max(0, this.#free - this.now)
  }

  /** Resolves when the page hears that all is done. */
  answer(): Promise<void> {
    const { trip, polls } = this.latency
    const done = Math.max(this.#free, this.now)
    const at = polls ? (Math.floor(done / trip) + 1) * trip : done + trip
    return new Promise((resolve) => this.#answers.push({ at, resolve }))
  }

  /** Lets time pass until `ready`: from one answer to the next, while the page waits. */
  async pass(ready: () => boolean): Promise<void> {
    for (;;) {
      for (let i = 0; i < 6; i++) await new Promise((resolve) => setImmediate(resolve))
      if (ready()) return
      const next = this.#answers.reduce((a, b) => (b.at < a.at ? b : a))
      this.#answers = this.#answers.filter((answer) => answer !== next)
      this.now = Math.max(this.now, next.at)
      next.resolve()
    }
  }
}
