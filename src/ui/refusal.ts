// What is told where the browser refuses to store something.

/** Why a command of the browser's database was rejected, as the end of a sentence. */
export const refusalOf = (error: unknown): string =>
  error instanceof DOMException && error.name === 'QuotaExceededError' ? 'its storage is full' : 'it allows no storage'
