// What a data set of one's own consists of: its examples, sorted into train and test. Plain data, the same in the page, the worker and the terminal.

import type { Input } from '../dataset'
import { valuesIn, type Example } from '../layout'

/** Fewest and most classes of a data set: labels are bytes, and 255 means no answer (session/protocol.ts). */
export const FEWEST_CLASSES = 2
export const MOST_CLASSES = 100
/** Most features of an example: what is read must be read again after a reload and out of a zip. */
export const MOST_FEATURES = 20_000
/** Most letters of a title, a class or a feature. */
export const MOST_LETTERS = 200

/** Examples one after the other without padding, and the label of each. */
export interface Labelled {
  /** Images as bytes [count, height, width, channels], or features as 32-bit floats [count, features]. */
  readonly examples: Example
  /** Index of the class of each example. */
  readonly labels: Uint8Array
}

/** A data set of one's own without its name. */
export interface Content {
  readonly input: Input
  /** Names of the classes, in the order of their labels. */
  readonly classes: readonly string[]
  /** In mixed order: a run may train on the first examples only, and hold out the last. */
  readonly train: Labelled
  readonly test: Labelled
}

/** Bytes that the examples and labels of a content take. */
export const contentBytes = ({ train, test }: Pick<Content, 'train' | 'test'>): number =>
  [train, test].reduce((sum, { examples, labels }) => sum + examples.byteLength + labels.byteLength, 0)

/** The examples of one class, in order, each without padding. */
export function examplesOf(content: Pick<Content, 'input'>, { examples, labels }: Labelled, label: number): Example[] {
  const size = valuesIn(content.input)
  return [...labels].flatMap((each, index) =>
    each === label ? [examples.subarray(index * size, (index + 1) * size)] : [],
  )
}

/** A copy of the first example of a class to train on; undefined if there is none. */
export function firstOf({ input, train: { examples, labels } }: Content, label: number): Example | undefined {
  const [at, size] = [labels.indexOf(label), valuesIn(input)]
  return at < 0 ? undefined : examples.slice(at * size, (at + 1) * size)
}

/** The content with one more image to train on, in the middle of the others: a run may hold out the last. */
export function withExample(content: Content, example: Uint8Array, label: number): Content {
  const { examples, labels } = content.train
  const [size, at] = [example.length, Math.floor(labels.length / 2)]
  const all = new Uint8Array(examples.length + size)
  all.set(examples.subarray(0, at * size))
  all.set(example, at * size)
  all.set(examples.subarray(at * size), (at + 1) * size)
  return {
    ...content,
    train: { examples: all, labels: Uint8Array.from([...labels.subarray(0, at), label, ...labels.subarray(at)]) },
  }
}
