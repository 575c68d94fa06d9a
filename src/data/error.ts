// Errors of the data set, in words for a person.

/** A data file is missing, broken or was stopped. The message names the file and its bytes. */
export class DataError extends Error {
  override name = 'DataError'
  constructor(
    readonly file: string,
    what: string,
    options?: ErrorOptions,
  ) {
    super(`${file} ${what}`, options)
  }
}

/** The build does not have a data set: to try again cannot help. */
export class MissingDataError extends DataError {
  override name = 'MissingDataError'
}

/** A number of bytes or items in groups: 47,040,016. */
export function grouped(n: number): string {
  return n.toLocaleString('en')
}
