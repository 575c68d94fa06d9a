// What the device was given and has not answered yet.

/** Submissions that may be under way: one running, one waiting, one being made. */
export const IN_FLIGHT = 3

export class Flight {
  #works: Promise<void>[] = []

  /** As much is under way as may be: wait for the oldest. */
  get full(): boolean {
    return this.#works.length >= IN_FLIGHT
  }

  /** Adds a submission; resolves with its answer taken in. */
  add(work: Promise<void>): void {
    const done = work.then(() => {
      this.#works = this.#works.filter((other) => other !== done)
    })
    this.#works.push(done)
    // The loop meets the error when it waits for the oldest; here it only must not count as unhandled.
    done.catch(() => {})
  }

  /** Resolves when the oldest has come back. @throws what it ended with */
  async oldest(): Promise<void> {
    await this.#works[0]
  }

  /** Resolves when all has come back. @throws what the first failed one ended with */
  async drain(): Promise<void> {
    while (this.#works.length > 0) await this.#works[0]
  }

  /** Waits for nothing any more, after an error. */
  clear(): void {
    this.#works = []
  }
}
