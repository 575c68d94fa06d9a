// Questions that overtake each other: only the newest matters.

/**
 * Calls `work` one at a time. What is asked for while it is under way is done once more afterwards, however often it was
 * asked for. `work` reads what it needs when it is called, so that the last call has the newest. Resolves when all of it is
 * done, and rejects as `work` does.
 */
export function newestWins(work: () => Promise<void>): () => Promise<void> {
  let wanted = false
  let working: Promise<void> | undefined
  const drain = async () => {
    try {
      while (wanted) {
        wanted = false
        await work()
      }
    } finally {
      working = undefined
    }
  }
  return () => {
    wanted = true
    return (working ??= drain())
  }
}
