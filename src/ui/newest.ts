// Questions that overtake each other: only the newest matters.

/**
 * Calls `work` one at a time. What is asked for while it is under way is done once more afterwards, however often it was
 * asked for. `work` reads what it needs when it is called, so that the last call has the newest. Resolves when all of it is
 * done to what the last call gave, and rejects as `work` does.
 */
export function newestWins<T>(work: () => Promise<T>): () => Promise<T> {
  let wanted = false
  let working: Promise<T> | undefined
  const drain = async () => {
    try {
      let result: T
      do {
        wanted = false
        result = await work()
      } while (wanted)
      return result
    } finally {
      working = undefined
    }
  }
  return () => {
    wanted = true
    return (working ??= drain())
  }
}

/** Takes turns: a call begins one, and gives a function that tells whether it is still the newest. */
export function turns(): () => () => boolean {
  let newest = 0
  return () => {
    const own = ++newest
    return () => own === newest
  }
}
