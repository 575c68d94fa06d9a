// What is measured, section by section, and what one measurement is.

/** A part of the whole run; each makes a table. */
export interface Section {
  readonly name: string
  readonly title: string
  /** Of all its values; empty where each row has its own. */
  readonly unit: string
  /** Which values are better; none where rows are not to be compared. */
  readonly better?: 'higher' | 'lower'
}

export const sections = [
  { name: 'train', title: 'Training', unit: 'images/s', better: 'higher' },
  { name: 'evaluate', title: 'Evaluation', unit: 'images/s', better: 'higher' },
  { name: 'latency', title: 'One digit, from its pixels to the outputs', unit: 'ms', better: 'lower' },
  { name: 'start', title: 'From page load to the end of the first step, data included', unit: 's', better: 'lower' },
  { name: 'size', title: 'Loaded until then, gzip', unit: 'kB', better: 'lower' },
  { name: 'accuracy', title: 'From page load to a test accuracy', unit: 's', better: 'lower' },
  { name: 'page', title: 'The page itself', unit: '' },
] as const satisfies readonly Section[]

export type SectionName = (typeof sections)[number]['name']

/** One cell of a table. */
export interface Measurement {
  readonly section: SectionName
  /** The contestant's title; in the section `page` what is measured, with its unit. */
  readonly row: string
  /** The workload, with what else tells columns apart; in the section `page` the backend. */
  readonly column: string
  /** All repeats, in the section's unit. */
  readonly values: readonly number[]
  /** What it ran on, as far as it told. */
  readonly device?: string
  /** Why there are no values. */
  readonly error?: string
}
