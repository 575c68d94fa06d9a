// The descriptor of a data set of one's own, named by what it consists of.

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Dataset, ImageInput } from '../dataset'
import { checkExamples } from './check'
import { contentBytes, FEWEST_CLASSES, MOST_CLASSES, MOST_FEATURES, MOST_LETTERS, type Content } from './content'
import { readDescriptor } from './descriptor'
import { ID_DIGITS, ID_START } from './id'
import { isPadInput } from './pad-input'

/** Share of the pixels at the border that are paper in images of ink. */
const PAPER = 0.9

/**
 * Describes a data set of one's own. Equal contents have equal ids, whatever their titles: the id is a SHA-256 of classes, sizes, examples and labels.
 * @throws RangeError if the content cannot be learnt from, or its descriptor could not be read again
 */
export function ownDataset(title: string, content: Content, made = Date.now()): Dataset {
  check(content)
  const { input, classes, train, test } = content
  const image = input.kind === 'image'
  const draw = image && looksDrawn(input, train.examples as Uint8Array)
  const dataset: Dataset = {
    id: ID_START + hashOf(content).slice(0, ID_DIGITS),
    title,
    note: image
      ? `Your own pictures, ${input.height} × ${input.width} pixels${input.channels === 3 ? ' in colour' : ''}.`
      : `Your own table, ${input.names.length} ${input.names.length === 1 ? 'number' : 'numbers'} a row.`,
    input,
    classes,
    train: train.labels.length,
    test: test.labels.length,
    abilities: { draw, synthetic: false, warp: image },
    own: { made, bytes: contentBytes(content) },
    source: { work: title, by: 'you', home: '', licence: 'not published', url: '' },
  }
  if (!readDescriptor(dataset)) {
    throw new RangeError('The data set could not be read again after it was kept. Give it a shorter title.')
  }
  return dataset
}

/** @throws RangeError */
function check(content: Content): void {
  const { input, classes, train } = content
  if (classes.length < FEWEST_CLASSES || classes.length > MOST_CLASSES) {
    throw new RangeError(
      `A data set has ${FEWEST_CLASSES} to ${MOST_CLASSES} classes, not ${classes.length.toLocaleString('en')}.`,
    )
  }
  if (new Set(classes).size < classes.length) throw new RangeError('Two classes have one name.')
  const names = input.kind === 'features' ? input.names : []
  if (names.length > MOST_FEATURES) {
    throw new RangeError(
      `An example has ${names.length.toLocaleString('en')} numbers. The most is ${MOST_FEATURES.toLocaleString('en')}.`,
    )
  }
  if ([...classes, ...names].some(({ length }) => length > MOST_LETTERS)) {
    throw new RangeError(`The name of a class or column has more than ${MOST_LETTERS} letters. Make it shorter.`)
  }
  checkExamples(content)
  const lacking = classes.filter((_, label) => !train.labels.includes(label))
  if (lacking.length > 0) throw new RangeError(`There is no example of ${lacking[0]} to train on.`)
}

function hashOf({ input, classes, train, test }: Content): string {
  const hash = sha256.create()
  hash.update(utf8ToBytes(JSON.stringify([input, classes, train.labels.length, test.labels.length])))
  for (const { examples, labels } of [train, test]) {
    hash.update(new Uint8Array(examples.buffer, examples.byteOffset, examples.byteLength))
    hash.update(labels)
  }
  return bytesToHex(hash.digest())
}

/** Whether images are of ink on paper as the pad makes them: of its size, gray, with nothing at the border of most. */
function looksDrawn(input: ImageInput, examples: Uint8Array): boolean {
  if (!isPadInput(input)) return false
  const { height, width } = input
  let [empty, border] = [0, 0]
  for (let start = 0; start < examples.length; start += height * width) {
    for (let i = 0; i < height * width; i++) {
      const [row, column] = [Math.floor(i / width), i % width]
      if (row % (height - 1) !== 0 && column % (width - 1) !== 0) continue
      border++
      if (examples[start + i] === 0) empty++
    }
  }
  return empty >= PAPER * border
}
