// The descriptor of a data set of one's own, named by what it consists of.

import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Dataset, Input } from '../dataset'
import { valuesIn } from '../layout'
import { ID_DIGITS, ID_START } from './id'
import { contentBytes, FEWEST_CLASSES, MOST_CLASSES, type Content } from './content'

/** Side of images that the pad draws: see data/drawing.ts. */
const DRAWN_SIDE = 28
/** Share of the pixels at the border that are paper in images of ink. */
const PAPER = 0.9

/**
 * Describes a data set of one's own. Equal contents have equal ids, whatever their titles: the id is a SHA-256 of classes, sizes, examples and labels.
 * @throws RangeError if the content cannot be learnt from
 */
export function ownDataset(title: string, content: Content, made = Date.now()): Dataset {
  check(content)
  const { input, classes, train, test } = content
  const image = input.kind === 'image'
  const draw = image && looksDrawn(input, train.examples as Uint8Array)
  return {
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
}

/** @throws RangeError */
function check({ input, classes, train, test }: Content): void {
  if (classes.length < FEWEST_CLASSES || classes.length > MOST_CLASSES) {
    throw new RangeError(
      `A data set has ${FEWEST_CLASSES} to ${MOST_CLASSES} classes, not ${classes.length.toLocaleString('en')}.`,
    )
  }
  if (new Set(classes).size < classes.length) throw new RangeError('Two classes have one name.')
  const values = valuesIn(input)
  for (const [what, { examples, labels }] of [
    ['train on', train],
    ['test with', test],
  ] as const) {
    if (labels.length === 0) throw new RangeError(`There are no examples to ${what}.`)
    if (examples.length !== labels.length * values) {
      throw new RangeError(`${labels.length} examples have ${examples.length} values, not ${values} each.`)
    }
    if (labels.some((label) => label >= classes.length)) throw new RangeError('A label is of no class.')
  }
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
function looksDrawn({ height, width, channels }: Extract<Input, { kind: 'image' }>, examples: Uint8Array): boolean {
  if (height !== DRAWN_SIDE || width !== DRAWN_SIDE || channels !== 1) return false
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
