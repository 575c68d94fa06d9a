// Runs a program: handles Ctrl-C, errors in words, exit codes.

import { Failure, Interrupted, UsageError } from './errors'

/** Exit codes. `2` is for commands that make no sense, as in most tools. */
export const exitCodes = { finished: 0, failed: 1, usage: 2, 'time limit': 3, interrupted: 130 } as const

/** Runs a program and sets its exit code. The first Ctrl-C aborts the signal; a second one ends the process at once. */
export async function main(program: (args: string[], signal: AbortSignal) => Promise<number>): Promise<never> {
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  // Explicit, because a graphics device keeps Node alive.
  process.exit(await program(process.argv.slice(2), stop.signal).catch(codeOf))
}

function codeOf(error: unknown): number {
  if (error instanceof UsageError) {
    console.error(error.message)
    return exitCodes.usage
  }
  if (error instanceof Interrupted) return exitCodes.interrupted
  console.error(error instanceof Failure ? error.message : error)
  return exitCodes.failed
}
