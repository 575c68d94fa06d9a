// Counts commands under way that make a run.

export class Making {
  #count = $state(0)
  /** Commands that have begun so far. */
  begun = $state(0)

  /** Some are under way. On a device that is slow to compile that takes seconds. */
  readonly underWay = $derived(this.#count > 0)

  /** Counts a command until it is done. */
  async during<T>(command: Promise<T>): Promise<T> {
    this.#count++
    this.begun++
    try {
      return await command
    } finally {
      this.#count--
    }
  }
}
