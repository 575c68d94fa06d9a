// Sorts examples into those to train on and those to test with, and mixes them: the same way each time, by what they consist of.

import { DataError } from '../../../data/error'
import type { Input } from '../../dataset'
import { valuesIn, type Example } from '../../layout'
import type { Content, Labelled } from '../content'
import { contentHash, finished } from './hash'
import { counted, quoted } from './report'

/** Share of the examples that is set aside for testing unless a person says otherwise. */
export const TEST_SHARE = 0.2

/** Examples as a reader finds them. */
interface FoundExamples {
  readonly input: Input
  readonly classes: readonly string[]
  /** One after the other, without padding. */
  readonly values: Example
  readonly labels: Uint8Array
  /** Two words of hash for each, if they are not hashed by their values. */
  readonly hashes?: Uint32Array
  /** 1 where an example is for testing, where files or folders say so. */
  readonly testing?: Uint8Array
}

/**
 * Sorts and mixes examples. Without `testing`, a share of each class is set aside by hash. Equal examples land on one side, at least one
 * of each class is trained on, and one more example moves hardly any other.
 * @param source name of the file or folder, for errors
 * @throws DataError if a class cannot be learnt or nothing is left to test with
 */
export function sorted(
  source: string,
  examples: FoundExamples,
  testShare: number,
): { readonly content: Content; readonly notes: readonly string[] } {
  const { input, classes, labels, testing } = examples
  const hashes = examples.hashes ?? hashesOf(examples)
  const test = testing ?? drawn(labels, hashes, classes.length, testShare)
  const order = mixedOrder(hashes)
  const [train, tested] = [0, 1].map((part) => picked(examples, order, (index) => test[index] === part))

  const has = ({ labels }: Labelled) => {
    const found = new Uint8Array(classes.length)
    for (const label of labels) found[label] = 1
    return (_: string, label: number) => found[label] === 1
  }
  const [trained, testedWith] = [has(train), has(tested)]
  const lacking = classes.find((name, label) => !trained(name, label))
  if (lacking !== undefined) {
    const where = testing ? ' to train on, only some to test with' : ''
    throw new DataError(
      source,
      `has no example of the class ${quoted(lacking)}${where}. Add some, or leave the class out.`,
    )
  }
  if (tested.labels.length === 0) {
    throw new DataError(
      source,
      'has too few different examples to set any aside for testing: bring two or more of a class.',
    )
  }
  const untested = classes.filter((name, label) => !testedWith(name, label))
  const notes = untested.length > 0 ? [untestedNote(untested, testing !== undefined)] : []
  return { content: { input, classes, train, test: tested }, notes }
}

function untestedNote(names: readonly string[], given: boolean): string {
  const listed = names.slice(0, 5).map(quoted).join(', ')
  const which = names.length > 5 ? `${listed} and ${counted(names.length - 5, 'more class', 'more classes')}` : listed
  return given
    ? `There are no examples to test with of ${which}.`
    : `${which}: too few different examples to test with. All of them are trained on.`
}

function hashesOf({ input, values, labels }: FoundExamples): Uint32Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  const size = (valuesIn(input) * values.BYTES_PER_ELEMENT) | 0
  const hashes = new Uint32Array(labels.length * 2)
  for (let i = 0; i < labels.length; i++) hashes.set(contentHash(bytes.subarray(i * size, (i + 1) * size)), i * 2)
  return hashes
}

/** The hash of an example as one number: 53 bits of it. */
const keyOf = (hashes: Uint32Array, index: number): number =>
  hashes[index * 2] * 2 ** 21 + (hashes[index * 2 + 1] >>> 11)

/** 1 for each example that is set aside: of each class those with the lowest hashes. */
function drawn(labels: Uint8Array, hashes: Uint32Array, classes: number, share: number): Uint8Array {
  const members = Array.from({ length: classes }, (): number[] => [])
  labels.forEach((label, index) => members[label].push(keyOf(hashes, index)))
  const aside = new Set<number>()
  const kept = new Set<number>()
  for (const keys of members) {
    keys.sort((a, b) => a - b)
    // One at least where there are two that differ, and one less than all at most.
    const differ = keys.length > 0 && keys[0] !== keys[keys.length - 1]
    const wanted = differ ? Math.max(1, Math.round(share * keys.length)) : 0
    let end = wanted
    while (end > 0 && end < keys.length && keys[end] === keys[end - 1]) end++ // equal examples stay together
    if (end === keys.length) while (end > 0 && keys[end - 1] === keys[keys.length - 1]) end--
    keys.forEach((key, i) => (i < end ? aside : kept).add(key))
  }
  // An example that two classes have, and one of them keeps, is trained on.
  return Uint8Array.from(labels, (_, index) => {
    const key = keyOf(hashes, index)
    return aside.has(key) && !kept.has(key) ? 1 : 0
  })
}

/** All indices, mixed by hash. Equal examples are told apart by how many came before, so that they do not lie side by side. */
function mixedOrder(hashes: Uint32Array): Uint32Array {
  const count = hashes.length / 2
  const seen = new Map<number, number>()
  const keys = new Float64Array(count)
  for (let i = 0; i < count; i++) {
    const key = keyOf(hashes, i)
    const before = seen.get(key) ?? 0
    seen.set(key, before + 1)
    const [high, low] = [hashes[i * 2], hashes[i * 2 + 1]]
    const turned = finished(low ^ Math.imul(before, 0x9e3779b9))
    keys[i] = turned * 2 ** 21 + (finished(high ^ turned) >>> 11)
  }
  return Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => keys[a] - keys[b] || a - b)
}

function picked(
  { input, values, labels }: FoundExamples,
  order: Uint32Array,
  wanted: (index: number) => boolean,
): Labelled {
  const size = valuesIn(input)
  const indices = order.filter(wanted)
  const examples =
    values instanceof Uint8Array ? new Uint8Array(indices.length * size) : new Float32Array(indices.length * size)
  indices.forEach((index, to) => examples.set(values.subarray(index * size, (index + 1) * size), to * size))
  return { examples, labels: Uint8Array.from(indices, (index) => labels[index]) }
}
