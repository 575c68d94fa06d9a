// The commands of a session, run one after the other.

/** A request that makes no sense: the caller's mistake, not a failure of the run. */
export class RequestError extends RangeError {
  override name = 'RequestError'
}

export class CommandQueue {
  #last: Promise<unknown> = Promise.resolve()

  /** `failed` receives the errors. */
  constructor(private readonly failed: (error: unknown) => void) {}

  /** Runs the task in its turn. After an error, which is reported, the result is undefined. @throws RequestError if the task throws one */
  do<T>(work: () => T | Promise<T>): Promise<T | undefined> {
    const done = this.#last.then(work).catch((error: unknown) => {
      if (error instanceof RequestError) throw error
      this.failed(error)
      return undefined
    })
    this.#last = done.catch(() => {}) // the caller gets this error
    return done
  }
}
