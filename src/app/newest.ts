// Questions that overtake each other: only the newest matters.

/**
 * Calls `work` one at a time. What is asked for while it is under way is done once more afterwards, however often it was
 * asked for. `work` reads what it needs when it is called, so that the last call has the newest, and does not reject.
 */
export function newestWins(work: () => Promise<void>): () => void {
  let wanted = false
  let working = false
  const drain = async () => {
    working = true
    while (wanted) {
      wanted = false
      await work()
    }
    working = false
  }
  return () => {
    wanted = true
    if (!working) void drain()
  }
}
