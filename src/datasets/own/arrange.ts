// Sorts examples into train and test, and mixes them: by their contents alone, so that the same examples are always sorted alike.

import { crc32 } from '../../data/crc32'
import type { Input } from '../dataset'
import { valuesIn, type Example } from '../layout'
import type { Content, Labelled } from './content'

/** Share of the examples of a class that test the network. */
export const TEST_SHARE = 0.2

/** An example of a class, by the index of its name. */
export interface LabelledExample {
  readonly example: Example
  readonly label: number
}

/**
 * Takes a share of every class for testing, at least one example where it has two: those whose checksums come first. Equal examples are
 * on the same side, or the network would be tested with what it has seen.
 */
export function arrange(
  input: Input,
  classes: readonly string[],
  examples: readonly LabelledExample[],
  testShare = TEST_SHARE,
): Content {
  const keyed = examples.map((each) => ({ ...each, key: checksum(each.example) })).sort((a, b) => a.key - b.key)
  const tests = new Set<(typeof keyed)[number]>()
  classes.forEach((_, label) => {
    const own = keyed.filter((each) => each.label === label)
    let count = own.length < 2 ? 0 : Math.max(1, Math.round(testShare * own.length))
    while (count > 0 && count < own.length && own[count].key === own[count - 1].key) count--
    for (const each of own.slice(0, count)) tests.add(each)
  })
  return {
    input,
    classes,
    train: joined(
      input,
      keyed.filter((each) => !tests.has(each)),
    ),
    test: joined(input, [...tests].sort((a, b) => a.key - b.key)), // prettier-ignore
  }
}

const checksum = ({ buffer, byteOffset, byteLength }: Example): number =>
  crc32(new Uint8Array(buffer, byteOffset, byteLength))

function joined(input: Input, list: readonly LabelledExample[]): Labelled {
  const size = valuesIn(input)
  const examples = input.kind === 'image' ? new Uint8Array(list.length * size) : new Float32Array(list.length * size)
  list.forEach(({ example }, i) => examples.set(example, i * size))
  return { examples, labels: Uint8Array.from(list, ({ label }) => label) }
}
