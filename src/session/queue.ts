// Commands of a session, done one after the other.

/** A request that cannot be meant: a mistake of the caller, no trouble of the run. */
export class RequestError extends RangeError {
  override name = 'RequestError'
}

export class CommandQueue {
  #last: Promise<unknown> = Promise.resolve()

  /** `failed` hears of trouble. */
  constructor(private readonly failed: (error: unknown) => void) {}

  /** Does the work in its turn. After trouble, which is told, the result is undefined. @throws RequestError what the work throws of it */
  do<T>(work: () => T | Promise<T>): Promise<T | undefined> {
    const done = this.#last.then(work).catch((error: unknown) => {
      if (error instanceof RequestError) throw error
      this.failed(error)
      return undefined
    })
    this.#last = done.catch(() => {}) // the caller hears of it
    return done
  }
}
