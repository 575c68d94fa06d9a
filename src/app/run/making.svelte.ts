// Commands under way that make a run.

export class Making {
  #count = $state(0)

  /** Some are under way, which takes seconds where a device is slow to compile. */
  readonly underWay = $derived(this.#count > 0)

  /** Counts a command among them until it is done. */
  async during<T>(command: Promise<T>): Promise<T> {
    this.#count++
    try {
      return await command
    } finally {
      this.#count--
    }
  }
}
