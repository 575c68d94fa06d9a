// Submissions that the device has not completed yet.

/** Most submissions under way: one running, one waiting, one being made. */
export const IN_FLIGHT = 3

export class Flight {
  #works: Promise<void>[] = []

  /** No more may be submitted: wait for the oldest. */
  get full(): boolean {
    return this.#works.length >= IN_FLIGHT
  }

  /** Adds a submission, which resolves when its answer has been handled. */
  add(work: Promise<void>): void {
    const done = work.then(() => {
      this.#works = this.#works.filter((other) => other !== done)
    })
    this.#works.push(done)
    // The loop gets the error when it waits for the oldest; until then it must not count as unhandled.
    done.catch(() => {})
  }

  /** Resolves when the oldest is done. @throws what it rejects with */
  async oldest(): Promise<void> {
    await this.#works[0]
  }

  /** Resolves when all are done. @throws what the first failed one rejects with */
  async drain(): Promise<void> {
    while (this.#works.length > 0) await this.#works[0]
  }

  /** Forgets all submissions, after an error. */
  clear(): void {
    this.#works = []
  }
}
