/** A button that mends what is wrong with a field. */
export interface Mending {
  readonly label: string
  readonly apply: () => void
}
