// Checks that the parts of a content agree, with each other and with a descriptor.

import { DataError, grouped } from '../../data/error'
import type { Dataset } from '../dataset'
import { valuesIn } from '../layout'
import type { Content } from './content'

/** @throws RangeError if there are no examples, or lengths, types of values or labels do not suit the input and the classes */
export function checkExamples({ input, classes, train, test }: Content): void {
  const values = valuesIn(input)
  const type = input.kind === 'features' ? Float32Array : Uint8Array
  for (const [what, { examples, labels }] of [
    ['train on', train],
    ['test with', test],
  ] as const) {
    if (labels.length === 0) throw new RangeError(`There are no examples to ${what}.`)
    if (!(examples instanceof type)) throw new RangeError(`The examples to ${what} are no ${type.name}.`)
    if (examples.length !== labels.length * values) {
      throw new RangeError(`${labels.length} examples have ${examples.length} values, not ${values} each.`)
    }
    if (labels.some((label) => label >= classes.length)) throw new RangeError('A label is of no class.')
  }
}

/**
 * Checks a content that was kept before it is loaded: the descriptor may come from elsewhere.
 * @throws DataError if input, classes, counts, labels or lengths are not what the descriptor says
 */
export function checkContent(dataset: Dataset, content: Content): void {
  const { input, classes, train, test } = content
  const wrong = (why: string) =>
    new DataError(
      dataset.title,
      `is kept with examples that do not suit it: ${why} Delete it, and bring its file again.`,
    )
  if (!sameInput(dataset.input, input)) throw wrong('They are of another size or kind.')
  if (JSON.stringify(classes) !== JSON.stringify(dataset.classes)) throw wrong('Their classes are others.')
  const counts = [train.labels.length, test.labels.length]
  if (counts[0] !== dataset.train || counts[1] !== dataset.test) {
    throw wrong(
      `There are ${counts.map(grouped).join(' and ')} to train on and to test with, not ${grouped(dataset.train)} and ${grouped(dataset.test)}.`,
    )
  }
  try {
    checkExamples(content)
  } catch (error) {
    throw error instanceof RangeError ? wrong(error.message) : error
  }
}

function sameInput(a: Dataset['input'], b: Dataset['input']): boolean {
  if (a.kind === 'features') return b.kind === 'features' && JSON.stringify(a.names) === JSON.stringify(b.names)
  return b.kind === 'image' && a.height === b.height && a.width === b.width && a.channels === b.channels
}
