// The errors of the command line, by exit code.

/** The command makes no sense: exit code 2. The message says what to write instead. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** The command was right but failed: exit code 1. */
export class Failure extends Error {
  override name = 'Failure'
}

/** Ctrl-C was pressed: exit code 130. */
export class Interrupted extends Error {
  override name = 'Interrupted'
}

/** The message of any thrown value. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
