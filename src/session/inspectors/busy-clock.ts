// Times what an inspection costs training.

/** Milliseconds that this thread was busy: on a GPU the work on its answers, on a CPU everything. */
export class BusyClock {
  readonly #start = performance.now()
  #waited = 0

  constructor(private readonly waits: boolean) {}

  async wait<T>(answer: Promise<T>): Promise<T> {
    const start = performance.now()
    try {
      return await answer
    } finally {
      if (this.waits) this.#waited += performance.now() - start
    }
  }

  get busy(): number {
    return performance.now() - this.#start - this.#waited
  }
}
